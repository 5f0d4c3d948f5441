"""Which elements stand elsewhere among their siblings, as one reads."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_visualdiff.layouts.page_layout import Rect
    from pytest_visualdiff.sweep.paired_layouts import Scene

STAYS = 2.0
"""CSS pixels up to which an element has stayed where it was."""


def reordered(scene: Scene) -> set[int]:
    """Of two neighbours that have changed sides, the one that has travelled further.

    Where only one has moved, and the document has them in the same order, they have not changed
    places: that one lies elsewhere.
    """
    found: set[int] = set()
    for kids in scene.kids.values():
        for one, two in pairwise(kids):
            if _turned(scene, one, two) and _both_moved(scene, one, two):
                found.add(max(one, two, key=lambda i: _travelled(scene, i)))
    return found


def _both_moved(scene: Scene, one: int, two: int) -> bool:
    twins = scene.pairs.of_a
    if twins[one] > twins[two]:
        return True
    return min(_travelled(scene, one), _travelled(scene, two)) > STAYS


def _travelled(scene: Scene, i: int) -> float:
    change = scene.shifts[i]
    return abs(change.left) + abs(change.top)


def _turned(scene: Scene, one: int, two: int) -> bool:
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
