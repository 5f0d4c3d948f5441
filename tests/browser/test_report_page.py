"""The report in real browsers, from ``file://``: all that it shows, and nothing that it runs."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from selenium.webdriver.common.keys import Keys

from pictures import page as picture
from pytest_visualdiff.report import html as report
from sample_changes import changed
from sample_run import Sample
from sample_sizes import mixed
from viewer_page import Page

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image, ImageDraw
    from selenium.webdriver.remote.webdriver import WebDriver

pytestmark = pytest.mark.visualdiff(browsers=["chrome", "firefox"])


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return mixed(tmp_path_factory.mktemp("mixed"))


@pytest.fixture(scope="module")
def written(sample: Sample) -> str:
    """The report's file URL."""
    return report.write(sample.record(), sample.folder.path).as_uri()


@pytest.fixture
def page(visualdiff_driver: WebDriver, written: str) -> Page:
    return Page(visualdiff_driver).open(written)


def view(page: Page) -> list[float]:
    """Scale and place of each pane's picture on the screen."""
    script = """
        return [...document.querySelectorAll("#stage .canvas")].map((one) => {
          const {a, e, f} = new DOMMatrix(getComputedStyle(one).transform);
          return [a, e, f];
        });
    """
    return list(page.run(script))


def test_what_needs_a_look_is_listed_and_the_first_is_shown(page: Page) -> None:
    assert page.rows() == [
        "dashboard", "pricing", "article", "plans", "contact", "pricing", "clock", "test_login",
    ]  # fmt: skip
    assert page.title == "dashboard"
    assert "Baseline" in page.text("#stage")
    assert page.run("return [...document.images].every((one) => one.naturalWidth > 0)")


def test_the_command_is_exactly_that_of_the_check(page: Page, sample: Sample) -> None:
    words = shlex.split(page.text(".command"))
    assert words[:3] == ["visualdiff", "approve", f"--run={sample.run_id}"]
    assert words[3] == f"--output-dir={sample.output}"
    assert words[4:] == [sample.verdicts[0].id]


def test_a_report_offers_no_decision(page: Page) -> None:
    page.press("a", "r", "u", "A")
    assert not page.all("dialog")
    assert not [one for one in page.all("button") if one.text.startswith(("Accept", "Reject"))]


def test_keys_lead_through_the_list_the_regions_and_the_ways_of_looking(page: Page) -> None:
    page.press("j", "j", "j").settle()
    assert page.title == "plans"
    opened = view(page)
    page.press("0").settle()
    whole = view(page)
    assert opened[0][0] > 2 * whole[0][0], "it opens on its first difference"
    page.press("n").settle()
    zoomed = view(page)
    assert zoomed == opened
    assert zoomed[0] == zoomed[1], "both pictures go to the same place"
    assert page.text(".region.chosen b") == "moved"
    assert page.said.startswith("Region 1: moved")
    for key, mode in zip("12345", ("side", "slider", "blink", "onion", "diff"), strict=True):
        page.press(key)
        assert page.run("return document.getElementById('stage').dataset.mode") == mode
    page.press("1", "0").settle()
    assert view(page) == whole
    page.press("k")
    assert page.title == "article"


def test_pictures_are_scaled_to_single_crisp_pixels_in_step(page: Page) -> None:
    page.press(*"+++++").settle()
    script = "return getComputedStyle(arguments[0]).imageRendering"
    assert {page.run(script, one) for one in page.all(".canvas")} == {"pixelated"}
    assert view(page)[0] == view(page)[1]


def test_the_slider_shows_the_baseline_on_its_left_and_this_run_on_its_right(page: Page) -> None:
    page.press("2", ".", ".").settle()
    assert float(
        page.run("return document.getElementById('stage').style.getPropertyValue('--share')")
    ) == pytest.approx(0.6)
    assert page.run(
        "return getComputedStyle(document.querySelector('.layer-1')).clipPath"
    ).startswith("inset(0")


def test_blink_shows_one_picture_at_a_time_and_says_which(page: Page) -> None:
    page.press("3", " ").settle()
    first = page.text("#stage figcaption b")
    page.press(" ")
    assert {first, page.text("#stage figcaption b")} == {"Baseline", "This run"}


def test_filters_leave_what_fits(page: Page) -> None:
    page.press("/", *"plans").settle()
    assert page.rows() == ["plans"]
    assert page.text(".shown") == "1 of 13 checks"
    page.change("#search", "input", "").press(Keys.ESCAPE)
    page.change("[name=browser]", "change", "firefox")
    page.settle()
    assert page.rows() == ["contact", "pricing", "test_login"]


