"""The right part of the page, at the right scale, with masks where things are. Real browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from capture_support import (
    BLUE,
    GREEN,
    RED,
    WHITE,
    has,
    look,
    pixels,
    solid,
    where,
)
from pytest_visualdiff.images.codec import REDACTED, crop
from pytest_visualdiff.images.png import size
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from capture_support import Site

TALL = (
    "<header style='position:sticky;top:0;height:40px;background:red'></header>"
    "<div style='height:1500px'></div><div id=low style='width:100px;height:50px;margin-left:30px;"
    "background:blue'></div><div style='height:700px'></div>"
)


def test_the_environment_names_browser_platform_viewport_and_ratio(driver: Any, site: Site) -> None:
    driver.get(site.page("<title>A\x1b[31m title</title>"))
    shot = look(driver)
    name = driver.capabilities["browserName"]
    assert shot.environment.variant == f"{name}-linux-800x600@1x"
    assert shot.environment.browser_version == driver.capabilities["browserVersion"]
    assert shot.url == driver.current_url
    assert shot.title == "A [31m title"


def test_the_viewport_is_what_the_driver_itself_shoots(driver: Any, site: Site) -> None:
    driver.get(site.page("<style>html{scrollbar-width:none}</style>" + TALL))
    driver.execute_script("scrollTo(0, 1200)")
    assert (pixels(look(driver)) == pixels(driver.get_screenshot_as_png())).all()


def test_a_full_page_has_its_sticky_header_once_and_keeps_the_scroll_position(
    driver: Any, site: Site
) -> None:
    driver.get(site.page(TALL))
    driver.execute_script("scrollTo(0, 500)")
    shot = look(driver, full_page=True)
    assert size(shot.png) == (800, 2290)
    assert where(pixels(shot), RED) == (0, 0, 800, 40)
    assert where(pixels(shot), BLUE) == (30, 1540, 100, 50)
    assert shot.environment.viewport == (800, 600)
    assert driver.execute_script("return scrollY") == 500


def test_a_very_tall_page_is_whole(driver: Any, site: Site) -> None:
    driver.get(
        site.page(
            "<div style='height:19000px;width:50px;background:red'></div>"
            "<div style='height:60px;background:blue'></div>"
        )
    )
    shot = look(driver, full_page=True, timeout=20)
    assert size(shot.png) == (800, 19060)
    assert where(pixels(shot), RED) == (0, 0, 50, 19000)
    assert where(pixels(shot), BLUE) == (0, 19000, 800, 60)


def test_lazy_images_are_loaded_for_a_full_page(driver: Any, site: Site) -> None:
    site.file("/low.png", "image/png", solid(BLUE))
    driver.get(
        site.page(
            "<div style='height:9000px'></div><img loading=lazy src='/low.png?wait=0.3' width=40"
            " height=30>"
        )
    )
    assert where(pixels(look(driver, full_page=True)), BLUE) == (0, 9000, 40, 30)
    assert driver.execute_script("return document.querySelector('img').loading") == "lazy"


def test_a_scroll_sweep_loads_what_appears_only_when_seen(driver: Any, site: Site) -> None:
    driver.get(
        site.page(
            "<style>div{height:1000px}.seen{background:blue}</style><div></div><div></div><div></div>"
            "<script>const o = new IntersectionObserver(all => all.forEach(one => "
            "one.isIntersecting && one.target.classList.add('seen')));"
            "document.querySelectorAll('div').forEach(one => o.observe(one)); scrollTo(0, 200)"
            "</script>"
        )
    )
    shot = look(driver, full_page=True, lazy=True)
    assert where(pixels(shot), BLUE) == (0, 0, 800, 3000)
    assert driver.execute_script("return scrollY") == 200


BOX = "position:absolute;left:30.4px;top:45.3px;width:101px;height:52px;background:red"


def test_an_element_is_cut_at_the_whole_pixels_around_it(driver: Any, site: Site) -> None:
    driver.get(site.page(f"<div id=e style='{BOX}'></div>"))
    whole = driver.get_screenshot_as_png()
    shot = look(driver.find_element("id", "e"))
    assert (pixels(shot) == pixels(crop(whole, Box(30, 45, 102, 53)))).all()


def test_shadow_and_outline_are_included_on_demand(driver: Any, site: Site) -> None:
    driver.get(
        site.page(
            "<div id=e style='margin:60px;width:100px;height:50px;background:red;"
            "box-shadow:5px 10px 0 2px blue, inset 0 0 99px red; outline:3px solid green;"
            "outline-offset:1px'></div>"
        )
    )
    element = driver.find_element("id", "e")
    assert size(look(element).png) == (100, 50)
    shot = look(element, shadow=True)
    # Left and top: outline 3 + offset 1. Right: 5 + spread 2. Bottom: 10 + spread 2.
    assert size(shot.png) == (4 + 100 + 7, 4 + 50 + 12)
    assert where(pixels(shot), RED) == (4, 4, 100, 50)
    assert has(pixels(shot), BLUE)
    assert has(pixels(shot), GREEN)


def test_an_element_below_the_fold_is_found_and_the_page_scrolls_back(
    driver: Any, site: Site
) -> None:
    driver.get(site.page(TALL))
    shot = look(driver.find_element("id", "low"))
    assert (pixels(shot) == BLUE).all()
    assert size(shot.png) == (100, 50)
    assert driver.execute_script("return scrollY") == 0


def test_an_element_larger_than_the_viewport_is_whole(driver: Any, site: Site) -> None:
    driver.get(
        site.page(
            "<header style='position:sticky;top:0;height:40px;background:red'></header>"
            "<div id=e style='margin:700px 0 0 20px;width:300px;height:900px;background:blue'>"
            "</div><div style='height:900px'></div>"
        )
    )
    driver.execute_script("scrollTo(0, 800)")
    shot = look(driver.find_element("id", "e"))
    assert size(shot.png) == (300, 900)
    assert (pixels(shot) == BLUE).all()
    assert driver.execute_script("return scrollY") == 800


def test_an_element_in_an_inner_scroller_is_brought_into_view(driver: Any, site: Site) -> None:
    driver.get(
        site.page(
            "<div id=s style='overflow:auto;height:200px;width:300px'><div style='height:900px'>"
            "</div><div id=e style='width:60px;height:40px;background:blue'></div>"
            "<div style='height:900px'></div></div>"
        )
    )
    assert (pixels(look(driver.find_element("id", "e"))) == BLUE).all()
    assert driver.execute_script("return document.getElementById('s').scrollTop") == 0


FRAMED = (
    "<div style='height:{above}px'></div><iframe style='margin-left:33px;border:7px solid green;"
    "padding:5px;width:300px;height:200px' srcdoc=\"<body style='margin:0'>"
    "<div style='height:600px'></div><p id=e style='margin:0 0 0 11px;width:60px;height:40px;"
    "background:blue'></p><div style='height:600px'></div>\"></iframe>"
    "<div style='height:1500px'></div>"
)


@pytest.mark.parametrize("above", [10, 1300])
def test_an_element_in_a_frame_has_the_right_pixels(driver: Any, site: Site, above: int) -> None:
    driver.get(site.page(FRAMED.format(above=above)))
    driver.switch_to.frame(0)
    shot = look(driver.find_element("id", "e"))
    assert size(shot.png) == (60, 40)
    assert (pixels(shot) == BLUE).all()
    assert shot.environment.viewport == (800, 600)
    assert driver.execute_script("return [scrollY, parent.scrollY]") == [0, 0]


def test_a_driver_inside_a_frame_still_shows_the_whole_viewport(driver: Any, site: Site) -> None:
    driver.get(site.page(FRAMED.format(above=10)))
    whole = look(driver)
    driver.switch_to.frame(0)
    assert look(driver).png == whole.png


def test_an_element_in_a_frame_of_another_origin_is_left_to_the_driver(
    driver: Any, site: Site
) -> None:
    site.page("<div id=e style='margin:20px;width:60px;height:40px;background:blue'></div>", "/in")
    other = site.origin.replace("127.0.0.1", "localhost")
    driver.get(site.page(f"<p>above</p><iframe src={other}/in></iframe>"))
    driver.switch_to.frame(0)
    element = driver.find_element("id", "e")
    shot = look(element)
    assert size(shot.png) == (60, 40)
    assert (pixels(shot) == BLUE).all()
    assert shot.environment.viewport == (800, 600)
    assert driver.execute_script("return location.pathname") == "/in"


def test_a_driver_in_a_frame_of_another_origin_shows_the_viewport_and_stays_there(
    driver: Any, site: Site
) -> None:
    site.page("<div style='height:900px;background:blue'></div>", "/in")
    other = site.origin.replace("127.0.0.1", "localhost")
    driver.get(site.page(f"<p>above</p><iframe></iframe><iframe src={other}/in></iframe>"))
    whole = look(driver)
    driver.switch_to.frame(1)
    shot = look(driver, full_page=True)
    assert (pixels(shot) == pixels(whole)).all()
    assert shot.environment == whole.environment
    assert driver.execute_script("return location.pathname") == "/in"


MASKED = (
    "<div style='height:{above}px'></div><div class=m style='margin-left:20.5px;width:50px;"
    "height:20px;background:red'></div><div class=m style='margin:30px 0 0 100px;width:10px;"
    "height:10px;background:red'></div><div class=m hidden>x</div><div style='height:2000px'></div>"
)


@pytest.mark.parametrize(("scroll", "full_page"), [(0, False), (55, False), (55, True)])
def test_masks_lie_where_the_elements_are(
    driver: Any, site: Site, scroll: int, full_page: bool
) -> None:
    driver.get(site.page(MASKED.format(above=100)))
    driver.execute_script(f"scrollTo(0, {scroll})")
    top = 100 if full_page else 100 - scroll
    shot = look(driver, mask=[".m", (7, 8, 9, 10)], full_page=full_page)
    assert set(shot.masks) == {
        Box(7, 8, 9, 10), Box(20, top, 51, 20), Box(100, top + 50, 10, 10)
    }  # fmt: skip
    assert has(pixels(shot), RED), "masked pixels stay clean"


def test_masks_of_an_element_count_from_its_corner(driver: Any, site: Site) -> None:
    driver.get(
        site.page(
            "<div id=e style='margin:50px;padding:10px;width:200px;height:100px;"
            "box-shadow:0 0 0 6px blue'><p id=i style='margin:0;width:30px;height:20px'></p></div>"
            "<p id=far>outside</p>"
        )
    )
    element = driver.find_element("id", "e")
    masks = ["#i", driver.find_element("id", "i"), (1, 2, 3, 4), "#far"]
    assert look(element, mask=masks).masks == (Box(1, 2, 3, 4), *[Box(10, 10, 30, 20)] * 2)
    grown = look(element, mask=masks, shadow=True).masks
    assert grown == (Box(7, 8, 3, 4), *[Box(16, 16, 30, 20)] * 2)


def test_selectors_reach_into_shadow_roots_and_frames(driver: Any, site: Site) -> None:
    driver.get(
        site.page(
            "<div id=host style='height:30px'></div><iframe style='border:0;display:block'"
            " srcdoc=\"<body style='margin:0'><p id=f style='margin:0;height:10px;width:20px'>\">"
            "</iframe><script>host.attachShadow({mode:'open'}).innerHTML="
            "'<b id=s style=\"display:block;width:40px;height:5px\"></b>'</script>"
        )
    )
    shot = look(driver, mask=["#s", "#f"])
    assert shot.masks == (Box(0, 0, 40, 5), Box(0, 30, 20, 10))


def test_a_changing_mask_or_a_change_outside_the_region_does_not_unsettle(
    driver: Any, site: Site
) -> None:
    driver.get(
        site.page(
            "<canvas id=c width=50 height=50></canvas><p id=p>still</p><script>"
            "const g = c.getContext('2d'); (function draw(t) { g.fillStyle = `hsl(${t},90%,50%)`;"
            "g.fillRect(0, 0, 50, 50); requestAnimationFrame(draw) })(0)</script>"
        )
    )
    masked = look(driver, mask="#c")
    assert masked.masks == (Box(0, 0, 50, 50),)
    assert look(driver, masked.png, mask="#c").frames == 1
    region = look(driver, region="#p").region
    assert region is not None
    assert region.y >= 50


def test_redacted_pixels_never_leave_the_capture(driver: Any, site: Site) -> None:
    driver.get(
        site.page(
            "<p style='margin:40px;font:20px monospace;width:30px;color:red;white-space:nowrap'"
            " id=s>a secret that overflows</p>"
        )
    )
    assert (pixels(look(driver)) != WHITE).any()
    shot = pixels(look(driver, redact="#s")).copy()
    left, top, width, _ = where(shot, REDACTED)
    assert width > 200
    assert left < 40
    shot[top : top + 60] = 255
    assert (shot == 255).all(), "something of the secret is left"


def test_two_device_pixels_per_css_pixel(dense: Any, site: Site) -> None:
    dense.get(site.page(TALL + f"<div id=e style='{BOX}'></div>"))
    shot = look(dense, mask="#e")
    assert size(shot.png) == (1600, 1200)
    assert shot.environment.pixel_ratio == 2
    assert shot.environment.viewport == (800, 600)
    assert shot.masks == (Box.enclosing(60.8, 90.6, 202, 104),)
    part = look(dense.find_element("id", "e"))
    assert (pixels(part) == pixels(crop(shot.png, shot.masks[0]))).all()
    low = look(dense.find_element("id", "low"))
    assert size(low.png) == (200, 100)
    assert (pixels(low) == BLUE).all()
    whole = look(dense, full_page=True)
    assert size(whole.png)[0] == 1600
    assert where(pixels(whole), BLUE) == (60, 3080, 200, 100)


def test_the_same_page_gives_the_same_picture_again(driver: Any, site: Site) -> None:
    text = "<p style='font:16px serif'>Pack my box with <b>five dozen</b> <i>liquor</i> jugs.</p>"
    shots = []
    for _ in range(2):
        driver.get(site.page(text * 20))
        shots.append(look(driver, full_page=True).png)
    assert shots[0] == shots[1]
    assert np.unique(pixels(shots[0])).size > 2
