"""Finds the elements that are the cause of all other differences between two layouts.

An event is strong where more than a place or a size differs: the element is gone, stands elsewhere
in the order, or has other computed styles than its partner. A weak event beside a strong one is its
consequence. Where no event of a group is strong, the largest is taken for the cause.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.sweep.appearance import restyled
from pytest_visualdiff.sweep.events import FALLBACK, ElementChange, Event, RootCause
from pytest_visualdiff.sweep.geometry import Geometry, reordered
from pytest_visualdiff.sweep.presence import gone, obscured, on_its_own

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_visualdiff.sweep.paired_layouts import PairedLayouts
    from pytest_visualdiff.sweep.tolerance import SweepLimits


def root_causes(paired: PairedLayouts, limits: SweepLimits) -> list[RootCause]:
    """The causes of all that differs between two layouts."""
    return Tracing(paired, limits).run()


class Tracing:
    """Collects the elements that differ, groups them, and keeps the causes of each group."""

    def __init__(self, paired: PairedLayouts, limits: SweepLimits) -> None:
        self.paired, self.limits = paired, limits
        self.geometry = Geometry(paired, limits)
        self.changes = self.geometry.changes()

    def run(self) -> list[RootCause]:
        """The causes, in document order."""
        candidates = [*self._missing(), *self._differing()]
        candidates.sort(key=lambda one: (one.a < 0, one.a, one.b))
        groups = related_groups(candidates, self.paired, self.changes)
        kept = [cause for group in groups for cause in _causes_of_group(group)]
        for cause in kept:
            cause.followers |= self._followers(cause)
        return _without_font_effects(kept)

    def _missing(self) -> Iterator[RootCause]:
        a, b, pairs = self.paired.a, self.paired.b, self.paired.pairs
        for i in gone(a, pairs.of_a, b):
            own = on_its_own(self.paired, i, b, pairs.of_a[i])
            yield RootCause(i, pairs.of_a[i], [Event("missing", 50.0)], own=own)
        for j in gone(b, pairs.of_b, a):
            own = on_its_own(self.paired, pairs.of_b[j], a, pairs.of_b[j])
            yield RootCause(pairs.of_b[j], j, [Event("missing", 50.0)], own=own)

    def _differing(self) -> Iterator[RootCause]:
        moved = reordered(self.paired)
        fallback = self._other_fonts()
        for i in self.paired.in_both:
            change = self.changes.get(i, ElementChange())
            events = list(change.events)
            events += obscured(self.paired, i, self.limits, inline=self._in_line(i))
            events += restyled(self.paired, i, self.limits)
            events += [Event("restyled", 10.0, FALLBACK)] if i in fallback else []
            if i in moved:
                events.append(Event("reordered", 20.0))
            if events:
                evidence = self.paired.evidence(i)
                own = self._on_its_own(i, events, evidence)
                others = set(fallback.get(i, ()))
                yield RootCause(i, self.paired.pairs.of_a[i], events, evidence, own, others)

    def _on_its_own(self, i: int, events: list[Event], evidence: tuple[str, ...]) -> bool:
        """Whether it is cut off, or shows no text, for its own sake."""
        sized = {one.kind for one in events} & {"larger", "smaller", "wrapped"}
        if any(one.kind == "clipped" for one in events) and not (evidence or sized):
            return False
        inherits = "font-size" in self.paired.unlike(i) and self.paired.from_parent(i, "font-size")
        return not (inherits and any(one == Event("missing", 20.0, "text") for one in events))

    def _in_line(self, i: int) -> bool:
        return self.paired.style_a(i, "display") == "inline" and not self.paired.evidence(i)

    def _other_fonts(self) -> dict[int, tuple[int, ...]]:
        """Texts in a font that each browser replaces by another one: the others, by the first."""
        found: dict[str, list[int]] = defaultdict(list)
        for font, (ratio, texts) in self.paired.fonts.items():
            if abs(ratio - 1) > self.limits.text and font[:3] == font[3:]:
                found[font[0]] += texts
        by_family = (sorted(texts) for texts in found.values())
        return {first: tuple(others) for first, *others in by_family}

    def _followers(self, cause: RootCause) -> set[int]:
        """All that is explained by the cause, directly or not."""
        found: set[int] = set()
        waiting = [cause.a] if cause.kinds - {"restyled"} else []
        while waiting:
            for i in self._explained.get(waiting.pop(), ()):
                if i not in found and i != cause.a:
                    found.add(i)
                    waiting.append(i)
        return found

    @cached_property
    def _explained(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for i, change in self.changes.items():
            for link in change.links:
                found[link].append(i)
        return found


def _without_font_effects(kept: list[RootCause]) -> list[RootCause]:
    """Drop what only differs because the browsers replace a font, each by another one.

    Then all texts are longer or shorter, and what holds them is larger or smaller.
    """
    fonts = [one for one in kept if any(event.axis == FALLBACK for event in one.events)]
    if not fonts:
        return kept
    weak = [one for one in kept if not (one.strong or one in fonts)]
    fonts[0].followers |= {one.a for one in weak if one.a >= 0}
    return [one for one in kept if one not in weak]


def _causes_of_group(group: list[RootCause]) -> list[RootCause]:
    """The causes in a group; all others of the group are consequences of the first one."""
    causes = [one for one in group if one.strong]
    if not any(one.leading for one in causes):
        weak = [one for one in group if not one.strong]
        causes += [max(weak, key=lambda one: one.weight)] if weak else []
    first = next((one for one in causes if one.kinds - {"restyled"}), causes[0])
    first.followers |= {one.a for one in group if one not in causes and one.a >= 0}
    return causes


GENERATIONS = 3
"""How many levels up or down a change of size or place is taken for the same cause."""


MOST_STEPS = 40
"""How many explanations are followed from one element at most."""


def related_groups(
    candidates: Sequence[RootCause], paired: PairedLayouts, changes: Mapping[int, ElementChange]
) -> list[list[RootCause]]:
    """Groups of candidates that may have one cause; each group in document order."""
    groups = _Groups(len(candidates))
    line = _Ancestors(paired)
    homes: dict[Any, int] = {}
    for at, one in enumerate(candidates):
        homes.setdefault(line.node(one), at)
    for at, one in enumerate(candidates):
        for other in _relatives(one, line, homes, candidates):
            groups.join(at, other)
        for node in () if one.strong or one.a < 0 else _explained_by(one.a, paired, changes):
            if node in homes:
                groups.join(at, homes[node])
    return [[candidates[at] for at in group] for group in groups.all()]


def _relatives(
    one: RootCause, line: _Ancestors, homes: dict[Any, int], candidates: Sequence[RootCause]
) -> Iterator[int]:
    """Other candidates that a candidate belongs to.

    What hides an element, or is cut off by one inside of it, is looked for at any distance.
    """
    for distance, node in enumerate(line.above(one), 1):
        if distance == 1:
            siblings = ("siblings", node)
            yield homes.setdefault(siblings, homes[line.node(one)])
        if node not in homes:
            continue
        if distance <= GENERATIONS or one.obscured:
            yield homes[node]
            break
        if candidates[homes[node]].obscured:
            yield homes[node]
    if not one.strong:
        yield from (homes[node] for node in line.covering(one) if node in homes)


def _explained_by(
    i: int, paired: PairedLayouts, changes: Mapping[int, ElementChange]
) -> Iterator[Any]:
    """What explains the changes of the neighbours of an element."""
    waiting = [near for near in (*paired.around.get(i, ()), paired.parents.get(i, -1)) if near >= 0]
    met = {i}
    while waiting and len(met) < MOST_STEPS:
        near = waiting.pop(0)
        if near in met:
            continue
        met.add(near)
        yield "a", near
        waiting += changes[near].links if near in changes else ()


class _Ancestors:
    """The ancestors of a candidate; those with a partner are known by the first layout's index."""

    def __init__(self, paired: PairedLayouts) -> None:
        self.paired = paired

    def node(self, one: RootCause) -> Any:
        return ("a", one.a) if one.a >= 0 else ("b", one.b)

    def above(self, one: RootCause) -> Iterator[Any]:
        side, at = self.node(one)
        while True:
            layout = self.paired.a if side == "a" else self.paired.b
            at = layout.elements[at].parent
            if at < 0:
                return
            side, at = self._common(side, at)
            yield side, at

    def covering(self, one: RootCause) -> Iterator[Any]:
        """What lies on it in one browser, and what that is a part of."""
        for side, index, layout in (("a", one.a, self.paired.a), ("b", one.b, self.paired.b)):
            cover = layout.elements[index].cover if index >= 0 else -1
            for _ in range(GENERATIONS + 1):
                if cover < 0:
                    break
                yield self._common(side, cover)
                cover = layout.elements[cover].parent

    def _common(self, side: str, at: int) -> tuple[str, int]:
        partner = self.paired.pairs.of_b[at] if side == "b" else -1
        return ("a", partner) if partner >= 0 else (side, at)


class _Groups:
    """Disjoint sets of numbers."""

    def __init__(self, count: int) -> None:
        self._leader = list(range(count))

    def top(self, at: int) -> int:
        while self._leader[at] != at:
            self._leader[at] = self._leader[self._leader[at]]
            at = self._leader[at]
        return at

    def join(self, one: int, other: int) -> None:
        one, other = sorted((self.top(one), self.top(other)))
        self._leader[other] = one

    def all(self) -> list[list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for at in range(len(self._leader)):
            found[self.top(at)].append(at)
        return list(found.values())
