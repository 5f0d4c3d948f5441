"""Which regions are one thing that moved.

Offsets are proposed by ``register``; here they are verified on the registered pixels: a group of
regions moved when everything inside its box, changed or not, is found again at the offset.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_visualdiff.comparison import regions as region_finder
from pytest_visualdiff.comparison.background import PARTLY, is_plain
from pytest_visualdiff.comparison.pixels import Residue, crop, near
from pytest_visualdiff.comparison.register import Move, fraction, offsets
from pytest_visualdiff.comparison.values import Explanation
from pytest_visualdiff.model import Box, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_visualdiff.comparison.pixels import Bools
    from pytest_visualdiff.comparison.regions import Region
    from pytest_visualdiff.comparison.values import AlignedPair
    from pytest_visualdiff.model import Array

_MOST_REGISTERED = 16  # regions that are looked for elsewhere, strongest first
_MOST_OFFSETS = 10
_MOST_GROUPED = 40
_FEW_PIXELS = 6  # fewer are found everywhere
_NEAREST: Array = np.ones((3, 3), np.uint8)
_SLACK = 12.0  # levels a redrawn pixel may differ while offsets are only weighed
_SUPPORT = 0.6  # share of a region's pixels that must agree with an offset to be considered
_LEFT_CHANGED = 0.25  # share of the evidence that may stay, and is reported on its own
_LEFT_STATIC = 0.02  # the same among pixels that did not change: those contradict the move
_NEIGHBOUR = 80  # pixels between regions tried as one thing


@dataclass(frozen=True, slots=True)
class Explained:
    """The moves found, what they leave unexplained, and regions that did not move.

    ``altered`` regions differ inside a thing that moved, in the frame registered by the move;
    ``covered`` ones showed something else before the thing came, and ``uncovered`` ones show
    something else since it left.
    """

    moves: tuple[Explanation, ...] = ()
    altered: tuple[tuple[Region, Move], ...] = ()
    covered: tuple[Region, ...] = ()
    uncovered: tuple[Region, ...] = ()
    rest: tuple[Region, ...] = ()

    def plus(self, other: Explained) -> Explained:
        """Both together, with the rest of the other, which was explained later."""
        return Explained(
            self.moves + other.moves,
            self.altered + other.altered,
            self.covered + other.covered,
            self.uncovered + other.uncovered,
            other.rest,
        )


def explain(pair: AlignedPair, regions: Sequence[Region]) -> Explained:
    """Split regions into moves, what differs in and under the moved things, and the rest."""
    explained = Explained(rest=tuple(regions))
    for move in _candidates(pair, regions):
        supporters = [region for region in explained.rest if _supports(pair, region, move)]
        for group in _groups(pair, supporters[:_MOST_GROUPED], move):
            found = _verified(pair, group, move)
            if found is not None:
                taken = set(map(id, group))
                rest = tuple(region for region in explained.rest if id(region) not in taken)
                explained = explained.plus(replace(found, rest=rest))
    return explained


def _candidates(pair: AlignedPair, regions: Sequence[Region]) -> list[Move]:
    votes: Counter[Move] = Counter()
    for region in regions[:_MOST_REGISTERED]:
        for move in offsets(pair.expected, pair.actual, region.box):
            votes[move] += region.count
    for first, second in _twins(regions[: 2 * _MOST_REGISTERED]):
        votes[second.x - first.x, second.y - first.y] += 1
        votes[first.x - second.x, first.y - second.y] += 1
    return [move for move, _ in votes.most_common(_MOST_OFFSETS)]


def _twins(regions: Sequence[Region]) -> Iterable[tuple[Box, Box]]:
    """Pairs of boxes of one size: a thing may have gone here and come there."""
    boxes = [region.box for region in regions if region.count >= _FEW_PIXELS]
    for i, first in enumerate(boxes):
        for second in boxes[i + 1 :]:
            if (first.width, first.height) == (second.width, second.height):
                yield first, second


def _supports(pair: AlignedPair, region: Region, move: Move) -> bool:
    """Whether what is there came from the offset, and what was there went to it."""
    came = _agreement(pair, region, move, backwards=True)
    went = _agreement(pair, region, move, backwards=False)
    return (came + went) / 2 >= _SUPPORT


def _agreement(pair: AlignedPair, region: Region, move: Move, *, backwards: bool) -> float:
    """Share of a region's pixels found again one step along the move, or against it."""
    dx, dy = (-move[0], -move[1]) if backwards else move
    here, there = pair.expected, pair.actual
    if backwards:
        here, there = there, here
    other = region.box.moved(dx, dy).clipped(*pair.size)
    if other.area == 0:
        return 1.0  # beyond the canvas nothing can contradict
    box = other.moved(-dx, -dy)
    pixels = crop(region.pixels, box.moved(-region.box.x, -region.box.y))
    if not pixels.any():
        return 1.0
    return float(_alike(crop(here, box), crop(there, other))[pixels].mean())


def _alike(here: Array, there: Array) -> Bools:
    """Where a pixel is within what is drawn around it in the other picture: redrawn, maybe."""
    low, high = cv2.erode(there, _NEAREST), cv2.dilate(there, _NEAREST)
    outside = cv2.max(cv2.subtract(low, here), cv2.subtract(here, high))
    alike: Bools = cv2.inRange(outside, (0.0,) * 3, (_SLACK,) * 3) > 0
    return alike


def _groups(pair: AlignedPair, supporters: list[Region], move: Move) -> list[list[Region]]:
    """Supporters of one offset as few groups as agree with having moved as a whole."""
    if not supporters:
        return []
    if _agrees_whole(pair, supporters, move):
        return [supporters]
    groups: list[list[Region]] = []
    for region in sorted(supporters, key=lambda region: (region.box.y, region.box.x)):
        for group in groups:
            if _close(_union(group), region.box) and _agrees_whole(pair, [*group, region], move):
                group.append(region)
                break
        else:
            groups.append([region])
    return groups


