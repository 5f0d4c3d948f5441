"""Looking for a template on a target until it is there: what ``visualdiff.locate`` does."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_visualdiff import clock
from pytest_visualdiff.errors import InvalidValue, TemplateNotFound
from pytest_visualdiff.matching import CONFIDENCE

if TYPE_CHECKING:
    from pytest_visualdiff.capture import CaptureOptions
    from pytest_visualdiff.checks.registry import Registry
    from pytest_visualdiff.images.codec import ImageSource
    from pytest_visualdiff.model import Match
    from pytest_visualdiff.options.table import Settings

PAUSE = 0.1
"""Seconds between two looks at a target that does not show the template yet."""


class Finds:
    """How a checker finds templates, with its ``settings`` and ``services``."""

    settings: Settings
    services: Any

    def locate(
        self,
        target: Any,
        template: ImageSource,
        *,
        confidence: float | None = None,
        timeout: float | None = None,
    ) -> Match:
        """The place of a target that shows the template, in pixels of the target's picture.

        ``target`` is anything that ``check`` takes. A live one is looked at until the template
        is there or ``timeout`` seconds have passed (the option ``timeout`` without one), a
        ready-made picture once. ``confidence`` in [0, 1] is 0.9 without one.

        Raises ``TemplateNotFound`` with the best place of the last look, ``AmbiguousTemplate``,
        ``FlatTemplate``, and ``CaptureError`` when no trustworthy picture could be made.
        """
        from pytest_visualdiff.capture import CaptureOptions

        given = self.settings["timeout"] if timeout is None else timeout
        if not given >= 0:
            raise InvalidValue(f"timeout must be 0 seconds or more, not {timeout!r}")
        options = CaptureOptions(**self.settings.group("capture"))
        options = replace(options, mask=(), region=None)
        required = CONFIDENCE if confidence is None else confidence
        return look(target, template, options, self.services.registry, required, given)


def look(  # noqa: PLR0913, PLR0917 - one step with all that it needs
    target: Any,
    template: ImageSource,
    options: CaptureOptions,
    registry: Registry,
    confidence: float,
    timeout: float,
) -> Match:
    """Capture and search until found, at least once; the last look decides."""
    from pytest_visualdiff.capture import capture
    from pytest_visualdiff.matching.locate import locate

    until = clock.now() + timeout
    while True:
        shot = capture(target, options, adapters=registry.adapters)
        try:
            return locate(template, shot.png, confidence=confidence)
        except TemplateNotFound:
            if _is_still(target) or clock.now() >= until:
                raise
        clock.sleep(PAUSE)


def _is_still(target: Any) -> bool:
    """Whether the target is a ready-made picture, which looking again does not change."""
    ready = isinstance(target, (str, bytes, os.PathLike))
    return ready or hasattr(target, "getbands") or hasattr(target, "__array_interface__")
