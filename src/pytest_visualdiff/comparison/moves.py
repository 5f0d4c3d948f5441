"""Which regions are one thing that moved.

Offsets are proposed by template matching and by equal rows of pixels, which never decide anything.
They are verified on the registered pixels: a group of regions moved when everything inside its
box, changed or not, is found again at the offset.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

from pytest_visualdiff.comparison.arrays import alike, crop, ones, relative, union, within
from pytest_visualdiff.comparison.pixels import measure_pixels
from pytest_visualdiff.comparison.regions import find_regions, is_background
from pytest_visualdiff.comparison.subpixel import patch_slide
from pytest_visualdiff.comparison.tuning import BACKGROUND, MOVES, WORK
from pytest_visualdiff.comparison.values import ExcessMap, Explanation
from pytest_visualdiff.model import Box, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_visualdiff.comparison.arrays import Bools
    from pytest_visualdiff.comparison.regions import Region
    from pytest_visualdiff.comparison.values import AlignedPair
    from pytest_visualdiff.model import Array

Move: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class MovedThings:
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

    def plus(self, other: MovedThings) -> MovedThings:
        """Both together, with the rest of the other, which was explained later."""
        return MovedThings(
            self.moves + other.moves,
            self.altered + other.altered,
            self.covered + other.covered,
            self.uncovered + other.uncovered,
            other.rest,
        )


def find_moves(pair: AlignedPair, regions: Sequence[Region]) -> MovedThings:
    """Split regions into moves, what differs in and under the moved things, and the rest."""
    explained = MovedThings(rest=tuple(regions))
    for move in _candidates(pair, regions):
        supporters = [region for region in explained.rest if _supports(pair, region, move)]
        for group in _groups(pair, supporters[: WORK.regions], move):
            found = _verified(pair, group, move)
            if found is not None:
                taken = set(map(id, group))
                rest = tuple(region for region in explained.rest if id(region) not in taken)
                explained = explained.plus(replace(found, rest=rest))
    return explained


# --- proposing offsets ------------------------------------------------------------------------


def _candidates(pair: AlignedPair, regions: Sequence[Region]) -> list[Move]:
    votes: Counter[Move] = Counter()
    for region in regions[: MOVES.registered]:
        for move in propose_offsets(pair.expected, pair.actual, region.box):
            votes[move] += region.count
    for box in _rows_and_columns(regions[: MOVES.registered]):
        for move in _by_rows(pair.expected, pair.actual, box):
            votes[move] += 1
    for first, second in _pairs_of_one_size(regions[: 2 * MOVES.registered]):
        votes[second.x - first.x, second.y - first.y] += 1
        votes[first.x - second.x, first.y - second.y] += 1
    moves = [move for move, _ in votes.most_common(MOVES.offsets)]
    # Among equal things several offsets fit some; the one that fits most of them happened.
    return sorted(moves, key=lambda move: -_found_again(pair, regions[: WORK.regions], move))


def _found_again(pair: AlignedPair, regions: Sequence[Region], move: Move) -> float:
    """How many pixels are found again at a move, to where they went and from where they came."""
    ways = [
        region.count * _agreement(pair, region, move, backwards=backwards, beyond=0.0)
        for region in regions
        for backwards in (True, False)
    ]
    return sum(ways)


def _rows_and_columns(regions: Sequence[Region]) -> Iterable[Box]:
    """Boxes around two regions of one row or column: the ends of a thing that moved along it."""
    boxes = [region.box for region in regions if region.count >= MOVES.few]
    for i, first in enumerate(boxes):
        for second in boxes[i + 1 :]:
            row = (first.y, first.height) == (second.y, second.height)
            if row or (first.x, first.width) == (second.x, second.width):
                yield first.union(second)


def _pairs_of_one_size(regions: Sequence[Region]) -> Iterable[tuple[Box, Box]]:
    """Pairs of boxes of one size: a thing may have left the one and come to the other."""
    boxes = [region.box for region in regions if region.count >= MOVES.few]
    for i, first in enumerate(boxes):
        for second in boxes[i + 1 :]:
            if (first.width, first.height) == (second.width, second.height):
                yield first, second


def propose_offsets(expected: Array, actual: Array, box: Box) -> tuple[Move, ...]:
    """Offsets at which the content of ``box`` may be found again, without (0, 0)."""
    found = [*_by_rows(expected, actual, box), *_by_template(expected, actual, box)]
    return tuple(offset for offset in dict.fromkeys(found) if offset != (0, 0))


def _by_rows(expected: Array, actual: Array, box: Box) -> Iterator[Move]:
    """Vertical and horizontal moves of any distance, voted by unique equal lines of pixels."""
    expected, actual = crop(expected, box), crop(actual, box)
    dy = _vote(expected, actual)
    if dy:
        yield (0, dy)
    dx = _vote(expected.swapaxes(0, 1), actual.swapaxes(0, 1))
    if dx:
        yield (dx, 0)


def _vote(expected: Array, actual: Array) -> int:
    """The distance that most equal lines went; 0 without any, or if most of them stayed."""
    places, actual_places = _places_of_lines(expected), _places_of_lines(actual)
    votes = Counter(
        now - was
        for line, found in actual_places.items()
        for was in places.get(line, ())
        for now in found
    )
    (distance, count), *_ = votes.most_common(1) or [(0, 0)]
    return distance if count >= MOVES.votes else 0


def _places_of_lines(picture: Array) -> dict[bytes, list[int]]:
    """Where each line of pixels is; one that is repeated often tells nothing."""
    places: dict[bytes, list[int]] = {}
    for place, line in enumerate(picture):
        places.setdefault(line.tobytes(), []).append(place)
    return {line: found for line, found in places.items() if len(found) <= MOVES.repeated}


def _by_template(expected: Array, actual: Array, box: Box) -> Iterator[Move]:
    for tile in _tiles(expected, box):
        move = _move_of(expected, actual, tile)
        if move is not None:
            yield move


def _move_of(expected: Array, actual: Array, patch: Box) -> Move | None:
    """By how much a patch is elsewhere, within reach; None for one too flat to recognise.

    It is searched in the channel that it shows most in, by squared differences: normalised
    correlation is undefined for flat patches and blind to brightness. Of places that fit equally
    well the nearest one counts.
    """
    template = crop(expected, patch)
    spread = cv2.meanStdDev(template)[1].ravel()
    channel = int(spread.argmax())
    if spread[channel] < MOVES.flat:
        return None
    window = patch.grown(MOVES.tile // 2).clipped(*actual.shape[1::-1])
    around, sought = (
        cv2.extractChannel(part, channel) for part in (crop(actual, window), template)
    )
    errors = cv2.matchTemplate(around, sought, cv2.TM_SQDIFF)
    ys, xs = np.nonzero(errors <= errors.min() + MOVES.equal * sought.size)
    across, down = xs + (window.x - patch.x), ys + (window.y - patch.y)
    nearest = int((across**2 + down**2).argmin())
    return int(across[nearest]), int(down[nearest])


def _tiles(expected: Array, box: Box) -> list[Box]:
    """The patch itself, or for a large one the tiles with the most drawn in them."""
    height, width = expected.shape[:2]
    side = MOVES.tile
    patch = box.grown(MOVES.context).clipped(width, height)
    if patch.width <= side and patch.height <= side:
        return [patch]
    rows = range(patch.y, max(patch.y + 1, patch.bottom - side // 2), side)
    columns = range(patch.x, max(patch.x + 1, patch.right - side // 2), side)
    grid = (Box(x, y, side, side) for y in rows for x in columns)
    tiles = [tile.clipped(patch.right, patch.bottom) for tile in grid]
    energy = cv2.Laplacian(cv2.cvtColor(crop(expected, patch), cv2.COLOR_RGB2GRAY), cv2.CV_16S)
    drawn = cv2.convertScaleAbs(energy)

    def richness(tile: Box) -> float:
        return float(crop(drawn, relative(tile, patch)).sum())

    return sorted(tiles, key=richness, reverse=True)[:2]


# --- support and groups -----------------------------------------------------------------------


def _supports(pair: AlignedPair, region: Region, move: Move) -> bool:
    """Whether what is there came from the offset, and what was there went to it."""
    came = _agreement(pair, region, move, backwards=True)
    went = _agreement(pair, region, move, backwards=False)
    return (came + went) / 2 >= MOVES.support


def _agreement(
    pair: AlignedPair, region: Region, move: Move, *, backwards: bool, beyond: float = 1.0
) -> float:
    """Share of a region's pixels found again one step along the move, or against it.

    ``beyond`` is what a place beyond the canvas counts, where nothing can contradict.
    """
    step = _back(move) if backwards else move
    start, goal = pair.expected, pair.actual
    if backwards:
        start, goal = goal, start
    other = region.box.moved(*step).clipped(*pair.size)
    if other.area == 0:
        return beyond
    box = other.moved(*_back(step))
    pixels = crop(region.pixels, relative(box, region.box))
    if not pixels.any():
        return 1.0
    return float(_redrawn_alike(crop(start, box), crop(goal, other))[pixels].mean())


def _redrawn_alike(picture: Array, other: Array) -> Bools:
    """Where a pixel is within what the other picture has around it: it may have been redrawn."""
    low, high = cv2.erode(other, ones(3)), cv2.dilate(other, ones(3))
    outside = cv2.max(cv2.subtract(low, picture), cv2.subtract(picture, high))
    return within(outside, MOVES.slack)


def _groups(pair: AlignedPair, supporters: list[Region], move: Move) -> list[list[Region]]:
    """Supporters of one offset as few groups as agree with having moved as a whole."""
    if not supporters:
        return []
    if _agrees_whole(pair, supporters, move):
        return [supporters]
    groups: list[list[Region]] = []
    for region in sorted(supporters, key=lambda region: (region.box.y, region.box.x)):
        for group in groups:
            if _close(_box_of(group), region.box) and _agrees_whole(pair, [*group, region], move):
                group.append(region)
                break
        else:
            groups.append([region])
    return groups


def _close(first: Box, second: Box) -> bool:
    return first.grown(MOVES.neighbour).overlaps(second)


def _box_of(group: Sequence[Region]) -> Box:
    return union([region.box for region in group])


def _arrival(box: Box, move: Move) -> Box | None:
    """Where a thing is now whose old and new places together fill ``box``."""
    width, height = box.width - abs(move[0]), box.height - abs(move[1])
    if width <= 0 or height <= 0:
        return None
    return Box(box.x + max(0, move[0]), box.y + max(0, move[1]), width, height)


def _agrees_whole(pair: AlignedPair, group: Sequence[Region], move: Move) -> bool:
    """A cheap look whether nearly all pixels of the group's box moved together."""
    arrival = _arrival(_box_of(group), move)
    if arrival is None:
        return False
    source = arrival.moved(*_back(move))
    found = _redrawn_alike(crop(pair.expected, source), crop(pair.actual, arrival))
    wrong = found.size - int(np.count_nonzero(found))
    return wrong <= MOVES.left_changed * sum(region.count for region in group)


