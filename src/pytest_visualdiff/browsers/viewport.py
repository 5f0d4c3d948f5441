"""Give a window the wanted *inner* size: measure, correct, measure again."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_visualdiff import clock
from pytest_visualdiff.browsers import reset
from pytest_visualdiff.browsers.browser_types import EMULATED, type_of
from pytest_visualdiff.browsers.webdriver_errors import describe
from pytest_visualdiff.errors import ViewportRefused

if TYPE_CHECKING:
    from pytest_visualdiff.browsers.launch import WebDriver

CORRECTIONS = 3
# A window manager needs a moment; a headless browser has the new size at once.
PAUSES = (0.0, 0.02, 0.1)
RATIO_TOLERANCE = 0.02

# `window.name` survives navigation and is not cleared with storage.
_MEASURE = """
window.name = '';
return [innerWidth, innerHeight, outerWidth, outerHeight, devicePixelRatio,
        screen.availWidth, screen.availHeight];
"""


@dataclass(frozen=True, slots=True)
class WindowSizes:
    """The sizes of a window in CSS pixels, and its device pixel ratio."""

    inner: tuple[int, int]
    outer: tuple[int, int]
    pixel_ratio: float
    screen: tuple[int, int]


def set_viewport(driver: WebDriver, wanted: tuple[int, int], pixel_ratio: float) -> None:
    """Make the inner size of the window ``wanted`` or raise ``ViewportRefused``.

    A Chromium window that refuses (a headed one is never narrower than 500 px) draws the wanted
    size by emulation. An emulated device has the size that it has.
    """
    frame = measure(driver)
    if driver.caps.get(EMULATED):
        _require_device(driver, frame, wanted, pixel_ratio)
        return
    if abs(frame.pixel_ratio - pixel_ratio) > RATIO_TOLERANCE * pixel_ratio:
        raise ViewportRefused(
            f"{describe(driver)} has a device pixel ratio of {frame.pixel_ratio:g},"
            f" wanted {pixel_ratio:g}: does an option or the server set another one?"
        )
    for _ in range(CORRECTIONS):
        if frame.inner == wanted:
            return
        width, height = (
            outer + want - inner
            for outer, want, inner in zip(frame.outer, wanted, frame.inner, strict=True)
        )
        _resize(driver, width, height)
        before, frame = frame, _settled(driver, wanted)
        if frame.inner == before.inner and _can_emulate(driver):
            break
    if frame.inner != wanted and not _emulated(driver, wanted, pixel_ratio):
        raise ViewportRefused(_refused(driver, wanted, frame))


def _require_device(
    driver: WebDriver, frame: WindowSizes, wanted: tuple[int, int], pixel_ratio: float
) -> None:
    """Accept an emulated device of the wanted size.

    Its screen is asked: a page is laid out wider than the device until it says otherwise.
    """
    same_ratio = abs(frame.pixel_ratio - pixel_ratio) <= RATIO_TOLERANCE * pixel_ratio
    if frame.screen == wanted and same_ratio:
        return
    (width, height), (want_width, want_height) = frame.screen, wanted
    raise ViewportRefused(
        f"{describe(driver)} emulates a device of {width}x{height} with a pixel ratio of"
        f" {frame.pixel_ratio:g} (mobileEmulation), wanted {want_width}x{want_height} with"
        f" {pixel_ratio:g}: set viewports={width}x{height} and pixel_ratio={frame.pixel_ratio:g},"
        " in the ini file or a marker, or start the browser without mobileEmulation"
    )


def measure(driver: WebDriver) -> WindowSizes:
    """Read the sizes of the window, and forget its name."""
    width, height, outer_width, outer_height, ratio, *screen = driver.execute_script(_MEASURE)
    return WindowSizes(
        (width, height), (outer_width, outer_height), float(ratio), (screen[0], screen[1])
    )


def _resize(driver: WebDriver, width: int, height: int) -> None:
    if driver.caps.get("moz:headless") is False:
        # Without a window manager the usual command waits 5 s for an event that never comes.
        with contextlib.suppress(Exception):
            reset.privileged(driver, f"window.resizeTo({width}, {height})")
            return
    driver.set_window_size(width, height)


def _can_emulate(driver: WebDriver) -> bool:
    row = type_of(driver.caps)
    return row is not None and bool(row.devtools)


def _settled(driver: WebDriver, wanted: tuple[int, int]) -> WindowSizes:
    for pause in PAUSES:
        clock.sleep(pause)
        frame = measure(driver)
        if frame.inner == wanted:
            break
    return frame


def _emulated(driver: WebDriver, wanted: tuple[int, int], pixel_ratio: float) -> bool:
    if not _can_emulate(driver):
        return False
    width, height = wanted
    size = {"width": width, "height": height, "deviceScaleFactor": pixel_ratio, "mobile": False}
    driver.execute(
        "executeCdpCommand", {"cmd": "Emulation.setDeviceMetricsOverride", "params": size}
    )
    return measure(driver).inner == wanted


def _refused(driver: WebDriver, wanted: tuple[int, int], frame: WindowSizes) -> str:
    want, got, outer, screen = (
        f"{width}x{height}" for width, height in (wanted, frame.inner, frame.outer, frame.screen)
    )
    return (
        f"{describe(driver)} refuses an inner viewport of {want}: it stays at {got}"
        f" (window {outer}, screen {screen})\n"
        "  a window has a smallest size, and a headed one must fit on the screen"
    )
