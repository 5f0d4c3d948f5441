"""The pictures that the comparison is timed on: real pages, shot in real browsers.

Each set is one browser and one size: a page, the same page with one letter replaced, another
page, and the first picture once more in other bytes. They stay in ``benchmarks/.cache``.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.pages import CACHE, PAGES, Page, Server, fetch

from pytest_visualdiff.browsers import BrowserSpec
from pytest_visualdiff.browsers.launch import start
from pytest_visualdiff.capture import CaptureOptions, capture
from pytest_visualdiff.images.codec import compact

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = CACHE / "speed" / "pictures"
BROWSERS = ("chrome", "firefox")
SIZES = {
    "1280x800": (1280, 800, 1.0),
    "1920x1080": (1920, 1080, 1.0),
    "3840x2160": (1920, 1080, 2.0),
    "1280x6400": (1280, 6400, 1.0),
}
"""Width and height of the viewport in CSS pixels, device pixels per CSS pixel."""
PAIRS = ("same bytes", "same pixels", "tiny", "different")

_LONG = 4000  # CSS pixels; higher viewports get pages that fill them
_REPLACE_A_LETTER = """
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const range = document.createRange();
let best = null, least = Infinity;
while (walk.nextNode()) {
  const text = walk.currentNode.nodeValue, at = text.search(/[a-df-z]{3}/);
  if (at < 0) continue;
  range.setStart(walk.currentNode, at);
  range.setEnd(walk.currentNode, at + 1);
  const box = range.getBoundingClientRect();
  const off = Math.hypot(box.x - innerWidth / 2, box.y - innerHeight / 2);
  if (box.width > 2 && box.y > 0 && box.bottom < innerHeight && off < least) {
    best = [walk.currentNode, at];
    least = off;
  }
}
const [node, at] = best;
node.nodeValue = node.nodeValue.slice(0, at) + 'e' + node.nodeValue.slice(at + 1);
"""


@dataclass(frozen=True)
class Set:
    """Pictures of one browser and size."""

    browser: str
    size: str

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return FOLDER / f"{self.browser}-{self.size}"

    def pair(self, name: str) -> tuple[Path, Path]:
        """Paths of the expected and the actual picture of one of ``PAIRS``."""
        if name == "same pixels":  # as a baseline is kept: smaller than a browser makes it
            return self.folder / "recoded.png", self.folder / "page.png"
        actual = "copy" if name == "same bytes" else name
        return self.folder / "page.png", self.folder / f"{actual}.png"


def make(sets: list[Set]) -> None:
    """Shoot what is not there yet."""
    wanted = [one for one in sets if not (one.folder / "copy.png").is_file()]
    if not wanted:
        return
    fetch()
    with Server() as server:
        for one in wanted:
            print(f"shooting {one.browser} {one.size} …", flush=True)
            _shoot(one, server)


def _shoot(one: Set, server: Server) -> None:
    one.folder.mkdir(parents=True, exist_ok=True)
    width, height, ratio = SIZES[one.size]
    page, other = _subjects(height)
    browser = start(BrowserSpec(one.browser, (width, height), ratio))
    try:
        _resize(browser.driver, width, height)
        browser.driver.get(server.url(other))
        _save(one, browser.driver, "different")
        browser.driver.get(server.url(page))
        _save(one, browser.driver, "page")
        browser.driver.execute_script(_REPLACE_A_LETTER)
        _save(one, browser.driver, "tiny")
    finally:
        browser.quit()
    shot = one.folder / "page.png"
    (one.folder / "recoded.png").write_bytes(compact(shot.read_bytes()))
    shutil.copy(shot, one.folder / "copy.png")


def _resize(driver: Any, width: int, height: int) -> None:
    for _ in range(2):
        inner = driver.execute_script("return [innerWidth, innerHeight]")
        outer = driver.get_window_size()
        driver.set_window_size(
            outer["width"] + width - inner[0], outer["height"] + height - inner[1]
        )


def _save(one: Set, driver: Any, name: str) -> None:
    shot = capture(driver, CaptureOptions(), lambda _: None, adapters=())
    (one.folder / f"{name}.png").write_bytes(shot.png)


def _subjects(height: int) -> tuple[Page, Page]:
    """Two pages that fill the viewport."""
    names = ("tutorial", "cookbook") if height > _LONG else ("production/projects", "cards")
    first, second = (next(page for page in PAGES if page.path == name) for name in names)
    return first, second
