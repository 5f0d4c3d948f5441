"""The picture of an element shows the element, wherever it lies, or says why not. Real browsers.

Every page has one element ``#e``, blue, on a page of other colours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from capture_support import BLUE, WHITE, count, look, pixels, where
from pytest_visualdiff.errors import CaptureError, EmptyTarget
from pytest_visualdiff.images.png import size

if TYPE_CHECKING:
    from capture_support import Site

E = "<div id=e style='width:100px;height:50px;background:blue;margin:20px'></div>"
RULES = "<style>body{margin:0;background:#efe}iframe{border:0;width:300px;height:200px}</style>"


def frame(inner: str, style: str = "") -> str:
    document = f"<!doctype html>{RULES}{inner}".replace("&", "&amp;").replace('"', "&quot;")
    return f'<iframe style="{style}" srcdoc="{document}"></iframe>'


FRAMED: dict[str, tuple[str, int, tuple[int, int]]] = {
    "a frame with border and padding": (
        frame(E, "border:7px solid red;padding:3px"), 1, (100, 50)),
    "a scaled frame": (frame(E, "transform:scale(.5);transform-origin:0 0"), 1, (50, 25)),
    "a frame that is zoomed": (frame(E, "zoom:2"), 1, (200, 100)),
    "a frame in a scaled box": (
        f"<div style='scale:1.5;transform-origin:0 0'>{frame(E)}</div>", 1, (150, 75)),
    "a frame in a zoomed page": (f"<style>html{{zoom:.5}}</style>{frame(E)}", 1, (50, 25)),
    "a turned frame": (frame(E, "margin:80px;rotate:90deg"), 1, (50, 100)),
    "a mirrored frame": (frame(E, "transform:scale(-1, 1)"), 1, (100, 50)),
    "a frame in a frame": (
        frame(frame(E, "transform:scale(.5);transform-origin:0 0"), "scale:2;transform-origin:0 0"),
        2, (100, 50)),
    "a frame far down": (f"<p style='height:1500px'></p>{frame(E, 'scale:.5')}", 1, (50, 25)),
    "a scrolled frame": (
        frame(f"<p style='height:900px'></p>{E}<p style='height:900px'></p>", "zoom:.5"),
        1, (50, 25)),
}  # fmt: skip


@pytest.mark.parametrize("name", FRAMED)
def test_an_element_in_a_frame_is_shown_as_it_is_seen(driver: Any, site: Site, name: str) -> None:
    html, depth, expected = FRAMED[name]
    driver.get(site.page(RULES + html))
    for _ in range(depth):
        driver.switch_to.frame(0)
    shot = look(driver.find_element("id", "e"))
    assert size(shot.png) == expected
    inside = pixels(shot)[1:-1, 1:-1]
    assert (inside == BLUE).all(), "the edges are mixed where they are no whole pixels"


LARGE = "<div id=e style='width:500px;height:900px;background:blue'></div>"
BOXED = "<div id=s style='{}'>" + LARGE + "</div>"
NESTED = (
    "<div style='overflow:auto;width:300px;height:300px'><p style='height:900px'></p>"
    f"{BOXED}<p style='height:900px'></p></div>"
)
# A page, the style of the box that cuts the element, and the size of what is left of it.
CUT = {
    "a scroller": (BOXED, "overflow:auto;width:200px;height:120px;margin:30px", (200, 120)),
    "a scroller across": (BOXED, "overflow:auto hidden;width:200px", (200, 900)),
    "a right-to-left scroller": (BOXED, "direction:rtl;overflow:auto;width:200px;height:90px",
                                 (200, 90)),
    "a vertical scroller": (BOXED, "writing-mode:vertical-rl;overflow:auto;width:200px;height:90px",
                            (200, 90)),
    "a scroller in a scroller": (NESTED, "overflow:auto;width:150px;height:80px", (150, 80)),
    "a box that hides": (BOXED, "overflow:hidden;width:80px;height:60px", (80, 60)),
    "a box that clips": (BOXED, "overflow:clip;width:80px;height:60px", (80, 60)),
    "clip-path": (BOXED, "clip-path:inset(10px 0 790px 20px);width:520px", (480, 100)),
    "contain": (BOXED, "contain:paint;width:80px;height:60px", (80, 60)),
}  # fmt: skip


@pytest.mark.parametrize("name", CUT)
def test_of_an_element_that_is_cut_the_visible_part_is_shown_and_the_note_says_who_cuts_it(
    driver: Any, site: Site, name: str
) -> None:
    html, style, expected = CUT[name]
    head = "<header style='position:sticky;top:0;height:40px'></header><p style='height:700px'></p>"
    driver.get(site.page(f"{RULES}{head}{html.format(style)}<p style='height:900px'></p>"))
    shot = look(driver.find_element("id", "e"))
    assert size(shot.png) == expected
    assert (pixels(shot) == BLUE).all(), "something of a neighbour is in the picture"
    (note,) = shot.notes
    assert "{}x{} of ".format(*expected) in note
    assert "of `#e` can be seen: `#s` cuts it" in note


def test_an_element_that_escapes_its_scroller_is_whole(driver: Any, site: Site) -> None:
    escaping = "<div style='overflow:hidden;width:20px;height:20px'><div id=e style='position:{};"
    for position in ("fixed", "absolute"):
        style = "left:100px;top:100px;width:90px;height:60px;background:blue'></div></div>"
        driver.get(site.page(RULES + escaping.format(position) + style))
        shot = look(driver.find_element("id", "e"))
        assert (size(shot.png), shot.notes) == ((90, 60), ())
        assert (pixels(shot) == BLUE).all()


NOTHING = {
    "<div id=e style='display:contents'><p>text</p></div>": "`#e` has `display: contents`",
    "<div style='display:none'><div id=e>text</div></div>": "which has `display: none`",
    "<div id=e style='visibility:hidden'>text</div>": "`#e` has `visibility: hidden`",
    "<div style='content-visibility:hidden'><div id=e>text</div></div>": "visibility: hidden",
    "<details><p id=e>text</p></details>": "`#e`",
    "<div id=e><div style='float:left'>text</div></div>": "`#e` is 800x0 CSS pixels",
    "<select><option id=e>one</select>": "`#e` is an entry of a list that is not open",
    "<img usemap='#m' width=9 height=9><map name=m><area id=e shape=rect coords='0,0,9,9'></map>":
        "`#e` is a part of an image map",
    "<div style='overflow:clip;width:50px;height:20px;position:relative'><p id=e style='position:"
    "absolute;left:60px'>x</p></div>": "is cut away by `body > div` (overflow: clip)",
    "<div id=e style='position:absolute;left:-500px'>text</div>": "where no scrolling leads",
    "<div id=e style='clip-path:inset(50%)'>text</div>": "is cut away by `#e` (clip-path: ",
}  # fmt: skip


@pytest.mark.parametrize("html", NOTHING)
def test_an_element_that_shows_nothing_says_why(driver: Any, site: Site, html: str) -> None:
    driver.get(site.page(html))
    with pytest.raises(EmptyTarget) as caught:
        look(driver.find_element("id", "e"))
    assert NOTHING[html] in str(caught.value)


@pytest.mark.parametrize(
    "style", ["transform:perspective(300px) rotateY(40deg)", "offset-path:path('M0 0L100 100')"]
)
def test_a_frame_that_is_turned_in_depth_is_refused_by_name(
    driver: Any, site: Site, style: str
) -> None:
    driver.get(site.page(RULES + frame(E, style)))
    with pytest.raises(
        CaptureError, match="redact='#e' matches inside of the frame `body > iframe`"
    ):
        look(driver, redact="#e")
    assert look(driver, redact="iframe").areas == {'redact="iframe"': 1}
    driver.switch_to.frame(0)
    with pytest.raises(CaptureError, match="the target lies in the frame `body > iframe` of"):
        look(driver.find_element("id", "e"))


def test_a_secret_in_a_frame_of_another_origin_is_refused_with_what_to_write(
    driver: Any, site: Site
) -> None:
    site.page(E.replace("id=e", "class=pan"), "/pay")
    other = site.origin.replace("127.0.0.1", "localhost")
    driver.get(site.page(f"{RULES}<p class=pan>1</p><iframe id=pay src={other}/pay></iframe>"))
    message = r"redact='.pan' matches 1 place inside of the frame `#pay` of another origin"
    with pytest.raises(CaptureError, match=message):
        look(driver, redact=".pan")
    assert driver.execute_script("return location.pathname") == "/"
    shot = look(driver, redact=[".pan", "#pay"])
    assert count(pixels(shot), BLUE) == 0
    assert shot.areas == {'redact=".pan"': 1, 'redact="#pay"': 1}
    assert look(driver, redact="p").areas == {'redact="p"': 1}


def test_a_sandboxed_frame_counts_as_one_of_another_origin(driver: Any, site: Site) -> None:
    sandboxed = frame(f"<p>in</p>{frame(E)}").replace("<iframe", "<iframe id=box sandbox", 1)
    driver.get(site.page(f"{RULES}<i id=e>1</i>{sandboxed}"))
    with pytest.raises(CaptureError, match="matches 1 place inside of the frame `#box`"):
        look(driver, redact="#e")


def test_the_scroll_position_is_kept_and_told(driver: Any, site: Site) -> None:
    driver.get(site.page("<p style='height:3000px'>tall</p>"))
    driver.execute_script("scrollTo(0, 23)")
    assert look(driver).scroll == (0, 23)
    assert look(driver, full_page=True).scroll is None
    assert look(driver.find_element("tag name", "p")).scroll is None
    assert driver.execute_script("return scrollY") == 23


def test_masks_that_leave_little_are_told(driver: Any, site: Site) -> None:
    driver.get(site.page(f"{E}<p class=off style='position:absolute;top:2000px'>far</p>"))
    assert look(driver, mask=["#e", (0, 0, 100, 500)]).notes == ()
    notes = look(driver, mask=["#e", (0, 0, 500, 500), (300, 0, 300, 600), ".off"]).notes
    assert notes == (
        'mask=".off": nothing of 1 match is visible in the picture',
        "the masks cover 69% of the picture: little is left to compare",
    )
    assert where(pixels(look(driver)), WHITE)
