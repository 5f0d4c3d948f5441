"""The pages of the splits, and the scenes they are photographed in.

The *tuning* split has the fifty pages of ``benchmarks.pages``; the *untouched* split has pages of
wholly other packages. Nobody here wrote any of them; they are fetched when needed.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.packages import DEMOS, LIBRARIES, TEMPLATES
from benchmarks.pages import PAGES, Page

DESKTOP, PHONE = (1280, 800), (390, 844)


SPLITS: dict[str, tuple[Page, ...]] = {
    "tuning": PAGES,
    # The untouched split of earlier versions: its tables were seen too often for it to stay it.
    "templates": TEMPLATES,
    "untouched": (*DEMOS, *LIBRARIES),
}


@dataclass(frozen=True)
class Scene:
    """A page in a viewport of CSS pixels, scrolled down by so many."""

    page: Page
    viewport: tuple[int, int] = DESKTOP
    scroll: int = 0

    @property
    def name(self) -> str:
        """Unique among the scenes, and fit for a file name."""
        phone = "-phone" if self.viewport == PHONE else ""
        return f"{self.page.name}{phone}" + (f"-{self.scroll}" if self.scroll else "")


def scenes(split: str) -> tuple[Scene, ...]:
    """Every page from its top; every second one further down too, every sixth on a phone."""
    pages = SPLITS[split]
    tops = tuple(Scene(page) for page in pages)
    below = tuple(Scene(page, scroll=520) for page in pages[::2])
    phones = tuple(Scene(page, PHONE) for page in pages[3::6])
    return tops + below + phones
