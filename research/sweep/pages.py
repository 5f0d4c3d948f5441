"""The scenes of the splits: real pages that nobody here wrote, each in three viewports.

No package of the untouched split is in another one, and their seeds differ.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.packages import CONTROLS, DEMOS, FONTS, LIBRARIES, TEMPLATES
from benchmarks.pages import CACHE, PAGES, Page
from research.harness import pages

ROOT = CACHE / "sweep"
VIEWPORTS = ((1280, 800), (768, 1024), (390, 844))
SEEDS = {
    "tuning": 6,
    "fonts": 7,
    "controls": 8,
    "templates": 20_261_206,
    "demos": 20_261_124,
    "untouched": 20_261_125,
}


SPLITS = {
    "tuning": PAGES,
    # More of the tuning: pages whose fonts come from the network, and so are replaced.
    "fonts": FONTS,
    # Pages with controls that are little styled, or not at all.
    "controls": CONTROLS,
    # Two earlier untouched splits: what was seen of them was mended, so they could not stay it.
    "templates": TEMPLATES,
    "demos": DEMOS,
    "untouched": LIBRARIES,
}
BROWSERS = ("firefox", "chrome")
"""The first is the reference."""


@dataclass(frozen=True)
class Scene(pages.Scene):
    """A page in a viewport; its name tells the width, as every page has three."""

    @property
    def name(self) -> str:
        """Unique among the scenes, and fit for a file name."""
        return f"{self.page.name}-{self.viewport[0]}"


def pages_of(split: str) -> tuple[Page, ...]:
    """The pages of a split.

    ``tuning-7`` has those of ``tuning`` and other faults, by its seed; ``untouched-machine`` those
    of ``untouched``, and each browser the fonts that it finds on the machine.
    """
    return SPLITS[split.partition("-")[0]]


def seed_of(split: str) -> int:
    """What decides the faults of a split."""
    name, _, other = split.partition("-")
    return int(other) if other.isdigit() else SEEDS[name]


def has_own_fonts(split: str) -> bool:
    """Whether each browser replaces missing fonts in its own way."""
    return split.endswith("-machine")


def scenes(split: str) -> tuple[Scene, ...]:
    """Every page of a split in every viewport."""
    return tuple(Scene(page, viewport) for page in pages_of(split) for viewport in VIEWPORTS)
