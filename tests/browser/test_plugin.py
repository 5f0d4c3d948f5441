"""The plugin as a user meets it: real browsers, parametrised tests, and browsers that die."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFTEST = """
    import pytest

    @pytest.fixture
    def site():
        return {url!r}
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serve() as app:
        yield app.url


@pytest.fixture
def project(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, url: str
) -> pytest.Pytester:
    monkeypatch.delenv("CI", raising=False)
    pytester.makeconftest(CONFTEST.format(url=url))
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return project.runpytest_subprocess("-W", "error", "-v", *arguments)


def record(project: pytest.Pytester) -> dict[str, Any]:
    output = project.path / ".visualdiff"
    latest = output / (output / "latest").read_text()
    data: dict[str, Any] = json.loads((latest / "run.json").read_bytes())
    return data


def test_a_marker_runs_a_test_in_each_browser_and_size_with_a_baseline_each(
    project: pytest.Pytester,
) -> None:
    project.makepyfile("""
        import pytest

        @pytest.mark.visualdiff(browsers=["chrome", "firefox"], viewports=[(390, 844), (1280, 800)])
        @pytest.mark.parametrize("page", ["pricing"])
        def test_page(visualdiff, visualdiff_driver, site, page):
            visualdiff_driver.get(f"{site}/{page}")
            size = visualdiff_driver.execute_script("return [innerWidth, innerHeight]")
            verdict = visualdiff.check(visualdiff_driver, "page")
            assert "{}x{}@".format(*size) in verdict.variant
    """)
    result = run(project, "--visualdiff-approve=new", "-n2")
    result.assert_outcomes(passed=4)
    names = [path.name for path in sorted((project.path / "baselines").rglob("*.png"))]
    assert names == [
        f"page.{browser}-linux-{size}@1x.png"
        for browser in ("chrome", "firefox")
        for size in ("1280x800", "390x844")
    ]
    result = run(project)
    result.assert_outcomes(passed=4)
    for id_ in ("chrome-390x844", "chrome-1280x800", "firefox-390x844", "firefox-1280x800"):
        result.stdout.fnmatch_lines([f"*test_page[[]*{id_}*PASSED*"])


def test_flags_and_ini_choose_browsers_sizes_and_pixel_ratio(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\nvisualdiff_viewports = 800x600")
    project.makepyfile("""
        def test_page(visualdiff, visualdiff_driver, site):
            visualdiff_driver.get(f"{site}/login")
            verdict = visualdiff.check(visualdiff_driver)
            assert verdict.size == (1600, 1200)
    """)
    arguments = ["--visualdiff-browser=firefox", "--visualdiff-pixel-ratio=2"]
    result = run(project, "--visualdiff-approve=new", *arguments)
    result.stdout.fnmatch_lines(["*test_page[[]firefox-800x600@2x[]] PASSED*"])


def test_a_driver_of_the_users_own_is_checked_just_the_same(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import pytest
        from selenium import webdriver
        from pytest_visualdiff.browsers import BrowserSpec
        from pytest_visualdiff.browsers.installed import find

        @pytest.fixture
        def selenium():
            located = find("chrome")
            options = webdriver.ChromeOptions()
            options.binary_location = located.browser.path
            for argument in ("--headless=new", "--no-sandbox", "--window-size=900,700"):
                options.add_argument(argument)
            service = webdriver.ChromeService(located.driver.path)
            driver = webdriver.Chrome(options=options, service=service)
            yield driver
            driver.quit()

        def test_page(visualdiff, selenium, site):
            selenium.get(f"{site}/login")
            verdict = visualdiff.check(selenium, "login")
            assert verdict.variant.startswith("chrome-linux-900x")
            visualdiff.check(selenium.find_element("id", "login"), "button")
    """)
    run(project, "--visualdiff-approve=new").assert_outcomes(passed=1)
    run(project).assert_outcomes(passed=1)
    assert record(project)["counts"] == {"match": 2}


@pytest.mark.parametrize("browser", ["chrome", "firefox"])
def test_a_driver_killed_in_the_middle_is_a_capture_error_and_the_next_test_gets_a_new_browser(
    project: pytest.Pytester, browser: str
) -> None:
    project.makepyfile("""
        import os, signal

        def test_killed(visualdiff, visualdiff_driver, site):
            visualdiff_driver.get(f"{site}/login")
            os.kill(visualdiff_driver.service.process.pid, signal.SIGKILL)
            visualdiff.check(visualdiff_driver, "page")

        def test_next(visualdiff, visualdiff_driver, site):
            visualdiff_driver.get(f"{site}/login")
            visualdiff.check(visualdiff_driver, "page")
    """)
    result = run(project, "--visualdiff-approve=new", f"--visualdiff-browser={browser}")
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines([f"E *BrowserDied: *{browser}*"])
    assert "VisualDifference" not in result.stdout.str()
    assert record(project)["counts"] == {"created": 1, "capture-error": 1}


@pytest.mark.parametrize(
    ("action", "error"),
    [
        ("driver.execute_script('setTimeout(() => alert(1))'); time.sleep(0.5)", "AlertOpen"),
        ("driver.switch_to.new_window('tab'); driver.close()", "WindowClosed"),
    ],
)
def test_what_covers_or_closes_the_page_is_a_capture_error(
    project: pytest.Pytester, action: str, error: str
) -> None:
    project.makepyfile(f"""
        import time
        import pytest

        @pytest.mark.visualdiff(browsers=["chrome", "firefox"])
        def test_page(visualdiff, visualdiff_driver, site):
            driver = visualdiff_driver
            driver.get(site + "/login")
            {action}
            visualdiff.check(driver, "page")

        @pytest.mark.visualdiff(browsers=["chrome", "firefox"])
        def test_next(visualdiff, visualdiff_driver, site):
            visualdiff_driver.get(site + "/login")
            visualdiff.check(visualdiff_driver, "page")
    """)
    result = run(project, "--visualdiff-approve=new")
    result.assert_outcomes(failed=2, passed=2)
    result.stdout.fnmatch_lines([f"E *{error}: *"])
    assert record(project)["counts"] == {"created": 2, "capture-error": 2}


def test_a_browser_that_cannot_start_says_which_and_what_to_install(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUALDIFF_CHROME_BINARY", "/nowhere/chrome")
    project.makepyfile("""
        def test_page(visualdiff_driver):
            pass
    """)
    result = run(project)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["E *BrowserUnavailable: chrome cannot start*", "*passed over: /nowhere/chrome*"]
    )


def test_a_wrong_selector_names_the_option_and_the_page(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import pytest

        @pytest.mark.parametrize("mask", ["#nowhere", "::"])
        def test_page(visualdiff, visualdiff_driver, site, mask):
            visualdiff_driver.get(site + "/login")
            visualdiff.check(visualdiff_driver, "page", mask=[mask])
    """)
    result = run(project)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["E *TargetNotFound: *mask*#nowhere*", "E *InvalidValue: *::*"])


