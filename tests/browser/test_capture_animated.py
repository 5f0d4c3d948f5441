"""Animated pictures are held at their first frame, however a page shows them. Real browsers."""

from __future__ import annotations

import base64
import io
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from capture_support import BLUE, GREEN, RED, animated, has, look, pixels, solid
from pytest_visualdiff.errors import UnstableTarget

if TYPE_CHECKING:
    from capture_support import Site

COLOURS = "values='#f00;#008000;#00f' calcMode='discrete' dur='.3s' repeatCount='indefinite'"
SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='30' height='20'>{}</svg>"
SMIL = SVG.format(
    f"<rect width='30' height='20' fill='red'><animate attributeName='fill' {COLOURS}/></rect>"
)
STYLED = SVG.format(
    "<style>@keyframes k{0%{fill:#f00}40%{fill:#008000}70%{fill:#00f}}"
    "rect{animation:k .3s steps(1) infinite}</style><rect width='30' height='20'/>"
)

USAGES = {
    "img": "<img src={url}>",
    "picture": "<picture><source srcset={url}><img src=/still.png></picture>",
    "input": "<input type=image src={url}>",
    "object": "<object data={url}></object>",
    "embed": "<embed src={url}>",
    "poster": "<video poster={url} width=30 height=20></video>",
    "SVG image": "<svg width=30 height=20><image href={url} width=30 height=20 /></svg>",
    "SVG image, old name": (
        "<svg width=30 height=20><image xlink:href={url} width=30 height=20 /></svg>"
    ),
    "frame": "<iframe src={url} width=50 height=40></iframe>",
    "background": "<div class=b style='background:url({url})'></div>",
    "important background": (
        "<style>#i{{background:url({url})!important}}</style><div class=b id=i></div>"
    ),
    "one of two backgrounds": (
        "<div class=b style='background:linear-gradient(90deg,#0000 50%,#fff 0),url({url})'></div>"
    ),
    "border": "<div class=b style='border:9px solid;border-image:url({url}) 5'></div>",
    "list marker": "<ul style='list-style-image:url({url});margin:0 40px'><li>a</ul>",
    "before": "<style>.c::before{{content:url({url})}}</style><div class=c></div>",
    "after": (
        "<style>.a::after{{content:'';display:block;width:30px;height:20px;background:url({url})}}"
        "</style><div class=a></div>"
    ),
    "shadow root": (
        "<div id=host></div><script>host.attachShadow({{mode:'open'}}).innerHTML ="
        "\"<div style='width:30px;height:20px;background:url({url})'></div>\"</script>"
    ),
    "background in a frame": (
        "<iframe width=50 height=40 srcdoc=\"<body style='background:url({url})'>\"></iframe>"
    ),
}
"""Ways to show a picture, each in a cell of 100x60."""

FILES = {
    "gif": ("/moving.gif", "image/gif"),
    "apng": ("/moving.png", "image/png"),
    "webp": ("/moving.webp", "image/webp"),
    "smil": ("/smil.svg", "image/svg+xml"),
    "css": ("/styled.svg", "image/svg+xml"),
    "gif without a name": ("/unnamed", "image/gif"),
}

STATE = """
const frames = document.querySelectorAll('iframe');
const [host, frame] = [document.getElementById('host'), frames[frames.length - 1]];
return [document.documentElement.outerHTML, host && host.shadowRoot.innerHTML,
  frame && frame.contentDocument.documentElement.outerHTML, document.adoptedStyleSheets.length]
"""


@pytest.fixture(scope="module", autouse=True)
def assets(site: Site) -> None:
    bodies = {
        "gif": animated("gif"),
        "gif without a name": animated("gif"),
        "apng": animated("png"),
        "webp": animated("webp"),
        "smil": SMIL.encode(),
        "css": STYLED.encode(),
    }
    for name, (path, kind) in FILES.items():
        site.file(path, kind, bodies[name])
    site.file("/still.png", "image/png", solid(BLUE))


def cells(url: str) -> str:
    """A page with all usages of a picture."""
    held = (
        f"<section style='left:{at % 7 * 100}px;top:{at // 7 * 80}px'>{html.format(url=url)}"
        "</section>"
        for at, html in enumerate(USAGES.values())
    )
    style = "section{position:absolute;width:100px;height:60px}.b{width:30px;height:20px}"
    return f"<style>{style}</style>{''.join(held)}"


def cell(picture: Any, usage: str) -> Any:
    """The part of a picture that shows one usage."""
    at = list(USAGES).index(usage)
    left, top = at % 7 * 100, at // 7 * 80
    return picture[top : top + 60, left : left + 100]


@pytest.mark.parametrize("kind", FILES)
def test_an_animated_picture_is_held_at_its_first_frame_and_goes_on_afterwards(
    driver: Any, site: Site, kind: str
) -> None:
    url = FILES[kind][0]
    driver.get(site.page(cells(url)))
    time.sleep(0.4)
    before = driver.execute_script(STATE)
    shot = pixels(look(driver))
    assert driver.execute_script(STATE) == before
    moving = [
        name for name in USAGES if has(cell(shot, name), GREEN) or has(cell(shot, name), BLUE)
    ]
    assert moving == []
    assert [name for name in USAGES if not has(cell(shot, name), RED)] == []


