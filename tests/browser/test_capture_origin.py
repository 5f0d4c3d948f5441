"""A page is whole wherever it begins: left of its origin, or above it. Real browsers.

Every page consists of sections of known colours and sizes, so its picture is known to the pixel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from capture_support import BLUE, GREEN, RED, count, look, pixels, where
from pytest_visualdiff.images.png import size

if TYPE_CHECKING:
    from capture_support import Site

SECTIONS = (
    "<style>section{width:500px;height:400px;margin:0}</style>"
    "<section style='background:red'></section><section style='background:green'></section>"
    "<section id=last style='background:blue'></section>"
)
ACROSS = "<style>body{display:flex;flex-wrap:nowrap}section{flex:none}</style>"

# Where the red, the green and the blue section lie in the picture of the whole page.
TURNED = {
    "right to left": (
        f"<script>document.dir='rtl'</script>{ACROSS}",
        (1500, 600),
        {RED: (1000, 0), GREEN: (500, 0), BLUE: (0, 0)},
    ),
    "right to left on body": (
        f"{ACROSS}<script>addEventListener('DOMContentLoaded',()=>document.body.dir='rtl')</script>",
        (1500, 600),
        {RED: (1000, 0), GREEN: (500, 0), BLUE: (0, 0)},
    ),
    "vertical from the right": (
        "<style>html{writing-mode:vertical-rl}</style>",
        (1500, 600),
        {RED: (1000, 0), GREEN: (500, 0), BLUE: (0, 0)},
    ),
    "vertical from the left": (
        "<style>html{writing-mode:vertical-lr}</style>",
        (1500, 600),
        {RED: (0, 0), GREEN: (500, 0), BLUE: (1000, 0)},
    ),
    "vertical, upwards": (
        f"<style>html{{writing-mode:vertical-lr;direction:rtl}}</style>{ACROSS}",
        (800, 1200),
        {RED: (0, 800), GREEN: (0, 400), BLUE: (0, 0)},
    ),
    "vertical from the right, upwards": (
        "<style>html{writing-mode:vertical-rl;direction:rtl}section{height:900px!important}</style>",
        (1500, 900),
        {RED: (1000, 0), GREEN: (500, 0), BLUE: (0, 0)},
    ),
    "sideways": (
        "<style>html{writing-mode:sideways-rl}</style>",
        (1500, 600),
        {RED: (1000, 0), GREEN: (500, 0), BLUE: (0, 0)},
    ),
}


@pytest.mark.parametrize("name", TURNED)
def test_a_full_page_begins_where_its_scrolling_begins(driver: Any, site: Site, name: str) -> None:
    style, whole, places = TURNED[name]
    driver.get(site.page(style + SECTIONS))
    scrolled = driver.execute_script("return [scrollX, scrollY]")
    shot = look(driver, full_page=True, mask="#last")
    assert size(shot.png) == whole
    for colour, (x, y) in places.items():
        left, top, width, height = where(pixels(shot), colour)
        assert (left, top) == (x, y)
        assert count(pixels(shot), colour) == width * height, "a section is not whole"
        assert width == 500
    assert (shot.masks[0].x, shot.masks[0].y) == places[BLUE]
    assert driver.execute_script("return [scrollX, scrollY]") == scrolled
    last = look(driver.find_element("id", "last"))
    assert (pixels(last) == BLUE).all()


def test_what_sticks_to_the_viewport_is_there_once(driver: Any, site: Site) -> None:
    driver.get(
        site.page(
            "<script>document.dir='rtl'</script><div style='width:2000px;height:1500px'></div>"
            "<b style='position:fixed;left:0;top:10px;width:700px;height:40px;background:red'></b>"
            "<b style='position:absolute;left:-900px;top:1300px;width:90px;height:60px;"
            "background:blue'></b><header style='position:sticky;bottom:0;right:0;width:300px;"
            "height:30px;background:green'></header>"
        )
    )
    shot = pixels(look(driver, full_page=True))
    assert shot.shape == (1530, 2000, 3)
    assert where(shot, RED) == (1200, 10, 700, 40)
    assert where(shot, BLUE) == (300, 1300, 90, 60)
    left, _, width, height = where(shot, GREEN)
    assert (left, width, height) == (1700, 300, 30)
    assert [count(shot, colour) for colour in (RED, BLUE, GREEN)] == [28000, 5400, 9000]