def test_start_up_options_can_be_overridden(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import pytest

        @pytest.fixture(scope="session")
        def visualdiff_browser_options():
            def customise(name, options):
                options.add_argument("--user-agent=Tested by " + name)
                return options
            return customise

        def test_page(visualdiff_driver):
            agent = visualdiff_driver.execute_script("return navigator.userAgent")
            assert agent == "Tested by chrome"
    """)
    run(project).assert_outcomes(passed=1)


PHONE = """
    import pytest

    @pytest.fixture(scope="session")
    def visualdiff_browser_options():
        def phone(name, options):
            metrics = {"width": 360, "height": 640, "pixelRatio": 2}
            options.add_experimental_option("mobileEmulation", {"deviceMetrics": metrics})
            return options

        return phone

    PAGE = "data:text/html,<meta name=viewport content='width=device-width'><h1 id=h>Shop</h1>"

    @pytest.mark.visualdiff(viewports=["360x640"], pixel_ratio=2)
    def test_phone(visualdiff, visualdiff_driver):
        visualdiff_driver.get(PAGE)
        assert visualdiff.check(visualdiff_driver, "page").variant == "chrome-linux-360x640@2x"
        verdict = visualdiff.check(visualdiff_driver.find_element("id", "h"), "element")
        assert verdict.size[0] == 2 * (360 - 16)

    @pytest.mark.visualdiff(viewports=["800x600"], pixel_ratio=2)
    def test_wide(visualdiff, visualdiff_driver):
        pass
"""


def test_an_emulated_device_is_taken_where_it_has_the_wanted_size(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(PHONE)
    result = run(project, "--visualdiff-approve=new")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["E *ViewportRefused: *emulates a device of 360x640*"])


def test_messages_and_the_record_count_what_a_selector_covers_and_tell_of_scrolling(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.makepyfile("""
        import os

        PAGE = '<b>1</b><i style="color:blue">x</i><b>2</b><p style="height:3000px"></p>'

        def test_page(visualdiff, visualdiff_driver, site):
            visualdiff_driver.get(f"{site}/pricing")
            visualdiff_driver.execute_script("document.body.innerHTML = arguments[0]", PAGE)
            visualdiff_driver.execute_script("scrollTo(0, +arguments[0])", os.environ["DOWN"])
            visualdiff.check(visualdiff_driver, "page", redact="b", mask="i")
    """)
    monkeypatch.setenv("DOWN", "0")
    result = run(project, "--visualdiff-approve=new")
    result.assert_outcomes(passed=1)
    (check,) = record(project)["checks"]
    assert check["areas"] == {'redact="b"': 2, 'mask="i"': 1}
    assert 'redact="b": 2 places' in check["notes"]
    monkeypatch.setenv("DOWN", "5")
    result = run(project)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([
        '*note: redact="b": 2 places',
        "*note: the page is scrolled to (0, 5), its baseline was taken at (0, 0)*",
    ])  # fmt: skip
