"""Journeys are recorded in run.json, in the shape that reports read; secrets never are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import pytest_visualdiff as vd
from pytest_visualdiff.images.codec import REDACTED, encode, to_array

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pytest_visualdiff import Screen

SECRET = "s3cret-Grün@42"  # typed by pasting; the next one by keys
PLAIN = "p4ssword"
STEP = {
    "number", "action", "what", "status", "picture", "size", "box", "point", "template",
    "confidence", "required", "runner_up", "margin", "duration", "message", "location",
}  # fmt: skip


def record_of(pytester: pytest.Pytester) -> tuple[Path, Mapping[str, Any]]:
    output = pytester.path / ".visualdiff"
    folder = output / (output / "latest").read_text("utf-8")
    return folder, json.loads((folder / "run.json").read_bytes())


def test_the_steps_of_a_journey_with_their_pictures(pytester: pytest.Pytester, site: Any) -> None:
    """Actions, places, scores and durations; the template and the whole screen as pictures."""
    url = site.page("<button style='margin:50px' onclick='this.remove()'>Press me</button>")
    pytester.makepyfile(f"""
        import pytest
        from pytest_visualdiff.images.codec import encode

        def test_it(visualdiff, visualdiff_screen, tmp_path):
            screen = visualdiff_screen
            screen.open("{url}".replace("//", "//user:pw@"), browser="chrome")
            box = screen.to_screen(screen.driver.find_element("tag name", "button"))
            shot = screen.look()[box.y:box.bottom, box.x:box.right].copy()
            screen.click(shot)
            screen.press("f8")
            screen.click(shot, timeout=0.2, soft=True)
            visualdiff.check(screen, "after")

        @pytest.mark.parametrize("fails", [False, True])
        def test_other(visualdiff_screen, fails):
            visualdiff_screen.type("a")
            assert not fails
    """)
    result = pytester.runpytest_subprocess("-n", "2", "-W", "error")
    result.assert_outcomes(passed=1, failed=2)
    folder, data = record_of(pytester)
    journeys = {one["test"].partition("::")[2]: one for one in data["journeys"]}
    assert {name: one["outcome"] for name, one in journeys.items()} == {
        "test_it": "failed", "test_other[False]": "passed", "test_other[True]": "failed",
    }  # fmt: skip
    journey = journeys["test_it"]
    assert (journey["browser"], journey["screen"]) == ("chrome", "1280x800@1x")
    steps = journey["steps"]
    assert all(set(step) == STEP for step in steps)
    assert [(one["number"], one["action"], one["status"]) for one in steps] == [
        (1, "open", "done"), (2, "click", "done"), (3, "press", "done"), (4, "click", "failed"),
        (5, "check", "failed"),
    ]  # fmt: skip
    assert "pw@" not in steps[0]["what"]
    click = steps[1]
    assert click["confidence"] == 1
    assert click["required"] == 0.9
    x, y, width, height = click["box"]
    assert click["point"] == [x + width // 2, y + height // 2]
    assert to_array(folder / click["template"]).shape == (height, width, 3)
    for step in steps:
        shot = to_array(folder / step["picture"])
        assert [shot.shape[1], shot.shape[0]] == step["size"] == [1280, 800]
        assert step["location"].startswith("test_the_steps_of_a_journey")
        assert step["duration"] > 0
    assert "was not found" in steps[3]["message"]
    shown = to_array(folder / click["picture"])[y : y + height, x : x + width]
    assert np.array_equal(shown, to_array(folder / click["template"]))


PAGE = """
<style>*{font:20px sans-serif} form{margin:60px} input{width:400px}</style>
<form><input id=dots type=password><br><input id=open></form>
"""


def test_a_secret_reaches_nothing(
    pytester: pytest.Pytester, site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typed by keys, pasted, into dots and in plain sight, failing in the middle: no file, no
    output, no traceback with local variables, no metadata and no clipboard holds it.
    """
    url = site.page(PAGE)
    monkeypatch.setenv("SECRET", SECRET)
    monkeypatch.setenv("PLAIN", PLAIN)
    pytester.makepyfile(f"""
        import logging, os
        import pytest_visualdiff as vd

        def test_it(visualdiff, visualdiff_screen):
            logging.getLogger().setLevel(logging.DEBUG)
            secrets = [vd.secret(os.environ["SECRET"]), vd.secret(os.environ["PLAIN"])]
            screen = visualdiff_screen
            screen.open("{url}", browser="firefox")
            for name in ("dots", "open"):
                field = screen.driver.find_element("id", name)
                for one in secrets:
                    screen.click(field)
                    screen.hotkey("ctrl", "a")
                    screen.type(one)
                    code = "return arguments[0].value.length"
                    assert screen.driver.execute_script(code, field) in (8, 14)
            visualdiff.check(screen, "filled", soft=True)
            screen.click((600, 700))

            def broken(text):
                raise RuntimeError("the keyboard broke at " + text[3:])

            screen.desktop.inputs._copy = broken
            screen.type(secrets[0])
    """)
    result = pytester.runpytest_subprocess(
        "-l", "--full-trace", "--tb=long", "-o", "log_level=DEBUG", "-o", "junit_logging=all",
        "--junitxml=junit.xml", "-p", "no:cacheprovider",
    )  # fmt: skip
    result.assert_outcomes(failed=1)
    told = result.stdout.str() + result.stderr.str()
    assert "RuntimeError" in told
    assert "•••" in told
    folder, data = record_of(pytester)
    files = [path for path in pytester.path.rglob("*") if path.is_file()]
    for secret in (SECRET, PLAIN):
        assert secret not in told
        for path in files:
            assert secret.encode() not in path.read_bytes(), path
    steps = data["journeys"][0]["steps"]
    assert [one["what"] for one in steps if one["action"] == "type"] == ["•••"] * 5
    for step in (one for one in steps if one["action"] in ("type", "check")):
        if step["picture"]:  # what stands in plain sight is painted over, dots are not
            assert step["size"] == [1280, 800]
    painted = to_array(folder / steps[-3]["picture"])
    assert has_paint(painted)


