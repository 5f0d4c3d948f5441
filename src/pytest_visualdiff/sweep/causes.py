"""One cause is one finding: which of all events are the reason of the others.

An event is strong where something speaks for it: the element is gone, stands elsewhere in the
order, or has other computed styles than its twin. A weak event beside a strong one is its
consequence. Where no event of a family is strong, the largest is taken for the cause.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_visualdiff.sweep.geometry import Change, Event, Geometry
from pytest_visualdiff.sweep.looks import restyled
from pytest_visualdiff.sweep.presence import gone, obscured

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_visualdiff.sweep.layout import Rect
    from pytest_visualdiff.sweep.limits import SweepLimits
    from pytest_visualdiff.sweep.scene import Scene

GENERATIONS = 3
"""How far up a cause is looked for."""

GEOMETRIC = frozenset({"larger", "smaller", "misaligned", "wrapped", "off-screen", "overlapped"})

RANK = ("missing", "reordered", "larger", "smaller", "wrapped", "misaligned", "clipped",
        "overlapped", "off-screen", "broken", "restyled")  # fmt: skip
"""Which event of one element names the finding."""


@dataclass
class Cause:
    """An element whose events are a finding, and what follows from them."""

    a: int
    """Index in the first layout; -1 where it is only in the second."""
    b: int
    events: list[Event]
    evidence: tuple[str, ...] = ()
    followers: set[int] = field(default_factory=set)
    """Indices in the first layout of the elements that are changed by it."""

    @property
    def strong(self) -> bool:
        """Whether something beside its geometry speaks for it."""
        return bool(self.evidence) or any(one.kind not in GEOMETRIC for one in self.events)

    @property
    def amount(self) -> float:
        """Its largest event in CSS pixels."""
        return max(one.amount for one in self.events)


def causes(scene: Scene, limits: SweepLimits) -> list[Cause]:
    """The causes of all that differs between two layouts."""
    return Tracing(scene, limits).run()


class Tracing:
    """From all events to their causes."""

    def __init__(self, scene: Scene, limits: SweepLimits) -> None:
        self.scene, self.limits = scene, limits
        self.changes = Geometry(scene, limits).changes()

    def run(self) -> list[Cause]:
        """Trace everything."""
        candidates = [*self._missing(), *self._differing()]
        kept: list[Cause] = []
        for family in families(candidates, self._ancestors):
            kept += self._heads(family)
        for cause in kept:
            cause.followers |= self._followers(cause)
        return kept

    def _missing(self) -> Iterator[Cause]:
        a, b, pairs = self.scene.a, self.scene.b, self.scene.pairs
        for i in gone(a, pairs.of_a, b):
            yield Cause(i, pairs.of_a[i], [Event("missing", 50.0)])
        for j in gone(b, pairs.of_b, a):
            yield Cause(pairs.of_b[j], j, [Event("missing", 50.0)])

    def _differing(self) -> Iterator[Cause]:
        moved = reordered(self.scene)
        for i in self.scene.seen:
            events = list(self.changes[i].events) if i in self.changes else []
            events += obscured(self.scene, i, self.limits)
            events += restyled(self.scene, i, self.limits)
            if i in moved:
                events.append(Event("reordered", 20.0))
            if events:
                evidence = self.scene.evidence(i)
                yield Cause(i, self.scene.pairs.of_a[i], events, evidence)

    def _ancestors(self, cause: Cause) -> list[tuple[str, int]]:
        """The cause and its ancestors in their layout."""
        side, at = ("a", cause.a) if cause.a >= 0 else ("b", cause.b)
        elements = self.scene.a.elements if side == "a" else self.scene.b.elements
        found = [(side, at)]
        for _ in range(GENERATIONS):
            at = elements[at].parent
            if at < 0:
                break
            if side == "b" and self.scene.pairs.of_b[at] >= 0:
                side, at, elements = "a", self.scene.pairs.of_b[at], self.scene.a.elements
            found.append((side, at))
        return found

    def _heads(self, family: list[Cause]) -> list[Cause]:
        strong = [cause for cause in family if cause.strong]
        heads = strong or [max(family, key=lambda cause: (_sized(cause), cause.amount))]
        rest = {cause.a for cause in family if cause not in heads and cause.a >= 0}
        heads[0].followers |= rest
        return heads

    def _followers(self, cause: Cause) -> set[int]:
        """All that is explained by the cause, directly or not."""
        found: set[int] = set()
        waiting = [cause.a]
        while waiting:
            for i in self._explained.get(waiting.pop(), ()):
                if i not in found and i != cause.a:
                    found.add(i)
                    waiting.append(i)
        return found

    @property
    def _explained(self) -> dict[int, list[int]]:
        if not hasattr(self, "_by_link"):
            self._by_link: dict[int, list[int]] = defaultdict(list)
            for i, change in self.changes.items():
                for link in change.links:
                    self._by_link[link].append(i)
        return self._by_link


def _sized(cause: Cause) -> bool:
    return any(one.kind in ("larger", "smaller", "wrapped") for one in cause.events)


def families(candidates: Iterable[Cause], ancestors: object) -> list[list[Cause]]:
    """Candidates that are siblings, or near in line, together."""
    every = list(candidates)
    leader = list(range(len(every)))

    def top(at: int) -> int:
        while leader[at] != at:
            leader[at] = leader[leader[at]]
            at = leader[at]
        return at

    holder: dict[tuple[str, int], int] = {}
    lines = [ancestors(cause) for cause in every]  # type: ignore[operator]
    for at, line in enumerate(lines):
        holder.setdefault(line[0], at)
    for at, line in enumerate(lines):
        for node in line[1:]:
            if node in holder:
                leader[top(at)] = top(holder[node])
        if len(line) > 1:
            sibling = holder.setdefault(("children", line[1]), at)  # type: ignore[arg-type]
            leader[top(at)] = top(sibling)
    found: dict[int, list[Cause]] = defaultdict(list)
    for at, cause in enumerate(every):
        found[top(at)].append(cause)
    return list(found.values())


def reordered(scene: Scene) -> set[int]:
    """Elements that stand elsewhere among their siblings: in the document, or as they are seen."""
    found: set[int] = set()
    for kids in scene.kids.values():
        if len(kids) > 1:
            found |= _out_of_order(scene, kids)
    return found


def _out_of_order(scene: Scene, kids: list[int]) -> set[int]:
    turned: set[int] = set()
    for one, two in zip(kids, kids[1:], strict=False):
        if _turned(scene, one, two):
            turned.add(max(one, two, key=lambda i: _travelled(scene, i)))
    return turned


def _travelled(scene: Scene, i: int) -> float:
    change = scene.shifts[i]
    return abs(change.left) + abs(change.top)


def _turned(scene: Scene, one: int, two: int) -> bool:
    """Whether two neighbours have changed sides, as one reads."""
    (a1, b1), (a2, b2) = scene.both(one), scene.both(two)
    return _order(a1.box, a2.box) * _order(b1.box, b2.box) < 0


def _order(one: Rect, two: Rect) -> int:
    """-1 where ``one`` is read before ``two``, 1 where after, 0 where they overlap."""
    return _side(one, two, 1) or _side(one, two, 0)


def _side(one: Rect, two: Rect, at: int) -> int:
    """-1 where ``one`` lies wholly before ``two``, 1 where behind, 0 where they overlap."""
    if one[at] + one[at + 2] <= two[at] + 1:
        return -1
    return 1 if two[at] + two[at + 2] <= one[at] + 1 else 0
