"""An element's box on the screen is where the pointer hits it. Real browsers, real clicks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.errors import EmptyTarget, UsageError, WindowCovered

from .conftest import program, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_visualdiff import Screen

BROWSERS = ["firefox", "chrome"]

# Small targets that tell where they were hit, off the middle so that a shift shows.
PAGE = """
<style>button{position:absolute;width:21px;height:13px;padding:0;border:0;background:teal}</style>
<button id=a style="left:3px;top:5px"></button>
<button id=b style="left:601.5px;top:333.25px"></button>
<button id=c style="left:300px;top:2400px"></button>
<script>
hits = [];
addEventListener('click', e => hits.push([e.target.id, e.offsetX, e.offsetY]));
</script>
"""


def hit_in_the_middle(screen: Screen, name: str) -> None:
    screen.click(screen.driver.find_element("id", name))
    assert until(lambda: screen.driver.execute_script("return hits.length"))
    hit, x, y = screen.driver.execute_script("return hits.pop()")
    assert hit == name
    assert abs(x - 10.5) <= 1
    assert abs(y - 6.5) <= 1


def hit_all(screen: Screen) -> None:
    for name in "abc":  # the last one has to be scrolled into view
        hit_in_the_middle(screen, name)


@pytest.mark.parametrize("browser", BROWSERS)
def test_bare_window(shown: Callable[..., Screen], browser: str) -> None:
    hit_all(shown(PAGE, browser))


@pytest.mark.parametrize("browser", BROWSERS)
@pytest.mark.visualdiff(pixel_ratio=2)
def test_bare_window_with_two_device_pixels_per_pixel(
    shown: Callable[..., Screen], browser: str
) -> None:
    screen = shown(PAGE, browser)
    assert screen.size == (2560, 1600)
    hit_all(screen)


@pytest.mark.parametrize("browser", BROWSERS)
@pytest.mark.usefixtures("managed")
def test_window_with_a_frame(shown: Callable[..., Screen], browser: str) -> None:
    hit_all(shown(PAGE, browser))


@pytest.mark.parametrize("browser", BROWSERS)
@pytest.mark.usefixtures("managed")
@pytest.mark.visualdiff(pixel_ratio=2)
def test_window_with_a_frame_and_two_device_pixels_per_pixel(
    shown: Callable[..., Screen], browser: str
) -> None:
    hit_all(shown(PAGE, browser))


@pytest.mark.parametrize("browser", BROWSERS)
def test_zoomed_page(shown: Callable[..., Screen], browser: str) -> None:
    """A page zoomed by keys: CSS pixels are no longer those of the window."""
    screen = shown(PAGE, browser)
    ratio = screen.driver.execute_script("return devicePixelRatio")
    screen.hotkey("ctrl", "+")
    assert until(lambda: screen.driver.execute_script("return devicePixelRatio") > ratio)
    screen.wait_still()
    hit_in_the_middle(screen, "b")


@pytest.mark.parametrize("browser", BROWSERS)
def test_element_in_a_frame(shown: Callable[..., Screen], site: Any, browser: str) -> None:
    inner = site.page(PAGE, "/inner")
    style = "position:absolute;left:77px;top:41px;border:5px solid;padding:3px;width:700px"
    screen = shown(f'<iframe src="{inner}" style="{style};height:400px"></iframe>', browser)
    screen.driver.switch_to.frame(0)
    hit_in_the_middle(screen, "b")


@pytest.mark.parametrize("browser", BROWSERS)
def test_an_element_that_is_not_shown_is_told(shown: Callable[..., Screen], browser: str) -> None:
    screen = shown("<p id=gone style='display:none'>no", browser)
    with pytest.raises(EmptyTarget, match="is it shown"):
        screen.to_screen(screen.driver.find_element("id", "gone"))


def test_a_covered_element_is_not_clicked(shown: Callable[..., Screen]) -> None:
    """The error names the window in the way."""
    screen = shown(PAGE, "firefox")
    windows = screen.desktop.windows
    assert windows
    with program(screen, "xmessage", "-geometry", "500x400+0+0", "-title", "in the way", "\n" * 20):
        assert until(lambda: any(one.title == "in the way" for one in windows.all()))
        with pytest.raises(WindowCovered, match="'in the way'"):
            screen.click(screen.driver.find_element("id", "a"))


def test_without_a_browser_there_is_no_driver(visualdiff_screen: Screen) -> None:
    with pytest.raises(UsageError, match=r"call open\(url\) first"):
        _ = visualdiff_screen.driver
