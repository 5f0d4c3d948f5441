"""Styles that a page wears for its picture: hidden and removed elements, rules of the caller."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_visualdiff.errors import InvalidValue

if TYPE_CHECKING:
    from pytest_visualdiff.capture.capture_options import CaptureOptions

_HIDDEN = "{visibility:hidden!important;opacity:0!important}"
_REMOVED = "{display:none!important}"


def css(options: CaptureOptions) -> str:
    """All rules as one text; empty where nothing is asked for.

    Each selector has a rule of its own: a browser drops a rule whose selector it does not know.
    """
    hidden = [f"{one}{_HIDDEN}{_inside(one)}{_HIDDEN}" for one in options.hide]
    removed = [f"{one}{_REMOVED}" for one in options.remove]
    return "\n".join(part for part in (_rules(options.style), *hidden, *removed) if part)


def _inside(selector: str) -> str:
    """What lies in an element may be visible although the element is hidden."""
    return f":is({selector}) *"


def _rules(style: str) -> str:
    """The caller's rules: the text itself, or that of the file it names."""
    if not style.strip() or "{" in style:
        return style
    try:
        return Path(style).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise InvalidValue(
            f"style={style!r:.200} is neither CSS with rules in braces nor a file that can be read:"
            f" {error}"
        ) from error
