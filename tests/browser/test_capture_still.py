"""What moves is held still for the picture, and goes on afterwards. Real browsers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from selenium.webdriver import ActionChains

from capture_support import (
    BLUE,
    GREEN,
    RED,
    animated,
    has,
    look,
    opened,
    pixels,
    solid,
    where,
)
from pytest_visualdiff.capture.page import PageShooter
from pytest_visualdiff.errors import UnstableTarget

if TYPE_CHECKING:
    from pathlib import Path

    from capture_support import Site

SPIN = "@keyframes spin{to{transform:rotate(360deg) translateX(20px)}}"
BOX = "width:80px;height:40px;margin:40px;background:linear-gradient(90deg,red,blue);"

MOVING = {
    "endless animation": (
        f"<style>{SPIN}</style><div style='{BOX}animation:spin .9s infinite'></div>"
    ),
    "finite animation": (
        f"<style>{SPIN}</style><div style='{BOX}animation:spin 30s linear 2'></div>"
    ),
    "script animation": (
        f"<div id=a style='{BOX}'></div><script>a.animate({{opacity:[1,0]}},"
        "{duration:700,iterations:Infinity})</script>"
    ),
    "transition": (
        f"<div id=a style='{BOX}transition:margin-left 20s linear'></div>"
        "<script>onload=()=>{a.offsetWidth;a.style.marginLeft='300px'}</script>"
    ),
    "shadow root": (
        "<div id=host></div><script>host.attachShadow({mode:'open'}).innerHTML=`<style>"
        f"{SPIN}</style><div style='{BOX}animation:spin .9s infinite'></div>`</script>"
    ),
    "nested shadow root": (
        "<x-a></x-a><script>customElements.define('x-b',class extends HTMLElement{constructor(){"
        f"super();this.attachShadow({{mode:'open'}}).innerHTML=`<style>{SPIN}</style>"
        f"<div style='{BOX}animation:spin .9s infinite'></div>`}}}});"
        "customElements.define('x-a',class extends HTMLElement{constructor(){super();"
        "this.attachShadow({mode:'open'}).innerHTML='<x-b></x-b>'}})</script>"
    ),
    "same-origin frame": (
        f"<iframe srcdoc=\"<style>{SPIN}</style><div style='{BOX}animation:spin .9s infinite'>"
        '</div>"></iframe>'
    ),
    "drawing": (
        "<svg width=200 height=100><circle r=20 cy=50 fill=red><animate attributeName=cx from=20"
        " to=180 dur=1s repeatCount=indefinite /></circle></svg>"
    ),
    "caret": "<input autofocus style='font-size:60px' value=text>",
    "editable caret": (
        "<div id=e contenteditable style='font-size:60px;caret-color:red'>text</div>"
        "<script>e.focus()</script>"
    ),
    "GIF": "<img src=/moving.gif width=90 height=60 style='border:3px solid'>",
    "GIF in a picture element": (
        "<picture><source srcset=/moving.gif><img src=/still.png></picture>"
    ),
    "GIF without a name": "<img src=/unnamed>",
    "APNG": "<img src=/moving.apng>",
    "WebP": "<img src=/moving.webp>",
    "video": "<video src=/moving.webm autoplay muted loop width=160 height=120></video>",
    "smooth scrolling": (
        "<style>html{scroll-behavior:smooth}</style><div style='height:3000px;"
        "background:repeating-linear-gradient(red,blue 200px)'></div>"
        "<script>onload=()=>scrollTo(0,900)</script>"
    ),
}


@pytest.fixture(scope="module", autouse=True)
def assets(site: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    site.file("/moving.gif", "image/gif", animated("gif"))
    site.file("/unnamed", "image/gif", animated("gif"))
    site.file("/moving.apng", "image/apng", animated("png"))
    site.file("/moving.webp", "image/webp", animated("webp"))
    site.file("/still.png", "image/png", solid(BLUE))
    site.file("/moving.webm", "video/webm", video(tmp_path_factory.mktemp("video") / "v.webm"))


def video(path: Path) -> bytes:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"VP80"), 20, (160, 120))
    assert writer.isOpened(), "OpenCV cannot write VP8 here"
    for number in range(60):
        writer.write(np.full((120, 160, 3), (number * 4, 80, 255 - number * 4), np.uint8))
    writer.release()
    return path.read_bytes()


@pytest.mark.parametrize("html", MOVING.values(), ids=MOVING.keys())
def test_a_moving_page_gives_the_same_pixels_at_any_time_and_in_every_load(
    driver: Any, site: Site, html: str
) -> None:
    shots = []
    for pause in (0.0, 0.13, 0.31):
        driver.get(site.page(html))
        time.sleep(pause)
        shots.append(look(driver))
    assert all((pixels(shots[0]) == pixels(shot)).all() for shot in shots)
    assert np.unique(pixels(shots[0]).reshape(-1, 3), axis=0).shape[0] > 1, "nothing to see"


@pytest.mark.parametrize("html", ["GIF", "APNG", "WebP", "GIF without a name"])
def test_an_animated_image_is_held_at_its_first_frame(driver: Any, site: Site, html: str) -> None:
    driver.get(site.page(MOVING[html]))
    time.sleep(0.1)
    shot = pixels(look(driver))
    assert has(shot, RED)
    assert not has(shot, GREEN)
    assert not has(shot, BLUE)


def test_a_video_is_held_at_its_start_and_goes_on_afterwards(driver: Any, site: Site) -> None:
    driver.get(site.page(MOVING["video"]))
    time.sleep(0.8)
    before = driver.execute_script("return document.querySelector('video').currentTime")
    assert before > 0.2, "the browser does not play the video"
    left, right = pixels(look(driver))[60, 80], (255, 80, 0)
    assert abs(left.astype(int) - right).max() < 30
    paused, after = driver.execute_script(
        "const v = document.querySelector('video'); return [v.paused, v.currentTime]"
    )
    assert not paused
    assert after == pytest.approx(before, abs=0.9)


def test_allowed_animations_move_on(driver: Any, site: Site) -> None:
    driver.get(site.page(MOVING["endless animation"]))
    with pytest.raises(UnstableTarget, match="keeps changing"):
        look(driver, animations="allow", timeout=0.4)


def test_with_animations_allowed_a_running_transition_is_awaited(driver: Any, site: Site) -> None:
    driver.get(
        site.page(
            f"<div id=a style='{BOX}transition:margin-left .7s linear'></div>"
            "<script>onload=()=>{a.offsetWidth;a.style.marginLeft='300px'}</script>"
        )
    )
    allowed = look(driver, animations="allow")
    time.sleep(0.3)
    assert (pixels(allowed) == pixels(look(driver))).all()


def test_a_scroll_driven_animation_keeps_its_progress(driver: Any, site: Site) -> None:
    driver.get(
        site.page(
            "<style>@keyframes grow{from{width:0}to{width:400px}}#bar{position:fixed;height:20px;"
            "background:red;animation:grow linear;animation-timeline:scroll()}</style><div id=bar>"
            "</div><div style='height:1200px'></div><script>scrollTo(0,300)</script>"
        )
    )
    expected = driver.execute_script(
        "return document.getElementById('bar').getBoundingClientRect().width"
    )
    shot = pixels(look(driver))
    # A browser that knows no scroll timelines shows no bar at all.
    assert has(shot, RED) == (expected > 0)
    assert not expected or where(shot, RED)[2] == pytest.approx(expected, abs=1)


def test_the_pointer_leaves_no_hover_behind(driver: Any, site: Site) -> None:
    driver.get(
        site.page(
            "<style>div{height:100vh;background:blue;transition:background .5s}"
            "div:hover{background:red}</style><div></div>"
        )
    )
    body = driver.find_element("css selector", "div")
    ActionChains(driver).move_to_element(body).perform()
    hovered = look(driver, hover=True)
    assert where(pixels(hovered), RED) == (0, 0, 800, 600)
    assert where(pixels(look(driver)), BLUE) == (0, 0, 800, 600)


def test_scroll_bars_are_hidden(driver: Any, site: Site) -> None:
    driver.get(
        site.page(
            "<style>*{scrollbar-color:red red}</style><div style='height:2000px;background:blue'>"
            "</div>"
        )
    )
    driver.execute_script("scrollTo(0, 700)")
    assert where(pixels(look(driver)), BLUE) == (0, 0, 800, 600)


BARS = (
    "<style>body{margin:0}#x{overflow-y:auto;height:90px;width:200px}"
    "#x::-webkit-scrollbar{width:8px}</style><div id=x>"
    "<div style='height:900px;background:blue'></div></div>"
)


def test_scroll_bars_that_a_page_styles_take_no_room_whatever_page_came_before(
    site: Site,
) -> None:
    """Firefox gives them room also where its own bars lie over the page."""
    with opened("firefox", **{"ui.useOverlayScrollbars": 1}) as firefox:
        for html in ("<h1>plain</h1>", BARS):
            firefox.get(site.page(html))
            shot = look(firefox)
    assert where(pixels(shot), BLUE) == (0, 0, 200, 90)


RICH = f"""
<style>{SPIN} html{{scroll-behavior:smooth}} #x{{overflow:auto;height:80px;scroll-behavior:smooth}}
</style>
<div id=spin style='{BOX}animation:spin .9s infinite'></div>
<div id=held style='{BOX}animation:spin .9s infinite paused'></div>
<img id=gif src=/moving.gif style='border:3px  solid;'> <img src=/moving.gif>
<img loading=lazy src=/still.png>
<video src=/moving.webm autoplay muted loop width=90></video>
<svg width=90 height=90><circle r=20 fill=red><animate attributeName=cx from=20 to=80 dur=1s
repeatCount=indefinite /></circle></svg>
<input id=field value=x><div id=x><div id=inner style='height:900px'>inner</div></div>
<div id=host></div>
<iframe srcdoc="<style>{SPIN}</style><p style='animation:spin 1s infinite'>f"></iframe>
<div style='height:3000px'></div>
<script>
const own = new CSSStyleSheet(); own.replaceSync('p{{color:red}}');
document.adoptedStyleSheets = [own];
host.attachShadow({{mode:'open'}}).innerHTML =
  "<style>{SPIN}</style><p style='animation:spin 1s infinite'>s";
