"""Beyond the viewport, a picture shows what somebody sees who scrolls. Real browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from capture_support import BLUE, RED, has, look, pixels, solid, where
from pytest_visualdiff.images.png import size

if TYPE_CHECKING:
    from capture_support import Site

SWATCH = "width:80px;height:30px;background:red"
FAR = "<div style='height:1500px'></div>"
HTML = "return document.documentElement.outerHTML"


def sections(style: str, inner: str = f"<div style='{SWATCH}'></div>", more: str = "") -> str:
    """A page with a section far below the viewport."""
    return (
        f"<style>.s{{contain-intrinsic-size:auto 300px;{style}}}{more}</style>{FAR}"
        f"<section class=s id=s>{inner}</section>"
    )


SKIPPED = {
    "by a class": sections("content-visibility:auto"),
    "important": sections("content-visibility:auto !important"),
    "inline": f"{FAR}<section style='content-visibility:auto'><p style='{SWATCH}'></section>",
    "inline and important": (
        f"{FAR}<section style='content-visibility:auto !important'><p style='{SWATCH}'></section>"
    ),
    "inside of another": sections(
        "content-visibility:auto",
        f"<div style='content-visibility:auto'><p style='{SWATCH}'></div>",
    ),
    "in a shadow root": (
        f"{FAR}<div id=host></div><script>host.attachShadow({{mode:'open'}}).innerHTML = "
        f'`<style>p{{content-visibility:auto}}</style><p><b style="display:block;{SWATCH}">`'
        "</script>"
    ),
    "in a frame": (
        f"{FAR}<iframe srcdoc=\"<section style='content-visibility:auto'><p style='{SWATCH}'>"
        '</section>"></iframe>'
    ),
    "with strict containment of its own": sections(
        "content-visibility:auto;contain:strict;height:100px"
    ),
}


@pytest.mark.parametrize("html", SKIPPED.values(), ids=SKIPPED.keys())
def test_a_section_that_is_skipped_while_it_is_far_away_shows_in_the_full_page(
    driver: Any, site: Site, html: str
) -> None:
    driver.get(site.page(html))
    before = driver.execute_script(HTML)
    first = look(driver, full_page=True)
    assert has(pixels(first), RED)
    assert driver.execute_script(HTML) == before
    driver.get(site.page(html))
    assert look(driver, first.png, full_page=True).frames == 1


def test_skipped_sections_have_their_real_height_in_the_full_page(driver: Any, site: Site) -> None:
    driver.get(site.page(sections("content-visibility:auto")))
    assert size(look(driver, full_page=True).png) == (800, 1530)


def test_an_element_larger_than_the_viewport_shows_its_skipped_sections(
    driver: Any, site: Site
) -> None:
    driver.get(site.page(f"<main>{sections('content-visibility:auto')}</main>"))
    shot = pixels(look(driver.find_element("css selector", "main")))
    assert where(shot, RED) == (0, 1500, 80, 30)


@pytest.mark.parametrize(
    "style", ["content-visibility:hidden", "content-visibility:hidden !important", "display:none"]
)
def test_what_the_page_hides_stays_hidden(driver: Any, site: Site, style: str) -> None:
    driver.get(site.page(sections(style)))
    assert not has(pixels(look(driver, full_page=True)), RED)


def test_what_is_hidden_until_it_is_found_stays_hidden(driver: Any, site: Site) -> None:
    driver.get(site.page(f"{FAR}<div hidden=until-found><p style='{SWATCH}'></div>"))
    assert not has(pixels(look(driver, full_page=True)), RED)


def test_a_skipped_section_still_clips_what_overflows_it(driver: Any, site: Site) -> None:
    inner = f"<div style='{SWATCH};position:relative;left:70px'></div>"
    driver.get(site.page(sections("content-visibility:auto;width:100px", inner)))
    assert where(pixels(look(driver, full_page=True)), RED) == (70, 1500, 30, 30)


FADE = "linear-gradient(rgb(255,0,0),rgb(0,0,255))"

FIXED = {
    "on the body": (f"body{{background:{FADE} fixed}}", ""),
    "on the root": (f"html{{background:{FADE} fixed}}", ""),
    "on an element": (f"main{{background:{FADE} fixed}}", ""),
    "on an element with margin, border and padding": (
        f"main{{background:{FADE} fixed;margin:30px 10px;border:7px solid #0f0;padding:9px}}",
        "",
    ),
    "inline and important": ("", f"background:{FADE} fixed !important"),
    "not repeated": (f"body{{background:{FADE} no-repeat fixed}}", ""),
    "an image that covers": ("main{background:url(/stripes.png) center/cover fixed}", ""),
    "an image that covers, not repeated": (
        "main{background:url(/stripes.png) no-repeat center/cover fixed}",
        "",
    ),
    "an image that is contained": ("main{background:url(/stripes.png) 10px 20%/contain fixed}", ""),
    "an image at a place": ("main{background:url(/stripes.png) right 20px top 30px fixed}", ""),
    "an image with a width": ("main{background:url(/stripes.png) 0 0/25% fixed}", ""),
    "beside one that scrolls": (
        f"main{{background:linear-gradient(90deg,#0f0 50%,transparent 50%) scroll,{FADE} fixed}}",
        "",
    ),
    "painted from the border": (
        f"main{{border:20px solid transparent;background:{FADE} border-box fixed}}",
        "",
    ),
    "before an element": (
        (
            "main{position:relative}main::before{content:'';position:absolute;inset:0;"
            f"background:{FADE} fixed}}"
        ),
        "",
    ),
    "after an element": (
        f"main::after{{content:'';display:block;height:1500px;background:{FADE} fixed}}",
        "",
    ),
}


@pytest.mark.parametrize(("css", "inline"), FIXED.values(), ids=FIXED.keys())
def test_a_fixed_background_lies_behind_the_whole_page(
    driver: Any, site: Site, css: str, inline: str
) -> None:
    site.file("/stripes.png", "image/png", stripes())
    html = f"<style>{css}</style><main style='height:1500px;{inline}'></main>"
    driver.get(site.page(html))
    before = driver.execute_script(HTML)
    first = look(driver, full_page=True)
    shot = pixels(first)[:1400].astype(int)
    assert driver.execute_script(HTML) == before
    # Wherever it is scrolled to, the background is there: the second window height shows the first.
    top, below = shot[50:580, 200:600], shot[650:1180, 200:600]
    assert (top.min(axis=2) < 250).mean() == (below.min(axis=2) < 250).mean()
    driver.get(site.page(html))
    assert (pixels(look(driver, first.png, full_page=True)) == pixels(first)).all()


def test_a_fixed_background_is_painted_as_firefox_paints_it(driver: Any, site: Site) -> None:
    driver.get(
        site.page(f"<style>main{{background:{FADE} fixed}}</style><main style='height:1500px'>")
    )
    shot = pixels(look(driver, full_page=True)).astype(int)
    assert np.abs(shot[:600] - shot[600:1200]).max() <= 1
    assert shot[0, 400, 0] > 250
    assert shot[599, 400, 2] > 250


def test_text_on_a_fixed_background_is_seen_below_the_first_window_height(
    driver: Any, site: Site
) -> None:
    shots = []
    for price in (10, 99):
        html = (
            f"<style>body{{color:#fff;background:{FADE} no-repeat fixed}}</style>{FAR}"
            f"<h2>Price {price} €</h2>"
        )
        driver.get(site.page(html))
        shots.append(pixels(look(driver, full_page=True)))
    assert (shots[0] != shots[1]).any()


def test_a_fixed_background_in_a_frame_stays_as_the_frame_shows_it(driver: Any, site: Site) -> None:
    site.page(f"<style>body{{background:{FADE} fixed;height:900px}}</style>", "/inner")
    frame = "<iframe src=/inner style='width:300px;height:200px;border:0;display:block'></iframe>"
    driver.get(site.page(f"{frame}{FAR}{frame}{FAR}"))
    shot = pixels(look(driver, full_page=True)).astype(int)
    assert np.abs(shot[:200, :280] - shot[1700:1900, :280]).max() <= 1
    assert shot[1700, 100, 0] > 250


BEHIND = {
    "below the root": ("z-index:-1", ""),
    "before what is above it": ("z-index:0", "position:relative;z-index:1"),
    "on the same level, earlier": ("", "position:relative"),
}


@pytest.mark.parametrize(("ground", "front"), BEHIND.values(), ids=BEHIND.keys())
def test_an_element_that_is_fixed_behind_the_page_lies_behind_all_of_it(
    driver: Any, site: Site, ground: str, front: str
) -> None:
    """White text below the first window height is seen on it, and the page is put back."""
    shots = []
    for price in (10, 99):
        html = (
            f"<style>body{{margin:0}}#g{{position:fixed;inset:0;background:{FADE};{ground}}}"
            f"main{{color:#fff;height:1500px;{front}}}</style><div id=g></div>"
            f"<main>{FAR}<h2>Price {price} €</h2></main>"
        )
        driver.get(site.page(html))
        before = driver.execute_script(HTML)
        shots.append(pixels(look(driver, full_page=True)).astype(int))
        assert driver.execute_script(HTML) == before
    assert (shots[0] != shots[1]).any()
    left = shots[0][:, :10]
    assert np.abs(left[:600] - left[600:1200]).max() <= 1
    assert left[:1400].min(axis=2).max() < 250


def test_what_is_fixed_before_the_page_stays_in_the_first_window_height(
    driver: Any, site: Site
) -> None:
    """A veil over the page is no ground, nor is a ground that shows something of its own."""
    for fixed in (f"<div id=g style='background:{FADE}'></div>", "<div id=g>beside it</div>"):
        driver.get(
            site.page(
                "<style>body{margin:0}#g{position:fixed;inset:0}</style>"
                f"<main style='height:1500px'>text</main>{fixed}"
            )
        )
        assert (pixels(look(driver, full_page=True))[650:] == 255).all()


def test_a_background_that_scrolls_is_left_alone(driver: Any, site: Site) -> None:
    driver.get(
        site.page(f"<style>main{{background:{FADE}}}</style><main style='height:1500px'></main>")
    )
    shot = pixels(look(driver, full_page=True))
    assert has(shot[:10], RED)
    assert has(shot[1490:], BLUE)


def stripes() -> bytes:
    """A picture of 60x40 in which each quarter has another colour."""
    import io

    from PIL import Image

    picture = Image.open(io.BytesIO(solid((200, 40, 40), 60, 40)))
    picture.paste((40, 40, 200), (30, 20, 60, 40))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
