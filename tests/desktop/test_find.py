"""Finding by image on a real screen: what is there, what appears, moves, goes, or is not there."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pytest_visualdiff.errors import (
    AmbiguousTemplate,
    BrokenImage,
    FlatTemplate,
    InvalidValue,
    StepsFailed,
    TemplateMissing,
    TemplateNotFound,
    TemplateStillThere,
)
from pytest_visualdiff.images.codec import encode, to_array

from .conftest import program, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_visualdiff import Box, Screen

PAGE = """
<style>body{font:20px sans-serif} button{font:20px sans-serif;padding:12px 30px;margin:30px}</style>
<button id=send onclick="sent++">Send</button><button id=keep>Keep it</button>
<p id=late></p><script>sent = 0</script>
"""


def cut(screen: Screen, folder: Path, name: str, element: str) -> Box:
    """Save the picture of an element as a template; its place."""
    box = screen.to_screen(screen.driver.find_element("id", element))
    path = folder / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = screen.look()[box.y : box.bottom, box.x : box.right]
    path.write_bytes(encode(np.ascontiguousarray(picture)))
    return box


@pytest.fixture
def folder(visualdiff_screen: Screen, tmp_path: Path) -> Path:
    """The screen's folder of templates."""
    object.__setattr__(visualdiff_screen.templates, "folders", (tmp_path,))
    return tmp_path


@pytest.mark.parametrize("browser", ["firefox", "chrome"])
def test_found_clicked_and_measured(
    shown: Callable[..., Screen], folder: Path, browser: str
) -> None:
    screen = shown(PAGE, browser)
    box = cut(screen, folder, "send", "send")
    screen.hover((5, 400))
    match = screen.find("send")
    assert match
    assert match.box == box
    assert match.confidence == 1
    assert match.runner_up
    assert match.runner_up.confidence < 0.9
    assert match.margin == match.confidence - match.runner_up.confidence
    for target in ("send.png", match, match.box, match.center, folder / "send.png"):
        screen.click(target)
    assert until(lambda: screen.driver.execute_script("return sent") == 5)
    screen.click("send", offset=(box.width, 0))  # right beside it
    assert screen.driver.execute_script("return sent") == 5


def test_a_folder_means_alternatives(shown: Callable[..., Screen], folder: Path) -> None:
    """The button as Firefox draws it and as Chromium does: one of them is there."""
    for browser in ("firefox", "chrome"):
        cut(shown(PAGE, browser), folder, f"send/{browser}", "send")
    screen = shown(PAGE, "firefox")
    assert screen.find("send", confidence=0.99)
    assert screen.journal.steps[-1]["confidence"] == 1
    with pytest.raises(TemplateNotFound) as caught:
        screen.find("send", region=(0, 300, 300, 200), timeout=0.3)
    assert caught.value.tried == ("send/chrome.png", "send/firefox.png")


def test_what_appears_later_is_waited_for(shown: Callable[..., Screen], folder: Path) -> None:
    screen = shown(PAGE, "chrome")
    cut(screen, folder, "send", "send")
    screen.driver.execute_script("send.hidden = true")
    screen.wait_gone("send")
    screen.driver.execute_script("setTimeout(() => send.hidden = false, 900)")
    screen.wait_for("send")
    assert screen.driver.execute_script("return !send.hidden")
    screen.driver.execute_script("setTimeout(() => send.hidden = true, 900)")
    screen.wait_gone("send")
    assert screen.driver.execute_script("return send.hidden")


def test_what_moves_is_not_clicked_before_it_rests(
    shown: Callable[..., Screen], folder: Path
) -> None:
    screen = shown(PAGE, "chrome")
    cut(screen, folder, "send", "send")
    screen.driver.execute_script(
        "send.style.position = 'relative';"
        "send.animate([{left: '0px'}, {left: '600px'}], {duration: 1500, fill: 'forwards'})"
    )
    screen.click("send")
    assert until(lambda: screen.driver.execute_script("return sent") == 1)


def test_the_last_place_is_tried_first(shown: Callable[..., Screen], folder: Path) -> None:
    """Also at another size: there its scale is known, and nothing else need be searched."""
    screen = shown(PAGE, "chrome")
    cut(screen, folder, "keep", "keep")
    screen.driver.execute_script("document.body.style.zoom = 1.5")
    screen.wait_still()
    first = screen.find("keep")
    again = screen.find("keep")
    assert first
    assert again
    assert abs(again.box.x - first.box.x) <= 2
    assert first.scale == pytest.approx(1.5, abs=0.02)


