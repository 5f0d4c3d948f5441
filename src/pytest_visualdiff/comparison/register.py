"""Where a patch went: template matching proposes offsets, and never decides anything.

Squared differences are used rather than normalised correlation, which is undefined for flat
patches and blind to brightness.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

from pytest_visualdiff.comparison.pixels import crop
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.model import Array

Move: TypeAlias = tuple[int, int]

TILE = 96
"""Pixels; larger patches are represented by their richest tiles."""
REACH = 48
"""Pixels around a patch in which template matching searches."""

_MARGIN = 4
_FLAT = 2.0  # standard deviation in levels below which a patch cannot be recognised
_EQUAL = 0.5  # squared levels a pixel, on average, that two places fit equally well
_FEW_VOTES = 3
_PATIENCE = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 20, 0.01)
_SMOOTH = 5  # pixels of the Gaussian filter before a fraction is looked for
_LEAST, _MOST = 1 / 6, 0.75  # pixels that a fraction is told from and up to


def offsets(expected: Array, actual: Array, box: Box) -> tuple[Move, ...]:
    """Offsets at which the content of ``box`` may be found again, without (0, 0)."""
    found = [*_by_rows(expected, actual, box), *_by_template(expected, actual, box)]
    return tuple(offset for offset in dict.fromkeys(found) if offset != (0, 0))


def _by_rows(expected: Array, actual: Array, box: Box) -> Iterator[Move]:
    """Vertical and horizontal moves of any distance, voted by unique equal lines of pixels."""
    before, after = crop(expected, box), crop(actual, box)
    dy = _vote(before, after)
    if dy:
        yield (0, dy)
    dx = _vote(before.swapaxes(0, 1), after.swapaxes(0, 1))
    if dx:
        yield (dx, 0)


def _vote(before: Array, after: Array) -> int:
    old, new = _unique_lines(before), _unique_lines(after)
    votes = Counter(place - old[line] for line, place in new.items() if line in old)
    (distance, count), *_ = votes.most_common(1) or [(0, 0)]
    return distance if count >= _FEW_VOTES else 0


def _unique_lines(picture: Array) -> dict[bytes, int]:
    lines = [line.tobytes() for line in picture]
    counts = Counter(lines)
    return {line: place for place, line in enumerate(lines) if counts[line] == 1}


def _by_template(expected: Array, actual: Array, box: Box) -> Iterator[Move]:
    for tile in _tiles(expected, box):
        move = _move_of(expected, actual, tile)
        if move is not None:
            yield move


def _move_of(expected: Array, actual: Array, patch: Box) -> Move | None:
    """By how much a patch is elsewhere, at most ``REACH``; None for one too flat to recognise.

    It is looked for in the channel that it shows most in. Of places that fit equally well the
    nearest one counts.
    """
    template = crop(expected, patch)
    spread = cv2.meanStdDev(template)[1].ravel()
    channel = int(spread.argmax())
    if spread[channel] < _FLAT:
        return None
    window = patch.grown(REACH).clipped(*actual.shape[1::-1])
    around, sought = (cv2.extractChannel(one, channel) for one in (crop(actual, window), template))
    errors = cv2.matchTemplate(around, sought, cv2.TM_SQDIFF)
    ys, xs = np.nonzero(errors <= errors.min() + _EQUAL * sought.size)
    across, down = xs + (window.x - patch.x), ys + (window.y - patch.y)
    nearest = int((across**2 + down**2).argmin())
    return int(across[nearest]), int(down[nearest])


def _tiles(expected: Array, box: Box) -> list[Box]:
    """The patch itself, or for a large one the tiles with the most drawn in them."""
    height, width = expected.shape[:2]
    patch = box.grown(_MARGIN).clipped(width, height)
    if patch.width <= TILE and patch.height <= TILE:
        return [patch]
    rows = range(patch.y, max(patch.y + 1, patch.bottom - TILE // 2), TILE)
    columns = range(patch.x, max(patch.x + 1, patch.right - TILE // 2), TILE)
    grid = (Box(x, y, TILE, TILE) for y in rows for x in columns)
    tiles = [tile.clipped(patch.right, patch.bottom) for tile in grid]
    energy = cv2.Laplacian(cv2.cvtColor(crop(expected, patch), cv2.COLOR_RGB2GRAY), cv2.CV_16S)
    drawn = cv2.convertScaleAbs(energy)

    def richness(tile: Box) -> float:
        return float(crop(drawn, tile.moved(-patch.x, -patch.y)).sum())

    return sorted(tiles, key=richness, reverse=True)[:2]


def fraction(before: Array, after: Array) -> tuple[float, float]:
    """By how much of a pixel a patch still moved, across and down, in tenths; less than 0.75.

    What is less than a sixth of a pixel is 0, and so is all where the patch cannot tell. The method
    is OpenCV's: G. D. Evangelidis, E. Z. Psarakis, "Parametric image alignment using enhanced
    correlation coefficient maximization", IEEE PAMI 30(10), 2008, 1858-1865.
    """
    old, new = (
        cv2.cvtColor(np.ascontiguousarray(one), cv2.COLOR_RGB2GRAY) for one in (before, after)
    )
    still = np.eye(2, 3, dtype=np.float32)
    try:
        _, warp = cv2.findTransformECC(
            old, new, still, cv2.MOTION_TRANSLATION, _PATIENCE, np.full_like(old, 255), _SMOOTH
        )
    except cv2.error:  # a flat patch, or one that does not converge
        return 0.0, 0.0
    x, y = (float(step) if _LEAST <= abs(step) < _MOST else 0.0 for step in warp[:, 2])
    return round(x, 1), round(y, 1)