def _back(move: Move) -> Move:
    return -move[0], -move[1]


# --- verification -----------------------------------------------------------------------------


def _verified(pair: AlignedPair, group: Sequence[Region], move: Move) -> MovedThings | None:
    """The move and what it leaves to explain; None where it does not hold."""
    box, count = _box_of(group), sum(region.count for region in group)
    arrival = _arrival(box, move)
    if arrival is None or count < MOVES.few or not _agrees_whole(pair, group, move):
        return None
    changed = _changed(group, box)
    altered, static = _split(_left(pair, arrival, move), changed, box)
    # Measured where the thing arrived: there the move has to explain what differs.
    strength = ExcessMap(arrival, pair.excess_in(arrival)).evidence()
    too_much = _total(altered) > MOVES.left_changed * strength
    if too_much or _total(static) > MOVES.left_static * strength:
        return None
    source = arrival.moved(*_back(move))
    # The worst place decides: grouping regions must not make them weigh more than each did.
    peak = max(region.peak for region in group)
    offset = _offset(pair, arrival, source, move)
    return MovedThings(
        (Explanation(Kind.MOVED, arrival, peak, count, {"offset": offset}, source),),
        tuple((region, move) for region in altered),
        _drawn(pair, pair.expected, box, source, changed & _left_behind(pair, box, move)),
        _drawn(pair, pair.actual, box, arrival, changed & _new(pair, box, move)),
    )


