"""From surviving pixels to regions: what a person would point at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from pytest_visualdiff.comparison.pixels import Residue, crop
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from pytest_visualdiff.comparison.colour import Floats
    from pytest_visualdiff.comparison.pixels import Bools

Labels: TypeAlias = npt.NDArray[Any]

GAP = 3
"""Pixels a surviving pixel reaches out, so that a word is one region."""
MOST = 300
"""Regions told apart; with more of them the reach is doubled until fewer are left."""

_HOLLOW = 0.1  # share of its box below which a frame may hold other regions inside
_HOLLOW_SIDE = 64  # pixels; smaller frames are one thing with what they hold


@dataclass(frozen=True, slots=True)
class Region:
    """Surviving pixels that belong together; ``pixels`` marks them inside ``box``.

    ``evidence`` is all of theirs, ``worst`` that of the worst place: how much it matters.
    """

    box: Box
    evidence: float
    worst: float
    pixels: Bools = field(repr=False, compare=False)

    @property
    def count(self) -> int:
        """Number of surviving pixels."""
        return int(np.count_nonzero(self.pixels))


def find(residue: Residue) -> tuple[Region, ...]:
    """The regions of a residue, strongest evidence first, in the compared frame's pixels."""
    surviving = residue.excess > 0
    if not surviving.any():
        return ()
    rows, columns = (found.astype(np.intp) for found in np.nonzero(surviving))
    labels = _labels(surviving, rows, columns)
    order = np.argsort(labels, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
    local = residue.local()
    regions = (_region(residue, local, rows[part], columns[part]) for part in parts)
    return tuple(sorted(regions, key=lambda region: -region.evidence))


def _region(residue: Residue, local: Floats, rows: Labels, columns: Labels) -> Region:
    box = Box(int(columns.min()), int(rows.min()), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1)
    pixels: Bools = np.zeros((box.height, box.width), np.bool_)
    pixels[rows - box.y, columns - box.x] = True
    strength = float(residue.excess[rows, columns].sum(dtype=np.float64))
    worst = float(local[rows, columns].max())
    return Region(box.moved(residue.box.x, residue.box.y), strength, worst, pixels)


def _labels(surviving: Bools, rows: Labels, columns: Labels) -> Labels:
    """A label for each surviving pixel; those that belong together share it."""
    reach = GAP
    labels, stats = _spread(surviving, reach)
    while len(stats) - 1 > MOST:
        reach *= 2
        labels, stats = _spread(surviving, reach)
    return _merged(labels[rows + reach, columns + reach], stats, reach, surviving.shape)


def _spread(surviving: Bools, reach: int) -> tuple[Labels, Labels]:
    """Connected parts after widening each pixel by ``reach``, and their OpenCV statistics.

    Both are in coordinates of the picture with a border of ``reach`` pixels.
    """
    padded = cv2.copyMakeBorder(surviving.view(np.uint8), *(reach,) * 4, cv2.BORDER_CONSTANT)
    kernel: npt.NDArray[np.uint8] = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        cv2.dilate(padded, kernel), connectivity=8
    )
    return labels, stats


def _merged(labels: Labels, stats: Labels, reach: int, shape: tuple[int, ...]) -> Labels:
    """The labels with one number for parts whose boxes overlap or touch, hollow ones aside."""
    # The border moved each box by reach and the widening grew it by reach: undo both.
    boxes = [
        Box(int(x), int(y), int(width) - 2 * reach, int(height) - 2 * reach)
        for x, y, width, height, _ in stats[1:]
    ]
    counts = np.bincount(labels, minlength=len(stats))[1:]
    solid = [i for i, box in enumerate(boxes) if not _hollow(box, int(counts[i]))]
    renamed = np.arange(len(stats), dtype=np.int32) + len(stats)
    if len(solid) > 1:
        renamed[np.add(solid, 1)] = _groups([boxes[i] for i in solid], shape)
    return renamed[labels]


def _hollow(box: Box, count: int) -> bool:
    return min(box.width, box.height) >= _HOLLOW_SIDE and count < _HOLLOW * box.area


def _groups(boxes: list[Box], shape: tuple[int, ...]) -> list[int]:
    """A group number from 1 for each box; touching boxes share one. Paints, so O(pixels)."""
    while True:
        canvas: npt.NDArray[np.uint8] = np.zeros(shape, np.uint8)
        for box in boxes:
            crop(canvas, box)[:] = 1
        _, labels, stats, _ = cv2.connectedComponentsWithStats(canvas, connectivity=8)
        joined = [Box(*map(int, stat[:4])) for stat in stats]
        numbers = [int(labels[box.y, box.x]) for box in boxes]
        grown = [joined[number] for number in numbers]
        if grown == boxes:
            return numbers
        boxes = grown