const at = top => ({{top, behavior:'instant'}});
onload = () => {{ scrollTo(at(321)); x.scrollTo(at(77));
  field.focus({{preventScroll:true}}) }};
</script>"""

STATE = """
const frame = document.querySelector('iframe').contentDocument, shadow = host.shadowRoot;
const roots = [document, shadow, frame], video = document.querySelector('video');
const all = roots.flatMap(root => root.getAnimations());
return {exact: {
  html: document.documentElement.outerHTML, shadow: shadow.innerHTML,
  frame: frame.documentElement.outerHTML, focus: document.activeElement.id,
  sheets: roots.map(root => root.adoptedStyleSheets.length),
  scroll: [scrollX, scrollY, x.scrollTop], names: Object.getOwnPropertySymbols(window).length,
  animations: all.map(one => [one.playState, one.playbackRate]),
  held: held.getAnimations()[0].currentTime,
  video: [video.paused, video.muted, video.playbackRate],
  drawing: document.querySelector('svg').animationsPaused()},
  times: all.map(one => one.currentTime)}
"""


@pytest.mark.parametrize(
    ("target", "options"),
    [
        (None, {}),
        (None, {"full_page": True}),
        (None, {"lazy": True}),
        ("#inner", {}),
        ("#field", {"shadow": True, "mask": "#gif"}),
    ],
    ids=["viewport", "full page", "lazy", "large inner element", "element"],
)
def test_everything_is_restored(
    driver: Any, site: Site, target: str | None, options: dict[str, Any]
) -> None:
    driver.get(site.page(RICH))
    time.sleep(0.3)
    what = driver.find_element("css selector", target) if target else driver
    before = driver.execute_script(STATE)
    look(what, **options)
    after = driver.execute_script(STATE)
    for part, was in before["exact"].items():
        assert after["exact"][part] == was, part
    # Held animations go on where they were: no more than the time of the readings has passed.
    passed = [late - early for early, late in zip(before["times"], after["times"], strict=True)]
    assert max(passed) < 400
    assert min(passed) > -1, "browsers round times"


def test_a_strict_content_security_policy_changes_nothing(driver: Any, site: Site) -> None:
    policy = "default-src 'none'; img-src 'self'; style-src 'nonce-a'; script-src 'nonce-a'"
    html = (
        f"<style nonce=a>{SPIN} div{{width:80px;height:40px;margin:40px;background:red;"
        "animation:spin .9s infinite}input{font-size:60px}</style><div></div><input autofocus>"
    )
    shots = []
    for pause in (0.0, 0.37):
        driver.get(site.page(html, Content_Security_Policy=policy))
        time.sleep(pause)
        shots.append(look(driver))
    assert (pixels(shots[0]) == pixels(shots[1])).all()


def test_a_page_that_replaces_built_ins_is_captured_all_the_same(driver: Any, site: Site) -> None:
    driver.get(
        site.page(
            "<div style='width:50px;height:50px;background:red'></div><script>"
            "Array.prototype.toJSON = () => 'bad'; Object.prototype.extra = 1;"
            "window.setTimeout = () => 0; window.Promise = function () {};"
            "window.requestAnimationFrame = () => 0; window.fetch = () => { throw 1 };"
            "document.getAnimations = () => { throw new Error('no') };"
            "Array.prototype.inserted = function () {};"
            "window.getComputedStyle = () => { throw new Error('no') };"
            "console.log = () => { throw 1 }; Date.now = () => 0; </script>"
        )
    )
    assert where(pixels(look(driver)), RED) == (0, 0, 50, 50)


def test_an_interrupted_capture_restores_the_page(
    driver: Any, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.get(site.page(RICH))
    time.sleep(0.3)
    before = driver.execute_script(STATE)

    def interrupted(_: PageShooter) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(PageShooter, "shoot", interrupted)
    with pytest.raises(KeyboardInterrupt):
        look(driver)
    assert driver.execute_script(STATE)["exact"] == before["exact"]