def _total(regions: Sequence[Region]) -> float:
    return sum(region.evidence for region in regions)


def _changed(group: Sequence[Region], box: Box) -> Bools:
    changed: Bools = np.zeros((box.height, box.width), np.bool_)
    for region in group:
        part = crop(changed, relative(region.box, box))
        part |= region.pixels
    return changed


def _left(pair: AlignedPair, arrival: Box, move: Move) -> tuple[Region, ...]:
    """Regions inside a moved thing that differ from what it was before."""
    left = excess_after_move(pair, arrival, move)
    return () if left is None else find_regions(left)


def excess_after_move(pair: AlignedPair, box: Box, move: Move) -> ExcessMap | None:
    """What differs between the actual inside ``box`` and the expected one move before it.

    The box must lie inside the canvas at both places.
    """
    # What is cut off at the border of a picture looks like ink that was lost there.
    source = box.moved(*_back(move)).grown(MOVES.context).clipped(*pair.size)
    frame = source.moved(*move).clipped(*pair.size)
    source = frame.moved(*_back(move))
    valid = np.zeros((frame.height, frame.width), np.bool_)
    crop(valid, relative(box, frame))[:] = True if pair.valid is None else crop(pair.valid, box)
    rerendered = pair.excess.rerendered if pair.excess is not None else None
    pictures = crop(pair.expected, source), crop(pair.actual, frame)
    left = measure_pixels(*pictures, pair.limits, valid, rerendered=rerendered)
    return left and replace(left, box=left.box.moved(frame.x, frame.y))