def test_an_animated_picture_in_a_data_url_is_held(driver: Any, site: Site) -> None:
    data = base64.b64encode(animated("gif")).decode()
    style = f"width:30px;height:20px;background:url(data:image/gif;base64,{data})"
    driver.get(site.page(f"<div style='{style}'></div>"))
    time.sleep(0.15)
    shot = pixels(look(driver))
    assert has(shot, RED)
    assert not has(shot, GREEN)


def test_an_animated_mask_is_held(driver: Any, site: Site) -> None:
    half = SVG.format(
        "<rect width='15' height='20'><animate attributeName='x' values='0;15' calcMode='discrete'"
        " dur='.2s' repeatCount='indefinite'/></rect>"
    )
    site.file("/mask.svg", "image/svg+xml", half.encode())
    style = "width:30px;height:20px;background:red;mask-image:url(/mask.svg)"
    driver.get(site.page(f"<div style='{style}'></div>"))
    time.sleep(0.15)
    shot = pixels(look(driver))
    assert has(shot[:20, :15], RED)
    assert not has(shot[:20, 16:], RED)


def test_a_drawing_keeps_its_size_and_what_begins_later_has_not_begun(
    driver: Any, site: Site
) -> None:
    late = SVG.format(
        "<rect width='30' height='20' fill='#f00'><animate attributeName='fill' begin='.1s'"
        f" {COLOURS}/><set attributeName='width' to='9' begin='.1s'/></rect>"
    ).replace("#f00;", "#00f;")
    site.file("/late.svg", "image/svg+xml", late.encode())
    driver.get(site.page("<img src=/late.svg style='display:block'>"))
    time.sleep(0.5)
    shot = pixels(look(driver))
    assert (shot[:20, :30] == RED).all()
    assert not has(shot[:, 31:], RED)


RUNNING = {
    "text": "<marquee>running text</marquee>",
    "text with elements": "<marquee>running <b>bold</b> text</marquee>",
    "text that goes up": "<marquee direction=up height=60>one<br>two</marquee>",
    "text that turns": "<marquee behavior=alternate>turning</marquee>",
    "progress": "<progress></progress>",
    "progress in a shadow root": (
        "<div id=h></div><script>h.attachShadow({mode:'open'}).innerHTML='<progress></progress>'"
        "</script>"
    ),
}


@pytest.mark.parametrize("html", RUNNING.values(), ids=RUNNING.keys())
def test_what_browsers_animate_of_their_own_accord_stands_still(
    driver: Any, site: Site, html: str
) -> None:
    shots = []
    for pause in (0.1, 0.73):
        driver.get(site.page(html))
        time.sleep(pause)
        before = driver.execute_script("return document.documentElement.outerHTML")
        shots.append(pixels(look(driver, timeout=2)))
        assert driver.execute_script("return document.documentElement.outerHTML") == before
    assert (shots[0] == shots[1]).all()
    assert np.unique(shots[0].reshape(-1, 3), axis=0).shape[0] > 1, "nothing to see"


def test_a_changed_running_text_is_seen(driver: Any, site: Site) -> None:
    shots = []
    for price in (10, 99):
        driver.get(site.page(f"<marquee>Price {price}</marquee>"))
        shots.append(pixels(look(driver)))
    assert (shots[0] != shots[1]).any()


def test_a_bar_without_progress_looks_different_from_one_that_has_none_yet(
    driver: Any, site: Site
) -> None:
    shots = []
    for attribute in ("", "value=0"):
        driver.get(site.page(f"<progress {attribute}></progress>"))
        shots.append(pixels(look(driver)))
    assert (shots[0] != shots[1]).any()


@pytest.mark.parametrize(
    "html",
    ["<img src={}>", "<div style='width:30px;height:20px;background:url({})'></div>"],
    ids=["image", "background"],
)
def test_what_cannot_be_held_is_named(driver: Any, site: Site, html: str) -> None:
    site.file("/slow.gif", "image/gif", rainbow())
    url = site.origin.replace("127.0.0.1", "localhost") + "/slow.gif"
    driver.get(site.page(html.format(url)))
    with pytest.raises(UnstableTarget) as caught:
        look(driver, timeout=3)
    assert f"note: image {url} cannot be held at its first frame" in str(caught.value)
    assert "keeps changing at" in str(caught.value)


def rainbow() -> bytes:
    """An animation that shows no colour twice while a test looks at it."""
    frames = [Image.new("RGB", (30, 20), (level, 255 - level, 90)) for level in range(0, 250, 2)]
    file = io.BytesIO()
    frames[0].save(file, "gif", save_all=True, append_images=frames[1:], duration=50, loop=0)
    return file.getvalue()
