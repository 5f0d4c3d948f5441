"""Whether the whole picture was drawn anew: by another rasteriser, with other hinting, as JPEG.

What draws a page otherwise leaves its traces all over it, and nearly everywhere they are what
drawing the same shapes anew explains. A change stands alone among places that did not change, or
among places that changed as much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from pytest_visualdiff.comparison.windows import window_sum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_visualdiff.comparison.reading import Excess
    from pytest_visualdiff.model import Array, Box

Bools: TypeAlias = npt.NDArray[np.bool_]

_BLOCK = 32  # pixels of a side of the places that are counted
_CHANGED = 10  # pixels of a place whose edges changed
_EXPLAINED = 4.0  # evidence of a window below which drawing anew explains it
_PLACES = 8, 16  # explained places from which a page may be, and is, drawn anew
_SHARE = 0.6, 0.75  # of the places that changed, that are explained
_SPREAD = 0.2, 0.3  # of the cells that the picture is divided into, that have such places
_CELLS = 4  # cells along each side


class Part(NamedTuple):
    """What was measured in one frame of the pictures."""

    frame: Box
    before: Array
    after: Array
    excess: Excess
    edge: Bools
    """Pixels of edges that changed."""


def anew(parts: Sequence[Part], size: tuple[int, int]) -> float:
    """How sure it is in [0, 1] that all was drawn anew; ``size`` is height and width in pixels."""
    if sum(part.frame.area for part in parts) < _PLACES[0] * _BLOCK**2:
        return 0.0
    changed, explained = _places(parts, size)
    total = int(np.count_nonzero(explained))
    if not total:
        return 0.0
    sides = np.array(explained.shape)
    cells = np.unique(np.argwhere(explained) * _CELLS // sides, axis=0)
    sure = _ramp(total, *_PLACES) * _ramp(total / np.count_nonzero(changed), *_SHARE)
    return sure * _ramp(len(cells) / _CELLS**2, *_SPREAD)


def _places(parts: Sequence[Part], size: tuple[int, int]) -> tuple[Bools, Bools]:
    """Blocks of the picture whose edges changed, and those of them that are explained."""
    rows, columns = (-(-side // _BLOCK) for side in size)
    count = np.zeros((rows, columns), np.int64)
    evidence = np.zeros((rows, columns), np.float32)
    for part in parts:
        y, x = np.nonzero(part.edge)
        block = (y + part.frame.y) // _BLOCK, (x + part.frame.x) // _BLOCK
        np.add.at(count, block, 1)
        np.maximum.at(evidence, block, window_sum(part.excess.whole)[y, x])
    changed: Bools = count >= _CHANGED
    return changed, changed & (evidence < _EXPLAINED)


def _ramp(value: float, low: float, high: float) -> float:
    return min(max((value - low) / (high - low), 0.0), 1.0)
