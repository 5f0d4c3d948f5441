"""A picture that a browser took, with its place and scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_visualdiff.capture.areas import Rect
    from pytest_visualdiff.model import Box


@dataclass(frozen=True)
class Photo:
    """A PNG, where it lies and how large a CSS pixel is in it.

    ``box`` is in image pixels from the outermost viewport's top left.
    """

    png: bytes
    box: Box
    scale: float

    def place(self, rect: Rect) -> Box:
        """The box in the picture that shows a rectangle of CSS pixels."""
        return rect.scaled(self.scale).moved(-self.box.x, -self.box.y)


def scale_of(pixels: int, css: float, ratio: float) -> float:
    """Image pixels per CSS pixel: the page's own ratio where the picture confirms it.

    An emulated ratio may not reach the picture, and a page cannot know a zoom: then it is measured.
    """
    return ratio if abs(pixels - css * ratio) <= 1.5 else pixels / css
