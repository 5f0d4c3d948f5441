"""Where an element lies and how large it is, relative to what is around it.

Absolute places say little: one line more at the top moves all that follows. So each change of an
edge is held against what would explain it: the edges of the container, the content, the
neighbours. What is explained is a consequence and points to its reason; what is not is an event.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from pytest_visualdiff.sweep.events import ElementChange, Event, SizeChange
from pytest_visualdiff.sweep.explanations import Places, Sizes
from pytest_visualdiff.sweep.paired_layouts import shift
from pytest_visualdiff.sweep.tolerance import Tolerance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_visualdiff.layouts.page_layout import Rect
    from pytest_visualdiff.sweep.paired_layouts import PairedLayouts
    from pytest_visualdiff.sweep.tolerance import SweepLimits

MARKER = 8.0
"""CSS pixels that the marker of a list may be wider."""

AXES = ((0, "width", "x"), (1, "height", "y"))


class Geometry:
    """The rules, for one paired."""

    def __init__(self, paired: PairedLayouts, limits: SweepLimits) -> None:
        self.paired, self.limits = paired, limits
        self.tolerance = Tolerance(paired, limits)
        self.sizes = Sizes(paired, self.tolerance)
        self.places = Places(paired, self.sizes)

    def changes(self) -> dict[int, ElementChange]:
        """All elements with an event or an explained change."""
        found: dict[int, ElementChange] = {}
        for i in self.paired.in_both:
            change = ElementChange()
            if not self.tolerance.flows_in_text(i):
                self._size(i, change)
                if not self.tolerance.drifts(i):
                    self._place(i, change)
            self._text(i, change)
            if change.events or change.links or change.sized:
                found[i] = change
        break_cycles(found, self.paired)
        return found

    def _size(self, i: int, change: ElementChange) -> None:
        one = self.paired.a.elements[i]
        if one.tag in ("html", "body"):
            return  # what is in it tells
        for at, axis, _ in AXES:
            grown = self.sizes.grown(i, at)
            if abs(grown) <= 0.5 * self.limits.move:
                continue
            certain = abs(grown) > self.tolerance.size(i, one.box[at + 2])
            if not certain and self.tolerance.is_native(i):
                continue
            event = Event("larger" if grown > 0 else "smaller", abs(grown), axis)
            reasons = [
                reason
                for reason in (() if self.tolerance.is_sized(i) else self.sizes.reasons(i, at))
                if abs(reason.rest) <= min(self.limits.move, 0.5 * abs(grown))
            ]
            if not reasons and certain:
                change.events.append(event)
            elif reasons and all(reason.link >= 0 for reason in reasons):
                change.sized[axis] = SizeChange(event, tuple(reasons), certain)
            change.links += [reason.link for reason in reasons if reason.link >= 0]

    def _place(self, i: int, change: ElementChange) -> None:
        if self.sizes.is_broken(i):
            return
        sized = {event.axis for event in change.events}
        slack = self.tolerance.place(i)
        for at, extent, axis in AXES:
            reasons = self.places.reasons(i, at)
            if abs(next(reasons).rest) <= slack:
                continue  # it keeps its place in its container, as most do
            best = min(reasons, key=lambda reason: abs(reason.rest))
            if abs(best.rest) > slack and extent not in sized:
                change.events.append(Event("misaligned", abs(best.rest), axis))
            elif best.link >= 0:
                change.links.append(best.link)

    # --- text -----------------------------------------------------------------------------------

    def _text(self, i: int, change: ElementChange) -> None:
        one, partner = self.paired.both(i)
        if not (one.lines and partner.lines):
            return
        if one.lines != partner.lines:
            if self.paired.evidence(i) or self.tolerance.breaks(i):
                change.events.append(
                    Event("wrapped", abs(one.lines - partner.lines) * 10.0, "lines")
                )
        elif not (change.events or self.tolerance.flows_in_text(i) or self.paired.children.get(i)):
            self._text_place(i, change)
            self._text_size(i, change)

    def _text_place(self, i: int, change: ElementChange) -> None:
        """Where the text lies in its box: at the start, at the end or centred, as before."""
        one, partner = self.paired.both(i)
        inner, outer = shift(one.text_box, partner.text_box), self.paired.shifts[i]
        for at, _, axis in AXES:
            rests = (
                inner[at] - outer[at],
                inner[at + 2] - outer[at + 2],
                inner.middle[at] - outer.middle[at],
            )
            marker = MARKER * (at == 0 and self._is_item(i))
            if min(map(abs, rests)) > self.tolerance.place(i) + marker:
                change.events.append(Event("misaligned", min(map(abs, rests)), axis))

    def _text_size(self, i: int, change: ElementChange) -> None:
        one, partner = self.paired.both(i)
        if one.lines == 1 and not (change.events or self.tolerance.text_is_alike(i, 0)):
            wider = partner.text_box.width - one.text_box.width
            change.events.append(Event("larger" if wider > 0 else "smaller", abs(wider), "text"))

    def _is_item(self, i: int) -> bool:
        """Whether it is an item of a list, whose marker each browser draws as wide as it likes."""
        return self.paired.style_a(i, "display") == "list-item" and not self.paired.evidence(i)


TRADE = 12.0
"""CSS pixels of width that neighbours in a row may give each other: how much room the columns of a
table or a row get beyond their contents is up to the engine."""


def break_cycles(changes: Mapping[int, ElementChange], paired: PairedLayouts) -> None:
    """Make an event of each size that causes others and is itself caused by none."""
    for axis in ("width", "height"):
        sized = {i: one.sized[axis] for i, one in changes.items() if axis in one.sized}
        for circle in _cycles(_unexplained(sized), sized):
            for i in _cycle_causes(circle, sized, axis, paired):
                event = sized[i].event
                traded = sized[i].by("row") and not paired.evidence(i) and event.amount <= TRADE
                if sized[i].certain and not traded:
                    changes[i].events.append(event)


def _unexplained(sized: Mapping[int, SizeChange]) -> set[int]:
    """Those that are explained by nothing but each other."""
    explains: dict[int, list[int]] = defaultdict(list)
    waiting: list[int] = []
    for i, one in sized.items():
        for reason in one.reasons:
            explains[reason.link].append(i)
        if any(reason.link not in sized for reason in one.reasons):
            waiting.append(i)
    floating = set(sized)
    while waiting:
        i = waiting.pop()
        if i in floating:
            floating.remove(i)
            waiting += explains[i]
    return floating


def _cycles(floating: set[int], sized: Mapping[int, SizeChange]) -> Iterator[set[int]]:
    """Those of them that hang together."""
    near: dict[int, set[int]] = defaultdict(set)
    for i in floating:
        for reason in sized[i].reasons:
            near[i].add(reason.link)
            near[reason.link].add(i)
    left = set(floating)
    while left:
        circle, waiting = set(), [left.pop()]
        while waiting:
            i = waiting.pop()
            circle.add(i)
            waiting += near[i] & left
            left -= near[i]
        yield circle


def _cycle_causes(
    circle: Iterable[int], sized: Mapping[int, SizeChange], axis: str, paired: PairedLayouts
) -> list[int]:
    evident = [i for i in circle if paired.evidence(i)]
    if evident:
        return sorted(evident)
    what = "content" if axis == "height" else "parent"
    free = [i for i in circle if not sized[i].by(what)] or list(circle)
    depth = {i: paired.depth(i) for i in free}
    best = (max if axis == "height" else min)(depth.values())
    first = [i for i in free if depth[i] == best]
    # Of neighbours that follow each other the one that changed most leads.
    return [max(sorted(first), key=lambda i: sized[i].event.amount)]


STAYS = 2.0
"""CSS pixels up to which an element has stayed where it was."""


def reordered(paired: PairedLayouts) -> set[int]:
    """Of two neighbours that have changed sides, the one that has travelled further.

    Where only one has moved, and the document has them in the same order, they have not changed
    places: that one lies elsewhere.
    """
    found: set[int] = set()
    for children in paired.children.values():
        for one, two in pairwise(children):
            if _turned(paired, one, two) and _both_moved(paired, one, two):
                found.add(max(one, two, key=lambda i: _travelled(paired, i)))
    return found


def _both_moved(paired: PairedLayouts, one: int, two: int) -> bool:
    partners = paired.pairs.of_a
    if partners[one] > partners[two]:
        return True
    return min(_travelled(paired, one), _travelled(paired, two)) > STAYS


def _travelled(paired: PairedLayouts, i: int) -> float:
    change = paired.shifts[i]
    return abs(change.left) + abs(change.top)


def _turned(paired: PairedLayouts, one: int, two: int) -> bool:
    (a1, b1), (a2, b2) = paired.both(one), paired.both(two)
    return _order(a1.box, a2.box) * _order(b1.box, b2.box) < 0


def _order(one: Rect, two: Rect) -> int:
    """-1 where ``one`` is read before ``two``, 1 where after, 0 where they overlap."""
    return _side(one, two, 1) or _side(one, two, 0)


def _side(one: Rect, two: Rect, at: int) -> int:
    """-1 where ``one`` lies wholly before ``two``, 1 where behind, 0 where they overlap."""
    if one[at] + one[at + 2] <= two[at] + 1:
        return -1
    return 1 if two[at] + two[at + 2] <= one[at] + 1 else 0
