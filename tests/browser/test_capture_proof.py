"""A picture proves itself, and a redaction is checked in the picture. Real browsers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from capture_support import BLUE, RED, has, look, pixels, where
from pytest_visualdiff.capture import camera, proof
from pytest_visualdiff.capture.selenium_page import SeleniumPage
from pytest_visualdiff.errors import CaptureError, UnstableTarget
from pytest_visualdiff.images.codec import encode, to_array

if TYPE_CHECKING:
    from collections.abc import Iterator

    from capture_support import Site
    from pytest_visualdiff.capture.photo import Photo
    from pytest_visualdiff.capture.script import Answer

SECRET = "<p id=s style='margin:60px;width:200px;height:40px;background:blue'></p>"

COPIED = (
    "<div id=copy style='position:absolute;left:400px;top:300px;width:200px;height:40px;"
    "background:red'></div>{secret}<script>const s=document.getElementById('s');"
    "new MutationObserver(()=>copy.style.background=getComputedStyle(s).opacity==0?'none':'red')"
    ".observe(s,{{attributes:true}})</script>"
)
"""An element that follows the secret, as a script's copy of it would."""

MOVING = (
    "<div id=d style='position:absolute;width:9px;height:9px;background:blue'></div><script>"
    "let n = 0;(function step() { d.style.left = (n = (n + 1) % 300) + 'px';"
    "requestAnimationFrame(step) })()</script>"
)
LATER = "document.body.insertAdjacentHTML('beforeend', arguments[0])"


@pytest.fixture
def unproven(driver: Any) -> Iterator[Any]:
    """A driver of which no picture was proven yet."""
    proof._PROVEN.pop(driver, None)
    yield driver
    proof._PROVEN.pop(driver, None)


def commands(driver: Any, **options: Any) -> list[str]:
    """The commands that a new picture takes."""
    seen: list[str] = []
    execute = driver.execute
    driver.execute = lambda *given: (seen.append(given[0]), execute(*given))[1]
    try:
        look(driver, **options)
    finally:
        del driver.execute
    return seen


def test_the_first_picture_of_a_driver_is_proven_and_the_next_ones_are_not(
    unproven: Any, site: Site
) -> None:
    unproven.get(site.page("<h1>still</h1>"))
    first, second = commands(unproven), commands(unproven)
    assert len(second) < len(first) <= len(second) + 4
    assert unproven.execute_script("return document.querySelectorAll('div').length") == 0


@pytest.mark.parametrize(
    ("page", "options"),
    [
        ("<h1>still</h1>", {}),
        ("<div style='height:2000px'>tall</div>", {"full_page": True}),
        ("<script>document.dir='rtl'</script><div style='width:2000px'>wide</div>", {}),
    ],
)
def test_a_picture_of_another_place_is_refused(
    unproven: Any, site: Site, monkeypatch: pytest.MonkeyPatch, page: str, options: dict[str, Any]
) -> None:
    """What a browser would do that begins its pictures elsewhere: here 23 pixels further down."""
    kind = type(camera.camera_of(SeleniumPage(unproven)))
    shoot = kind.shoot

    def displaced(self: Any, answer: Answer) -> Photo:
        photo = shoot(self, answer)
        picture = to_array(photo.png).copy()
        picture[23:] = picture[:-23]
        return replace(photo, png=encode(picture))

    monkeypatch.setattr(kind, "shoot", displaced)
    unproven.get(site.page(page))
    with pytest.raises(CaptureError, match=r"a mark that the page showed at \(.*assumed were"):
        look(unproven, **options)


@pytest.mark.parametrize(
    "page",
    [
        "<div style='filter:drop-shadow(300px 0 red)'>{secret}</div>",
        COPIED,
    ],
    ids=["the shadow of what is around it", "a copy elsewhere"],
)
def test_a_secret_that_shows_outside_of_its_area_is_refused(
    driver: Any, site: Site, page: str
) -> None:
    driver.get(site.page(page.format(secret=SECRET)))
    assert has(pixels(look(driver)), RED), "the page shows nothing outside of the secret's box"
    with pytest.raises(CaptureError, match="redact does not cover all that it has to") as caught:
        look(driver, redact="#s", timeout=2)
    assert "200x40" in str(caught.value)


def test_a_secret_that_keeps_moving_leaves_no_frame(driver: Any, site: Site) -> None:
    driver.get(site.page(MOVING))
    with pytest.raises(UnstableTarget) as caught:
        look(driver, timeout=0.5, redact="#d")
    assert not any(has(pixels(frame), BLUE) for frame in caught.value.frames)


def test_a_secret_that_appears_during_the_shot_is_waited_for(
    driver: Any, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = type(camera.camera_of(SeleniumPage(driver)))
    shoot, shots = kind.shoot, []

    def late(self: Any, answer: Answer) -> Photo:
        shots.append(answer)
        if len(shots) == 2:
            driver.execute_script(
                "document.body.insertAdjacentHTML('beforeend', arguments[0])", SECRET
            )
        return shoot(self, answer)

    monkeypatch.setattr(kind, "shoot", late)
    driver.get(site.page("<p id=s style='margin:0;width:50px;height:20px;background:blue'></p>"))
    shot = look(driver, redact="#s")
    assert shot.areas == {'redact="#s"': 2}
    assert not has(pixels(shot), BLUE)


def test_the_page_is_as_it_was_after_a_proof(unproven: Any, site: Site) -> None:
    unproven.get(site.page(SECRET + "<p id=t style='color:red;opacity:.5'>x</p>"))
    html = "return document.documentElement.outerHTML"
    before = unproven.execute_script(html)
    look(unproven, redact=["#s", "#t"])
    assert unproven.execute_script(html) == before


def test_nothing_of_a_proof_is_left_in_the_picture(unproven: Any, site: Site) -> None:
    unproven.get(site.page(SECRET))
    shot = look(unproven, mask="#s")
    assert where(pixels(shot), BLUE) == (60, 60, 200, 40)
    assert {tuple(colour) for colour in pixels(shot).reshape(-1, 3)} == {BLUE, (255, 255, 255)}
