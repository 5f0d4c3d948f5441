"""Computed styles as evidence: which differences matter, and which are each browser's own way."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from pytest_visualdiff.layouts.page_layout import CAUSES

if TYPE_CHECKING:
    from collections.abc import Sequence

USED = frozenset({"width", "height", "inset", "grid-template-columns"})
"""Computed styles that are results of layout as often as reasons: no evidence of their own."""

NATIVE = frozenset(
    {
        *("button", "input", "select", "textarea", "progress", "meter", "option", "fieldset"),
        *("legend", "hr", "summary", "details", "audio", "video", "iframe", "dialog", "ruby"),
        *("rt", "rp"),
    }
)
"""Elements that each browser draws in its own way unless the page styles them."""

DRAWN = frozenset(
    {
        *("img", "video", "canvas", "svg", "input", "textarea", "select", "button", "progress"),
        *("meter", "iframe"),
    }
)
"""Elements that draw something although they hold neither text nor elements."""

INHERITED = frozenset(
    {
        *("color", "font-family", "font-size", "font-weight", "font-style", "text-transform"),
        *("text-shadow", "-webkit-text-fill-color", "fill", "stroke", "visibility"),
        *("list-style-type", "text-align", "white-space", "line-height", "letter-spacing"),
        *("word-spacing", "text-indent", "direction", "word-break", "font-stretch"),
    }
)
"""Computed styles that an element has from its parent."""

PAINTED = ("-webkit-text-fill-color", "fill", "stroke")

COMMON = 3
"""So many elements of one tag with the very same difference of style are the browser's own way."""


OF_CONTROLS = frozenset(
    {
        *("align-items", "white-space", "text-align", "line-height", "display", "overflow"),
        *("letter-spacing", "word-spacing", "min-width", "min-height", "font-family"),
        *("text-overflow", "vertical-align"),
    }
)
"""Computed styles that the browsers give their controls."""


OF_TEXT = frozenset({"font-family", "font-style", "text-transform"})
"""Computed styles that change an element only by its own text."""


OWN_FONT = 0.5
"""CSS pixels by which the browsers' own fonts of controls differ at most; measured."""

OWN_BORDER = 2.0
"""CSS pixels that the browsers' own borders of controls have at most; measured."""

OWN_PADDING = 4.0
"""CSS pixels by which the browsers' own paddings of controls differ at most; measured."""


WHY = (
    frozenset(CAUSES)
    | {
        *("font-size", "font-weight", "font-family", "font-style", "text-transform", "clip-path"),
        *("border-top-width", "border-right-width", "border-bottom-width", "border-left-width"),
    }
) - USED
"""Computed styles that may be why an element lies elsewhere or has another size."""


SIZING = frozenset(
    {
        *("flex", "padding", "transform", "scale", "zoom", "float", "display", "white-space"),
        *("line-height", "letter-spacing", "word-spacing", "gap", "box-sizing", "object-fit"),
        *("min-width", "max-width", "min-height", "max-height", "font-size", "font-family"),
        *("font-weight", "font-style", "text-transform", "column-count", "word-break"),
        *("border-top-width", "border-right-width", "border-bottom-width", "border-left-width"),
        "font-stretch",
    }
)
"""Computed styles that decide how large an element is."""


NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")
"""A number in a computed style."""


def numbers(value: str) -> list[float]:
    """All numbers in a computed style."""
    return [float(number) for number in NUMBER.findall(value)]


def number(value: str) -> float:
    """The first number in a computed style, 0 without one."""
    found = NUMBER.search(value)
    return float(found.group()) if found else 0.0


def sides(value: str) -> list[str]:
    """Top, right, bottom and left of a shorthand such as ``1px 2px``."""
    return four(value.split() or ["0px"])


def four(parts: Sequence[str]) -> list[str]:
    """One to four values of a shorthand as those of top, right, bottom and left."""
    top, *rest = parts
    right = rest[0] if rest else top
    return [top, right, rest[1] if len(rest) > 1 else top, rest[2] if len(rest) > 2 else right]


@lru_cache(maxsize=65536)
def alike(one: str, other: str) -> bool:
    """Whether two values differ only in how each browser writes them: quotes, blanks, rounding."""
    if _bare(one) == _bare(other):
        return True
    ours, theirs = numbers(one), numbers(other)
    if not ours or len(ours) != len(theirs):
        return False
    close = all(abs(a - b) <= 0.02 + 0.002 * abs(a) for a, b in zip(ours, theirs, strict=True))
    return close and NUMBER.sub("#", _bare(one)) == NUMBER.sub("#", _bare(other))


def _bare(value: str) -> str:
    return value.replace('"', "").replace("'", "").replace(" ", "").lower()


def is_consequence(name: str, was: str, now: str, *, native: bool) -> bool:
    """Whether a computed style is more likely the result of a change of size than its reason.

    So are a font, a border and a padding that each browser gives its controls. Margins of a centred
    box, and a translation by a part of the box, are computed in pixels.
    """
    if name in ("margin", "padding") and "%" in was + now:  # Firefox keeps it, Chromium has pixels
        return True
    if name == "margin":
        if "auto" in was + now:  # likewise
            return True
        (top, right, bottom, left), other = sides(was), sides(now)
        return [top, bottom] == other[0::2] and right == left and other[1] == other[3]
    if name == "transform":
        return _linear(was) == _linear(now) != ()
    return native and _is_own(name, was, now)


def _linear(value: str) -> tuple[str, ...]:
    """What a plane transformation does beside moving; nothing for any other value."""
    return tuple(NUMBER.findall(value)[:4]) if value.startswith("matrix(") else ()


def _is_own(name: str, was: str, now: str) -> bool:
    """Whether two values are what browsers give a control that the page does not style."""
    if name.startswith("border-") and name.endswith("-width"):
        return max(number(was), number(now)) <= OWN_BORDER
    most = {"font-size": OWN_FONT, "padding": OWN_PADDING}.get(name, -1.0)
    both = zip(sides(was), sides(now), strict=True)
    return max(abs(number(a) - number(b)) for a, b in both) <= most


# --- colours ------------------------------------------------------------------------------------

COLOUR = re.compile(r"(?:rgba?|color)\([^)]*\)|\btransparent\b")
"""A colour in a computed style."""


@lru_cache(maxsize=4096)
def rgba(value: str) -> tuple[float, float, float, float]:
    """Red, green, blue in [0, 255] and alpha in [0, 1] of a computed colour."""
    parts = numbers(value.replace("srgb", ""))
    if value.startswith("color("):
        parts = [255 * part for part in parts[:3]] + parts[3:]
    if len(parts) < 3:
        return (0.0, 0.0, 0.0, 0.0)
    return parts[0], parts[1], parts[2], parts[3] if len(parts) > 3 else 1.0


def alpha(value: str) -> float:
    """How opaque a computed colour is, from 0 to 1."""
    return rgba(value)[3]
