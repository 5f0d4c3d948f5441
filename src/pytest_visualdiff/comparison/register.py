"""Where a patch went: template matching proposes offsets, and never decides anything.

Direct squared differences in colour are used rather than normalised correlation, which is
undefined for flat patches and blind to brightness.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_visualdiff.comparison.pixels import crop
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.model import Array

TILE = 96
"""Pixels; larger patches are represented by their richest tiles."""
REACH = 48
"""Pixels around a patch in which template matching searches."""

_MARGIN = 4
_FLAT = 2.0  # standard deviation in levels below which a patch cannot be recognised
_FEW_VOTES = 3
_PATIENCE = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 20, 0.01)
_SMOOTH = 5  # pixels of the Gaussian filter before a fraction is looked for
_LEAST, _MOST = 1 / 6, 0.75  # pixels that a fraction is told from and up to


@dataclass(frozen=True, slots=True)
class Offset:
    """Where a patch was found again; errors are root mean squares in levels."""

    dx: int
    dy: int
    error: float
    runner_up: float
    """Error of the best place elsewhere; close to ``error`` where the patch is ambiguous."""


def offsets(expected: Array, actual: Array, box: Box) -> tuple[tuple[int, int], ...]:
    """Offsets at which the content of ``box`` may be found again, without (0, 0)."""
    found = [*_by_rows(expected, actual, box)]
    found += [(match.dx, match.dy) for match in _by_template(expected, actual, box)]
    return tuple(offset for offset in dict.fromkeys(found) if offset != (0, 0))


def _by_rows(expected: Array, actual: Array, box: Box) -> Iterator[tuple[int, int]]:
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


def _by_template(expected: Array, actual: Array, box: Box) -> Iterator[Offset]:
    for tile in _tiles(expected, box):
        match = match_patch(expected, actual, tile)
        if match is not None:
            yield match


def match_patch(expected: Array, actual: Array, patch: Box, reach: int = REACH) -> Offset | None:
    """The best place of a patch near its old one; None for a patch too flat to recognise."""
    template = crop(expected, patch)
    if float(template.std(axis=(0, 1)).max()) < _FLAT:
        return None
    height, width = actual.shape[:2]
    window = patch.grown(reach).clipped(width, height)
    errors = cv2.matchTemplate(crop(actual, window), template, cv2.TM_SQDIFF)
    best, _, (x, y), _ = cv2.minMaxLoc(errors)
    errors[max(0, y - 2) : y + 3, max(0, x - 2) : x + 3] = np.inf
    second = float(errors.min())
    return Offset(
        window.x + x - patch.x,
        window.y + y - patch.y,
        _per_value(best, template),
        _per_value(second, template),
    )


def _per_value(squares: float, template: Array) -> float:
    return float(np.sqrt(max(0.0, squares) / template.size))


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
