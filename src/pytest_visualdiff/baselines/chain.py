"""Which line of a log was written in knowledge of which other one. Pure.

Each line names its predecessors by hash, so the lines form a directed acyclic graph as the commits
of git do: branches that were merged line by line have two newest lines, which the next one joins.
A vector clock for each unbranched stretch tells order without walking the graph again (Mattern,
"Virtual Time and Global States of Distributed Systems", 1989).
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Chain:
    """The order of lines; ``links`` is hash -> hashes of the predecessors.

    Predecessors that are not there are left out. Raises ``ValueError`` for lines in a circle.
    """

    def __init__(self, links: Mapping[str, Sequence[str]]) -> None:
        self._links = {one: [it for it in before if it in links] for one, before in links.items()}
        self._place: dict[str, tuple[int, int]] = {}
        self._clock: list[dict[int, int]] = []
        self._tips: dict[str, int] = {}
        """The last line of each stretch -> the stretch."""
        try:
            self.order = tuple(TopologicalSorter(self._links).static_order())
        except CycleError as error:
            raise ValueError("lines follow each other in a circle") from error
        for one in self.order:
            self._add(one)

    @property
    def heads(self) -> tuple[str, ...]:
        """The lines that no other one follows, sorted."""
        followed = {before for some in self._links.values() for before in some}
        return tuple(sorted(one for one in self._links if one not in followed))

    def sees(self, later: str, earlier: str) -> bool:
        """Whether ``later`` was written in knowledge of ``earlier``, directly or not."""
        stretch, at = self._place[later]
        other, before = self._place[earlier]
        return at > before if stretch == other else self._clock[stretch].get(other, -1) >= before

    def _add(self, one: str) -> None:
        before = self._links[one]
        stretch = self._tips.pop(before[0], None) if len(before) == 1 else None
        if stretch is None:
            stretch, at = len(self._clock), 0
            self._clock.append(self._seen_by(before))
        else:
            at = self._place[before[0]][1] + 1
        self._place[one], self._tips[one] = (stretch, at), stretch

    def _seen_by(self, before: Sequence[str]) -> dict[int, int]:
        clock: dict[int, int] = {}
        for one in before:
            stretch, at = self._place[one]
            for other, seen in (*self._clock[stretch].items(), (stretch, at)):
                clock[other] = max(clock.get(other, -1), seen)
        return clock
