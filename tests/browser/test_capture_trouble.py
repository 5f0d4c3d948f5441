"""What cannot be captured is named, and never looks like a difference. Real browsers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from capture_support import BROWSERS, look, opened, pixels
from pytest_visualdiff.capture.page import PageShooter
from pytest_visualdiff.errors import (
    AlertOpen,
    BrowserDied,
    EmptyTarget,
    InvalidValue,
    TargetNotFound,
    UnstableTarget,
    WindowClosed,
)

if TYPE_CHECKING:
    from capture_support import Site
    from pytest_visualdiff.capture.stable import Frame

RESTLESS = (
    "const g = c.getContext('2d'); (function draw(t) { g.fillStyle = `hsl(${t},90%,50%)`;"
    "g.fillRect(0, 0, 50, 50); requestAnimationFrame(draw) })(0)"
)


def test_a_page_that_never_settles_names_the_element_and_keeps_both_frames(
    driver: Any, site: Site
) -> None:
    driver.get(
        site.page(
            "<p>still</p><div class=card><canvas id=c width=50 height=50></canvas></div>"
            f"<script>{RESTLESS}</script>"
        )
    )
    with pytest.raises(UnstableTarget) as caught:
        look(driver, timeout=0.5)
    (culprit,) = caught.value.culprits
    assert culprit.startswith("`#c` keeps changing at (")
    assert "50x50" in culprit
    assert culprit in str(caught.value)
    first, second = caught.value.frames
    assert (pixels(first) != pixels(second)).any()


def test_the_culprit_is_found_inside_a_shadow_root_of_a_scrolled_page(
    driver: Any, site: Site
) -> None:
    driver.get(
        site.page(
            "<div style='height:900px'></div><div id=host></div><div style='height:900px'></div>"
            "<script>const r = host.attachShadow({mode:'open'}); r.innerHTML ="
            "'<canvas class=clock width=50 height=50></canvas>'; const c = r.firstChild;"
            f"{RESTLESS}; scrollTo(0, 700)</script>"
        )
    )
    with pytest.raises(UnstableTarget, match=r"`#host >>> canvas` keeps changing"):
        look(driver, timeout=0.5)
    with pytest.raises(UnstableTarget, match=r"`#host >>> canvas` keeps changing"):
        look(driver, timeout=0.5, full_page=True)


def test_a_page_that_grows_is_named(driver: Any, site: Site) -> None:
    driver.get(
        site.page(
            "<div id=d style='background:red'></div><script>let n = 700;"
            "setInterval(() => d.style.height = (n += 9) + 'px', 20)</script>"
        )
    )
    with pytest.raises(UnstableTarget, match="keeps changing its size: 800x"):
        look(driver, timeout=0.5, full_page=True)


def test_a_moving_mask_never_counts_as_still(driver: Any, site: Site) -> None:
    driver.get(
        site.page(
            "<div id=d style='position:absolute;width:9px;height:9px'></div><script>let n = 0;"
            "(function step() { d.style.left = (n = (n + 1) % 300) + 'px';"
            "requestAnimationFrame(step) })()</script>"
        )
    )
    with pytest.raises(UnstableTarget, match="keeps moving"):
        look(driver, timeout=0.5, mask="#d")


def test_an_image_that_never_loads_is_named(driver: Any, site: Site) -> None:
    driver.get(site.page("<img id=i><script>onload=()=>i.src='/late.png?wait=4'</script>"))
    time.sleep(0.05)
    with pytest.raises(UnstableTarget, match=r"image /late.png\?wait=4 never finished") as caught:
        look(driver, timeout=0.4)
    assert len(caught.value.frames) == 1


def test_a_font_that_never_loads_is_named(driver: Any, site: Site) -> None:
    driver.get(
        site.page(
            "<style>@font-face{font-family:'Late One';src:url(/f.woff2?wait=4)}</style><p id=p>x"
            "<script>onload=()=>setTimeout(()=>p.style.fontFamily='Late One')</script>"
        )
    )
    time.sleep(0.05)
    with pytest.raises(UnstableTarget, match="font Late One is still loading"):
        look(driver, timeout=0.4)


@pytest.mark.parametrize("option", ["mask", "redact", "region"])
def test_a_selector_that_matches_nothing_is_named(driver: Any, site: Site, option: str) -> None:
    url = site.page("<p>text")
    driver.get(url)
    with pytest.raises(TargetNotFound, match=f"{option}='#missing' matches nothing on {url}"):
        look(driver, **{option: "#missing"})


def test_a_selector_that_is_none_is_named(driver: Any, site: Site) -> None:
    driver.get(site.page("<p>text"))
    with pytest.raises(InvalidValue, match="mask='p::<' is not a valid CSS selector"):
        look(driver, mask="p::<")


@pytest.mark.parametrize("style", ["display:none", "visibility:hidden", "width:0"])
def test_hidden_matches_are_named(driver: Any, site: Site, style: str) -> None:
    driver.get(site.page(f"<div id=d style='overflow:hidden;{style}'>text</div>"))
    with pytest.raises(EmptyTarget, match="mask='#d' matches only elements without size"):
        look(driver, mask="#d")


@pytest.mark.parametrize("style", ["display:none", "height:0", "width:0;height:30px"])
def test_an_element_without_size_is_named(driver: Any, site: Site, style: str) -> None:
    driver.get(site.page(f"<div id=d style='{style}'></div>"))
    with pytest.raises(EmptyTarget, match="the target element has no size"):
        look(driver.find_element("id", "d"))


def test_a_region_outside_the_picture_is_named(driver: Any, site: Site) -> None:
    driver.get(site.page("<p id=p style='margin-top:2000px'>text"))
    with pytest.raises(EmptyTarget, match="region='#p' lies outside the picture"):
        look(driver, region="#p")


@pytest.mark.parametrize("role", ["target", "mask"])
def test_a_stale_element_is_named(driver: Any, site: Site, role: str) -> None:
    driver.get(site.page("<p id=p>text"))
    stale = driver.find_element("id", "p")
    driver.refresh()
    with pytest.raises(TargetNotFound, match=f"given as {role} is no longer in the document"):
        look(stale) if role == "target" else look(driver, mask=stale)


def test_an_open_dialog_is_named(driver: Any, site: Site) -> None:
    driver.get(site.page("<p>text"))
    driver.execute_script("setTimeout(() => alert('Saved'), 0)")
    time.sleep(0.3)
    with pytest.raises(AlertOpen, match="dialog"):
        look(driver)


def test_a_closed_window_is_named(driver: Any, site: Site) -> None:
    driver.get(site.page("<p>text"))
    home = driver.current_window_handle
    driver.switch_to.new_window("tab")
    driver.close()
    try:
        with pytest.raises(WindowClosed):
            look(driver)
    finally:
        driver.switch_to.window(home)


def test_a_page_that_goes_elsewhere_in_the_middle_is_captured_there(
    driver: Any, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.page("<title>there</title><body style='background:blue'>", "/there")
    driver.get(site.page("<p>here", "/here"))
    shoot = PageShooter.shoot

    def leaving(shooter: PageShooter) -> Frame:
        frame = shoot(shooter)
        if "/here" in driver.current_url:
            driver.get(f"{site.origin}/there")
        return frame

    monkeypatch.setattr(PageShooter, "shoot", leaving)
    assert look(driver).title == "there"


@pytest.mark.parametrize("browser", BROWSERS)
def test_a_killed_driver_is_a_dead_browser(browser: str, site: Site) -> None:
    with opened(browser) as mortal:
        mortal.get(site.page("<p>text"))
        mortal.service.process.kill()
        mortal.service.process.wait(10)
        with pytest.raises(BrowserDied, match="went away"):
            look(mortal)
