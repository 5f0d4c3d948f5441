"""How much shots of an unchanged page differ, pixel by pixel, and where."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np

from pytest_visualdiff.calibrate.study_values import Noise, Spot
from pytest_visualdiff.comparison.arrays import crop
from pytest_visualdiff.comparison.colour import ciede2000, lab
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    import numpy.typing as npt

    from pytest_visualdiff.calibrate.study_values import Series, Shot
    from pytest_visualdiff.model import Array

EDGES = tuple(float(edge) for edge in np.geomspace(0.05, 102.4, 67))
"""Borders of the histogram's bins in CIEDE2000 units; smaller values count in the first bin."""

REACH = 21
"""Differing pixels less than this many apart are one spot."""

_MOST_SPOTS = 200
_BLOCK = 65_536  # pixels handled at once


def distance(first: Array, second: Array) -> npt.NDArray[Any]:
    """CIEDE2000 of pairs of sRGB colours, shape (n, 3) each, nothing tolerated."""
    parts = [
        ciede2000(lab(first[at : at + _BLOCK]), lab(second[at : at + _BLOCK]))
        for at in range(0, len(first), _BLOCK)
    ]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def measure(series: Series) -> Noise:
    """The noise of a series. If shots differ in size, only their common part counts."""
    width, height = (min(side) for side in zip(*series.sizes, strict=True))
    tally = _Tally(np.zeros((height, width), np.float32), np.zeros((height, width), np.int32))
    compared = _compared(series, Box(0, 0, width, height))
    for first, second, weight in series.pairs:
        tally.add(first, second, weight, compared)
    return tally.noise(series.count, int(np.count_nonzero(compared)))


def _compared(series: Series, canvas: Box) -> npt.NDArray[np.bool_]:
    """The compared pixels: inside the region, outside of the masks."""
    regions = [shot.region for shot in series.shots if shot.region is not None]
    area = reduce(Box.union, regions, regions[0]) if regions else canvas
    left = np.zeros((canvas.height, canvas.width), np.bool_)
    crop(left, area.clipped(canvas.width, canvas.height))[:] = True
    for mask in series.masks:
        crop(left, mask.clipped(canvas.width, canvas.height))[:] = False
    return left


class _Share(NamedTuple):
    pixels: int
    weight: int


@dataclass
class _Tally:
    """Sums over pairs; ``most`` and ``times`` are maps: the largest distance, and how often."""

    most: npt.NDArray[np.float32]
    times: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(EDGES), np.int64))
    shares: list[_Share] = field(default_factory=list)

    def add(self, first: Shot, second: Shot, weight: int, compared: npt.NDArray[np.bool_]) -> None:
        """Count one pair, which stands for ``weight`` pairs of shots."""
        height, width = self.most.shape
        one, other = (shot.pixels[:height, :width] for shot in (first, second))
        differs = (one != other).any(axis=2) & compared
        found = distance(one[differs], other[differs])
        self.most[differs] = np.maximum(self.most[differs], found)
        self.times[differs] += weight
        bins = np.clip(np.searchsorted(EDGES, found, side="right") - 1, 0, len(EDGES) - 1)
        self.counts += weight * np.bincount(bins, minlength=len(EDGES))
        self.shares.append(_Share(len(found), weight))

    def noise(self, pairs: int, area: int) -> Noise:
        """The noise of all counted pairs."""
        looked_at = max(1, pairs * area)
        return Noise(
            pixels=looked_at,
            counts=tuple(int(count) for count in self.counts),
            share=sum(share.pixels * share.weight for share in self.shares) / looked_at,
            worst_share=max((share.pixels for share in self.shares), default=0) / max(1, area),
            median=min(
                _median(self.counts), float(self.most.max(initial=0))
            ),  # an edge may lie above
            most=float(self.most.max(initial=0)),
            spots=_spots(self.most, self.times, pairs),
        )


def _median(counts: npt.NDArray[np.int64]) -> float:
    total = np.cumsum(counts)
    if not total[-1]:
        return 0.0
    return EDGES[min(int(np.searchsorted(total, total[-1] / 2)) + 1, len(EDGES) - 1)]


def _spots(
    most: npt.NDArray[np.float32], times: npt.NDArray[np.int32], pairs: int
) -> tuple[Spot, ...]:
    """Places that differ, those with the strongest and largest differences first."""
    changed = (times > 0).astype(np.uint8)
    joined = cv2.dilate(changed, np.ones((REACH // 2, REACH // 2), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    largest = sorted(range(1, count), key=lambda one: -stats[one][cv2.CC_STAT_AREA])[:_MOST_SPOTS]
    found = []
    for label in largest:
        around = Box(*(int(value) for value in stats[label][:4]))
        inside = (crop(labels, around) == label) & (crop(times, around) > 0)
        found.append(_spot(around, inside, most, times, pairs))
    return tuple(sorted(found, key=lambda spot: -spot.most * spot.pixels))


def _spot(
    around: Box,
    inside: npt.NDArray[np.bool_],
    most: npt.NDArray[np.float32],
    times: npt.NDArray[np.int32],
    pairs: int,
) -> Spot:
    """The spot of the pixels that are True ``inside`` a box."""
    rows, columns = np.nonzero(inside)
    left, top = int(columns.min()), int(rows.min())
    box = Box(left, top, int(columns.max()) - left + 1, int(rows.max()) - top + 1)
    return Spot(
        box.moved(around.x, around.y),
        pixels=int(rows.size),
        most=float(crop(most, around)[inside].max()),
        share=float(crop(times, around)[inside].max()) / pairs,
    )
