"""Measure and correct, with a pretended window."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_visualdiff.browsers import viewport
from pytest_visualdiff.browsers.browser_types import EMULATED
from pytest_visualdiff.errors import ViewportRefused


class Window:
    """A driver whose window has a border of 16 by 100, a smallest and a largest width."""

    def __init__(self, engine: str = "firefox", narrowest: int = 0, ratio: float = 1.0) -> None:
        self.caps = {"browserName": engine, "browserVersion": "1"}
        if engine == "chrome":
            self.caps["goog:chromeOptions"] = ""
        self.outer, self.narrowest, self.ratio = [816, 700], narrowest, ratio
        self.emulated: tuple[int, int] | None = None
        self.resized = 0

    def execute_script(self, _script: str) -> list[float]:
        inner = self.emulated or (self.outer[0] - 16, self.outer[1] - 100)
        return [*inner, *self.outer, self.ratio, 1400, 1000]

    def set_window_size(self, width: int, height: int) -> None:
        self.resized += 1
        self.outer = [max(width, self.narrowest), height]

    def execute(self, _command: str, arguments: dict[str, Any]) -> None:
        size = arguments["params"]
        self.emulated = size["width"], size["height"]


def fit(window: Any, wanted: tuple[int, int], ratio: float = 1.0) -> None:
    viewport.set_viewport(window, wanted, ratio)


def test_a_right_window_is_left_alone() -> None:
    """Nothing is sent to a window that has the wanted inner size already."""
    window = Window()
    fit(window, (800, 600))
    assert window.resized == 0


def test_the_border_is_added() -> None:
    """One correction by the difference of outer and inner size is enough."""
    window = Window()
    fit(window, (1280, 800))
    assert (window.outer, window.resized) == ([1296, 900], 1)


def test_a_refusal_tells_all_sizes() -> None:
    """A window that stays larger is an error with wanted, real, window and screen size."""
    expected = r"390x844: it stays at 484x844 \(window 500x944, screen 1400x1000\)"
    with pytest.raises(ViewportRefused, match=expected):
        fit(Window(narrowest=500), (390, 844))


def test_chromium_draws_what_its_window_refuses() -> None:
    """A Chromium window that stays larger emulates the wanted size."""
    window = Window("chrome", narrowest=500)
    fit(window, (390, 844))
    assert window.emulated == (390, 844)


def test_another_pixel_ratio_is_an_error() -> None:
    """A device pixel ratio other than the wanted one is never accepted silently."""
    with pytest.raises(ViewportRefused, match="pixel ratio of 1, wanted 2"):
        fit(Window(), (800, 600), 2.0)
    fit(Window(ratio=1.304), (800, 600), 1.3)  # Firefox rounds to whole app units


class Device(Window):
    """A driver that emulates a phone; its window cannot be resized, its page is 980 px wide."""

    def __init__(self) -> None:
        super().__init__("chrome", ratio=2.0)
        self.caps[EMULATED] = "yes"

    def execute_script(self, _script: str) -> list[float]:
        return [980, 2121, 390, 844, self.ratio, 390, 844]

    def set_window_size(self, width: int, height: int) -> None:
        raise AssertionError(f"resized to {width}x{height}")


def test_an_emulated_device_of_the_wanted_size_is_accepted() -> None:
    fit(Device(), (390, 844), 2.0)


@pytest.mark.parametrize("wanted", [((1280, 800), 2.0), ((390, 844), 1.0), ((844, 390), 2.0)])
def test_an_emulated_device_of_another_size_is_refused(
    wanted: tuple[tuple[int, int], float],
) -> None:
    """The refusal names the device and the options that ask for it."""
    expected = "device of 390x844 .* set viewports=390x844 and pixel_ratio=2"
    with pytest.raises(ViewportRefused, match=expected):
        fit(Device(), *wanted)
