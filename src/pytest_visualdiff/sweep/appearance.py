"""How an element looks: colours, borders, shadows, fonts, pictures, and whether it is seen at all.

Computed styles are compared as they are seen: a background that is fully transparent in both is no
difference, nor is a colour that the parent has changed in the same way.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from pytest_visualdiff.layouts.styles import (
    COLOUR,
    NATIVE,
    OWN_BORDER,
    alpha,
    four,
    number,
    numbers,
    rgba,
)
from pytest_visualdiff.sweep.events import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_visualdiff.sweep.paired_layouts import PairedLayouts
    from pytest_visualdiff.sweep.tolerance import SweepLimits

_WIDTHS = tuple(f"border-{side}-width" for side in ("top", "right", "bottom", "left"))
_FONT = ("font-family", "font-size", "font-weight", "font-style", "text-transform")
_TEXT = ("color", "-webkit-text-fill-color", "text-decoration-line", "text-shadow", *_FONT)
COLOURS = ("color", "-webkit-text-fill-color", "background-color", "border-color")
_PAINTS = ("fill", "stroke")
_LENGTHS = {**dict.fromkeys(_WIDTHS, 0.9), "border-radius": 2.0, "font-size": 0.75, "opacity": 0.1}
"""Styles that are lengths or numbers, and how much they may differ."""


def restyled(paired: PairedLayouts, i: int, limits: SweepLimits) -> Iterator[Event]:
    """An event for each way in which an element that is seen in both looks different."""
    differing = paired.unlike(i)
    if not differing:
        return
    one, partner = paired.both(i)
    native = one.tag in NATIVE
    names = [name for name in differing if not paired.from_parent(i, name)]
    for name in names:
        if native and (paired.common(i, name) or not _styled(paired, i, name)):
            continue
        if paired.common(i, name) and name in ("font-family", "filter", "text-shadow"):
            continue
        if name in _TEXT and not (one.lines or partner.lines):
            continue
        if _differs(paired, i, name, limits.colour):
            yield Event("restyled", 5.0, name)


# What the browsers give controls that the page does not style; measured.
_OWN_FONTS = frozenset(["arial", "sans-serif", "system-ui", "mssansserif"])
_OWN_RADIUS = 4.0


def _styled(paired: PairedLayouts, i: int, name: str) -> bool:
    """Whether a page, not the browser, decides how a control looks."""
    was, now = (_plain(style(i, name)) for style in (paired.style_a, paired.style_b))
    if name == "font-family":
        return not {was.strip('"').lower(), now.strip('"').lower()} <= _OWN_FONTS
    if name == "border-color":
        return not {was, now} <= _SYSTEM or (alpha(was) > 0) != (alpha(now) > 0)
    if name == "border-radius" and paired.a.elements[i].role == "radio":
        return not {was, now} <= {"0px", "50%"}  # as round without saying so
    if name in ("border-radius", *_WIDTHS):
        most = _OWN_RADIUS if name == "border-radius" else OWN_BORDER
        return any(part > most for part in numbers(was + " " + now))
    return name != "font-size" and not {was, now} <= _SYSTEM


def _plain(value: str) -> str:
    return value.replace(" ", "")


_SYSTEM = frozenset(
    {
        *("rgb(239,239,239)", "rgb(233,233,237)", "rgb(227,227,227)", "rgb(255,255,255)"),
        *("rgb(0,0,0)", "rgb(118,118,118)", "rgb(143,143,157)", "rgb(192,192,192)"),
        *("rgb(204,204,204)", "rgb(240,240,240)", "rgb(109,109,109)", "rgb(84,84,84)"),
        *("rgb(230,230,230)", "rgba(0,0,0,0)", "rgba(239,239,239,0.3)", "rgba(255,255,255,0.5)"),
        *("rgba(16,16,16,0.3)", "rgba(118,118,118,0.3)", "1", "0.7"),
    }
)


def _differs(paired: PairedLayouts, i: int, name: str, limit: float) -> bool:
    """Whether the two values of a style look different on this element."""
    was, now = paired.style_a(i, name), paired.style_b(i, name)
    if name == "border-color":
        return _borders_differ(paired, i, was, now, limit)
    if name in COLOURS:
        return _worst(was, now) > limit
    if name in _PAINTS:
        return paired.a.elements[i].tag == "svg" and _worst(was, now) > limit
    if name in _LENGTHS:
        seen = name != "border-radius" or _has_surface(paired, i)
        return seen and _far(was, now, _LENGTHS[name])
    if name in _READ:
        return _READ[name](was) != _READ[name](now)
    return name in _TEXT or name == "filter"


def _borders_differ(paired: PairedLayouts, i: int, was: str, now: str, limit: float) -> bool:
    """Whether a border that is drawn on a side in both has another colour there."""
    ours, theirs = _sided(was), _sided(now)
    return any(
        _apart(ours[side], theirs[side]) > limit
        for side, name in enumerate(_WIDTHS)
        if min(number(paired.style_a(i, name)), number(paired.style_b(i, name))) > 0
    )


def _sided(value: str) -> list[str]:
    """The colours of top, right, bottom and left of a shorthand."""
    return four(COLOUR.findall(value) or ["transparent"])


def _has_border(paired: PairedLayouts, i: int) -> bool:
    return any(number(style(i, name)) > 0 for style in (paired.style_a, paired.style_b)
               for name in _WIDTHS)  # fmt: skip


def _has_surface(paired: PairedLayouts, i: int) -> bool:
    """Whether the corners of an element can be seen."""
    if paired.a.elements[i].picture or _has_border(paired, i):
        return True
    return alpha(paired.style_a(i, "background-color")) > 0 or (
        paired.style_a(i, "background-image") != "none"
    )


def _sources(value: str) -> list[str]:
    """The files of pictures; gradients are written in other words by each browser."""
    return [name.split("/")[-1] for name in re.findall(r'url\("?([^")]*)"?\)', value)] or [
        "none" if value == "none" else "gradient"
    ]


def _shadow(value: str) -> tuple[float, ...]:
    if value == "none":
        return ()
    return tuple(round(part, 1) for part in numbers(value))


_READ: dict[str, Callable[[str], object]] = {"box-shadow": _shadow, "background-image": _sources}
"""Styles of which a part is compared."""


def _far(was: str, now: str, limit: float) -> bool:
    ours, theirs = numbers(was), numbers(now)
    if len(ours) != len(theirs):
        return was != now and abs(number(was) - number(now)) > limit
    return any(abs(a - b) > limit for a, b in zip(ours, theirs, strict=True))


# --- colours ------------------------------------------------------------------------------------


def _worst(was: str, now: str) -> float:
    ours, theirs = COLOUR.findall(was), COLOUR.findall(now)
    if len(ours) != len(theirs):
        ours, theirs = (list(dict.fromkeys(found)) for found in (ours, theirs))
        if len(ours) != len(theirs):
            return 100.0
    return max((_apart(a, b) for a, b in zip(ours, theirs, strict=True)), default=0.0)


@lru_cache(maxsize=4096)
def _apart(was: str, now: str) -> float:
    """The colour difference (CIEDE2000) of two computed colours over white; more with alpha."""
    import numpy as np

    from pytest_visualdiff.comparison.colour import delta_e

    ours, theirs = rgba(was), rgba(now)
    first, second = (
        np.array([[round(255 + (part - 255) * one[3]) for part in one[:3]]], np.uint8)
        for one in (ours, theirs)
    )
    return max(float(delta_e(first, second, 0.001)[0]), 30 * abs(ours[3] - theirs[3]))
