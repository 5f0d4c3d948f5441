"""Pictures of different sizes: finds the band of rows or columns that was inserted or removed.

Rows are compared at the top and at the bottom alignment at once; cumulative sums of how much of
each row is equal tell in O(height) where to change from one to the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import cv2
import numpy as np

from pytest_visualdiff.comparison.arrays import alike, crop, soft
from pytest_visualdiff.comparison.tuning import CANVAS, EVIDENCE, FLAT
from pytest_visualdiff.comparison.values import AlignedPair, Explanation
from pytest_visualdiff.model import Box, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_visualdiff.comparison.arrays import Bools
    from pytest_visualdiff.comparison.inputs import ComparedAreas
    from pytest_visualdiff.comparison.limits import Limits
    from pytest_visualdiff.model import Array


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
                box = Box(x, _without(y, band), box.width, box.height)
            elif band.axis == 1 and x >= band.start:
                box = Box(_without(x, band), y, box.width, box.height)
        return box


def _without(position: int, band: Band) -> int:
    return max(band.start, position - band.extent)


class AlignedLayer(NamedTuple):
    """Two pictures on one canvas, what happened to the canvas, and the way back."""

    pair: AlignedPair
    size_changes: tuple[Explanation, ...]
    to_expected: Callable[[Box], Box]
    """From a box on the canvas to pixels of the expected picture."""


def align_sizes(layer: ComparedAreas, limits: Limits) -> AlignedLayer:
    """Bring both pictures onto the canvas of the actual one, whatever their sizes."""
    if layer.expected.shape == layer.actual.shape:
        valid = None
        if layer.expected_valid is not None and layer.actual_valid is not None:
            valid = layer.expected_valid & layer.actual_valid
        aligned = Aligned(layer.expected, valid)
        rows = _rows_inside(layer)
        pair = AlignedPair(
            layer.expected, layer.actual, limits, valid, rows=rows, alpha=layer.alpha
        )
        return AlignedLayer(pair, (), aligned.to_expected)
    expected_valid = _valid(layer.expected, layer.expected_valid)
    actual_valid = _valid(layer.actual, layer.actual_valid)
    aligned = align(layer.expected, layer.actual, expected_valid, actual_valid)
    changes = [*_bands(aligned, expected_valid, actual_valid), *_scale(aligned, actual_valid)]
    size_changes = tuple(_size_change(change, limits) for change in changes if change.pixels)
    valid = _valid(layer.actual, aligned.valid) & actual_valid
    pair = AlignedPair(aligned.expected, layer.actual, limits, valid)
    if aligned.scale:  # no two ways of resampling agree on edges
        softer = replace(limits, threshold=max(limits.threshold, CANVAS.resampled))
        pair = AlignedPair(soft(aligned.expected), soft(layer.actual), softer, valid)
    return AlignedLayer(pair, size_changes, aligned.to_expected)


def _rows_inside(layer: ComparedAreas) -> tuple[int, int] | None:
    """The rows that may differ, in pixels of the compared area."""
    if layer.rows is None:
        return None
    top, bottom = (min(max(row - layer.origin[1], 0), len(layer.actual)) for row in layer.rows)
    return top, bottom


def _valid(picture: Array, valid: Bools | None) -> Bools:
    return np.ones(picture.shape[:2], np.bool_) if valid is None else valid


class _SizeChange(NamedTuple):
    """Rows, columns, or the whole canvas; ``source`` is in the expected picture if removed."""

    box: Box
    source: Box | None
    pixels: int
    """How many of them no mask covers."""
    detail: dict[str, Any]


def _size_change(change: _SizeChange, limits: Limits) -> Explanation:
    evidence = _evidence_of_lost_pixels(change.pixels, limits)
    return Explanation(Kind.SIZE, change.box, evidence, change.pixels, change.detail, change.source)


def _evidence_of_lost_pixels(count: int, limits: Limits) -> float:
    return count * (EVIDENCE.lost_pixel / limits.threshold - 1)


def _bands(aligned: Aligned, expected_valid: Bools, actual_valid: Bools) -> Iterator[_SizeChange]:
    for band in aligned.bands:
        detail = {("rows", "columns")[band.axis]: band.extent, "start": band.start}
        place = _band_box(actual_valid, band.axis, band.start, max(0, band.extent))
        source = None
        if band.extent < 0:
            source = _band_box(expected_valid, band.axis, band.start, -band.extent)
        lost = crop(expected_valid, source) if source else crop(actual_valid, place)
        yield _SizeChange(place, source, int(np.count_nonzero(lost)), detail)


def _band_box(canvas: Bools, axis: int, start: int, extent: int) -> Box:
    height, width = canvas.shape
    return Box(0, start, width, extent) if axis == 0 else Box(start, 0, extent, height)


def _scale(aligned: Aligned, actual_valid: Bools) -> Iterator[_SizeChange]:
    if aligned.scale:
        height, width = actual_valid.shape
        count = int(np.count_nonzero(actual_valid))
        yield _SizeChange(Box(0, 0, width, height), None, count, {"scale": list(aligned.scale)})


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


AnyPicture: TypeAlias = Any


def _spliced(picture: AnyPicture, actual: AnyPicture, band: Band) -> AnyPicture:
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


def _lead(picture: AnyPicture, axis: int) -> AnyPicture:
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
    left = alike(expected[:, :width], actual[:, :width], CANVAS.noise).mean(axis=1)
    if expected.shape[1] == actual.shape[1]:
        return left
    right = alike(expected[:, -width:], actual[:, -width:], CANVAS.noise).mean(axis=1)
    return np.maximum(left, right)


def _scaled(expected: Array, actual: Array, valid: Bools) -> Aligned | None:
    """The expected picture enlarged or reduced as a whole, where the proportions allow it."""
    height, width = actual.shape[:2]
    x, y = width / expected.shape[1], height / expected.shape[0]
    if x == 1 or y == 1 or abs(x / y - 1) > CANVAS.proportional:
        return None
    method = cv2.INTER_AREA if x < 1 else cv2.INTER_LINEAR
    resized = cv2.resize(expected, (width, height), interpolation=method)
    kept = cv2.resize(valid.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    return Aligned(resized.astype(np.uint8), kept > 0, (), (round(x, 4), round(y, 4)))


def _explains(scaled: Aligned, banded: Aligned, actual: Array) -> bool:
    """Whether scaling leaves much less unexplained than inserting and removing bands."""
    left = 1 - alike(scaled.expected, actual, FLAT.strong).mean()
    without = 1 - alike(banded.expected, actual, FLAT.strong)
    outside = np.ones(actual.shape[:2], np.bool_)
    for band in banded.bands:
        _lead(outside, band.axis)[band.start : band.start + max(0, band.extent)] = False
    rest = without[outside].mean() if outside.any() else 1.0
    return bool(left < CANVAS.scale_wins * rest)
