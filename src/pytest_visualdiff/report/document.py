"""The document of the viewer: style, script and data in one file, which runs nothing else.

The scripts in ``assets`` are ES modules. A page opened from ``file://`` may not import other
files, so they stand in one module script, in an order in which each comes after what it imports,
without their import lines. A test holds that their names do not clash.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import re
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.javascript import joined

if TYPE_CHECKING:
    from collections.abc import Mapping

ASSETS = Path(__file__).parent / "assets"

STYLES = ("base", "layout", "stage", "facts")

SCRIPTS = (
    "dom", "data", "scene", "state", "list", "filters", "view", "stage", "tools", "plots",
    "facts", "overview", "dialog", "client", "actions", "detail", "keys", "main",
)  # fmt: skip

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./\w+\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=async|class|const|function)", re.MULTILINE)


def document(content: Mapping[str, Any], *, title: str) -> str:
    """The page as text; ``content`` is JSON-able (see ``content.py``) and cannot become markup."""
    return _page().substitute(
        policy=escape(policy()),
        title=escape(title),
        style=style(),
        data=inert(content),
        script=script(),
    )


def inert(content: Mapping[str, Any]) -> str:
    """JSON that cannot end the script element that it stands in, nor open a comment there."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def policy() -> str:
    """The Content-Security-Policy: this script, this style, pictures, and nothing else.

    ``connect-src 'self'`` lets the review page talk to its server; from a file it allows nothing.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_hash(script())}'",
            f"style-src '{_hash(style())}'",
            "img-src 'self' file: data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


@functools.cache
def script() -> str:
    """All modules as one."""
    return _EXPORT.sub("", _IMPORT.sub("", joined(ASSETS, *(f"{name}.js" for name in SCRIPTS))))


@functools.cache
def style() -> str:
    """All style sheets as one."""
    return "\n".join(_read(f"{name}.css") for name in STYLES)


@functools.cache
def _page() -> Template:
    return Template(_read("page.html"))


def _read(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """The source expression of CSP Level 3 for an inline element with that text."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
