"""Real browsers that photograph real pages: every page held still, shot until three shots agree.

A scene is a page in a viewport, scrolled to a place. Only a page that three shots show alike, pixel
by pixel, gets any case.
"""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_visualdiff.browsers import BrowserSpec
from pytest_visualdiff.browsers.pool import BrowserPool
from pytest_visualdiff.errors import ViewportRefused

if TYPE_CHECKING:
    from types import TracebackType

    from benchmarks.pages import Server
    from research.harness.pages import Scene
    from typing_extensions import Self

    from pytest_visualdiff.browsers.launch import Customise, WebDriver
    from pytest_visualdiff.model import Array

SCRIPTS = ("seeded.js", "geometry.js", "mutations.js", "looks.js", "driver.js", "noise.js")
SETTLE_SECONDS = 8.0
LOOKS = ("pick", "texts", "everything")
"""Functions of the page's side that change nothing."""
NARROWEST = 500
"""Some windows refuse to be narrower."""

_HOLD = """
const done = arguments[arguments.length - 1], top = arguments[0];
const style = document.createElement('style');
style.textContent = '*,*::before,*::after{transition:none!important;scroll-behavior:auto!important;'
  + 'caret-color:transparent!important}*{scrollbar-width:none!important;'
  + 'overflow-anchor:none!important}';
document.head.append(style);
for (const image of document.querySelectorAll('[loading=lazy]')) image.loading = 'eager';
for (const media of document.querySelectorAll('video,audio')) media.pause();
const hold = () => { for (const one of document.getAnimations()) {
  try { one.finish(); } catch (error) { one.pause(); one.currentTime = 0; } } };
hold();
scrollTo(0, top);
const images = [...document.images].map((image) => image.decode().catch(() => null));
Promise.race([Promise.all([document.fonts.ready, ...images]),
  new Promise((late) => setTimeout(late, 3000))]).then(() => {
  hold();
  requestAnimationFrame(() => requestAnimationFrame(() => done(scrollY)));
});
"""
_STOP = """
const last = setTimeout(() => 0, 0);
for (let one = 0; one <= last; one++) { clearTimeout(one); clearInterval(one); }
window.requestAnimationFrame = () => 0;
"""
_CALL = """
const done = arguments[arguments.length - 1], [name, values] = arguments;
Promise.resolve(window.visualMutations[name](...values)).then(done, (error) =>
  done({error: String(error)}));
"""


@dataclass(frozen=True)
class Shot:
    """A screenshot as the browser sent it."""

    png: bytes

    @cached_property
    def pixels(self) -> Array:
        """RGB, shape (height, width, 3)."""
        return decode(self.png)

    def same(self, other: Shot) -> bool:
        """Whether both have the same pixels."""
        return self.png == other.png or np.array_equal(self.pixels, other.pixels)


def decode(png: bytes) -> Array:
    """RGB pixels of an encoded picture, shape (height, width, 3)."""
    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ValueError(f"{len(png)} bytes that are no picture")
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8)


def encode(pixels: Array) -> bytes:
    """PNG of RGB pixels."""
    done, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    if not done:
        raise ValueError(f"cannot encode a picture of shape {pixels.shape}")
    return data.tobytes()


@cache
def script() -> str:
    """The page's side of all this, as one script."""
    folder = Path(__file__).parent
    return "\n".join((folder / name).read_text("utf-8") for name in SCRIPTS)


class Restless(Exception):
    """A page that does not look the same twice: no case can be made of it."""


class Studio:
    """One browser process, for the time of a ``with`` block."""

    def __init__(self, browser: str, server: Server, customise: Customise | None = None) -> None:
        self.browser, self.server = browser, server
        self.touched = False
        """Whether the page was changed since it was last looked at."""
        self._pool = BrowserPool(customise)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.close()

    def open(self, scene: Scene) -> Shot:
        """Load a page, hold it still and photograph it; ``Restless`` when it keeps changing."""
        self.driver, self.touched = self._window(scene), False
        self.load(scene)
        before, alike = self.shoot(), 0
        deadline = time.monotonic() + SETTLE_SECONDS
        while alike < 2:
            time.sleep(0.3)
            after = self.shoot()
            alike = alike + 1 if after.same(before) else 0
            if not alike and time.monotonic() > deadline:
                raise Restless(f"{scene.name} in {self.browser}")
            before = after
        return self._stopped(before)

    def load(self, scene: Scene) -> None:
        """Load the page anew, with the scripts of this benchmark in it."""
        self.driver.get(self.server.url(scene.page))
        self.driver.execute_async_script(_HOLD, scene.scroll)
        self.driver.execute_script(script())

    def _stopped(self, shot: Shot) -> Shot:
        """The page as it is once its clocks stand still."""
        self.driver.execute_script(_STOP)
        return shot

    def call(self, name: str, *values: Any) -> Any:
        """Call a function of the page's side."""
        self.touched = self.touched or name not in LOOKS
        return self.driver.execute_async_script(_CALL, name, list(values))

    def run(self, source: str, *values: Any) -> Any:
        """Run a script in the page."""
        return self.driver.execute_script(source, *values)

    def shoot(self) -> Shot:
        """Photograph the viewport."""
        if self.browser == "firefox":
            return Shot(self.driver.get_screenshot_as_png())
        # The same pixels as the usual command's, packed less tightly and so twice as fast.
        told = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"optimizeForSpeed": True})
        return Shot(base64.b64decode(told["data"]))

    def _window(self, scene: Scene) -> WebDriver:
        width, height = scene.viewport
        try:
            return self._pool.acquire(BrowserSpec(self.browser, (width, height)))
        except ViewportRefused:
            return self._pool.acquire(BrowserSpec(self.browser, (NARROWEST, height)))
