"""Colour fringes, read in all ways that could have added them to one of two pictures.

What draws text with fringes does so everywhere in the same way, so the ways are tried where most
differs, and the rest of a large place is read only in those that explain something there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from pytest_visualdiff.comparison import fringed
from pytest_visualdiff.comparison.drawn import Drawn
from pytest_visualdiff.comparison.reading import Excess, Reading
from pytest_visualdiff.comparison.windows import window_sum

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_visualdiff.model import Array

Bools: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[Any]

WORTH = 1.0
"""Evidence of a window, in excess, that another reading is tried for."""

_SAMPLE = 64  # pixels of a side of the parts that are tried first
_SAMPLES = 8
_HELPFUL = 0.1  # share of the pixels asked about that a way has to explain there
_GRAY = 4
"""The first way without colour. Before and after it: both orders, in either picture."""
_ALL = tuple(range(2 * _GRAY + 1))


class Place(NamedTuple):
    """A part of two pictures, what its pixels count, and where fringes are suspected."""

    expected: Array
    actual: Array
    weight: Floats
    wanted: Bools


def read(excess: Excess, place: Place, threshold: float) -> None:
    """Lower ``excess`` in place where a reading leaves much less of it at a wanted pixel."""
    ways: Sequence[int] = _ALL
    if place.wanted.size > 2 * _SAMPLES * _SAMPLE**2:
        sample = _sampler(place.wanted * window_sum(excess.whole))
        part = Excess(*map(sample, excess))
        ways = _read(part, Place(*map(sample, place)), threshold, ways)
    if ways:
        _read(excess, place, threshold, ways)


def _sampler(evidence: Floats) -> Callable[[Any], Any]:
    """Cuts the parts around the places with most evidence out of an array, side by side."""
    left = evidence.copy()
    height, width = (min(_SAMPLE, side) for side in left.shape)
    parts = []
    for _ in range(_SAMPLES):
        _, _, _, (x, y) = cv2.minMaxLoc(left)
        top = min(max(y - height // 2, 0), left.shape[0] - height)
        first = min(max(x - width // 2, 0), left.shape[1] - width)
        parts.append((slice(top, top + height), slice(first, first + width)))
        left[parts[-1]] = 0
    return lambda array: np.concatenate([array[part] for part in parts], axis=1)


def _read(excess: Excess, place: Place, threshold: float, ways: Sequence[int]) -> list[int]:
    """Read a place in these ways, and return those that explained something."""
    pair = _Pair(place.expected, place.actual)
    left = window_sum(excess.whole)
    limit = fringed.BETTER * left
    gray = place.wanted & fringed.balanced(place.expected, place.actual, place.weight > 0)
    helpful = []
    for way in ways:
        asked = (gray if way >= _GRAY else place.wanted) & (left > WORTH)
        if not asked.any():
            continue
        before, after = pair.read(way)
        reading = Reading.of(before, after, place.weight, threshold)
        other = reading.excess(cv2.subtract(before.lab, after.lab))
        sums = fringed.DOUBT * window_sum(other.whole)
        better = asked & (sums < np.minimum(limit, left))
        if np.count_nonzero(better) > _HELPFUL * np.count_nonzero(asked):
            helpful.append(way)
        if better.any():
            left[better] = sums[better]
            for part, found in zip(excess, other, strict=True):
                part[better] = fringed.DOUBT * found[better]
    return helpful


class _Pair:
    """Two pictures, read in any of the ways by its number; what is drawn twice is kept."""

    def __init__(self, expected: Array, actual: Array) -> None:
        self._pictures = (expected, actual)
        self._kept: dict[tuple[int, bool], Drawn] = {}

    def read(self, way: int) -> tuple[Drawn, Drawn]:
        """Both pictures, one of them with the fringes of one order: without from ``_GRAY`` on."""
        gray = way >= _GRAY
        orders: list[int | None] = [None, None]
        if way != _GRAY:
            number = way - _GRAY - 1 if gray else way
            orders[number % 2] = number // 2
        first, second = (self._drawn(side, order, gray) for side, order in enumerate(orders))
        return first, second

    def _drawn(self, side: int, order: int | None, gray: bool) -> Drawn:  # noqa: FBT001
        if order is None and (side, gray) in self._kept:
            return self._kept[side, gray]
        picture = self._pictures[side]
        picture = picture if order is None else fringed.with_fringes(picture, order)
        drawn = Drawn.of(fringed.gray(picture) if gray else picture)
        if order is None:
            self._kept[side, gray] = drawn
        return drawn
