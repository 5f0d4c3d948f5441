"""Where an element lies and how large it is, relative to what is around it.

Absolute places say little: one line more at the top moves all that follows. So each change of an
edge is held against what would explain it: the edges of the container, the content, the
neighbours. What is explained is a consequence and points to its reason; what is not is an event.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pytest_visualdiff.sweep.limits import NATIVE
from pytest_visualdiff.sweep.scene import STILL, Scene, Shift, shift

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_visualdiff.sweep.layout import Element, Rect
    from pytest_visualdiff.sweep.limits import SweepLimits


class Event(NamedTuple):
    """Something about one element that nothing around it explains."""

    kind: str
    """larger, smaller, misaligned, wrapped …"""
    amount: float
    """CSS pixels."""
    axis: str = ""
    """width or height, x or y."""


class Reason(NamedTuple):
    """An explanation of a change: by which element, and what it leaves unexplained."""

    rest: float
    link: int = -1
    """The element that explains it; -1 where the font engine does."""


@dataclass
class Change:
    """What is known of one element: its events, and the elements that explain the rest."""

    events: list[Event] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    sized: list[tuple[Event, tuple[int, ...]]] = field(default_factory=list)
    """Its size as an event, where only elements explain it that it explains itself; and those."""


INLINE = ("inline", "contents")

MARKER = 8.0
"""CSS pixels that the marker of a list may be wider."""

ALONE = 5.0
"""So much more may a text differ whose element has the same styles in both browsers: then each has
found another font for it."""


class Geometry:
    """The rules, for one scene."""

    def __init__(self, scene: Scene, limits: SweepLimits) -> None:
        self.scene, self.limits = scene, limits

    def changes(self) -> dict[int, Change]:
        """All elements with an event or an explained change."""
        found: dict[int, Change] = {}
        for i in self.scene.seen:
            change = Change()
            if not self.flows_in_text(i):
                self._size(i, change)
                self._place(i, change)
            self._text(i, change)
            if change.events or change.links:
                found[i] = change
        ground(found)
        return found

    # --- tolerance ------------------------------------------------------------------------------

    def _slack(self, i: int, extent: float) -> float:
        """Pixels that are tolerated at an element of that extent."""
        if self.scene.a.elements[i].tag in NATIVE and not self.scene.evidence(i):
            return max(2 * self.limits.move, 0.15 * extent)
        return max(self.limits.move, self.limits.size * extent * 0.5)

    def flows_in_text(self, i: int) -> bool:
        """Whether it is a part of a line of text: where it lies is up to the font engine."""
        if self.scene.style_a(i, "display") not in INLINE or self.scene.evidence(i):
            return False
        one, twin = self.scene.both(i)
        hollow = not one.lines and bool(self.scene.kids.get(i))  # a box of each engine's own making
        return hollow or max(one.lines, twin.lines) > 1 or self._beside_text(i)

    def _beside_text(self, i: int) -> bool:
        """Whether the block that an inline element is in has text beside it."""
        up = self.scene.parents[i]
        while up >= 0:
            if self.scene.a.elements[up].lines:
                return True
            if self.scene.style_a(up, "display") not in INLINE:
                break
            up = self.scene.parents[up]
        return False

    # --- size -----------------------------------------------------------------------------------

    def _size(self, i: int, change: Change) -> None:
        one, twin = self.scene.both(i)
        self._extent(i, change, "width", one.box.width, twin.box.width)
        self._extent(i, change, "height", one.box.height, twin.box.height)

    def _extent(self, i: int, change: Change, axis: str, was: float, now: float) -> None:
        slack = self._slack(i, was)
        if abs(now - was) <= slack:
            return
        event = Event("larger" if now > was else "smaller", abs(now - was), axis)
        reasons = [one for one in self._sizes(i, axis) if abs(one.rest) <= slack]
        if not reasons:
            change.events.append(event)
        elif all(one.link >= 0 for one in reasons):
            change.sized.append((event, tuple(one.link for one in reasons)))
        change.links += [one.link for one in reasons if one.link >= 0]

    def _sizes(self, i: int, axis: str) -> Iterator[Reason]:
        at = 0 if axis == "width" else 1
        scene, mine = self.scene, self.scene.shifts[i]
        grown = mine[at + 2] - mine[at]
        up = scene.parents[i]
        if up >= 0:
            yield from self._by_parent(i, up, at)
        yield from self._by_content(i, at, grown)
        yield from self._by_row(i, at)

    def _by_parent(self, i: int, up: int, at: int) -> Iterator[Reason]:
        """It fills its container, or a part of it."""
        scene, mine = self.scene, self.scene.shifts[i]
        outer = scene.shifts[up]
        yield Reason(abs(mine[at] - outer[at]) + abs(mine[at + 2] - outer[at + 2]), up)
        one, twin = scene.both(i)
        container, other = scene.both(up)
        if container.box[at + 2] and abs(outer[at + 2] - outer[at]) > self.limits.move:
            part = one.box[at + 2] / container.box[at + 2]
            yield Reason(twin.box[at + 2] - part * other.box[at + 2], up)

    def _by_content(self, i: int, at: int, grown: float) -> Iterator[Reason]:
        """It is as large as what it holds: its text, or its children."""
        one, twin = self.scene.both(i)
        own = twin.text_box[at + 2] - one.text_box[at + 2]
        if one.lines and twin.lines and self._text_is_alike(i, at):
            if at or one.lines == twin.lines == 1:
                yield Reason(grown - own)
        inner = self._inner(i)
        if inner is not None:
            yield Reason(grown - (inner[0][at + 2] - inner[0][at]), inner[1][at])

    def _text_is_alike(self, i: int, at: int) -> bool:
        """Whether the own text differs by no more than the font engine explains."""
        one, twin = self.scene.both(i)
        was, now = one.text_box[at + 2], twin.text_box[at + 2]
        if at:
            share = 0.0 if self.scene.evidence(i) else ALONE * self.limits.text
            most = max(3.0 * max(one.lines, twin.lines), share * max(was, now))
            return one.lines == twin.lines and abs(now - was) <= most
        share = self.limits.text if self.scene.evidence(i) else ALONE * self.limits.text
        return abs(now - was * self.scene.wider(i)) <= max(2.0, share * was)

    def _inner(self, i: int) -> tuple[Shift, tuple[int, int]] | None:
        """How the box around all children changed, and the child that decides it by axis."""
        kids = [k for k in self.scene.kids.get(i, ()) if not self.scene.out_of_flow(k)]
        if not kids:
            return None
        boxes = [tuple(element.box for element in self.scene.both(k)) for k in kids]
        one, twin = self.scene.both(i)
        ours = around([box for box, _ in boxes], one)
        theirs = around([box for _, box in boxes], twin)
        changed = [self.scene.shifts[k] for k in kids]
        deciding = tuple(
            kids[max(range(len(kids)), key=lambda k: abs(changed[k][at + 2] - changed[k][at]))]
            for at in (0, 1)
        )
        return shift(ours, theirs), (deciding[0], deciding[1])

    def _by_row(self, i: int, at: int) -> Iterator[Reason]:
        """It is as large as its neighbours, or gives way to one of them."""
        mine, near = self.scene.shifts[i], self.scene.around[i]
        grown = mine[at + 2] - mine[at]
        for other in {near.before, near.after, near.cousin} - {-1}:
            theirs = self.scene.shifts[other]
            change = theirs[at + 2] - theirs[at]
            if abs(change) <= self.limits.move:
                continue
            if (change > 0) == (grown > 0):
                yield Reason(grown - change, other)
            elif abs(change) > abs(grown) and self._beside(i, other, 1 - at):
                yield Reason(0.0, other)

    def _beside(self, i: int, other: int, at: int) -> bool:
        """Whether two boxes share a stretch of the other axis."""
        one, two = self.scene.a.elements[i].box, self.scene.a.elements[other].box
        low = max(one[at], two[at])
        high = min(one[at] + one[at + 2], two[at] + two[at + 2])
        return high - low > 0.5 * min(one[at + 2], two[at + 2])

    # --- place ----------------------------------------------------------------------------------

    def _place(self, i: int, change: Change) -> None:
        one = self.scene.a.elements[i]
        sized = {event.axis for event in change.events}
        for at, axis, extent in ((0, "x", "width"), (1, "y", "height")):
            slack = max(self.limits.move, 0.5 * self._slack(i, one.box[at + 2]))
            reasons = list(self._places(i, at))
            if abs(reasons[0].rest) <= slack:
                continue
            best = min(reasons, key=lambda reason: abs(reason.rest))
            if abs(best.rest) > slack and extent not in sized:
                change.events.append(Event("misaligned", abs(best.rest), axis))
            elif best.link >= 0:
                change.links.append(best.link)

    def _places(self, i: int, at: int) -> Iterator[Reason]:
        scene, mine = self.scene, self.scene.shifts[i]
        up = scene.parents[i]
        outer = scene.shifts[up] if up >= 0 else STILL
        yield Reason(mine[at] - outer[at])
        if scene.evidence(i):
            yield Reason(mine[at + 2] - outer[at + 2], up)
            yield from self._after(i, at)
            return
        yield Reason(mine[at + 2] - outer[at + 2], up)
        yield Reason(mine.middle[at] - outer.middle[at], up)
        yield from self._after(i, at)
        yield from self._between(i, at, outer, up)
        if up >= 0:
            yield from self._in_proportion(i, up, at)

    def _after(self, i: int, at: int) -> Iterator[Reason]:
        """It follows its neighbour, or is aligned with it."""
        mine, near = self.scene.shifts[i], self.scene.around[i]
        for other in {near.before, near.above, near.cousin} - {-1}:
            theirs = self.scene.shifts[other]
            yield Reason(mine[at] - theirs[at + 2], other)
            yield Reason(mine[at] - theirs[at], other)
            yield Reason(mine.middle[at] - theirs.middle[at], other)

    def _between(self, i: int, at: int, outer: Shift, up: int) -> Iterator[Reason]:
        """It lies between neighbours that moved further: centred, spread or aligned at the end."""
        mine, near = self.scene.shifts[i], self.scene.around[i]
        others = {near.before, near.after} - {-1}
        sized = [o for o in others if abs(self._grown(o, at)) > self.limits.move]
        if not sized:
            return
        edges = [edge for o in sized for edge in (self._grown(o, at), -self._grown(o, at))]
        edges += [outer[at], outer[at + 2], *(self.scene.shifts[o][at] for o in sized)]
        if min(edges) <= mine[at] <= max(edges):
            yield Reason(0.0, sized[0] if sized else up)

    def _grown(self, i: int, at: int) -> float:
        return self.scene.shifts[i][at + 2] - self.scene.shifts[i][at]

    def _in_proportion(self, i: int, up: int, at: int) -> Iterator[Reason]:
        """It keeps its place relative to a container of another size."""
        one, twin = self.scene.both(i)
        outer, other = self.scene.both(up)
        if outer.box[at + 2] and abs(self._grown(up, at)) > self.limits.move:
            part = (one.box[at] - outer.box[at]) / outer.box[at + 2]
            yield Reason(twin.box[at] - other.box[at] - part * other.box[at + 2], up)

    # --- text -----------------------------------------------------------------------------------

    def _text(self, i: int, change: Change) -> None:
        one, twin = self.scene.both(i)
        if not (one.lines and twin.lines):
            return
        if one.lines != twin.lines:
            if self.scene.evidence(i) or (
                min(one.lines, twin.lines) == 1 and not self.flows_in_text(i)
            ):
                change.events.append(Event("wrapped", abs(one.lines - twin.lines) * 10.0, "lines"))
            return
        if self.flows_in_text(i) or self.scene.kids.get(i):
            return
        inner = shift(one.text_box, twin.text_box)
        outer = self.scene.shifts[i]
        for at, axis in ((0, "x"), (1, "y")):
            slack = max(self.limits.move, 0.5 * self._slack(i, one.box[at + 2]))
            slack += MARKER * (at == 0 and self._is_item(i))
            rests = (
                inner[at] - outer[at],
                inner[at + 2] - outer[at + 2],
                inner.middle[at] - outer.middle[at],
            )
            if min(map(abs, rests)) > slack and not change.events:
                change.events.append(Event("misaligned", min(map(abs, rests)), axis))
        if not self._text_is_alike(i, 0) and not change.events and one.lines == 1:
            wider = twin.text_box.width - one.text_box.width
            change.events.append(Event("larger" if wider > 0 else "smaller", abs(wider), "text"))

    def _is_item(self, i: int) -> bool:
        """Whether it is an item of a list, whose marker each browser draws as wide as it likes."""
        return self.scene.style_a(i, "display") == "list-item" and not self.scene.evidence(i)


def ground(changes: dict[int, Change]) -> None:
    """Find the sizes that only explain each other: a box and the child that fills it."""
    reasons = {
        (i, event.axis): links for i, change in changes.items() for event, links in change.sized
    }
    explains: dict[tuple[int, str], list[tuple[int, str]]] = {}
    for (i, axis), links in reasons.items():
        for link in links:
            explains.setdefault((link, axis), []).append((i, axis))
    open_ = set(reasons)
    waiting = [
        (i, axis)
        for (i, axis), links in reasons.items()
        if any((link, axis) not in open_ for link in links)
    ]
    while waiting:
        node = waiting.pop()
        if node in open_:
            open_.remove(node)
            waiting += explains.get(node, ())
    for i, change in changes.items():
        change.sized = [(event, links) for event, links in change.sized if (i, event.axis) in open_]


def around(boxes: Iterable[Rect], one: Element) -> Rect:
    """The smallest box around some boxes and an element's own text."""
    from pytest_visualdiff.sweep.layout import Rect

    every = [*boxes, one.text_box] if one.lines else list(boxes)
    left, top = min(box.x for box in every), min(box.y for box in every)
    right, bottom = max(box.right for box in every), max(box.bottom for box in every)
    return Rect(left, top, right - left, bottom - top)
