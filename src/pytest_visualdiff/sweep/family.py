"""Which of the elements that differ belong together: kin, neighbours, and what lies on what."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_visualdiff.sweep.cause import Cause
    from pytest_visualdiff.sweep.events import Change
    from pytest_visualdiff.sweep.paired_layouts import Scene

GENERATIONS = 3
"""How many levels up or down a change of size or place is taken for the same cause."""


MOST_STEPS = 40
"""How many explanations are followed from an element to find what is behind it."""


def families(
    candidates: Sequence[Cause], scene: Scene, changes: Mapping[int, Change]
) -> list[list[Cause]]:
    """The candidates, grouped by what may have one cause; each group in document order."""
    groups = _Groups(len(candidates))
    line = _Lines(scene)
    homes: dict[Any, int] = {}
    for at, one in enumerate(candidates):
        homes.setdefault(line.node(one), at)
    for at, one in enumerate(candidates):
        for other in _kin(one, line, homes, candidates):
            groups.join(at, other)
        for node in () if one.strong or one.a < 0 else _behind(one.a, scene, changes):
            if node in homes:
                groups.join(at, homes[node])
    return [[candidates[at] for at in group] for group in groups.all()]


def _kin(
    one: Cause, line: _Lines, homes: dict[Any, int], candidates: Sequence[Cause]
) -> Iterator[int]:
    """Other candidates that a candidate belongs to.

    What hides an element, or is cut off by one inside of it, is looked for at any distance.
    """
    for distance, node in enumerate(line.above(one), 1):
        if distance == 1:
            brood = ("brood", node)
            yield homes.setdefault(brood, homes[line.node(one)])
        if node not in homes:
            continue
        if distance <= GENERATIONS or one.obscured:
            yield homes[node]
            break
        if candidates[homes[node]].obscured:
            yield homes[node]
    if not one.strong:
        yield from (homes[node] for node in line.covering(one) if node in homes)


def _behind(i: int, scene: Scene, changes: Mapping[int, Change]) -> Iterator[Any]:
    """What explains the changes of the neighbours of an element."""
    waiting = [near for near in (*scene.around.get(i, ()), scene.parents.get(i, -1)) if near >= 0]
    met = {i}
    while waiting and len(met) < MOST_STEPS:
        near = waiting.pop(0)
        if near in met:
            continue
        met.add(near)
        yield "a", near
        waiting += changes[near].links if near in changes else ()


class _Lines:
    """The ancestors of a candidate; those with a twin are known by the first layout's index."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def node(self, one: Cause) -> Any:
        return ("a", one.a) if one.a >= 0 else ("b", one.b)

    def above(self, one: Cause) -> Iterator[Any]:
        side, at = self.node(one)
        while True:
            layout = self.scene.a if side == "a" else self.scene.b
            at = layout.elements[at].parent
            if at < 0:
                return
            side, at = self._common(side, at)
            yield side, at

    def covering(self, one: Cause) -> Iterator[Any]:
        """What lies on it in one browser, and what that is a part of."""
        for side, index, layout in (("a", one.a, self.scene.a), ("b", one.b, self.scene.b)):
            cover = layout.elements[index].cover if index >= 0 else -1
            for _ in range(GENERATIONS + 1):
                if cover < 0:
                    break
                yield self._common(side, cover)
                cover = layout.elements[cover].parent

    def _common(self, side: str, at: int) -> tuple[str, int]:
        twin = self.scene.pairs.of_b[at] if side == "b" else -1
        return ("a", twin) if twin >= 0 else (side, at)


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
