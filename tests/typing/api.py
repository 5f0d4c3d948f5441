"""Uses the public API as a typed project would; mypy checks it, nothing runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

import pytest_visualdiff as vd

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver.remote.webdriver import WebDriver


def compare_anything(folder: Path) -> bool:
    comparison: vd.Comparison = vd.compare(folder / "a.png", b"...", threshold=2.0)
    vd.compare("a.png", Image.new("RGB", (1, 1)), mask=[(0, 0, 1, 1)], region=vd.Box(0, 0, 9, 9))
    vd.compare(np.zeros((2, 3, 3), dtype=np.uint8), "b.png", max_move=1.5)
    first: vd.Difference | None = next(iter(comparison.differences), None)
    if first is not None and first.kind is vd.Kind.MOVED:
        box: vd.Box = first.box
        print(box.x, box.right, first.confidence, first.detail["offset"], first.message)
    height, width, _channels = comparison.diff_image().shape
    return comparison.same and comparison.confidence > 0.5 and height > 0 and width > 0


def walk_through_a_screen(screen: vd.Screen, checker: vd.Checker) -> vd.Box:
    screen.open("http://127.0.0.1/", browser="firefox")
    match: vd.Match | None = screen.click("login-button", offset=(0, 4), timeout=2, soft=True)
    screen.type(vd.secret("s3cret"))
    screen.hotkey("ctrl", "a")
    checker.check(screen.region(match or (0, 0, 9, 9)), "part", mask=["#clock"])
    return screen.to_screen(screen.driver.find_element("id", "login"))


def locate_anything(folder: Path) -> vd.Box:
    match: vd.Match = vd.locate(
        folder / "button.png", b"...", confidence=0.9, region=vd.Box(0, 0, 9, 9)
    )
    if match.runner_up is not None:
        print(match.margin, match.runner_up.confidence, match.scale, match.exact)
    try:
        return vd.locate_all("button.png", Image.new("RGB", (1, 1)))[0].box
    except vd.TemplateNotFound as error:
        print(error.best)
    except (vd.FlatTemplate, vd.AmbiguousTemplate):
        pass
    return match.box


def test_a_page(visualdiff: vd.Checker, visualdiff_driver: WebDriver) -> None:
    visualdiff_driver.get("http://127.0.0.1:8000/")
    verdict: vd.Verdict = visualdiff.check(
        visualdiff_driver, "home", full_page=True, mask=["#clock"], soft=True
    )
    if verdict.status is vd.Status.MATCH:
        print(verdict.confidence, verdict.limits["threshold"])
    visualdiff.check(visualdiff_driver.find_element("id", "buy"))


def test_everywhere(visualdiff_sweep: vd.Sweeper) -> None:
    result: vd.SweepResult = visualdiff_sweep.check(
        lambda driver: driver.get("http://127.0.0.1:8000/"), "home", viewports=[(390, 844)]
    )
    for finding in result.findings:
        print(finding.kind, finding.selector, finding.box.width, finding.message)


def layouts(driver: WebDriver) -> tuple[vd.Finding, ...]:
    vd.read_layout(driver).save("page.json")
    layout = vd.PageLayout.load("page.json")
    return vd.compare_layouts(layout, layout, move=5.0) + vd.examine_layout(layout)


def handle() -> None:
    try:
        vd.compare("a.png", "b.png")
    except vd.ImageError as error:
        print(error)
    except vd.VisualDiffError:
        raise


def pytest_visualdiff_register(registry: vd.Registry) -> None:
    registry.comparators["strict"] = registry.comparators["diagnosis"]
