"""How each kind of browser makes a picture of a part of a page, through any WebDriver.

Chromium: DevTools' ``Page.captureScreenshot`` with a clip. Firefox: the viewport or its own full
page command, then a crop; only a page that begins left of its origin is put together from several
shots of the viewport. Others: the viewport alone, then a crop.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from pytest_visualdiff.browsers.browser_types import name_of, type_of
from pytest_visualdiff.capture.areas import Rect
from pytest_visualdiff.capture.photo import Photo, scale_of
from pytest_visualdiff.capture.tiles import tiled
from pytest_visualdiff.errors import UnsupportedTarget
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.images.codec import crop
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from pytest_visualdiff.capture.script import Answer


class Camera(Protocol):
    """Takes what an answer describes."""

    def shoot(self, answer: Answer) -> Photo:
        """The picture of ``answer.picture``."""

    def park(self, answer: Answer) -> None:
        """Move the pointer where nothing can be hovered."""


def camera_of(driver: Any) -> Camera:
    """The best camera for a driver, by its capabilities."""
    row = type_of(driver.capabilities)
    if row and row.devtools:
        return Chromium(driver, row.devtools)
    return Firefox(driver, row.full_page) if row and row.full_page else Classic(driver)


@dataclass(frozen=True)
class Chromium:
    """Chrome, Chromium and Edge."""

    driver: Any
    vendor: str

    def shoot(self, answer: Answer) -> Photo:
        """The picture of ``answer.picture``, clipped by the browser."""
        whole = Rect(0, 0, *answer.view)
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
        self._command("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": -1, "y": -1})

    def _shot(self, wish: dict[str, Any]) -> bytes:
        # Twice as fast on pages with pictures, for a PNG a quarter larger.
        wish = {"format": "png", "optimizeForSpeed": True, **wish}
        return base64.b64decode(self._command("Page.captureScreenshot", wish)["data"])

    def _command(self, name: str, parameters: dict[str, Any]) -> Any:
        if hasattr(self.driver, "execute_cdp_cmd"):
            return self.driver.execute_cdp_cmd(name, parameters)
        path = f"/session/$sessionId/{self.vendor}/cdp/execute"
        self.driver.command_executor.add_command("visualdiffCdp", "POST", path)
        return self.driver.execute("visualdiffCdp", {"cmd": name, "params": parameters})["value"]


@dataclass(frozen=True)
class Classic:
    """Any WebDriver: only what lies inside the viewport."""

    driver: Any

    def shoot(self, answer: Answer) -> Photo:
        """The picture of ``answer.picture``, cropped from a shot of everything."""
        # Browsers begin a full page at its origin.
        whole = answer.page.moved(-answer.start[0], -answer.start[1])
        whole = whole if answer.wide else Rect(0, 0, *answer.view)
        png = self.full_page() if answer.wide else self.driver.get_screenshot_as_base64()
        return _cropped(_whole(base64.b64decode(png), whole, answer), answer.picture)

    def park(self, answer: Answer) -> None:
        """Move the pointer to the far corner: still inside the bounds, no element is under it."""
        x, y = answer.view
        move = {"type": "pointerMove", "duration": 0, "x": x, "y": y, "origin": "viewport"}
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}}
        self.driver.execute("actions", {"actions": [{**mouse, "actions": [move]}]})

    def full_page(self) -> str:
        """The whole page, base64."""
        name = name_of(self.driver.capabilities) or "this browser"
        raise UnsupportedTarget(
            f"{name} has no native picture of a whole page,"
            " or of an element larger than its viewport; Chrome, Chromium, Edge and Firefox have"
        )


@dataclass(frozen=True)
class Firefox(Classic):
    """Firefox: its own command for the whole page, from its origin on."""

    def shoot(self, answer: Answer) -> Photo:
        """The picture of ``answer.picture``, cropped from a shot of everything."""
        if answer.wide and min(answer.start) < 0:
            return tiled(self.driver, answer)
        if answer.wide and (answer.page.width, answer.page.height) == answer.view:
            # In quirks mode the command stops at the content, above the end of the viewport.
            png = base64.b64decode(self.driver.get_screenshot_as_base64())
            return _cropped(_whole(png, answer.page, answer), answer.picture)
        return super().shoot(answer)

    command: str

    def full_page(self) -> str:
        """The whole page, base64."""
        if hasattr(self.driver, "get_full_page_screenshot_as_base64"):
            return str(self.driver.get_full_page_screenshot_as_base64())
        path = f"/session/$sessionId/{self.command}"
        self.driver.command_executor.add_command("visualdiffFullPage", "GET", path)
        return str(self.driver.execute("visualdiffFullPage")["value"])


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