def test_find_all(shown: Callable[..., Screen], folder: Path) -> None:
    screen = shown(PAGE + "<button id=more>Send</button>", "firefox")
    cut(screen, folder, "send", "send")
    assert len(screen.find_all("send")) == 2
    assert screen.find_all("send", region=(0, 600, 300, 150), timeout=0.2) == ()
    with pytest.raises(AmbiguousTemplate, match="two places"):
        screen.find("send")


def test_what_is_not_there_is_told_with_all_that_is_known(
    shown: Callable[..., Screen], folder: Path
) -> None:
    """Best candidate and score, the whole screen, what was tried, and for how long."""
    screen = shown(PAGE, "firefox")
    cut(screen, folder, "keep", "keep")
    screen.driver.execute_script("keep.textContent = 'Lose it'")
    with pytest.raises(TemplateNotFound) as caught:
        screen.click("keep", timeout=0.6)
    error = caught.value
    assert error.best
    assert 0 < error.best.confidence < 0.9
    assert to_array(error.screen).shape == (800, 1280, 3)
    assert to_array(error.picture()).size
    assert error.waited >= 0.6
    told = str(error)
    for part in (
        "keep.png",
        "required 0.9",
        "looked for 'keep'",
        "timeout 0.6",
        "candidate",
        ".png",
    ):
        assert part in told
    step = screen.journal.steps[-1]
    assert (step["action"], step["status"]) == ("click", "failed")
    assert step["confidence"] == round(error.best.confidence, 6)
    assert step["box"]


def test_soft_steps_fail_once_at_the_end(shown: Callable[..., Screen], folder: Path) -> None:
    screen = shown(PAGE, "chrome")
    cut(screen, folder, "send", "send")
    screen.driver.execute_script("send.remove()")
    assert screen.click("send", timeout=0.2, soft=True) is None
    assert screen.find("send", timeout=0.2, soft=True) is None
    with pytest.raises(StepsFailed, match="2 soft steps of the journey failed") as caught:
        screen.fail_late()
    assert [type(one) for one in caught.value.errors] == [TemplateNotFound] * 2
    screen.fail_late()


def test_what_should_be_gone_is_told_where_it_is(
    shown: Callable[..., Screen], folder: Path
) -> None:
    screen = shown(PAGE, "chrome")
    box = cut(screen, folder, "send", "send")
    with pytest.raises(TemplateStillThere) as caught:
        screen.wait_gone("send", timeout=0.3)
    assert caught.value.match.box == box


def test_wrong_templates(shown: Callable[..., Screen], folder: Path) -> None:
    """Missing, an empty folder, an empty file, flat, larger than the screen: each by name."""
    screen = shown(PAGE, "chrome")
    cut(screen, folder, "login-button", "send")
    with pytest.raises(TemplateMissing, match=r"did you mean 'login-button.png'"):
        screen.find("log-in-button.png")
    (folder / "none").mkdir()
    with pytest.raises(TemplateMissing, match="holds no picture"):
        screen.find("none")
    (folder / "empty.png").touch()
    with pytest.raises(BrokenImage, match="empty"):
        screen.find("empty")
    (folder / "flat.png").write_bytes(encode(np.full((20, 30, 3), 7, np.uint8)))
    with pytest.raises(FlatTemplate, match="flat"):
        screen.find("flat")
    noise = np.random.default_rng(1).integers(0, 255, (2000, 3000, 3), np.uint8)
    (folder / "large.png").write_bytes(encode(noise))
    with pytest.raises(TemplateNotFound, match="larger than what was searched"):
        screen.find("large", timeout=0.2)
    with pytest.raises(InvalidValue, match="timeout"):
        screen.find("login-button", timeout=-1)
    with pytest.raises(InvalidValue, match="region"):
        screen.find("login-button", region="left")
    shutil.rmtree(folder)
    with pytest.raises(TemplateMissing, match="visualdiff pick"):
        screen.find("login-button")