def has_paint(picture: Any) -> bool:
    """Whether an area is painted over; single pixels of text may have that colour, too."""
    return int((picture == REDACTED).all(axis=2).sum()) > 700


def plain_pixels(screen: Screen, name: str) -> Any:
    box = screen.to_screen(screen.driver.find_element("id", name))
    return screen.look()[box.y : box.bottom, box.x : box.right]


@pytest.mark.parametrize("browser", ["firefox", "chrome"])
def test_a_field_with_a_secret_is_painted_over_wherever_it_is(
    shown: Callable[..., Screen], browser: str
) -> None:
    """Also after the page scrolled, and when dots become letters; and no longer than need be."""
    screen = shown(PAGE + "<p style='height:3000px'>", browser)

    def is_painted(name: str) -> bool:
        return bool((plain_pixels(screen, name) == REDACTED).all())

    for name in ("dots", "open"):
        screen.click(screen.driver.find_element("id", name))
        screen.type(vd.secret("x y z"))
    assert not is_painted("dots")
    assert is_painted("open")
    screen.driver.execute_script("scrollTo(0, 30)")
    screen.wait_still()
    assert is_painted("open")
    screen.driver.execute_script("document.getElementById('dots').type = 'text'")
    assert is_painted("dots")
    screen.open("about:blank")
    assert not has_paint(screen.look())


def test_a_secret_typed_where_no_page_is_asked_is_painted_over(
    shown: Callable[..., Screen],
) -> None:
    """In the location bar nobody tells where it shows: what changed is hidden."""
    screen = shown("<p>hello", "firefox")
    screen.hotkey("ctrl", "l")
    before = screen.look()
    screen.type(vd.secret("letmein"))
    assert has_paint(screen.look())
    assert not has_paint(before)


def test_a_secret_cannot_be_shown_or_stored() -> None:
    import copy
    import pickle

    hidden = vd.secret("letmein")
    assert f"{hidden} {hidden!r} {[hidden]}" == "••• ••• [•••]"
    for write in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="not written"):
            write(hidden)
    assert hidden.reveal() == "letmein"


def test_a_screen_and_a_part_of_it_are_checked_like_pages(
    pytester: pytest.Pytester, site: Any
) -> None:
    """Missing, approved, matching, and then a difference; a clock is masked by its selector."""
    url = site.page(
        "<h1>Hello</h1><p id=clock></p><input autofocus>"
        "<script>setInterval(() => clock.textContent = Date.now(), 30)</script>"
    )
    pytester.makepyfile(f"""
        import os
        import pytest

        @pytest.mark.parametrize("browser", ["firefox", "chrome"])
        def test_it(visualdiff, visualdiff_screen, browser):
            screen = visualdiff_screen
            screen.open("{url}", browser=browser)
            visualdiff.check(screen, "all", mask=["#clock"], timeout=15)
            heading = screen.driver.find_element("tag name", "h1")
            if os.environ.get("BUG"):
                screen.driver.execute_script("arguments[0].textContent = 'Hollo'", heading)
            visualdiff.check(screen.region(screen.to_screen(heading)), "heading")
    """)
    run = pytester.runpytest_subprocess
    run().assert_outcomes(failed=2)
    run("--visualdiff-approve=new").assert_outcomes(passed=2)
    run().assert_outcomes(passed=2)
    names = {path.name for path in (pytester.path / "baselines").rglob("*.png")}
    assert names == {
        f"{name}.{browser}-screen-linux-1280x800@1x.png"
        for name in ("all", "heading")
        for browser in ("firefox", "chrome")
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUG", "1")
        run("-k", "chrome").assert_outcomes(failed=1)
    _, data = record_of(pytester)
    statuses = {one["name"]: one["status"] for one in data["checks"]}
    assert statuses == {"all": "match", "heading": "mismatch"}


def test_the_pointer_leaves_no_trace_in_a_check(shown: Callable[..., Screen]) -> None:
    """A button that was hovered looks again as it did before; with hover=True it stays so."""
    from pytest_visualdiff.capture import CaptureOptions, capture

    screen = shown(
        "<style>p{margin:0;height:300px;background:#eee}p:hover{background:#fa0}</style><p id=p>",
        "chrome",
    )
    screen.move_pointer_away()
    screen.wait_still()
    before = encode(screen.look())
    screen.hover(screen.driver.find_element("id", "p"))
    screen.wait_still()
    hovered = capture(screen, CaptureOptions(hover=True)).png
    parked = capture(screen, CaptureOptions()).png
    assert np.array_equal(to_array(parked), to_array(before))
    assert not np.array_equal(to_array(hovered), to_array(before))


def test_a_screen_opens_none_of_several_browsers_without_a_name(
    pytester: pytest.Pytester,
) -> None:
    """One of them alone would look like all of them; with one there is no choice."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.visualdiff(browsers=["firefox", "chrome"])
        def test_several(visualdiff_screen):
            visualdiff_screen.open("about:blank")

        @pytest.mark.visualdiff(browsers=["firefox", "chrome"])
        def test_named(visualdiff_screen):
            visualdiff_screen.open("about:blank", browser="chrome")
            visualdiff_screen.open("about:blank")

        def test_one(visualdiff_screen):
            visualdiff_screen.open("about:blank")
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=2, failed=1)
    told = result.stdout.str()
    assert "would open firefox alone, and not chrome (browsers from marker)" in told
    assert """parametrize("browser", ['firefox', 'chrome'])""" in told
