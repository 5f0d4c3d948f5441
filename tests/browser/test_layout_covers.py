"""What lies on top of a text: only what is drawn there covers it. Real browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff import read_layout
from pytest_visualdiff.sweep.single_browser import examine_layout

if TYPE_CHECKING:
    from capture_support import Site

AFTER = "<style>a::after{content:'';position:absolute;inset:0}</style>"
STYLE = """<!doctype html><style>body{margin:40px;font:16px "DejaVu Sans"}
.card{position:relative;width:300px;padding:16px;border:1px solid} .over{position:absolute;
left:40px;top:40px;width:400px;height:200px}</style>
<div class=card><h5>Title of a card</h5><p>Text of a card</p>"""

THROUGH = {
    "stretched link": f"{AFTER}<a href=#>Go</a>",
    "stretched link before": f"{AFTER.replace('after', 'before')}<a href=#>Go</a>",
    "opacity 0": "</div><div class=over style='opacity:0;background:red'>not shown</div>",
    "opacity 0 around it": "</div><div style='opacity:0'><div class=over style='background:red'>x",
    "no background": "</div><div class=over></div>",
    "transparent background": "</div><div class=over style='background:rgba(9,9,9,0)'></div>",
    "hidden inside": "</div><div class=over><b style='visibility:hidden'>not shown</b></div>",
    "a text elsewhere": "</div><div class=over style='padding-top:150px'>below</div>",
}
COVERED = {
    "background": "</div><div class=over style='background:red'></div>",
    "picture": "</div><div class=over style='background:linear-gradient(red,blue)'></div>",
    "a drawn pseudo-element": f"{AFTER.replace('inset', 'background:red;inset')}<a href=#>Go</a>",
    "beneath a transparent one": (
        "</div><div class=over style='background:red'></div><div class=over></div>"
    ),
}


def covered(driver: Any, url: str) -> set[str]:
    driver.get(url)
    found = examine_layout(read_layout(driver))
    return {one.selector for one in found if one.kind == "overlapped"}


@pytest.mark.parametrize("html", THROUGH.values(), ids=THROUGH)
def test_what_one_sees_through_covers_nothing(driver: Any, site: Site, html: str) -> None:
    assert covered(driver, site.page(STYLE + html)) == set()


@pytest.mark.parametrize("html", COVERED.values(), ids=COVERED)
def test_what_is_drawn_over_a_text_covers_it(driver: Any, site: Site, html: str) -> None:
    assert covered(driver, site.page(STYLE + html)) == {".card h5", ".card p"}


def test_a_table_that_scrolls_by_itself_is_not_off_screen(driver: Any, site: Site) -> None:
    cells = "".join(f"<td>column number {at}</td>" for at in range(40))
    table = f"<div style='overflow-x:auto'><table><tr style='white-space:nowrap'>{cells}</table>"
    driver.get(site.page(f"<!doctype html>{table}"))
    layout = read_layout(driver)
    assert any(one.box.right > layout.viewport[0] for one in layout.elements)
    assert examine_layout(layout) == ()
