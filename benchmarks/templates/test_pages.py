"""One check for each page: the suite under measurement, as a user would write it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

PAGES = json.loads(Path(__file__).with_name("pages.json").read_text(encoding="utf-8"))
SOME = PAGES[: int(os.environ.get("BENCH_PAGES", len(PAGES)))]


@pytest.mark.parametrize("url", [pytest.param(page["url"], id=page["name"]) for page in SOME])
def test_page(visualdiff: Any, visualdiff_driver: Any, url: str) -> None:
    """The page looks as it did when it was approved."""
    visualdiff_driver.get(url)
    visualdiff.check(visualdiff_driver, "page")