def _close(first: Box, second: Box) -> bool:
    return first.grown(_NEIGHBOUR).overlaps(second)


def _union(group: Sequence[Region]) -> Box:
    box = group[0].box
    for region in group[1:]:
        box = box.union(region.box)
    return box


def _arrival(box: Box, move: Move) -> Box | None:
    """Where a thing is now whose old and new places together fill ``box``."""
    width, height = box.width - abs(move[0]), box.height - abs(move[1])
    if width <= 0 or height <= 0:
        return None
    return Box(box.x + max(0, move[0]), box.y + max(0, move[1]), width, height)


def _agrees_whole(pair: AlignedPair, group: Sequence[Region], move: Move) -> bool:
    """A cheap look whether nearly all pixels of the group's box moved together."""
    box = _union(group)
    arrival = _arrival(box, move)
    if arrival is None:
        return False
    source = arrival.moved(*_back(move))
    found = _alike(crop(pair.expected, source), crop(pair.actual, arrival))
    wrong = found.size - int(np.count_nonzero(found))
    return wrong <= _LEFT_CHANGED * sum(region.count for region in group)


def _verified(pair: AlignedPair, group: Sequence[Region], move: Move) -> Explained | None:
    """The move and what it leaves to explain; None where it does not hold."""
    box, count = _union(group), sum(region.count for region in group)
    arrival = _arrival(box, move)
    if arrival is None or count < _FEW_PIXELS or not _agrees_whole(pair, group, move):
        return None
    changed = _changed(group, box)
    altered, static = _split(_left(pair, arrival, move), changed, box)
    # Measured where the thing arrived: there the move has to explain what differs.
    strength = _strength(pair, arrival)
    if _total(altered) > _LEFT_CHANGED * strength or _total(static) > _LEFT_STATIC * strength:
        return None
    source = arrival.moved(*_back(move))
    # The worst place decides: grouping regions must not make them weigh more than each did.
    worst = max(region.worst for region in group)
    offset = _offset(pair, arrival, source, move)
    explanation = Explanation(Kind.MOVED, arrival, worst, count, {"offset": offset}, source)
    return Explained(
        (explanation,),
        tuple((region, move) for region in altered),
        _drawn(pair, pair.expected, box, source, changed & _left_over(pair, box, move)),
        _drawn(pair, pair.actual, box, arrival, changed & _brought(pair, box, move)),
    )


def _offset(pair: AlignedPair, arrival: Box, source: Box, move: Move) -> list[float]:
    """The move with tenths of a pixel where there are some."""
    rest = fraction(crop(pair.expected, source), crop(pair.actual, arrival))
    return [whole + part if part else whole for whole, part in zip(move, rest, strict=True)]


def _back(move: Move) -> Move:
    return -move[0], -move[1]


def _left_over(pair: AlignedPair, box: Box, move: Move) -> Bools:
    """Pixels of the expected picture that did not follow the move, nor leave the canvas."""
    return _strays(pair.expected, pair.actual, box, move, outside=False)


def _brought(pair: AlignedPair, box: Box, move: Move) -> Bools:
    """Pixels of the actual picture that did not come with the move: new, or from outside."""
    return _strays(pair.actual, pair.expected, box, _back(move), outside=True)


def _strays(here: Array, there: Array, box: Box, move: Move, *, outside: bool) -> Bools:
    strays: Bools = np.full((box.height, box.width), outside, np.bool_)
    goal = box.moved(*move).clipped(here.shape[1], here.shape[0])
    inside = goal.moved(*_back(move))
    if inside.area:
        found = _alike(crop(here, inside), crop(there, goal))
        # What was at the goal all along is a twin, it did not come there.
        still = near(crop(here, goal), crop(there, goal), 0)
        crop(strays, inside.moved(-box.x, -box.y))[:] = ~found | still
    return strays


def _strength(pair: AlignedPair, box: Box) -> float:
    return Residue(box, pair.excess(box)).evidence()


def _total(regions: Sequence[Region]) -> float:
    return sum(region.evidence for region in regions)


def _changed(group: Sequence[Region], box: Box) -> Bools:
    changed: Bools = np.zeros((box.height, box.width), np.bool_)
    for region in group:
        part = crop(changed, region.box.moved(-box.x, -box.y))
        part |= region.pixels
    return changed


def _left(pair: AlignedPair, arrival: Box, move: Move) -> tuple[Region, ...]:
    """Regions inside a moved thing that differ from what it was before."""
    residue = pair.shifted(arrival, move)
    return () if residue is None else region_finder.find(residue)


def _split(
    left: Sequence[Region], changed: Bools, box: Box
) -> tuple[tuple[Region, ...], tuple[Region, ...]]:
    """Regions in which something changed, and those that merely stayed behind."""
    touched = [crop(changed, region.box.moved(-box.x, -box.y)).any() for region in left]
    return (
        tuple(region for region, hit in zip(left, touched, strict=True) if hit),
        tuple(region for region, hit in zip(left, touched, strict=True) if not hit),
    )


def _drawn(
    pair: AlignedPair, picture: Array, box: Box, thing: Box, changed: Bools
) -> tuple[Region, ...]:
    """Regions beside a thing, in one of the pictures, that show more than plain ground."""
    beside = changed.copy()
    crop(beside, thing.moved(-box.x, -box.y))[:] = False
    excess = pair.excess(box) * beside
    if not excess.any():
        return ()
    found = region_finder.find(Residue(box, excess))
    return tuple(
        region for region in found if not is_plain(picture, region, share=PARTLY, beside=thing)
    )
