"""Computed styles as evidence: which differences matter, and which are each browser's own way."""

from __future__ import annotations

import re
from functools import lru_cache

from pytest_visualdiff.layouts.page_layout import CAUSES

USED = frozenset({"width", "height", "inset", "grid-template-columns"})
"""Computed styles that are results of layout as often as reasons: no evidence of their own."""

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


_NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")


@lru_cache(maxsize=65536)
def alike(one: str, other: str) -> bool:
    """Whether two values differ only in how each browser writes them: quotes, blanks, rounding."""
    if _bare(one) == _bare(other):
        return True
    ours, theirs = ([float(number) for number in _NUMBER.findall(value)] for value in (one, other))
    if not ours or len(ours) != len(theirs):
        return False
    close = all(abs(a - b) <= 0.02 + 0.002 * abs(a) for a, b in zip(ours, theirs, strict=True))
    return close and _NUMBER.sub("#", _bare(one)) == _NUMBER.sub("#", _bare(other))


def _bare(value: str) -> str:
    return value.replace('"', "").replace("'", "").replace(" ", "").lower()


def follows(name: str, was: str, now: str, *, native: bool) -> bool:
    """Whether a computed style is more likely the result of a change of size than its reason.

    So are a font, a border and a padding that each browser gives its controls. Margins of a centred
    box, and a translation by a part of the box, are computed in pixels.
    """
    if name in ("margin", "padding") and "%" in was + now:  # Firefox keeps it, Chromium has pixels
        return True
    if name == "margin":
        if "auto" in was + now:  # likewise
            return True
        (top, right, bottom, left), other = _sides(was), _sides(now)
        return [top, bottom] == other[0::2] and right == left and other[1] == other[3]
    if name == "transform":
        return _linear(was) == _linear(now) != ()
    return native and _is_own(name, was, now)


def _linear(value: str) -> tuple[str, ...]:
    """What a plane transformation does beside moving; nothing for any other value."""
    return tuple(_NUMBER.findall(value)[:4]) if value.startswith("matrix(") else ()


def _is_own(name: str, was: str, now: str) -> bool:
    """Whether two values are what browsers give a control that the page does not style."""
    if name.startswith("border-") and name.endswith("-width"):
        return max(_pixels(was), _pixels(now)) <= OWN_BORDER
    most = {"font-size": OWN_FONT, "padding": OWN_PADDING}.get(name, -1.0)
    both = zip(_sides(was), _sides(now), strict=True)
    return max(abs(_pixels(a) - _pixels(b)) for a, b in both) <= most


def _pixels(value: str) -> float:
    found = _NUMBER.match(value)
    return float(found.group()) if found else 0.0


def _sides(value: str) -> list[str]:
    """Top, right, bottom and left of a shorthand."""
    top, *rest = value.split() or ["0px"]
    right = rest[0] if rest else top
    return [top, right, rest[1] if len(rest) > 1 else top, rest[2] if len(rest) > 2 else right]
