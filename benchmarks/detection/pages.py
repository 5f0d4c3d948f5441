"""The pages of both splits, and the scenes they are photographed in.

The *tuning* split has the fifty pages of ``benchmarks.pages``; the *untouched* split has pages of
wholly other packages. Nobody here wrote any of them; they are fetched when needed.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.pages import PAGES, Page, Source

DESKTOP, PHONE = (1280, 800), (390, 844)


def _npm(package: str, version: str, mount: str, root: str, *pages: str) -> Source:
    """Name a package of the npm registry; all of these are MIT."""
    return Source("npm", package, version, "MIT", mount, root, pages)


_OTHERS = (
    _npm(
        *("sneat-bootstrap-html-admin-template-free", "1.0.0", "sneat", "."),
        *("html/index", "html/cards-basic", "html/tables-basic", "html/forms-basic-inputs"),
        *("html/ui-list-groups", "html/pages-account-settings-account"),
        *("html/auth-login-basic", "html/ui-buttons"),
    ),
    _npm(
        *("material-dashboard", "3.1.0", "material-dashboard", "."),
        *("pages/dashboard", "pages/profile", "pages/sign-in", "pages/tables", "pages/billing"),
        "pages/typography",
    ),
    _npm(
        *("soft-ui-dashboard", "1.0.1", "soft-ui", "."),
        *("pages/dashboard", "pages/profile", "pages/billing", "pages/sign-up"),
    ),
    _npm(
        *("material-kit", "2.0.4", "material-kit", "."),
        *("index", "examples/landing-page", "examples/profile-page", "docs/documentation"),
    ),
    _npm(
        *("uikit", "3.25.25", "uikit", "."),
        *("tests/article", "tests/comment", "tests/form", "tests/table"),
    ),
    _npm(
        *("@digitallyhappy/backstrap", "0.5.1", "backstrap", "dist"),
        *("index", "widgets", "base/forms", "base/tables", "base/cards", "colors", "icons/flags"),
        "typography",
    ),
    _npm("98.css", "0.1.21", "98", "dist", "index"),
    _npm("reveal.js", "6.0.2", "reveal", ".", "demo", "index"),
    _npm("startbootstrap-sb-admin", "7.0.7", "sb-admin", "dist", "index", "tables", "login"),
)
OTHERS = tuple(Page(source, path) for source in _OTHERS for path in source.pages)
SPLITS: dict[str, tuple[Page, ...]] = {"tuning": PAGES, "untouched": OTHERS}


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
