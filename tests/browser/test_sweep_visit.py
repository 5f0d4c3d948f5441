"""One browser's visit to a page: how many pictures it takes, and of what. Real browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.capture import CaptureOptions
from pytest_visualdiff.sweep.visit import Visit

if TYPE_CHECKING:
    from capture_support import Site
    from pytest_visualdiff.sweep.visit import PageObservation

VISIT = Visit(CaptureOptions(full_page=True, timeout=10), 1000, 10)
FALLS = (
    "<h1 style='position:relative'>falls</h1><script>let y = 0; const timer = setInterval(() => {"
    " document.querySelector('h1').style.top = `${(y += 5)}px`; if (y >= 60) clearInterval(timer);"
    "}, 40)</script>"
)


def see(driver: Any, url: str) -> PageObservation:
    sight = VISIT.see(driver, driver.name, url)
    assert sight.error == ""
    return sight


@pytest.mark.parametrize(
    ("html", "frames"),
    [
        ("<h1>still</h1><p>text", 1),
        ("<canvas width=50 height=50></canvas>", 2),
        ("<iframe srcdoc='<p>in a frame'></iframe>", 2),
    ],
    ids=["elements alone", "drawn by a script", "another document"],
)
def test_one_picture_is_enough_where_all_that_is_drawn_are_elements(
    driver: Any, site: Site, html: str, frames: int
) -> None:
    shot = see(driver, site.page(html)).shot
    assert shot is not None
    assert shot.frames == frames


def test_layout_and_picture_are_of_a_page_that_came_to_rest(driver: Any, site: Site) -> None:
    sight = see(driver, site.page(FALLS))
    assert sight.shot is not None
    assert sight.layout is not None
    assert sight.shot.frames > 1
    (heading,) = (one for one in sight.layout.elements if one.tag == "h1")
    resting = driver.execute_script("return document.querySelector('h1').getBoundingClientRect().y")
    assert heading.box.y == pytest.approx(resting, abs=0.1)


def test_a_drawing_that_is_not_there_is_broken_and_one_without_a_size_is_not(
    driver: Any, site: Site
) -> None:
    plain = "<svg xmlns='http://www.w3.org/2000/svg'><rect width='9' height='9'/></svg>"
    site.file("/here.svg", "image/svg+xml", plain.encode())
    url = site.page("<img src=/here.svg><img src=/nowhere.svg>", "/drawings")
    layout = see(driver, url).layout
    assert layout is not None
    assert [one.picture for one in layout.elements if one.tag == "img"] == [1, 2]
