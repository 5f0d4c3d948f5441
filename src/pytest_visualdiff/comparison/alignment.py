"""Pictures of different sizes: finds the band of rows or columns that came or went.

Rows are compared at the top and at the bottom alignment at once; cumulative sums of how much of
each row is equal tell in O(height) where to change from one to the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import cv2
import numpy as np

from pytest_visualdiff.comparison.pixels import near
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from pytest_visualdiff.comparison.pixels import Bools
    from pytest_visualdiff.model import Array

_NOISE = 4  # levels by which pixels of equal rows may differ
_SCALED_LEVELS = 24  # levels by which a pixel drawn at another scale may differ
_PROPORTIONAL = 0.02  # relative difference of the two scales of one enlarged picture
_SCALE_WINS = 0.5  # share of the mismatch that scaling must leave at most


@dataclass(frozen=True, slots=True)
class Band:
    """Rows (axis 0) or columns (axis 1) inserted, or removed when ``extent`` is negative."""

    axis: int
    start: int
    extent: int


@dataclass(frozen=True, slots=True)
class Aligned:
    """The expected picture on the canvas of the actual one, and how it came there.

    Inside an inserted band it shows the actual picture. ``scale`` is (x, y), or None where the
    picture was not enlarged or reduced as a whole.
    """

    expected: Array
    valid: Bools | None
    bands: tuple[Band, ...] = ()
    scale: tuple[float, float] | None = None

    def to_expected(self, box: Box) -> Box:
        """The box in pixels of the expected picture as it was given."""
        for band in self.bands:
            x, y = box.x, box.y
            if band.axis == 0 and y >= band.start:
                box = Box(x, _before(y, band), box.width, box.height)
            elif band.axis == 1 and x >= band.start:
                box = Box(_before(x, band), y, box.width, box.height)
        return box


def _before(position: int, band: Band) -> int:
    return max(band.start, position - band.extent)


def align(expected: Array, actual: Array, valid: Bools, actual_valid: Bools) -> Aligned:
    """Bring ``expected`` onto the canvas of ``actual``; the sizes may differ in both axes."""
    scaled = _scaled(expected, actual, valid)
    aligned = Aligned(expected, valid)
    for axis in (0, 1):
        aligned = _along(aligned, actual, actual_valid, axis)
    if scaled is None or not _explains(scaled, aligned, actual):
        return aligned
    return scaled


def _along(aligned: Aligned, actual: Array, actual_valid: Bools, axis: int) -> Aligned:
    expected = aligned.expected
    extent = actual.shape[axis] - expected.shape[axis]
    if extent == 0:
        return aligned
    start = _seam(_rows(expected, axis), _rows(actual, axis))
    band = Band(axis, start, extent)
    return Aligned(
        _spliced(expected, actual, band),
        _spliced(aligned.valid, actual_valid, band),
        (*aligned.bands, band),
    )


def _rows(picture: Array, axis: int) -> Array:
    return picture if axis == 0 else np.ascontiguousarray(picture.swapaxes(0, 1))


Picture: TypeAlias = Any


def _spliced(picture: Picture, actual: Picture, band: Band) -> Picture:
    """The picture with the band cut out, or filled in from the actual one."""
    head, tail = np.split(_lead(picture, band.axis), [band.start])
    if band.extent < 0:
        parts = (head, tail[-band.extent :])
        return _lead(np.concatenate(parts), band.axis)
    width = head.shape[1]
    fill = _lead(actual, band.axis)[band.start : band.start + band.extent, :width]
    missing = width - fill.shape[1]
    if missing:  # the other axis is still to be aligned: its part is cut out later
        pad = ((0, 0), (0, missing)) + ((0, 0),) * (fill.ndim - 2)
        fill = np.pad(fill, pad, mode="edge")
    return _lead(np.concatenate((head, fill, tail)), band.axis)


def _lead(picture: Picture, axis: int) -> Picture:
    return np.swapaxes(picture, 0, axis)


def _seam(expected: Array, actual: Array) -> int:
    """The row at which the band starts: the latest one where most rows above and below agree."""
    rows = min(len(expected), len(actual))
    above = _agreement(expected[:rows], actual[:rows])
    below = _agreement(expected[-rows:], actual[-rows:])
    kept_above = np.concatenate(([0.0], np.cumsum(above)))
    kept_below = np.concatenate((np.cumsum(below[::-1])[::-1], [0.0]))
    total = np.round(kept_above + kept_below, 6)
    return int(rows - np.argmax(total[::-1]))


def _agreement(expected: Array, actual: Array) -> Any:
    """Share of each row that is equal, at the left or at the right alignment."""
    width = min(expected.shape[1], actual.shape[1])
    left = near(expected[:, :width], actual[:, :width], _NOISE).mean(axis=1)
    if expected.shape[1] == actual.shape[1]:
        return left
    right = near(expected[:, -width:], actual[:, -width:], _NOISE).mean(axis=1)
    return np.maximum(left, right)


def _scaled(expected: Array, actual: Array, valid: Bools) -> Aligned | None:
    """The expected picture enlarged or reduced as a whole, where the proportions allow it."""
    height, width = actual.shape[:2]
    x, y = width / expected.shape[1], height / expected.shape[0]
    if x == 1 or y == 1 or abs(x / y - 1) > _PROPORTIONAL:
        return None
    method = cv2.INTER_AREA if x < 1 else cv2.INTER_LINEAR
    resized = cv2.resize(expected, (width, height), interpolation=method)
    kept = cv2.resize(valid.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    return Aligned(resized.astype(np.uint8), kept > 0, (), (round(x, 4), round(y, 4)))


def _explains(scaled: Aligned, banded: Aligned, actual: Array) -> bool:
    """Whether scaling leaves much less unexplained than inserting and removing bands."""
    left = 1 - near(scaled.expected, actual, _SCALED_LEVELS).mean()
    without = 1 - near(banded.expected, actual, _SCALED_LEVELS)
    outside = np.ones(actual.shape[:2], np.bool_)
    for band in banded.bands:
        _lead(outside, band.axis)[band.start : band.start + max(0, band.extent)] = False
    rest = without[outside].mean() if outside.any() else 1.0
    return bool(left < _SCALE_WINS * rest)