def test_a_covered_template_names_the_window_in_the_way(
    shown: Callable[..., Screen], folder: Path
) -> None:
    screen = shown(PAGE, "chrome")
    cut(screen, folder, "send", "send")
    windows = screen.desktop.windows
    assert windows
    size = ("-geometry", "600x500+0+0", "-title", "in the way")
    with program(screen, "xmessage", *size, "hello"):
        assert until(lambda: any(one.title == "in the way" for one in windows.all()))
        with pytest.raises(TemplateNotFound, match="covered by 'in the way'"):
            screen.find("send", timeout=0.3)


def test_points_that_the_pointer_cannot_take(visualdiff_screen: Screen) -> None:
    """Outside of the screen, and its corners, which are the emergency stop."""
    with pytest.raises(InvalidValue, match="outside of the 1280x800 screen"):
        visualdiff_screen.click((1280, 10))
    for corner in ((0, 0), (1279, 799)):
        with pytest.raises(InvalidValue, match="emergency stop"):
            visualdiff_screen.click(corner)


def test_another_size_is_found_on_a_screen_that_never_rests(
    shown: Callable[..., Screen], folder: Path
) -> None:
    screen = shown(PAGE + "<canvas id=busy width=300 height=100></canvas>", "chrome")
    cut(screen, folder, "keep", "keep")
    screen.driver.execute_script(
        "document.body.style.zoom = 2; const pen = busy.getContext('2d');"
        "setInterval(() => { pen.fillStyle = `hsl(${performance.now() % 360} 80% 50%)`;"
        "pen.fillRect(0, 0, 300, 100) }, 10)"
    )
    # Until it is drawn anew the screen shows the template in its own size.
    screen.driver.execute_async_script(
        "const done = arguments[0];"
        " requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 500)))"
    )
    match = screen.find("keep", timeout=60)
    assert match
    assert match.scale == pytest.approx(2, abs=0.05)
    assert screen.journal.steps[-1]["duration"] < 40


PAYING = """
<style>body{font:20px sans-serif;margin:30px} button{font:20px sans-serif;padding:12px 30px}
.blue{background:#0d6efd;color:#fff;border:0} .blue:disabled{opacity:.65}
i{display:inline-block;width:14px;height:14px;border-radius:7px;background:#28a745}</style>
<p><button id=pay class=KIND>Pay now</button><p><span id=state><i id=lamp></i> Database</span>
"""


@pytest.mark.parametrize("browser", ["firefox", "chrome"])
@pytest.mark.parametrize("kind", ["plain", "blue"])
def test_a_disabled_button_is_waited_for_in_colour(
    shown: Callable[..., Screen], folder: Path, browser: str, kind: str
) -> None:
    """A disabled button is found and told to be paler; in colour it is waited for."""
    screen = shown(PAYING.replace("KIND", kind), browser)
    cut(screen, folder, "pay", "pay")
    shutil.copy(folder / "pay.png", folder / "paid.colour.png")
    screen.driver.execute_script("pay.disabled = true")
    screen.wait_still()
    match = screen.find("pay", confidence=0.5)
    assert match
    assert match.look
    assert screen.journal.steps[-1]["message"] == match.look
    for name, asked in (("pay", {"colour": True}), ("paid", {})):
        with pytest.raises(TemplateNotFound, match="another look"):
            screen.find(name, confidence=0.5, timeout=0.2, **asked)  # type: ignore[arg-type]
    screen.wait_gone("pay", confidence=0.5, colour=True, timeout=5)
    screen.driver.execute_script("setTimeout(() => pay.disabled = false, 700)")
    match = screen.wait_for("pay", colour=True, timeout=10)
    assert match
    assert match.look == ""
    assert screen.driver.execute_script("return pay.disabled") is False


@pytest.mark.parametrize("browser", ["firefox", "chrome"])
def test_a_red_lamp_is_no_green_one(
    shown: Callable[..., Screen], folder: Path, browser: str
) -> None:
    screen = shown(PAYING, browser)
    cut(screen, folder, "up", "state")
    screen.driver.execute_script("lamp.style.background = '#dc3545'")
    screen.wait_still()
    match = screen.find("up", confidence=0.5)
    assert match
    assert "another colour" in match.look
    with pytest.raises(TemplateNotFound, match="another look"):
        screen.find("up", confidence=0.5, colour=True, timeout=0.2)
