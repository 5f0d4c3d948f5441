"""Pages, frames and locators of Playwright's sync API, in the system's Chromium.

One Chromium serves the module. Where a page must look the same through both drivers, Selenium's
own Chromium is a second one.
"""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

import pytest_visualdiff as vd
from capture_support import BLUE, RED, has, look, pixels
from pytest_visualdiff import errors
from pytest_visualdiff.browsers.installed import find
from pytest_visualdiff.capture import CaptureOptions, capture
from pytest_visualdiff.images.codec import same_pixels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from capture_support import Site
    from pytest_visualdiff.model import Screenshot

BUTTONS = "<h1>Shop</h1><button id=buy>Buy</button> <button>Sell</button>"
RICH = """<style>@keyframes turn { to { transform: rotate(1turn) } }
i { display: block; width: 40px; height: 40px; background: red; animation: turn 1s infinite }
</style>
<h1>Prices</h1><i></i><p>Some text, <b>bold</b> and <code>code</code>.</p><input autofocus>
<iframe srcdoc="<body style='background:#eef'>inside" width=200 height=80></iframe>
<div style="height:1600px;background:linear-gradient(#fff,#08f)"></div><p>the end</p>"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The system's Chromium, driven by Playwright."""
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and not os.geteuid() else []
    found = find("chrome").browser
    assert found is not None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A page of 800x600 in a context of its own."""
    context = chromium.new_context(viewport={"width": 800, "height": 600})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("full_page", [False, True], ids=["viewport", "full page"])
@pytest.mark.parametrize("session", ["chrome"], indirect=True)
def test_the_same_page_gives_the_same_bytes_through_both_drivers(
    driver: Any, page: Any, site: Site, *, full_page: bool
) -> None:
    """An animation, a caret, a frame, a page longer than the window."""
    url = site.page(RICH)
    driver.get(url)
    width, height = driver.execute_script("return [innerWidth, innerHeight]")
    page.set_viewport_size({"width": width, "height": height})
    page.goto(url)
    by_selenium = look(driver, full_page=full_page)
    by_playwright = look(page, full_page=full_page)
    assert by_playwright.png == by_selenium.png
    assert by_playwright.environment.variant == by_selenium.environment.variant


@pytest.mark.parametrize("session", ["chrome"], indirect=True)
def test_the_layout_is_the_same_through_both_drivers(driver: Any, page: Any, site: Site) -> None:
    url = site.page(f"<main style='width:500px'>{BUTTONS}<p>Some text</main>")
    driver.get(url)
    width, height = driver.execute_script("return [innerWidth, innerHeight]")
    page.set_viewport_size({"width": width, "height": height})
    page.goto(url)
    layout = vd.read_layout(page)
    assert [one.tag for one in layout.elements].count("button") == 2
    assert layout == vd.read_layout(driver)


def test_a_locator_is_the_picture_of_its_element(page: Any, site: Site) -> None:
    page.goto(site.page(f"{BUTTONS}<iframe srcdoc='<button>In</button>'></iframe>"))
    box = page.locator("#buy").bounding_box()
    shot = look(page.get_by_role("button", name="Buy"))
    height, width, _ = pixels(shot).shape
    assert (width, height) == pytest.approx((box["width"], box["height"]), abs=1)
    handle = page.locator("#buy").element_handle()
    assert same_pixels(look(handle).png, shot.png)
    inside = page.frame_locator("iframe").get_by_role("button")
    assert pixels(look(inside)).shape[0] < 40


def test_a_frame_is_the_picture_of_what_it_shows(page: Any, site: Site) -> None:
    """Given as the frame, or as a locator of it."""
    inner = f"<body style='margin:0;background:rgb{RED}'>"
    page.goto(site.page(f'<iframe name=ad style="border:0" srcdoc="{inner}"></iframe>'))
    by_frame, by_locator = look(page.frame(name="ad")), look(page.frame_locator("iframe"))
    assert pixels(by_frame).shape[:2] == (150, 300)
    assert has(pixels(by_frame), RED)
    assert same_pixels(by_frame.png, by_locator.png)


def test_masks_and_regions_take_locators_with_all_that_they_match(page: Any, site: Site) -> None:
    page.goto(site.page(BUTTONS))
    shot = look(page, mask=(page.get_by_role("button"), "h1"), region=page.locator("body"))
    assert len(shot.masks) == 3
    assert shot.region is not None
    by_selector = look(page, mask=("button", "h1"), region="body")
    assert (by_selector.masks, by_selector.region) == (shot.masks, shot.region)


def test_what_a_locator_redacts_is_covered_and_counted(page: Any, site: Site) -> None:
    """Also inside of a frame."""
    secret = f"<b style='display:block;height:20px;background:rgb{BLUE}'></b>"
    page.goto(site.page(f'{secret}<iframe srcdoc="{secret}"></iframe>'))
    assert has(pixels(look(page)), BLUE), "the secret cannot be seen at all"
    inside = page.frame_locator("iframe").locator("b")
    shot = look(page, redact=(page.locator("b"), inside))
    assert not has(pixels(shot), BLUE)
    assert list(shot.areas.values()) == [1, 1]


def test_a_selector_that_matches_in_a_frame_of_another_origin_is_refused(
    page: Any, site: Site
) -> None:
    """Where its secret lies cannot be measured from outside."""
    site.page("<b class=pan>4111</b>", "/inner")
    other = site.origin.replace("127.0.0.1", "localhost")
    page.goto(site.page(f"<b class=pan>1</b><iframe id=pay src='{other}/inner'></iframe>"))
    page.frame_locator("#pay").locator("b").wait_for()
    with pytest.raises(errors.CaptureError, match="1 place inside of the frame `#pay`"):
        look(page, redact=".pan")
    assert page.evaluate("document.querySelectorAll('b').length") == 1


def test_an_element_in_a_frame_of_another_origin_is_taken_by_playwright(
    page: Any, site: Site
) -> None:
    site.page(f"<b id=in style='display:block;height:30px;background:rgb{RED}'></b>", "/inner")
    other = site.origin.replace("127.0.0.1", "localhost")
    page.goto(site.page(f"<h1>Shop</h1><iframe src='{other}/inner'></iframe>"))
    shot = look(page.frame_locator("iframe").locator("#in"))
    assert has(pixels(shot), RED)
    assert shot.environment.viewport == (800, 600)


def test_the_page_is_as_it_was_after_a_check(page: Any, site: Site) -> None:
    page.goto(site.page(RICH))
    before = page.content()
    look(page, full_page=True)
    assert page.content() == before
    assert page.evaluate("document.getAnimations().every(one => one.playState === 'running')")


def test_the_pointer_is_moved_away(page: Any, site: Site) -> None:
    page.goto(site.page(f"<style>button:hover{{background:rgb{RED}}}</style>{BUTTONS}"))
    page.hover("#buy")
    assert has(pixels(look(page, hover=True)), RED), "nothing is hovered at all"
    assert not has(pixels(look(page)), RED)


def test_lazy_content_is_scrolled_in(page: Any, site: Site) -> None:
    seen = "new IntersectionObserver(([one]) => { if (one.isIntersecting)"
    page.goto(
        site.page(
            "<div style='height:3000px'></div><p id=late style='height:20px;margin:0'></p><script>"
            f"{seen} late.style.background = 'rgb{RED}' }}).observe(late)</script>"
        )
    )
    assert has(pixels(look(page, full_page=True, lazy=True)), RED)
    assert page.evaluate("scrollY") == 0


def test_what_never_settles_is_named(page: Any, site: Site) -> None:
    page.goto(
        site.page(
            "<b id=clock style='display:block;width:90px;height:20px'></b><script>let n = 0;"
            "setInterval(() => clock.style.background = `rgb(0,0,${(n += 50) % 256})`, 5)</script>"
        )
    )
    with pytest.raises(errors.UnstableTarget) as caught:
        look(page, timeout=0.6)
    assert any("#clock" in one for one in caught.value.culprits)


def test_the_variant_names_engine_viewport_and_ratio(chromium: Any, site: Site) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 240}, device_scale_factor=2)
    page = context.new_page()
    page.goto(site.page("<p>small"))
    shot, again = look(page), look(page, full_page=True)
    ratio = page.evaluate("devicePixelRatio")
    context.close()
    assert ratio == 2, "the page is not as it was"
    assert again.environment == shot.environment
    assert shot.environment.variant.endswith("-320x240@2x")
    assert shot.environment.variant.startswith("chrome-")
    assert pixels(shot).shape[:2] == (480, 640)


def test_errors_on_the_console_are_told(page: Any, site: Site) -> None:
    page.goto(site.page("<p>x<script>console.error('no stock'); null.x</script>"))
    assert any("no stock" in note for note in look(page).notes)
    assert any("Cannot read properties of null" in note for note in look(page).notes)


def test_a_page_that_navigates_during_the_check_is_taken_when_it_has_arrived(
    page: Any, site: Site
) -> None:
    site.page(f"<body style='background:rgb{BLUE}'>", "/next")
    leave = "<script>setTimeout(() => location = '/next', 400)</script>"
    page.goto(site.page(f"<img src='/late.png?wait=1'>{leave}"), wait_until="commit")
    shot = look(page)
    assert shot.url.endswith("/next")
    assert has(pixels(shot), BLUE)


def closed(page: Any) -> Any:
    page.close()
    return page


def detached(page: Any) -> Any:
    frame = page.frames[1]
    page.evaluate("document.querySelector('iframe').remove()")
    return frame


def removed(page: Any) -> Any:
    handle = page.locator("#buy").element_handle()
    page.evaluate("buy.remove()")
    return handle


def left(page: Any) -> Any:
    handle = page.locator("#buy").element_handle()
    page.reload()
    return handle


@pytest.mark.parametrize(
    ("target", "error", "words"),
    [
        (closed, errors.WindowClosed, "closed"),
        (detached, errors.TargetNotFound, "detached"),
        (removed, errors.TargetNotFound, "no longer in the document"),
        (left, errors.TargetNotFound, "left the page"),
        (lambda page: page.get_by_role("button"), errors.AmbiguousTarget, "resolved to 2 elements"),
        (lambda page: page.get_by_role("link"), errors.TargetNotFound, "no such target"),
        (lambda page: page.context, errors.UnsupportedTarget, "a page, a frame, a locator"),
    ],
    ids=["closed", "detached", "removed", "left", "several", "none", "context"],
)
def test_a_target_that_is_none_is_a_typed_error(
    page: Any,
    site: Site,
    target: Callable[[Any], Any],
    error: type[errors.CaptureError],
    words: str,
) -> None:
    page.goto(site.page(f"{BUTTONS}<iframe srcdoc='x'></iframe>"))
    with pytest.raises(error, match=words):
        look(target(page), timeout=2)


async def _looked_at(page: Any) -> Any:
    return look(page)


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (look, "belongs to another thread"),
        (lambda page: asyncio.run(_looked_at(page)), "an event loop is already running here"),
    ],
    ids=["another thread", "a running loop"],
)
def test_a_page_of_the_sync_api_is_refused_where_it_cannot_be_used(
    page: Any, site: Site, where: Callable[[Any], Any], words: str
) -> None:
    """It neither hangs nor breaks the page for the test that owns it."""
    page.goto(site.page(BUTTONS))
    with ThreadPoolExecutor(1) as pool, pytest.raises(errors.CaptureError, match=words):
        pool.submit(where, page).result(timeout=30)
    assert look(page).environment.viewport == (800, 600)


@pytest.mark.parametrize("option", ["mask", "redact", "region"])
def test_a_locator_that_matches_nothing_is_named(page: Any, site: Site, option: str) -> None:
    page.goto(site.page(BUTTONS))
    with pytest.raises(errors.TargetNotFound, match=f"{option}=.*role=link.* matches nothing"):
        look(page, **{option: page.get_by_role("link")})


def test_a_page_is_no_area(page: Any, site: Site) -> None:
    page.goto(site.page(BUTTONS))
    with pytest.raises(errors.InvalidValue, match="is a page: give a locator or a selector"):
        look(page, mask=(page,))


def test_an_unchanged_page_needs_one_frame(page: Any, site: Site) -> None:
    page.goto(site.page(RICH))
    first = look(page)
    again: Screenshot = capture(page, CaptureOptions(), lambda _: first.png)
    assert (first.frames, again.frames) == (2, 1)
