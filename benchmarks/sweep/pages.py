"""The scenes of both splits: each page of ``benchmarks.detection.pages`` in three viewports.

No package is in both splits, and their seeds differ.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.detection import pages
from benchmarks.pages import CACHE, Page, Source

ROOT = CACHE / "sweep"
VIEWPORTS = ((1280, 800), (768, 1024), (390, 844))
SEEDS = {"tuning": 6, "fonts": 7, "controls": 8, "untouched": 20_261_206}
_FONTS = (
    Source(
        *("npm", "admin-lte", "3.2.0", "MIT", "admin-lte", "."),
        (
            *("pages/examples/contacts", "pages/examples/e-commerce", "pages/examples/faq"),
            *(
                "pages/UI/buttons",
                "pages/UI/general",
                "pages/forms/general",
                "pages/mailbox/compose",
            ),
            *("pages/tables/data", "pages/search/enhanced", "pages/examples/contact-us"),
        ),
    ),
    Source(
        *("npm", "now-ui-kit", "1.3.0", "MIT", "now-ui-kit", "."),
        ("examples/landing-page", "examples/login-page", "examples/profile-page"),
    ),
    Source(
        *("npm", "paper-kit-2", "2.1.0", "MIT", "paper-kit", "."),
        ("examples/landing", "examples/profile", "examples/register"),
    ),
    Source(
        *("npm", "black-dashboard", "1.0.0", "MIT", "black-dashboard", "."),
        ("examples/dashboard", "examples/tables", "examples/typography", "examples/user"),
    ),
)
_CONTROLS = (
    Source(
        *("npm", "@picocss/pico", "1.5.13", "MIT", "pico", "docs"),
        ("buttons", "cards", "classless", "forms", "progress", "tables"),
    ),
    Source(
        *("npm", "picnic", "7.1.0", "MIT", "picnic", "."),
        ("docs/documentation", "src/plugins/input/test", "src/plugins/select/test"),
    ),
    Source("npm", "bamboo.css", "1.4.0", "MIT", "bamboo", "demo", ("index", "dark")),
    Source("npm", "milligram", "1.4.1", "MIT", "milligram", ".", ("example",)),
)
SPLITS = {
    **pages.SPLITS,
    # More of the tuning: pages whose fonts come from the network, and so are replaced.
    "fonts": tuple(Page(source, path) for source in _FONTS for path in source.pages),
    # And pages with controls that are little styled, or not at all.
    "controls": tuple(Page(source, path) for source in _CONTROLS for path in source.pages),
}
BROWSERS = ("firefox", "chrome")
"""The first is the reference."""


@dataclass(frozen=True)
class Scene:
    """A page in a viewport of CSS pixels."""

    page: Page
    viewport: tuple[int, int]

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
