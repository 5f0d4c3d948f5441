"""What is there in one browser and not in the other: gone, cut off, covered, out of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_visualdiff.layouts.styles import DRAWN, NATIVE, alpha
from pytest_visualdiff.sweep.events import Event

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_visualdiff.layouts.page_layout import Element, PageLayout
    from pytest_visualdiff.sweep.paired_layouts import PairedLayouts
    from pytest_visualdiff.sweep.tolerance import SweepLimits

WHOLE = 0.98
"""The part of an element that must be shown for it to be whole."""
LEAST_AREA = 16.0
"""CSS pixels squared that something must have to be missed."""


def gone(layout: PageLayout, partners: Sequence[int], other: PageLayout) -> Iterator[int]:
    """Elements of a layout that are drawn in it and not to be seen in the other, outermost first.

    Of those inside of one that is gone only the outermost is named.
    """
    drawn = _drawn(layout)
    lost: set[int] = set()
    for one in layout.elements:
        if one.parent in lost:
            lost.add(one.index)
            continue
        partner = partners[one.index]
        there = partner >= 0 and (other.elements[partner].visible or not _has_area(one))
        if there or not (drawn[one.index] and one.visible):
            continue
        if partner >= 0 and _any_visible(other, partner):
            continue
        lost.add(one.index)
        yield one.index


def on_its_own(paired: PairedLayouts, i: int, layout: PageLayout, partner: int) -> bool:
    """Whether it is for its own style or place in the DOM that an element is not seen.

    ``partner`` is the one in the layout that does not show it. What an ancestor cuts off or makes
    transparent is not gone for its own sake.
    """
    if partner < 0 or i < 0:
        return True
    one = layout.elements[partner]
    if "font-size" in paired.unlike(i) and paired.from_parent(i, "font-size"):
        return False
    if one.box.width * one.box.height == 0 or paired.evidence(i):
        return True
    differs = [name for name in paired.unlike(i) if not paired.from_parent(i, name)]
    return "visibility" in differs or "opacity" in differs


def _has_area(one: Element) -> bool:
    on_page = one.box.right > 0 and one.box.bottom > 0  # nobody can scroll further up or left
    return on_page and one.visible and one.box.width * one.box.height * one.shown >= LEAST_AREA


def _drawn(layout: PageLayout) -> list[bool]:
    """Whether an element, or one inside of it, draws anything."""
    found = [_has_area(one) and _draws(layout, one) for one in layout.elements]
    for one in reversed(layout.elements):
        if found[one.index] and one.parent >= 0:
            found[one.parent] = True
    return found


def _draws(layout: PageLayout, one: Element) -> bool:
    return one.tag in DRAWN or _paints(layout, one)


def _paints(layout: PageLayout, one: Element) -> bool:
    """Whether it has a text, a picture, a background or a border of its own."""
    if one.lines or one.picture == 1 or one.tag in DRAWN - {"button"}:
        return True
    style = layout.style(one.index)
    return (
        alpha(style["background-color"]) > 0.05
        or style["background-image"] != "none"
        or style["border-style"] not in ("none", "hidden")
        or style["box-shadow"] != "none"
    )


def _any_visible(layout: PageLayout, index: int) -> bool:
    """Whether anything inside of an element without a box of its own is seen."""
    waiting = list(layout.children[index])
    while waiting:
        one = layout.elements[waiting.pop()]
        if one.visible and one.box.width * one.box.height >= LEAST_AREA:
            return True
        waiting += layout.children[one.index]
    return False


def obscured(
    paired: PairedLayouts, i: int, limits: SweepLimits, *, inline: bool
) -> Iterator[Event]:
    """Events of an element that is less visible in one of the two browsers.

    Where a line of text ends is up to the font engine, so what is ``inline`` may reach further.
    """
    one, partner = paired.both(i)
    if bool(one.lines) != bool(partner.lines) and one.text == partner.text:
        yield Event("missing", 20.0, "text")
    if (one.picture == 2) != (partner.picture == 2) and 3 not in (one.picture, partner.picture):
        yield Event("broken", 20.0)
    if not inline and (one.cover >= 0) != (partner.cover >= 0) and _touchable(one, partner):
        covered, layout = (one, paired.a) if one.cover >= 0 else (partner, paired.b)
        if _depth(covered, layout) > limits.move:
            yield Event("overlapped", 10.0)
    yield from _cut_off(paired, i, limits)
    if not inline:
        yield from _outside(paired, one, partner, limits)


def _depth(one: Element, layout: PageLayout) -> float:
    """CSS pixels from where an element is touched to the nearest edge of what covers it there."""
    place, cover = one.touched, layout.elements[one.cover].box
    gaps = (place[0] - cover.x, cover.right - place[0], place[1] - cover.y, cover.bottom - place[1])
    return min(gaps)


def _touchable(one: Element, partner: Element) -> bool:
    """Whether it is large enough in both to be covered; text for screen readers is not."""
    return min(*one.box[2:], *partner.box[2:]) >= 4


def _cut_off(paired: PairedLayouts, i: int, limits: SweepLimits) -> Iterator[Event]:
    one, partner = paired.both(i)
    if "clip-path" in paired.unlike(i):
        yield Event("clipped", 10.0, "clip-path")
        return
    # What is inline clips nothing, whatever it says; a control clips in its browser's way.
    own = one.tag in NATIVE and not paired.evidence(i)
    for at, axis in (
        () if own or paired.style_a(i, "display") == "inline" else ((0, "width"), (1, "height"))
    ):
        more = abs(one.hidden[at] - partner.hidden[at])
        if more > 2 * limits.move and min(one.hidden[at], partner.hidden[at]) <= limits.move:
            yield Event("clipped", float(more), axis)
            return
    if not (_paints(paired.a, one) or _paints(paired.b, partner)):
        return  # what it holds tells by itself
    if abs(one.shown - partner.shown) > 0.15 and max(one.shown, partner.shown) > WHOLE:
        yield Event("clipped", 100 * abs(one.shown - partner.shown), "part")


def _outside(
    paired: PairedLayouts, one: Element, partner: Element, limits: SweepLimits
) -> Iterator[Event]:
    ours, theirs = (
        beyond(element, layout) for element, layout in ((one, paired.a), (partner, paired.b))
    )
    farther, layout = (one, paired.a) if ours > theirs else (partner, paired.b)
    if farther.shown < WHOLE or in_scroller(layout, farther.index):
        return  # nobody sees how far it reaches, or one can scroll there
    if abs(ours - theirs) > 2 * limits.move and min(ours, theirs) <= limits.move:
        yield Event("off-screen", abs(ours - theirs))


def beyond(one: Element, layout: PageLayout) -> float:
    """CSS pixels by which an element reaches out of the viewport sideways, or above the page."""
    return max(0.0, one.box.right - layout.viewport[0], -one.box.x, -one.box.y)


def in_scroller(layout: PageLayout, index: int) -> bool:
    """Whether an element, or one that holds it, scrolls by itself, not with the page."""
    while index >= 0 and layout.elements[index].tag not in ("html", "body"):
        if any(word in layout.style(index)["overflow"] for word in ("auto", "scroll")):
            return True
        index = layout.elements[index].parent
    return False
