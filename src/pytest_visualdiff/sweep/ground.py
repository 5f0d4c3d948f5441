"""Sizes that only explain each other, as a box and the child that fills it: which is the cause.

A width is handed down from the outermost of them, a height up from the innermost, unless another
style of one of them speaks for it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_visualdiff.sweep.events import Change, Sized
    from pytest_visualdiff.sweep.paired_layouts import Scene

TRADE = 12.0
"""CSS pixels of width that neighbours in a row may give each other: how much room the columns of a
table or a row get beyond their contents is up to the engine."""


def ground(changes: Mapping[int, Change], scene: Scene) -> None:
    """Make an event of each size that is the cause of others and has none itself."""
    for axis in ("width", "height"):
        sized = {i: one.sized[axis] for i, one in changes.items() if axis in one.sized}
        for circle in _circles(_floating(sized), sized):
            for i in _sources(circle, sized, axis, scene):
                event = sized[i].event
                traded = sized[i].by("row") and not scene.evidence(i) and event.amount <= TRADE
                if sized[i].certain and not traded:
                    changes[i].events.append(event)


def _floating(sized: Mapping[int, Sized]) -> set[int]:
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


def _circles(floating: set[int], sized: Mapping[int, Sized]) -> Iterator[set[int]]:
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


def _sources(
    circle: Iterable[int], sized: Mapping[int, Sized], axis: str, scene: Scene
) -> list[int]:
    evident = [i for i in circle if scene.evidence(i)]
    if evident:
        return sorted(evident)
    what = "content" if axis == "height" else "parent"
    free = [i for i in circle if not sized[i].by(what)] or list(circle)
    depth = {i: scene.depth(i) for i in free}
    best = (max if axis == "height" else min)(depth.values())
    first = [i for i in free if depth[i] == best]
    # Of neighbours that follow each other the one that changed most leads.
    return [max(sorted(first), key=lambda i: sized[i].event.amount)]
