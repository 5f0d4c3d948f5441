"""Redaction and masks reach all that they must, and nothing else. Real browsers.

Every page shows secrets in pure magenta, and what has to stay in green. A redaction must leave no
magenta pixel and take no green one; a mask must cover every magenta pixel and no green one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from capture_support import GREEN, count, look, pixels
from pytest_visualdiff.images.codec import REDACTED

if TYPE_CHECKING:
    from capture_support import Site
    from pytest_visualdiff.model import Array

MAGENTA = (255, 0, 255)
LOOKS = (
    "<style>.secret{background:#f0f;color:#f0f}.keep{background:green;color:green}"
    ".box{width:60px;height:30px}iframe,object{border:0}"
    "::backdrop{display:none}</style>"
)
SECRET = "<div class='secret box' style='margin:12px'></div>"
KEEP = "<div class='keep box' style='margin:12px'></div>"


def frame(inner: str, style: str = "") -> str:
    document = f"<!doctype html><style>body{{margin:0}}</style>{LOOKS}{inner}"
    escaped = document.replace("&", "&amp;").replace('"', "&quot;")
    return f'<iframe style="width:300px;height:200px;{style}" srcdoc="{escaped}"></iframe>'


def shadow(inner: str, name: str = "host") -> str:
    markup = repr(LOOKS + inner).replace("</script>", "<\\/script>")
    return (
        f"<div id={name}></div><script>{name}.attachShadow({{mode:'open'}}).innerHTML={markup}"
        "</script>"
    )


BOTH = SECRET + KEEP

PAGES = {
    "one": BOTH,
    "right to left, with an overflow": "<script>document.dir='rtl'</script><div class='secret"
    " box' style='position:absolute;left:-200px;top:20px'></div><div class='keep box' style="
    "'position:absolute;left:-100px;top:20px'></div>" + BOTH,
    "right to left on body": "<script>document.body.dir='rtl'</script><div style='width:1300px'>"
    f"{BOTH}</div>",
    "vertical from the right": "<style>html{writing-mode:vertical-rl}div{flex:none}</style><div"
    f" style='width:700px'>{BOTH}</div><div style='width:700px'>{BOTH}</div>",
    "vertical from the left": "<style>html{writing-mode:vertical-lr}</style>"
    f"<div style='width:700px'>{BOTH}</div><div style='width:700px'>{BOTH}</div>",
    "vertical, upwards": "<style>html{writing-mode:vertical-lr;direction:rtl}</style>"
    f"<div style='height:900px'>{BOTH}</div>",
    "sideways": "<style>html{writing-mode:sideways-lr}</style>"
    f"<div style='height:900px'>{BOTH}</div>",
    "a right-to-left scroller": "<div dir=rtl style='overflow:auto;width:200px;height:120px'>"
    f"<div style='width:500px'>{BOTH}</div></div>",
    "page zoom": f"<style>html{{zoom:1.5}}</style>{BOTH}<div style='height:700px'></div>{BOTH}",
    "body zoom": f"<style>body{{zoom:.5}}</style>{BOTH}",
    "a frame": frame(BOTH, "margin:7px;border:5px solid #ccc;padding:9px"),
    "a scaled frame": frame(BOTH, "transform:scale(.5);transform-origin:0 0"),
    "a frame scaled up by scale": frame(BOTH, "scale:1.5 1.25;transform-origin:0 0"),
    "a zoomed frame": frame(BOTH, "zoom:.5"),
    "a frame in a zoomed page": f"<style>body{{zoom:2}}</style>{frame(BOTH, 'padding:3px')}",
    "a frame in a scaled box": f"<div style='transform:scale(.7);transform-origin:0 0'>{BOTH}"
    f"{frame(BOTH, 'border:4px solid #ccc')}</div>",
    "a turned frame": frame(BOTH, "margin:90px;transform:rotate(90deg)"),
    "a mirrored frame": frame(BOTH, "transform:scaleX(-1)"),
    "a frame turned by rotate, in a scaled box": "<div style='scale:.8;transform-origin:0 0'>"
    f"{frame(BOTH, 'margin:90px;rotate:180deg')}</div>",
    "a frame in a frame": frame(frame(BOTH, "zoom:.8;margin:4px"), "transform:scale(.9)"),
    "a scrolled frame": frame(
        f"<div style='height:150px'></div>{BOTH}<div style='height:900px'></div>"
        "<script>scrollTo(0,100)</script>"
    ),
    "an object": f"<object type='text/html' width=300 height=200 data='/inner'></object>{BOTH}",
    "a shadow root in a frame in a shadow root": shadow(frame(shadow(BOTH)) + BOTH),
    "a slot": f"<div id=host>{BOTH}</div><script>host.attachShadow({{mode:'open'}}).innerHTML="
    "'<p style=\"margin:9px\">x<slot></slot></p>'</script>",
    "documents of every kind": BOTH + frame(BOTH) + shadow(BOTH),
    "turned": "<div class='secret box' style='margin:60px;transform:rotate(30deg)'></div>" + KEEP,
    "a carousel": "<div style='width:100px;height:60px;overflow:hidden;position:relative'><div"
    f" style='display:flex;width:600px'>{SECRET * 4}</div></div><div class='keep box' style="
    "'position:absolute;left:110px;top:10px'></div>",
    "a list": f"<div style='width:200px;height:70px;overflow-y:auto'>{SECRET * 5}</div>"
    + KEEP,
    "contain: paint": f"<div style='contain:paint;width:200px;height:40px'>{SECRET * 3}</div>"
    + KEEP,
    "overflow: clip, a margin": "<div style='overflow:clip;overflow-clip-margin:20px;width:90px;"
    f"height:20px;margin-bottom:30px'>{SECRET * 3}</div>" + KEEP,
    "clip-path": "<div style='clip-path:inset(0 0 60px 0);width:200px;height:100px'>"
    "<div class='secret box' style='height:100px'></div></div><div class='keep box' style='"
    "position:absolute;left:0;top:50px'></div>",
    "clip-path of a polygon": "<div class=secret style='clip-path:polygon(0 0,40px 0,0 40px);"
    "width:200px;height:100px'></div><div class='keep box' style='position:absolute;left:60px;"
    "top:10px'></div>",
    "fixed, out of a scroller": "<div style='overflow:hidden;width:30px;height:30px'><div class="
    "'secret box' style='position:fixed;left:200px;top:40px'></div></div>" + KEEP,
    "absolute, out of a static scroller": "<div style='overflow:hidden;width:30px;height:30px'><div"
    " class='secret box' style='position:absolute;left:200px;top:40px'></div></div>" + KEEP,
    "fixed, held by a transform": "<div style='overflow:hidden;width:30px;height:30px;"
    "transform:translate(9px)'><div class='secret box' style='position:fixed;left:0;top:0'></div>"
    "</div><div class='keep box' style='position:absolute;left:60px;top:2px'></div>",
    "a dialog out of a scroller": "<div style='overflow:hidden;width:9px;height:9px'><dialog id=d"
    " class=secret style='border:0'>secret</dialog></div><script>d.showModal()</script>" + KEEP,
    "sticky": "<div style='height:200px;overflow:auto'><div class='secret box' style='position:"
    f"sticky;top:0'></div><div style='height:900px'>{KEEP}</div></div>",
    "a line that breaks": "<div style='width:200px;font:16px/30px monospace'><b class=keep style='"
    "margin-right:3px'>some words</b> <span class=secret>the secret goes on in a second line</span>"
    " <b class=keep style='margin-left:3px'>more</b></div>",
    "text that overflows": "<div style='color:#f0f;width:20px;white-space:nowrap' class=secret>"
    "<span>far too long for its box</span></div>" + KEEP,
    "an image that overflows": "<div class=secret style='width:9px;height:9px'><p style='margin:0'>"
    "<svg style='display:block;background:#f0f' width=90 height=40></svg></p></div>"
     "<div style='height:50px'></div>" + KEEP,
    "display: contents": "<div class=secret style='display:contents'><p style='background:#f0f'>"
    "text</p><p style='background:#f0f'>text</p></div>" + KEEP,
    "visible inside of hidden": "<div class=secret style='visibility:hidden;background:none'><p"
    " class=secret style='visibility:visible'>text</p></div>" + KEEP,
    "generated text": "<style>.secret{position:relative;width:20px;height:20px}.secret::after{"
    "content:'';position:absolute;left:60px;top:30px;width:50px;height:20px;background:#f0f}"
    "</style><div class=secret></div><div style='height:40px'></div>" + KEEP,
    "a drawn line": "<svg width=200 height=120><path class=secret d='M40 40H120V90' fill=none"
    " stroke='#f0f' stroke-width=16 style='background:none'/></svg>" + KEEP,
    "a shadow of text": "<p style='margin:0;font:30px sans-serif;text-shadow:0 60px #f0f;width:"
    "150px' class=secret>secret</p><div style='height:90px'></div>" + KEEP,
    "underlined": "<p style='margin:60px'><span class=secret style='background:none;"
    "text-decoration:underline 6px #f0f;text-underline-offset:14px'>text</span></p>" + KEEP,
    "the bullet of a list": "<ul style='margin:30px 60px'><li class=secret style='background:none;"
    "font-size:40px'>item</ul>" + KEEP,
    "an image around a border": "<div class='secret box' style='margin:60px;border:5px solid #f0f;"
    "border-image:linear-gradient(#f0f,#f0f) 1;border-image-outset:10px'></div>" + KEEP,
    "turned in depth": "<div style='perspective:300px;margin:60px'><div style='transform-style:"
    "preserve-3d;transform:rotateX(40deg)'><div class='secret box' style='transform:"
    "translateZ(40px)'></div></div></div>" + KEEP,
    "slanted": "<p style='margin:20px;font:italic 60px serif;background:none;display:inline-block'"
    " class=secret>ff</p>" + KEEP,
}  # fmt: skip


INKED = {
    "a shadow of text", "slanted", "underlined", "the bullet of a list", "an image around a border",
}  # fmt: skip
"""A mask covers the box of these, a redaction also what reaches out of it."""


@pytest.mark.parametrize("full_page", [False, True], ids=["viewport", "full page"])
@pytest.mark.parametrize("page", PAGES)
def test_every_visible_pixel_of_a_match_is_covered_and_no_other(
    driver: Any, site: Site, page: str, full_page: bool
) -> None:
    site.page(LOOKS + BOTH, "/inner")
    driver.get(site.page(LOOKS + PAGES[page]))
    shot = look(driver, full_page=full_page, mask=[".secret"])
    plain = pixels(shot)
    assert count(plain, MAGENTA), "the page shows no secret"
    assert count(plain, GREEN), "the page shows nothing that has to stay"
    outside = plain.copy()
    for mask in shot.masks:
        outside[mask.y : mask.bottom, mask.x : mask.right] = 255
    if page not in INKED:
        assert not count(outside, MAGENTA), "something is not masked"
    assert count(outside, GREEN) == count(plain, GREEN), "something else is masked"
    burned = look(driver, full_page=full_page, redact=[".secret"])
    assert not reddish(pixels(burned)), "something is not redacted"
    assert count(pixels(burned), GREEN) == count(plain, GREEN), "something else is redacted"
    assert count(pixels(burned), REDACTED)
    (places,) = burned.areas.values()
    assert burned.notes[0].startswith(f'redact=".secret": {places} place')


def reddish(picture: Array) -> int:
    """Pixels of magenta, also where it is mixed with white or the colour of a neighbour."""
    red, green, blue = (picture[..., channel].astype(int) for channel in range(3))
    return int(np.count_nonzero((red - green > 40) & (blue - green > 40)))
