"""Checks beside pytest-playwright, pytest-asyncio and anyio, each in a pytest of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_visualdiff.browsers.installed import find

if TYPE_CHECKING:
    from collections.abc import Iterator

BESIDE = Path(sys.prefix) / "beside"
"""Where script/setup puts plugins that only these tests load."""

ARGUMENTS = ["--no-sandbox"] if hasattr(os, "geteuid") and not os.geteuid() else []

LAUNCH = """
    import pytest

    LAUNCH = dict(executable_path={program!r}, args={arguments!r})

    @pytest.fixture(scope="session")
    def browser_type_launch_args(browser_type_launch_args):
        return {{**browser_type_launch_args, **LAUNCH}}
"""

SYNC = """
    import os

    PAGE = "<h1>Shop</h1><button style='{}'>Buy</button>"

    def test_shop(page, visualdiff):
        page.set_content(PAGE.format(os.environ.get("STYLE", "")))
        visualdiff.check(page, "home", soft=True)
        visualdiff.check(page.get_by_role("button", name="Buy"), "buy", soft=True)
"""

ASYNC = """
    import asyncio

    import pytest
    from conftest import LAUNCH
    from playwright.async_api import async_playwright
    from pytest_visualdiff.errors import AmbiguousTarget, UnsupportedTarget, WindowClosed

    async def journey(visualdiff):
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(**LAUNCH)
            page = await browser.new_page()
            ticks = []

            async def tick():
                while True:
                    ticks.append(asyncio.get_running_loop())
                    await asyncio.sleep(0.005)

            # A route that the test's own loop serves, while the check waits for the picture.
            async def late(route):
                await asyncio.sleep(0.3)
                await route.fulfill(status=200, content_type="image/svg+xml", body=SVG)

            await page.route("**/*.svg", late)
            await page.set_content(
                "<h1>Shop</h1><button>Buy</button><button>Sell</button>"
                "<img src='http://shop.test/a.svg'>", wait_until="commit")
            task = asyncio.create_task(tick())
            verdict = await visualdiff.acheck(page, "home", mask=page.get_by_role("heading"))
            task.cancel()
            assert verdict.url == "about:blank"
            assert len(ticks) > 10 and set(ticks) == {asyncio.get_running_loop()}
            await visualdiff.acheck(page.get_by_role("button", name="Buy"), "buy")
            for wrong, error in [(page.get_by_role("button"), AmbiguousTarget)]:
                with pytest.raises(error):
                    await visualdiff.acheck(wrong, "several")
            with pytest.raises(UnsupportedTarget, match="await visualdiff.acheck"):
                visualdiff.check(page, "sync")
            await page.close()
            with pytest.raises(WindowClosed):
                await visualdiff.acheck(page, "closed")
            await browser.close()

    SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><path d='M0 0h9v9z'/></svg>"
"""

ASYNCIO = """
    import pytest
    from journey import journey

    @pytest.mark.asyncio
    async def test_asyncio(visualdiff):
        await journey(visualdiff)
"""

ANYIO = """
    import pytest
    from journey import journey

    @pytest.fixture
    def anyio_backend():
        return "asyncio"

    @pytest.mark.anyio
    async def test_anyio(visualdiff):
        await journey(visualdiff)
"""


@pytest.fixture
def project(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> Iterator[pytest.Pytester]:
    """A project whose pytest has the plugins that are installed beside."""
    assert BESIDE.is_dir(), "script/setup was not run"
    found = find("chrome").browser
    assert found is not None
    pytester.makeconftest(LAUNCH.format(program=found.path, arguments=ARGUMENTS))
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\npythonpath = .")
    monkeypatch.setenv("PYTHONPATH", str(BESIDE))
    monkeypatch.delenv("CI", raising=False)  # there nothing is approved
    return pytester


def test_the_page_of_pytest_playwright_is_checked(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its browser option and tracing; a change is told with element and property."""
    project.makepyfile(test_shop=SYNC)
    arguments = ("--browser=chromium", "--tracing=on")
    first = project.runpytest_subprocess("--visualdiff-approve=new", *arguments)
    first.assert_outcomes(passed=1)
    files = {path.name for path in project.path.glob("baselines/test_shop/*/*.png")}
    assert files == {f"{name}.chrome-linux-1280x720@1x.png" for name in ("home", "buy")}
    monkeypatch.setenv("STYLE", "background:red")
    second = project.runpytest_subprocess(*arguments)
    second.assert_outcomes(failed=1)
    told = str(second.stdout)
    assert "button`: background-color" in told
    assert "2 mismatch" in told
    assert list(project.path.glob("test-results/*/trace.zip")), "there is no trace"


def test_async_pages_are_checked_in_the_loop_of_their_test(project: pytest.Pytester) -> None:
    """The loop stays free: its own tasks run, and it serves the page's routes meanwhile."""
    project.makepyfile(journey=ASYNC, test_asyncio=ASYNCIO, test_anyio=ANYIO)
    done = project.runpytest_subprocess("--visualdiff-approve=new", timeout=120)
    done.assert_outcomes(passed=2)
    files = {path.name for path in project.path.glob("baselines/*/*/*.png")}
    assert files == {f"{name}.chrome-linux-1280x720@1x.png" for name in ("home", "buy")}
