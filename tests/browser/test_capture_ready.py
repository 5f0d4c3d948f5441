"""What is still loading is waited for, and what never comes is not. Real browsers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from capture_support import BLUE, ROOT, look, pixels, solid, where

if TYPE_CHECKING:
    from capture_support import Site


@pytest.fixture(scope="module", autouse=True)
def files(site: Site) -> None:
    site.file("/still.png", "image/png", solid(BLUE))
    font = ROOT / "examples/app/static/fonts/source-serif-4-latin-600-normal.woff2"
    site.file("/serif.woff2", "font/woff2", font.read_bytes())


def test_a_slow_font_is_awaited(driver: Any, site: Site) -> None:
    html = (
        "<style>@font-face{font-family:Late;src:url(/serif.woff2?wait=0.6);font-display:swap}"
        ".on{font-family:Late}</style><p id=p style='font-size:50px'>Slow serif</p>"
        "<script>onload=()=>setTimeout(()=>p.className='on')</script>"
    )
    driver.get(site.page(html))
    time.sleep(0.05)
    early = look(driver)
    time.sleep(1)
    assert (pixels(early) == pixels(look(driver))).all()
    assert driver.execute_script("return document.fonts.check('50px Late')")


def test_a_slow_image_is_awaited(driver: Any, site: Site) -> None:
    driver.get(site.page("<img id=i><script>onload=()=>i.src='/still.png?wait=0.6'</script>"))
    assert where(pixels(look(driver)), BLUE) == (0, 0, 40, 30)


def test_a_slow_stylesheet_is_awaited(driver: Any, site: Site) -> None:
    site.file("/late.css", "text/css", b"body{background:blue}")
    driver.get(
        site.page(
            "<script>onload=()=>{const l=document.createElement('link');l.rel='stylesheet';"
            "l.href='/late.css?wait=0.6';document.head.append(l)}</script>"
        )
    )
    assert where(pixels(look(driver)), BLUE) == (0, 0, 800, 600)


def test_broken_images_and_stylesheets_do_not_hold_up(driver: Any, site: Site) -> None:
    driver.get(
        site.page(
            "<img id=i src=/nothing.png width=9><script>onload=()=>{const l=document.createElement("
            "'link');l.rel='stylesheet';l.href='/nothing.css';document.head.append(l);"
            "i.src='/nothing-either.png'}</script>"
        )
    )
    assert look(driver, timeout=2).frames <= 3


def test_lazy_images_below_the_fold_do_not_hold_up_a_viewport(driver: Any, site: Site) -> None:
    driver.get(
        site.page(
            "<div style='height:900px'></div><img loading=lazy src='/still.png?wait=9' width=40"
            " height=30>"
        )
    )
    assert look(driver, timeout=1).frames >= 1


def test_a_stylesheet_that_a_policy_refuses_does_not_hold_up(driver: Any, site: Site) -> None:
    site.file("/refused.css", "text/css", b"body{background:blue}")
    html = "<link rel=stylesheet href=/refused.css><p>still here</p>"
    driver.get(site.page(html, Content_Security_Policy="style-src 'none'"))
    before = driver.execute_script("return document.documentElement.outerHTML")
    assert look(driver, timeout=2).frames == 2
    assert driver.execute_script("return document.documentElement.outerHTML") == before
