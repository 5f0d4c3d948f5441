"""Playwright's own screenshots and checks of one unchanged page, taken in turns."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from pytest_visualdiff.browsers.installed import find

WARM = 3


def test_capture(visualdiff: Any) -> None:
    """Time each of both as often as asked; the first few of each are not counted."""
    found = find("chrome").browser
    program = found.path if found else None  # then Playwright's own
    arguments = [] if os.geteuid() else ["--no-sandbox"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(os.environ["BENCH_URL"])
        times = _times(visualdiff, page, WARM + int(os.environ["BENCH_SHOTS"]))
        browser.close()
    kept = {name: values[WARM:] for name, values in times.items()}
    Path(os.environ["BENCH_RESULT"]).write_text(json.dumps(kept), encoding="utf-8")


def _times(visualdiff: Any, page: Any, shots: int) -> dict[str, list[float]]:
    """Milliseconds of a bare screenshot and of a check, as often as asked."""
    times: dict[str, list[float]] = {"bare": [], "check": []}
    for number in range(shots):
        start = time.perf_counter()
        page.screenshot()
        middle = time.perf_counter()
        visualdiff.check(page, f"shot-{number:03}")
        times["bare"].append(1000 * (middle - start))
        times["check"].append(1000 * (time.perf_counter() - middle))
    return times