def test_findings_of_a_sweep_lead_each_page_to_its_own_place(page: Page) -> None:
    page.choose("sweep-linux").press("n").settle()
    firefox, chrome = view(page)
    assert firefox[0] == chrome[0]
    assert firefox[2] - chrome[2] == pytest.approx(12 * chrome[0], abs=1.5)
    assert "12 px lower than in firefox" in page.text(".region.chosen")


def test_a_journey_is_a_film_strip_that_begins_where_it_failed(page: Page) -> None:
    page.choose("test_login")
    assert "wait for" in page.text("[aria-current=step]")
    assert "Required90 %" in page.text("main aside")
    page.press("p").settle()
    assert "login-button.png" in page.text("[aria-current=step]")
    assert page.text(".mark span") == "99.4 %"
    page.press("p")
    assert "•••" in page.text("[aria-current=step]")


def test_frames_of_an_unstable_page_are_shown_without_a_word_of_accepting(page: Page) -> None:
    page.choose("clock")
    assert [one.text for one in page.all("#stage figcaption")] == ["Frame 1", "Frame 2"]
    assert "Nothing was compared" in page.text(".act")


def test_a_picture_that_is_gone_is_said_so(page: Page, sample: Sample, tmp_path: Path) -> None:
    """Where the report was moved without the folder that it stands in."""
    moved = report.write(sample.record(), tmp_path)
    page.open(moved.as_uri())
    page.wait(lambda: "is missing" in page.text("#stage"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_to_complain_about(page: Page, theme: str) -> None:
    if page.run("return document.documentElement.dataset.theme") != theme:
        page.press("t")
    found = {"first": page.axe()}
    for name in ("sweep-linux", "test_login", "clock"):
        found[name] = page.choose(name).axe()
    page.press("o").settle()
    found["overview"] = page.axe()
    page.press("?")
    found["help"] = page.axe()
    assert {name: some for name, some in found.items() if some} == {}


def test_one_file_alone_shows_all_pictures(page: Page, sample: Sample, tmp_path: Path) -> None:
    path = report.write_single(sample.record(), sample.folder.path, tmp_path / "alone.html")
    page.open(path.as_uri())
    sources = page.run("return [...document.querySelectorAll('#stage img')].map((one) => one.src)")
    assert {one.partition(",")[0] for one in sources} == {"data:image/png;base64"}
    assert page.run("return [...document.images].every((one) => one.naturalWidth > 0)")


HOSTILE = '</script><img src=x onerror="window.hit=1">\'"><svg onload=window.hit=1>{{7*7}}${7}'


def dot(_: Image.Image, draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((150, 80, 200, 120), fill="#b00020")


def test_names_and_texts_of_tests_never_run(visualdiff_driver: WebDriver, tmp_path: Path) -> None:
    """Each text that a test, a page or another's run.json can put there, in each view."""
    sample = Sample(tmp_path)
    base = sample.differs("test_a", "a", "chrome-linux-1280x800@1x", changed(picture(), dot))
    one = base.differences[0]
    hostile = replace(
        base,
        test=HOSTILE,
        name=HOSTILE,
        variant=HOSTILE,
        message=HOSTILE,
        notes=(HOSTILE,),
        location=HOSTILE,
        url=f"javascript:window.hit=1//{HOSTILE}",
        title=HOSTILE,
        differences=(replace(one, message=HOSTILE),),
        environment={"browser": HOSTILE, "fonts": HOSTILE},
        limits={"confidence": {"value": HOSTILE, "origin": HOSTILE}},
        expected=f"javascript:window.hit=1//{HOSTILE}",
    )
    sample.verdicts = [hostile, replace(hostile, name=f"{HOSTILE} again")]
    sample.journey("test_b", [{**STEP, "picture": "javascript:window.hit=1"}], {})
    facts = {"tool": HOSTILE, "finished": HOSTILE, "counts": {HOSTILE: 1}}
    data = json.loads(json.dumps(sample.record(**facts)))
    path = report.write(data, sample.folder.path)
    page = Page(visualdiff_driver).open(path.as_uri())
    page.press("n", "5", "?", Keys.ESCAPE, "o").settle()
    page.choose("test_b").press("j", "k")
    assert page.run("return window.hit ?? 'never'") == "never"
    assert not page.all("img[src=x], svg[onload]")
    page.press("j")
    assert HOSTILE in page.text("body")


STEP = {
    "number": 1, "action": HOSTILE, "what": HOSTILE, "status": "failed", "size": [0, 0],
    "box": None, "point": None, "template": HOSTILE, "confidence": None, "required": None,
    "runner_up": None, "margin": None, "duration": 0.1, "message": HOSTILE, "location": HOSTILE,
}  # fmt: skip
