"""How the comparison engine judges planted changes: confidence by strength."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pytest_visualdiff.calibrate.planting import CHANGES, Page
from pytest_visualdiff.calibrate.study_values import Curve, NoiseVerdict, size
from pytest_visualdiff.comparison import compare_arrays
from pytest_visualdiff.comparison.arrays import crop
from pytest_visualdiff.errors import NothingCompared
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_visualdiff.calibrate.planting import Change
    from pytest_visualdiff.calibrate.study_values import MeasuredSeries, Series, Shot
    from pytest_visualdiff.comparison import Limits
    from pytest_visualdiff.model import Array

AROUND = 96
"""Pixels around a planted change that are compared with it.

The engine explains a difference from its surroundings. Comparing the rest of the page would also
report its noise, and would take most of the time.
"""

OTHERS = 4
"""A changed shot is compared with at most so many others."""

_NEAR = 6  # pixels that a reported box may lie beside the planted change


def quiet(
    series: Series, limits: Limits, masks: Sequence[Box] = (), enough: float = 0.0
) -> NoiseVerdict:
    """The engine's verdicts on all pairs of shots of the unchanged page.

    The first pair with a confidence below ``enough`` ends the search; later pairs are not counted.
    """
    differing, lowest, boxes = 0, 1.0, dict[Box, None]()
    for first, second, weight in series.pairs:
        result = compare_arrays(
            first.pixels,
            second.pixels,
            masks=(*series.masks, *masks),
            region=second.region,
            limits=limits,
        )
        differing += weight * (not result.same)
        lowest = min(lowest, result.confidence)
        boxes.update(dict.fromkeys(difference.box for difference in result.differences))
        if lowest < enough:
            break
    return NoiseVerdict(differing, lowest, tuple(boxes))


def curves(seen: MeasuredSeries, limits: Limits, masks: Sequence[Box] = ()) -> tuple[Curve, ...]:
    """Confidence by strength of each kind of change that fits the page somewhere.

    The first shot has the change. It is compared with ``OTHERS`` others. Places where those differ
    beyond the limits without a change are left out.
    """
    base, *others = _comparable(seen.series)
    left_out = (*seen.series.masks, *masks)
    taken = (*left_out, *(spot.box for spot in seen.noise.spots))
    page = Page(base.pixels, taken)
    detector = _Detector(tuple(one.pixels for one in others[:OTHERS] or [base]), limits, left_out)
    found = []
    for change in CHANGES:
        places = [
            box
            for box in change.find(page)
            if _is_compared(box, base, left_out)
            and detector.confidence(base.pixels, box) >= limits.confidence
        ]
        rows = tuple(_row(page, change, box, detector) for box in places)
        found.append(Curve(change.name, change.unit, change.strengths, rows))
    return tuple(found)


def _comparable(series: Series) -> list[Shot]:
    """The distinct pictures that have the size of the first one."""
    shots = [shot for shot, _ in series.distinct]
    return [shot for shot in shots if size(shot.pixels) == size(shots[0].pixels)]


def _is_compared(box: Box, base: Shot, left_out: Iterable[Box]) -> bool:
    inside = base.region is None or box.overlaps(base.region)
    return inside and not any(box.overlaps(mask) for mask in left_out)


def _row(page: Page, change: Change, box: Box, detector: _Detector) -> tuple[float, ...]:
    planted = (change.plant(page, box, strength) for strength in change.strengths)
    return tuple(detector.confidence(changed, where) for changed, where in planted)


@dataclass(frozen=True)
class _Detector:
    """The engine, and the shots with which a changed shot is compared."""

    others: tuple[Array, ...]
    limits: Limits
    masks: tuple[Box, ...]

    def confidence(self, changed: Array, where: Box) -> float:
        """The confidence against the shot with which the change is hardest to notice."""
        window = where.grown(AROUND).clipped(*size(changed))
        masks = [mask.moved(-window.x, -window.y) for mask in self.masks]
        spot = where.grown(_NEAR).moved(-window.x, -window.y)
        highest = 0.0
        for other in self._different(window):
            highest = max(highest, self._at(other, crop(changed, window), spot, masks))
            if highest == 1.0:  # no other shot can be harder
                break
        return highest

    def _different(self, window: Box) -> list[Array]:
        """The distinct contents of a window in the other shots; far from noise only one."""
        distinct: list[Array] = []
        for other in self.others:
            part = crop(other, window)
            if not any(np.array_equal(part, known) for known in distinct):
                distinct.append(part)
        return distinct

    def _at(self, expected: Array, actual: Array, spot: Box, masks: Sequence[Box]) -> float:
        """The engine's confidence at one spot; 1.0 if it reports nothing there."""
        try:
            result = compare_arrays(expected, actual, masks=masks, limits=self.limits)
        except NothingCompared:
            return 1.0
        reported = (*result.differences, *result.tolerated)
        return min((one.confidence for one in reported if one.box.overlaps(spot)), default=1.0)
