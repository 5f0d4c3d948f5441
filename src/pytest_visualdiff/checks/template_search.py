"""Looking for a template on a target until it is there: what ``visualdiff.locate`` does."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_visualdiff import clock
from pytest_visualdiff.errors import InvalidValue, TemplateNotFound
from pytest_visualdiff.matching import CONFIDENCE

if TYPE_CHECKING:
    from pytest_visualdiff.checks.registry import Registry
    from pytest_visualdiff.images.codec import ImageSource
    from pytest_visualdiff.model import Match
    from pytest_visualdiff.options.table import Settings

PAUSE = 0.1
"""Seconds between two pictures of a target that does not show the template yet."""


def locate(  # noqa: PLR0913, PLR0917 - one step with all that it needs
    target: Any,
    template: ImageSource,
    settings: Settings,
    registry: Registry,
    confidence: float | None = None,
    timeout: float | None = None,
) -> Match:
    """Capture and search until the template is found, at least once; the last picture decides.

    ``timeout`` is in seconds. The errors are those of ``Checker.locate``.
    """
    from pytest_visualdiff.capture import CaptureOptions, capture
    from pytest_visualdiff.matching.locate import locate as find

    seconds = settings["timeout"] if timeout is None else timeout
    if not seconds >= 0:
        raise InvalidValue(f"timeout must be 0 seconds or more, not {timeout!r}")
    options = replace(CaptureOptions(**settings.group("capture")), mask=(), region=None)
    required = CONFIDENCE if confidence is None else confidence
    until = clock.now() + seconds
    while True:
        shot = capture(target, options, adapters=registry.adapters)
        try:
            return find(template, shot.png, confidence=required)
        except TemplateNotFound:
            if _is_picture(target) or clock.now() >= until:
                raise
        clock.sleep(PAUSE)


def _is_picture(target: Any) -> bool:
    """Whether the target is a picture already, which does not change when captured again."""
    ready = isinstance(target, (str, bytes, os.PathLike))
    return ready or hasattr(target, "getbands") or hasattr(target, "__array_interface__")
