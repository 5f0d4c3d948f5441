"""A scene: one page in one viewport, scrolled to one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.pages import Page

DESKTOP, PHONE = (1280, 800), (390, 844)


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
