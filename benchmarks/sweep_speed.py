"""What the sweep of one page costs beside loading it: load, layout, capture, comparison.

Pages of 100, 1,000 and 10,000 elements (cards with heading, text, link, picture and button) in both
browsers, one after the other, so that they do not slow each other; the fastest of some rounds. One
card is larger in the second browser, so that the comparison has something to trace. With ``--json``
the numbers go to a file. On a busy machine quote the ratios, not the milliseconds.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.browsers import BrowserSpec
from pytest_visualdiff.browsers.pool import BrowserPool
from pytest_visualdiff.capture import CaptureOptions
from pytest_visualdiff.sweep.compare import compare_layouts
from pytest_visualdiff.sweep.visit import Visit

if TYPE_CHECKING:
    from pytest_visualdiff.layouts.page_layout import PageLayout
    from pytest_visualdiff.sweep.visit import PageObservation

COUNTS = (100, 1_000, 10_000)
BROWSERS = ("firefox", "chrome")
STEPS = ("load", "layout", "capture")

_CARD = """<div class=card id=c{n}><h3>Card {n}</h3><p>Some text that is longer than
<a href=#{n}>a link</a> in it.</p><button>Buy {n}</button></div>"""
_STYLE = """<style>.card { border: 1px solid #ccc; margin: 8px; padding: 4px; width: 200px;
display: inline-block; vertical-align: top }
@supports (-moz-appearance: none) { #c7 { width: 260px } }</style>"""
PER_CARD = 5


@dataclass(frozen=True)
class Row:
    """The milliseconds of one page in one browser."""

    elements: int
    browser: str
    steps: dict[str, float]


def page(folder: Path, count: int) -> str:
    """The URL of a page with so many elements."""
    cards = "".join(_CARD.format(n=n) for n in range(count // PER_CARD))
    path = folder / f"{count}.html"
    path.write_text(f"<!doctype html><meta charset=utf-8>{_STYLE}<main>{cards}", "utf-8")
    return path.as_uri()


def look(pool: BrowserPool, browser: str, url: str, rounds: int) -> tuple[Row, PageLayout]:
    """Visit a page some times; the fastest of each step."""
    visit = Visit(CaptureOptions(full_page=True, timeout=60), 1_000_000, 60)
    best: dict[str, float] = {}
    layout: PageLayout | None = None
    for _ in range(rounds):
        driver = pool.acquire(BrowserSpec(browser, (1280, 800)))
        sight: PageObservation = visit.see(driver, browser, url)
        layout = sight.layout
        if layout is None:
            raise SystemExit(sight.error)
        best = {name: min(best.get(name, 1e9), sight.milliseconds[name]) for name in STEPS}
    if layout is None:
        raise SystemExit("nothing was looked at: --rounds must be 1 or more")
    return Row(len(layout.elements), browser, best), layout


def compared(layouts: list[PageLayout], rounds: int) -> tuple[float, int]:
    """Milliseconds of a comparison, the fastest of some, and how many findings it has."""
    best = 1e9
    for _ in range(rounds):
        start = time.perf_counter()
        found = compare_layouts(*layouts)
        best = min(best, 1000 * (time.perf_counter() - start))
    return best, len(found)


def measure(rounds: int) -> list[dict[str, Any]]:
    """A row for each page."""
    rows: list[dict[str, Any]] = []
    pool = BrowserPool()
    try:
        with tempfile.TemporaryDirectory() as folder:
            for count in COUNTS:
                url = page(Path(folder), count)
                seen = [look(pool, browser, url, rounds) for browser in BROWSERS]
                spent, found = compared([layout for _, layout in seen], rounds)
                steps = {row.browser: row.steps for row, _ in seen}
                rows.append(
                    {"elements": count, **steps, "compare": round(spent, 1), "findings": found}
                )
                print(line(rows[-1]), flush=True)
    finally:
        pool.close()
    return rows


def line(row: dict[str, Any]) -> str:
    """One row of the table."""
    cells = [f"{row['elements']:,}"]
    cells += [f"{row[browser][name]:.0f}" for browser in BROWSERS for name in STEPS]
    return "| " + " | ".join([*cells, f"{row['compare']:.0f}", str(row["findings"])]) + " |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", metavar="FILE", help="write the numbers there")
    options = parser.parse_args()
    heads = [f"{browser} {name}" for browser in BROWSERS for name in STEPS]
    print("| elements | " + " | ".join([*heads, "compare", "findings"]) + " |")
    print("|" + "---|" * (len(heads) + 3))
    rows = measure(options.rounds)
    if options.json:
        Path(options.json).write_text(json.dumps(rows, indent=1), "utf-8")


if __name__ == "__main__":
    main()
