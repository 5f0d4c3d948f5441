"""Capture: one trustworthy picture of a target.

``capture`` picks an adapter for the target: a WebDriver or WebElement of any browser, a ready-made
picture (path, encoded bytes, PIL image, array), or any object with a ``screenshot()`` of its own.
Importing this package is cheap: selenium is never imported here, image libraries on first need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_visualdiff.capture.capture_options import CaptureOptions
from pytest_visualdiff.capture.targets import ACCEPTED, ADAPTERS, hint
from pytest_visualdiff.errors import UnsupportedTarget

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_visualdiff.capture.capture_options import Adapter, Expected
    from pytest_visualdiff.model import Screenshot


__all__ = ["CaptureOptions", "capture"]


def capture(
    target: Any,
    options: CaptureOptions | None = None,
    expected: Expected = lambda _environment: None,
    *,
    adapters: Iterable[Adapter] = (),
) -> Screenshot:
    """A trustworthy picture of the target; raises a ``CaptureError`` where there is none.

    ``expected`` saves the second shot where the first already shows the baseline's pixels.
    ``adapters`` are asked before the built-in ones.
    """
    for accepts, capturer in (*adapters, *ADAPTERS):
        if accepts(target):
            return capturer(target, options or CaptureOptions(), expected)
    raise UnsupportedTarget(
        f"cannot make a picture of {type(target).__module__}.{type(target).__qualname__}: a target"
        f" is {ACCEPTED} (a plugin can add others){hint(target)}"
    )
