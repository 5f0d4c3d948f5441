"""What the engine reads from a page: the only place here that calls it in a browser."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Any

from pytest_visualdiff import read_layout

if TYPE_CHECKING:
    from pytest_visualdiff.layouts.page_layout import PageLayout

TALL = 12_000
"""CSS pixels from which on a page is too high to be photographed whole, and gets no faults."""
_SIZE = "return [innerWidth, document.documentElement.scrollHeight]"


def read(driver: Any) -> tuple[PageLayout, float]:
    """The layout of the page, and the milliseconds that took."""
    start = time.perf_counter()
    layout = read_layout(driver)
    return layout, 1000 * (time.perf_counter() - start)


def places(layout: PageLayout) -> list[tuple[int, str, int, int]]:
    """Where each of its elements is: parent, tag, number among its like, kind of root."""
    return [(one.parent, one.tag, one.nth, one.root) for one in layout.elements]


def shoot(driver: Any) -> bytes:
    """The page as PNG, as wide as the viewport; of a page taller than ``TALL`` the viewport."""
    width, height = driver.execute_script(_SIZE)
    if height > TALL:
        return bytes(driver.get_screenshot_as_png())
    if driver.capabilities["browserName"] == "firefox":
        return base64.b64decode(driver.get_full_page_screenshot_as_base64())
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    whole = {"captureBeyondViewport": True, "optimizeForSpeed": True, "clip": clip}
    told = driver.execute_cdp_cmd("Page.captureScreenshot", whole)
    return base64.b64decode(told["data"])
