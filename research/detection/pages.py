"""The pages of the splits, and the scenes they are photographed in.

The *tuning* split has the fifty pages of ``benchmarks.pages``; the *untouched* split has pages of
wholly other packages. Nobody here wrote any of them; they are fetched when needed.
"""

from __future__ import annotations

from benchmarks.packages import DEMOS, LIBRARIES, TEMPLATES
from benchmarks.pages import PAGES, Page
from research.harness.pages import PHONE, Scene

SPLITS: dict[str, tuple[Page, ...]] = {
    "tuning": PAGES,
    # The untouched split of earlier versions: its tables were seen too often for it to stay it.
    "templates": TEMPLATES,
    "untouched": (*DEMOS, *LIBRARIES),
}


def scenes(split: str) -> tuple[Scene, ...]:
    """Every page from its top; every second one further down too, every sixth on a phone."""
    pages = SPLITS[split]
    tops = tuple(Scene(page) for page in pages)
    below = tuple(Scene(page, scroll=520) for page in pages[::2])
    phones = tuple(Scene(page, PHONE) for page in pages[3::6])
    return tops + below + phones
