"""Faults that one browser shows by itself, without another browser or a baseline.

Sideways overflow, text that runs out of the window or of its box, text that something lies on, and
broken pictures. What a page shows like that at every width is taken for its design, as in
T. A. Walsh, G. M. Kapfhammer, P. McMinn, "Automated layout failure detection for responsive web
pages without an explicit oracle", ISSTA 2017.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from pytest_visualdiff.layouts.styles import alpha
from pytest_visualdiff.sweep.findings import Finding, picture_box, quoted, ranked
from pytest_visualdiff.sweep.presence import in_scroller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.layouts.page_layout import Element, PageLayout

LEAST = 4.0
"""CSS pixels that something must reach out of its place."""

_ROOTS = ("html", "body")

CERTAIN = frozenset({"overflow", "broken"})
"""Kinds that are faults at any width."""


def examine_layout(layout: PageLayout, *others: PageLayout) -> tuple[Finding, ...]:
    """What is at fault in one layout, most visible first.

    ``others`` are the same page in the same browser at other widths: what is the same in all of
    them is taken for design, unless it is sideways overflow or a broken picture.
    """
    widths = [list(_faults(one)) for one in (layout, *others)]
    often = Counter((one.kind, one.selector) for found in widths for one in found)
    return ranked(
        [
            one
            for one in widths[0]
            if one.kind in CERTAIN or not others or often[one.kind, one.selector] < len(widths)
        ]
    )


def _faults(layout: PageLayout) -> Iterator[Finding]:
    yield from overflow(layout)
    for one in layout.elements:
        if not (one.visible and one.shown > 0.05 and one.box.width * one.box.height >= 16):
            continue
        told: _Told | None = (
            _broken(one) or _cut(layout, one) or _outside(layout, one) or _covered(layout, one)
        )
        if told:
            yield _finding(layout, one, told)


class _Told(NamedTuple):
    """A fault: its kind, what is said of it, how sure it is, and its CSS pixels."""

    kind: str
    said: str
    sure: float
    amount: float = 0.0


def _finding(layout: PageLayout, one: Element, told: _Told) -> Finding:
    selector = layout.selector(one.index)
    aside = "" if one.id else quoted(one)
    return Finding(
        told.kind,
        selector,
        layout.browser,
        picture_box(one.box, layout),
        f"`{selector}`{aside} {told.said} in {layout.browser.capitalize()}",
        told.sure,
        detail={"events": [[told.kind, told.amount, ""]], "evidence": []},
        path=layout.path(one.index),
    )


def overflow(layout: PageLayout) -> Iterator[Finding]:
    """The page scrolls sideways; the outermost element that makes it do so is named."""
    more = layout.page[0] - layout.viewport[0]
    if more < LEAST:
        return
    out = [one for one in layout.elements if _reaches(layout, one, layout.page[0] - LEAST)]
    if out:
        said = f"makes the page scroll sideways: it reaches {more} px past the right edge"
        yield _finding(layout, out[0], _Told("overflow", said, 1.0, more))


def _reaches(layout: PageLayout, one: Element, right: float) -> bool:
    """Whether an element reaches so far, and what holds it does not."""
    if not one.visible or one.fixed or one.box.right < right or one.tag in _ROOTS:
        return False
    if in_scroller(layout, one.parent):
        return False
    holder = layout.elements[one.parent]
    return holder.tag in _ROOTS or holder.box.right < right


def _broken(one: Element) -> _Told | None:
    if one.picture != 2:
        return None
    return _Told("broken", f"shows no picture ({one.source or 'no source'})", 1.0)


def _cut(layout: PageLayout, one: Element) -> _Told | None:
    """Its text runs out of a box that cuts it off, and no ellipsis says so."""
    if not (one.lines and max(one.hidden) >= LEAST and min(one.box.width, one.box.height) > 4):
        return None
    style = layout.style(one.index)
    if style.get("text-overflow", "clip") != "clip" or (
        style.get("-webkit-line-clamp", "none") != "none"
    ):
        return None
    right = one.text_box.right - one.box.right
    below = one.text_box.bottom - one.box.bottom
    more = max(right if one.hidden[0] >= LEAST else 0, below if one.hidden[1] >= LEAST else 0)
    if more < LEAST:
        return None
    return _Told("clipped", f"cuts off {more:.0f} px of its text", 0.8, more)


def _outside(layout: PageLayout, one: Element) -> _Told | None:
    """Its text begins in the window and ends where one cannot scroll to."""
    if not one.lines or one.fixed or in_scroller(layout, one.index):
        return None
    box, scrolls = one.text_box, layout.page[0] > layout.viewport[0] + LEAST
    left, right = -box.x, 0.0 if scrolls else box.right - layout.viewport[0]
    more = max(left, right)
    if more < LEAST or box.right <= 0 or box.x >= layout.viewport[0]:
        return None
    side = "left" if left >= right else "right"
    said = f"reaches {more:.0f} px past the {side} edge of the viewport"
    return _Told("off-screen", said, 0.8, more)


def _covered(layout: PageLayout, one: Element) -> _Told | None:
    """Something that is drawn lies on its text."""
    cover = layout.elements[one.cover] if one.cover >= 0 else None
    if cover is None or not one.lines or cover.fixed or one.fixed or one.tag == "label":
        return None
    if layout.style(one.index)["display"] == "inline":  # the next line may lie on its box
        return None
    style = layout.style(cover.index)
    surface = alpha(style["background-color"]) > 0.3 or style["background-image"] != "none"
    if not (cover.lines or cover.picture == 1 or surface):
        return None
    return _Told("overlapped", f"is covered by `{layout.selector(cover.index)}`", 0.7)
