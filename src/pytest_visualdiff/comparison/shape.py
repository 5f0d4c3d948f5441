"""The rough shape of a difference: where in its box pixels differ."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from pytest_visualdiff.comparison.arrays import crop
from pytest_visualdiff.comparison.diff_image import DiffSource

if TYPE_CHECKING:
    from pytest_visualdiff.comparison.arrays import Floats
    from pytest_visualdiff.comparison.result import Comparison
    from pytest_visualdiff.model import Box

CELLS = 4
"""Cells along each side of the box."""


def shaped(comparison: Comparison) -> Comparison:
    """The same with a ``shape`` in the detail of each difference, where pixels are at hand."""
    source = comparison.diff_source
    if not isinstance(source, DiffSource):
        return comparison
    differences = tuple(
        replace(difference, detail={"shape": shape(source, difference.box), **difference.detail})
        for difference in comparison.differences
    )
    return replace(comparison, differences=differences)


def shape(source: DiffSource, box: Box) -> str:
    """Four hex digits: one bit for each of 4 x 4 cells of the box, row by row.

    ``box`` is in pixels of the whole picture. A bit is set where at least half as many pixels
    differ as in the whole box. The cells move with the box, so that the same thing elsewhere has
    the same shape.
    """
    filled = _filled(source, box)
    enough = float(filled.mean()) / 2 if filled.any() else math.inf
    bits = "".join("1" if share >= enough else "0" for share in _shares(filled))
    return f"{int(bits, 2):04x}"


def _filled(source: DiffSource, box: Box) -> Floats:
    filled: Floats = np.zeros((box.height, box.width), np.float32)
    found = source.excess
    if found is not None:
        origin = found.box.moved(source.area.x, source.area.y)
        inside = box.moved(-origin.x, -origin.y).clipped(origin.width, origin.height)
        if inside.area:
            to = inside.moved(origin.x - box.x, origin.y - box.y)
            crop(filled, to)[:] = crop(found.excess, inside) > 0
    return filled


def _shares(filled: Floats) -> list[float]:
    rows, columns = (
        np.linspace(0, side, CELLS + 1).round().astype(int).tolist() for side in filled.shape
    )
    return [
        float(cell.mean()) if cell.size else 0.0
        for top, bottom in pairwise(rows)
        for left, right in pairwise(columns)
        for cell in [filled[top:bottom, left:right]]
    ]
