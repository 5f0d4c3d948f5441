"""How each kind of browser makes a picture of a part of a page, through any driver.

Chromium: DevTools' ``Page.captureScreenshot`` with a clip. Others: the viewport or the driver's own
picture of the full page, then a crop; only a page that begins left of its origin is put together
from several shots of the viewport.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from pytest_visualdiff.capture.areas import Rect
from pytest_visualdiff.capture.photo import Photo, scale_of
from pytest_visualdiff.capture.tiles import tiled
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.images.codec import crop
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from pytest_visualdiff.capture.live_page import LivePage
    from pytest_visualdiff.capture.script import Answer


class Camera(Protocol):
    """Takes what an answer describes."""

    def shoot(self, answer: Answer) -> Photo:
        """The picture of ``answer.picture``."""

    def park(self, answer: Answer) -> None:
        """Move the pointer where nothing can be hovered."""


def camera_of(page: LivePage) -> Camera:
    """The best camera for a page, by its browser."""
    return Chromium(page) if page.row and page.row.devtools else Classic(page)


@dataclass(frozen=True)
class Chromium:
    """Chrome, Chromium and Edge."""

    page: LivePage

    def shoot(self, answer: Answer) -> Photo:
        """The picture of ``answer.picture``, clipped by the browser."""
        whole = Rect(0, 0, *answer.view)
        if self.page.emulates_ratio and answer.ratio != 1:
            # A session of our own knows nothing of it, and would set it back.
            return Classic(self.page).shoot(answer)
        if answer.picture == whole and not answer.wide:
            return _whole(self._shot({}), whole, answer)
        box = answer.picture.scaled(answer.ratio)
        clip = {
            "x": box.x / answer.ratio - answer.page.x,
            "y": box.y / answer.ratio - answer.page.y,
            "width": box.width / answer.ratio,
            "height": box.height / answer.ratio,
            "scale": 1,
        }
        png = self._shot({"clip": clip, "captureBeyondViewport": answer.wide})
        scale = scale_of(png_file.size(png)[0], clip["width"], answer.ratio)
        return Photo(png, answer.picture.scaled(scale), scale)

    def park(self, _answer: Answer) -> None:
        """Move the pointer out of the window."""
        move = {"type": "mouseMoved", "x": -1, "y": -1}
        self.page.devtools("Input.dispatchMouseEvent", move)

    def _shot(self, wish: dict[str, Any]) -> bytes:
        # Twice as fast on pages with pictures, for a PNG a quarter larger.
        wish = {"format": "png", "optimizeForSpeed": True, **wish}
        return base64.b64decode(self.page.devtools("Page.captureScreenshot", wish)["data"])


@dataclass(frozen=True)
class Classic:
    """Any browser: the viewport, or the whole page where the driver can."""

    page: LivePage

    def shoot(self, answer: Answer) -> Photo:
        """The picture of ``answer.picture``, cropped from a shot of everything."""
        if answer.wide and min(answer.start) < 0:
            return tiled(self.page, answer)
        # In quirks mode Firefox stops at the content, above the end of the viewport.
        beyond = answer.wide and (answer.page.width, answer.page.height) != answer.view
        # Browsers begin a full page at its origin.
        whole = answer.page.moved(-answer.start[0], -answer.start[1])
        whole = whole if answer.wide else Rect(0, 0, *answer.view)
        png = self.page.full_page_png() if beyond else self.page.view_png()
        return _cropped(_whole(png, whole, answer), answer.picture)

    def park(self, answer: Answer) -> None:
        """Move the pointer away from all elements."""
        self.page.park(answer.view)


def _whole(png: bytes, whole: Rect, answer: Answer) -> Photo:
    width, height = png_file.size(png)
    scale = scale_of(width, whole.width, answer.ratio)
    origin = whole.scaled(scale)
    return Photo(png, Box(origin.x, origin.y, width, height), scale)


def _cropped(photo: Photo, rect: Rect) -> Photo:
    part = photo.place(rect).clipped(photo.box.width, photo.box.height)
    if (part.width, part.height) == (photo.box.width, photo.box.height):
        return photo
    return Photo(crop(photo.png, part), part.moved(photo.box.x, photo.box.y), photo.scale)
