"""The project tests itself: its report and review page have baselines, in both browsers and themes.

The pages use the fonts of the system; here they get one that is in the repository, so that another
machine draws the same letters as far as its browser does.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_visualdiff.report import html as report
from review_support import reviewing
from sample_sizes import forty, mixed
from viewer_page import Page

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver

    from pytest_visualdiff import Checker
    from sample_run import Sample

FONTS = Path(__file__).parents[2] / "examples" / "app" / "static" / "fonts"

# A face made of bytes needs no address, which the page's policy would not allow.
USE_FONTS = """
    const [faces, done] = arguments;
    const loaded = faces.map(([family, weight, text]) => {
      const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
      const face = new FontFace(family, bytes, {weight});
      document.fonts.add(face);
      return face.load();
    });
    Promise.all(loaded).then(() => {
      document.documentElement.style.setProperty("--sans", "Inter");
      document.documentElement.style.setProperty("--mono", "'JetBrains Mono'");
      done();
    });
"""

FACES = (
    ("Inter", "400", "inter-latin-400-normal"),
    ("Inter", "500 549", "inter-latin-500-normal"),
    ("Inter", "550 700", "inter-latin-600-normal"),
    ("JetBrains Mono", "400", "jetbrains-mono-latin-400-normal"),
)

pytestmark = pytest.mark.visualdiff(browsers=["chrome", "firefox"])
wide = pytest.mark.visualdiff(viewports=[(1120, 700)])
narrow = pytest.mark.visualdiff(viewports=[(390, 844)])
themes = pytest.mark.parametrize("theme", ["light", "dark"])


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder with one of everything."""
    folder = tmp_path_factory.mktemp("own") / "project"
    mixed(folder)
    return folder


@pytest.fixture
def sample(root: Path, monkeypatch: pytest.MonkeyPatch) -> Sample:
    """The run of that folder, from where its paths are short and the same everywhere."""
    monkeypatch.chdir(root)
    return mixed(root)


def opened(driver: WebDriver, url: str, theme: str) -> Page:
    page = Page(driver).open(url)
    faces = [
        (family, weight, base64.b64encode((FONTS / f"{name}.woff2").read_bytes()).decode())
        for family, weight, name in FACES
    ]
    driver.execute_async_script(USE_FONTS, faces)
    if page.run("return document.documentElement.dataset.theme") != theme:
        page.press("t")
    return page.settle()


def reported(sample: Sample) -> str:
    return report.write(sample.record(), sample.folder.path).as_uri()


@wide
@themes
def test_report(
    visualdiff: Checker, visualdiff_driver: WebDriver, sample: Sample, theme: str
) -> None:
    page = opened(visualdiff_driver, reported(sample), theme)
    page.choose("plans").press("n").settle()
    visualdiff.check(visualdiff_driver, "difference")
    page.press("o").settle()
    visualdiff.check(visualdiff_driver, "overview")


@wide
def test_sweep_and_journey(
    visualdiff: Checker, visualdiff_driver: WebDriver, sample: Sample
) -> None:
    page = opened(visualdiff_driver, reported(sample), "dark")
    page.choose("sweep-linux").press("n").settle()
    visualdiff.check(visualdiff_driver, "sweep")
    page.choose("test_login")
    visualdiff.check(visualdiff_driver, "journey")


@narrow
def test_report_on_a_narrow_screen(
    visualdiff: Checker, visualdiff_driver: WebDriver, sample: Sample
) -> None:
    page = opened(visualdiff_driver, reported(sample), "light")
    page.choose("plans")
    visualdiff.check(visualdiff_driver, "check")


@wide
@themes
def test_review(
    visualdiff: Checker,
    visualdiff_driver: WebDriver,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    theme: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    with reviewing(forty(tmp_path)) as served:
        page = opened(visualdiff_driver, served.guard.address, theme)
        page.wait(lambda: page.all(".row.group"))
        page.settle()
        visualdiff.check(visualdiff_driver, "group")
        page.press(" ", "j", "a")
        page.wait_decided("1 of 40 decided")
        page.press("A").settle()
        # Its place is masked; it goes by itself, sooner or later on a slow machine.
        page.wait(lambda: page.run("return document.getElementById('toast').hidden"))
        page.run("document.getElementById('toast').hidden = false")
        visualdiff.check(visualdiff_driver, "question", mask=["#toast"])
