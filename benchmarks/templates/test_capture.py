"""Bare Selenium screenshots and checks of one unchanged page, taken in turns."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

WARM = 3


def test_capture(visualdiff: Any, visualdiff_driver: Any) -> None:
    """Time each of both as often as asked; the first few of each are not counted."""
    bare: list[float] = []
    check: list[float] = []
    visualdiff_driver.get(os.environ["BENCH_URL"])
    for number in range(WARM + int(os.environ["BENCH_SHOTS"])):
        start = time.perf_counter()
        visualdiff_driver.get_screenshot_as_png()
        middle = time.perf_counter()
        visualdiff.check(visualdiff_driver, f"shot-{number:03}")
        end = time.perf_counter()
        bare.append(1000 * (middle - start))
        check.append(1000 * (end - middle))
    times = {"bare": bare[WARM:], "check": check[WARM:]}
    Path(os.environ["BENCH_RESULT"]).write_text(json.dumps(times), encoding="utf-8")
