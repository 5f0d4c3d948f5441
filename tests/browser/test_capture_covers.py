"""The picture of an element shows the element, not what happens to lie over it. Real browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from capture_support import GREEN, RED, has, look, pixels
from pytest_visualdiff.errors import TargetCovered

if TYPE_CHECKING:
    from capture_support import Site

GAP = "<div style='height:700px'></div>"
TARGET = "<div id=t style='width:300px;height:{height}px;background:red;color:#fff'>words</div>"
OVER = "background:green;z-index:5;"
STATE = "return [document.documentElement.outerHTML, scrollX, scrollY]"


def page(cover: str, height: int = 200, gap: str = GAP) -> str:
    """A page with a red target in its middle and something green."""
    return f"{cover}{gap}{TARGET.format(height=height)}{gap}"


HEADER = f"<header style='position:sticky;top:0;height:80px;{OVER}'></header>"
BAR = f"<div style='position:fixed;left:0;right:0;bottom:0;height:90px;{OVER}'></div>"

FLOATING = {
    "sticky header": page(HEADER, 590),
    "cookie bar": page(BAR, 590),
    "header and bar": page(HEADER + BAR, 500),
    "header and bar, small target": page(HEADER + BAR, 60),
    "column at the left": page(
        f"<div style='position:fixed;left:0;top:0;bottom:0;width:120px;{OVER}'></div>"
    ),
    "chat bubble": page(
        f"<div style='position:fixed;left:200px;bottom:20px;width:80px;height:300px;{OVER}'></div>",
        500,
    ),
    "the pointer passes through it": page(
        BAR.replace("position", "pointer-events:none;position"), 590
    ),
    "half transparent": page(BAR.replace("green", "rgba(0,128,0,.5)"), 590),
    "faded": page(BAR.replace("position", "opacity:.4;position"), 590),
    "before the body": page(
        "<style>body::before{content:'';position:fixed;left:0;right:0;bottom:0;height:90px;"
        f"{OVER}}}</style>",
        590,
    ),
    "a popover": page(
        f"<div popover id=p style='margin:0;left:0;top:250px;width:200px;height:90px;{OVER}'></div>"
        "<script>onload = () => p.showPopover()</script>",
        590,
    ),
    "in a shadow root": page(
        "<div id=host></div><script>host.attachShadow({mode:'open'}).innerHTML ="
        f'"{BAR}"</script>',
        590,
    ),
    "on a page that cannot scroll": TARGET.format(height=560) + BAR,
    "larger than the viewport": page(HEADER + BAR, 900),
}


@pytest.mark.parametrize("html", FLOATING.values(), ids=FLOATING.keys())
def test_what_floats_over_an_element_is_not_in_its_picture(
    driver: Any, site: Site, html: str
) -> None:
    driver.get(site.page(html.replace("words", "")))
    before = driver.execute_script(STATE)
    shot = look(driver.find_element("id", "t"))
    assert (pixels(shot) == RED).all()
    assert driver.execute_script(STATE) == before
    assert look(driver.find_element("id", "t"), shot.png).frames == 1


def test_rows_under_a_sticky_header_and_a_cookie_bar_are_compared(driver: Any, site: Site) -> None:
    shots = []
    for price in ("5", "77777"):
        rows = "".join(f"<tr><td>Item {row}<td>{price}" for row in range(12))
        style = "line-height:40px;width:300px;table-layout:fixed"
        table = f"<table id=t style='{style}'>{rows}</table>"
        driver.get(site.page(f"{HEADER}{BAR}{GAP}{table}{GAP}"))
        shots.append(pixels(look(driver.find_element("id", "t"))))
    changed = (shots[0] != shots[1]).any(axis=(1, 2))
    rows = np.array_split(changed, 12)
    assert [row for row, part in enumerate(rows) if not part.any()] == []


def test_what_floats_over_an_element_of_a_frame_is_not_in_its_picture(
    driver: Any, site: Site
) -> None:
    site.page(page(HEADER, 150, "<div style='height:400px'></div>").replace("words", ""), "/in")
    driver.get(site.page(f"{BAR}{GAP}<iframe id=f src=/in width=400 height=250></iframe>{GAP}"))
    driver.switch_to.frame("f")
    shot = pixels(look(driver.find_element("id", "t")))
    assert (shot == RED).all()


LOCAL = {
    "an overlay": "<div style='position:absolute;inset:0;background:green'></div>",
    "an overlay over a text": "<div style='position:absolute;left:0;top:0;width:90px;height:40px;"
    "background:green'></div>",
    "an overlay that the pointer passes through": (
        "<div style='position:absolute;inset:0;background:green;pointer-events:none'></div>"
    ),
    "after what is around it": (
        "<style>main::after{content:'';position:absolute;inset:0;background:green}</style>"
    ),
    "a negative margin": "<div style='margin-top:-200px;height:200px;background:green'></div>",
}


@pytest.mark.parametrize("cover", LOCAL.values(), ids=LOCAL.keys())
def test_what_belongs_over_an_element_and_hides_its_text_is_named(
    driver: Any, site: Site, cover: str
) -> None:
    html = f"<main style='position:relative'>{TARGET.format(height=200)}{cover}</main>"
    driver.get(site.page(html))
    with pytest.raises(
        TargetCovered, match=r"the target cannot be seen: `.*(div|main).*` lies over"
    ):
        look(driver.find_element("id", "t"))


def test_a_modal_dialog_over_an_element_is_named(driver: Any, site: Site) -> None:
    driver.get(
        site.page(
            f"{TARGET.format(height=500)}<dialog id=d>Sure?</dialog><script>d.showModal()</script>"
        )
    )
    with pytest.raises(TargetCovered, match="the modal dialog `#d` lies over it"):
        look(driver.find_element("id", "t"))


APART = {
    "a badge": "<b style='position:absolute;left:280px;top:-8px;width:30px;height:16px;"
    "background:green'></b>",
    "a label over an empty field": "<label style='position:absolute;left:100px;top:90px;"
    "background:green'>Name</label>",
}


@pytest.mark.parametrize("cover", APART.values(), ids=APART.keys())
def test_what_decorates_an_element_is_in_its_picture(driver: Any, site: Site, cover: str) -> None:
    html = f"<main style='position:relative;margin:30px'>{TARGET.format(height=200)}{cover}</main>"
    driver.get(site.page(html))
    assert has(pixels(look(driver.find_element("id", "t"))), GREEN)


QUIET = {
    "its own children": (
        "<div id=t style='position:relative;width:300px;height:200px'>"
        "<i style='position:absolute;inset:0;background:green'></i></div>"
    ),
    "its own shadow root": (
        "<div id=t style='width:300px;height:200px'></div><script>"
        "t.attachShadow({mode:'open'}).innerHTML = '<i style=\"display:block;position:sticky;top:0;"
        "height:200px;background:green\"></i>'</script>"
    ),
    "its own pseudo-element": (
        "<style>#t::after{content:'';position:absolute;inset:0;background:green}</style>"
        "<div id=t style='position:relative;width:300px;height:200px'>x</div>"
    ),
    "a transparent link over the card": (
        "<style>a::after{content:'';position:absolute;inset:0;z-index:1}</style>"
        "<div style='position:relative'><div id=t style='width:300px;height:200px;"
        "background:green'>x</div><a href=#></a></div>"
    ),
    "a fixed ground behind": (
        "<div style='position:fixed;inset:0;z-index:-1;background:red'></div>"
        "<div id=t style='width:300px;height:200px;background:green'>x</div>"
    ),
    "an overlay that does not show": (
        "<div style='position:fixed;inset:0;opacity:0;background:red'></div>"
        "<div style='position:fixed;inset:0;visibility:hidden;background:red'></div>"
        "<div id=t style='width:300px;height:200px;background:green'>x</div>"
    ),
    "what its scroller cuts away": (
        "<div style='position:relative;width:50px;height:50px;overflow:hidden'>"
        "<div style='position:absolute;width:900px;height:900px;background:red'></div></div>"
        "<div id=t style='position:relative;width:300px;height:200px;background:green'>x</div>"
    ),
    "an element that it covers itself": (
        "<div style='height:100px;background:red'></div><div id=t style='position:relative;"
        "margin-top:-100px;width:300px;height:200px;background:green'>x</div>"
    ),
}


@pytest.mark.parametrize("html", QUIET.values(), ids=QUIET.keys())
def test_what_lies_not_over_an_element_is_left_alone(driver: Any, site: Site, html: str) -> None:
    driver.get(site.page(html))
    shot = look(driver.find_element("id", "t"))
    assert has(pixels(shot), GREEN)
    assert not has(pixels(shot), RED)
    assert shot.notes == ()
