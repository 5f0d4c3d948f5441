"""Areas and pictures on displays of other pixel ratios and on emulated devices. Real browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from selenium import webdriver

from capture_support import APART, BLUE, BROWSERS, RED, _programs, count, look, opened, pixels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from capture_support import Site

PAGE = (
    "<b class=s style='position:absolute;left:20px;top:31px;width:61px;height:33px;background:red'>"
    "</b><b id=keep style='position:absolute;left:120px;top:31px;width:60px;height:30px;"
    "background:blue'></b><iframe style='position:absolute;left:20px;top:90px;border:0;width:300px;"
    "height:200px;transform:scale(.5);transform-origin:0 0' srcdoc=\"<b class=s style='position:"
    "absolute;left:30px;top:40px;width:80px;height:50px;background:red'></b>\"></iframe>"
    "<p style='height:900px'></p><b class=s style='position:absolute;left:20px;top:870px;"
    "width:40px;height:20px;background:red'></b>"
)
WIDE = "<meta name=viewport content='width=device-width,initial-scale=1'>"
TURNED = "<script>document.dir='rtl'</script><p style='width:1300px'>x</p>"


@pytest.fixture(scope="module")
def phone() -> Iterator[Any]:
    """Chrome as a device of 390x844 CSS pixels, three device pixels each."""
    options = webdriver.ChromeOptions()
    options.binary_location, program = _programs("chrome")
    for flag in ("--headless=new", "--no-sandbox", "--hide-scrollbars", "--disable-gpu"):
        options.add_argument(flag)
    metrics = {"width": 390, "height": 844, "pixelRatio": 3.0, "mobile": True}
    options.add_experimental_option("mobileEmulation", {"deviceMetrics": metrics})
    service = webdriver.ChromeService(program, popen_kw=APART)
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()


def check(driver: Any, *, full_page: bool) -> None:
    """Every red pixel is redacted, and every blue one stays."""
    plain = pixels(look(driver, full_page=full_page))
    shot = look(driver, full_page=full_page, redact=".s")
    assert count(plain, RED), "the page shows no secret"
    left = pixels(shot).astype(int)
    assert not np.count_nonzero(left[..., 0] - left[..., 1] > 40), "something is not redacted"
    assert count(pixels(shot), BLUE) == count(plain, BLUE) > 0
    part = pixels(look(driver.find_element("id", "keep")))[2:-2, 2:-2]
    assert (part == BLUE).all()


@pytest.mark.parametrize("browser", BROWSERS)
def test_areas_lie_where_they_are_at_a_broken_pixel_ratio(site: Site, browser: str) -> None:
    with opened(browser, 1.25) as driver:
        driver.get(site.page(TURNED + PAGE))
        check(driver, full_page=False)
        driver.get(site.page(PAGE))
        check(driver, full_page=True)


@pytest.mark.parametrize("head", ["", WIDE], ids=["page as on a desk", "own width"])
def test_areas_lie_where_they_are_on_an_emulated_device(phone: Any, site: Site, head: str) -> None:
    phone.get(site.page(head + PAGE))
    check(phone, full_page=head == WIDE)