def _split(
    left: Sequence[Region], changed: Bools, box: Box
) -> tuple[tuple[Region, ...], tuple[Region, ...]]:
    """Regions in which something changed, and those that merely stayed behind."""
    touched = [crop(changed, relative(region.box, box)).any() for region in left]
    return (
        tuple(region for region, hit in zip(left, touched, strict=True) if hit),
        tuple(region for region, hit in zip(left, touched, strict=True) if not hit),
    )


def _left_behind(pair: AlignedPair, box: Box, move: Move) -> Bools:
    """Pixels of the expected picture that did not follow the move, nor leave the canvas."""
    return _not_moved(pair.expected, pair.actual, box, move, outside=False)


def _new(pair: AlignedPair, box: Box, move: Move) -> Bools:
    """Pixels of the actual picture that did not come with the move: new, or from outside."""
    return _not_moved(pair.actual, pair.expected, box, _back(move), outside=True)


def _not_moved(start: Array, goal: Array, box: Box, move: Move, *, outside: bool) -> Bools:
    missing: Bools = np.full((box.height, box.width), outside, np.bool_)
    there = box.moved(*move).clipped(start.shape[1], start.shape[0])
    inside = there.moved(*_back(move))
    if inside.area:
        found = _redrawn_alike(crop(start, inside), crop(goal, there))
        # What was at the goal all along did not come there.
        still = alike(crop(start, there), crop(goal, there), 0)
        crop(missing, relative(inside, box))[:] = ~found | still
    return missing


def _drawn(
    pair: AlignedPair, picture: Array, box: Box, thing: Box, changed: Bools
) -> tuple[Region, ...]:
    """Regions beside a thing, in one of the pictures, that show more than background."""
    beside = changed.copy()
    crop(beside, relative(thing, box))[:] = False
    excess = pair.excess_in(box) * beside
    if not excess.any():
        return ()
    share = BACKGROUND.partly
    return tuple(
        region
        for region in find_regions(ExcessMap(box, excess))
        if not is_background(picture, region, share=share, beside=thing)
    )


# --- tenths of a pixel ------------------------------------------------------------------------


def _offset(pair: AlignedPair, arrival: Box, source: Box, move: Move) -> list[float]:
    """The move with tenths of a pixel where there are some."""
    rest = _fraction(crop(pair.expected, source), crop(pair.actual, arrival))
    return [whole + part if part else whole for whole, part in zip(move, rest, strict=True)]


def _fraction(expected: Array, actual: Array) -> tuple[float, float]:
    """By how much of a pixel a patch still moved, across and down, in tenths; less than one.

    What is less than a sixth of a pixel is 0, and so is all where the patch cannot tell.
    """
    steps = patch_slide(expected.astype(np.float32), actual.astype(np.float32))
    x, y = (step if MOVES.least_fraction <= abs(step) < 1 else 0.0 for step in steps)
    return round(x, 1), round(y, 1)
