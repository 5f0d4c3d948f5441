"""Which limits keep an unchanged page quiet, and which of them notice most."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pytest_visualdiff.calibrate.values import Curve, Quiet, Spot
    from pytest_visualdiff.comparison import Limits
    from pytest_visualdiff.model import Box

MARGIN = 2.0
"""Noise may use up at most one part in so many of what ``confidence`` leaves to it."""
THRESHOLDS = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0)
"""Thresholds above the present one that are tried, in CIEDE2000 units. A higher one would no
longer see another shade of a button."""
LEAST_CONFIDENCE = 0.7
"""A lower required confidence would no longer see a missing letter."""
MOST_MASKED = 0.5
"""Share of the picture; where more than that flickers, masks leave nothing worth comparing."""


def needed(limits: Limits) -> float:
    """The confidence that noise must keep: that of the limits, with a margin."""
    return 1 - (1 - limits.confidence) / MARGIN


def is_quiet(quiet: Quiet, limits: Limits) -> bool:
    """Whether no pair is a difference, with a margin."""
    return not quiet.differing and quiet.confidence >= needed(limits)


def widest(present: Limits) -> Limits:
    """The most lenient limits that may be proposed."""
    return replace(
        present,
        threshold=max(present.threshold, THRESHOLDS[-1]),
        confidence=min(present.confidence, LEAST_CONFIDENCE),
    )


def candidates(present: Limits, judge: Callable[[Limits], Quiet]) -> list[Limits]:
    """Limits under which the unchanged page is quiet, from the lowest threshold to the highest.

    Each takes the highest confidence that is quiet at its threshold; the list ends with the
    first threshold that needs no other confidence than the present one.
    """
    found: list[Limits] = []
    for threshold in _thresholds(present):
        tried = replace(present, threshold=threshold)
        confidence = _required(judge(tried).confidence, present.confidence)
        if confidence >= min(LEAST_CONFIDENCE, present.confidence):
            fitting = replace(tried, confidence=confidence)
            if is_quiet(judge(fitting), fitting):
                found.append(fitting)
        if confidence >= present.confidence:
            break
    return found


def _thresholds(present: Limits) -> list[float]:
    return [present.threshold, *(one for one in THRESHOLDS if one > present.threshold)]


def _required(lowest: float, present: float) -> float:
    """The highest confidence (at most the present one) that noise of ``lowest`` stays far above."""
    return min(present, math.floor((1 - MARGIN * (1 - lowest)) * 1000 + 1e-9) / 1000)


def blindness(curves: Sequence[Curve], limits: Limits) -> float:
    """Mean logarithm of the smallest strengths that are found: lower is better."""
    found = [
        math.log(min(strength, 2 * curve.strengths[-1]))
        for curve in curves
        for strength in curve.smallest(limits.confidence)
    ]
    return sum(found) / len(found) if found else 0.0


def to_mask(spots: Iterable[Spot], reported: Sequence[Box]) -> tuple[Spot, ...]:
    """The spots in which the engine reports a difference."""
    return tuple(spot for spot in spots if any(spot.box.overlaps(box) for box in reported))


def area_of(spot: Spot) -> Box:
    """What a mask for a spot covers: the element that shows there, or the spot with a rim."""
    box = spot.box.grown(2)
    return box if spot.element is None else spot.element


def covered(boxes: Iterable[Box], pixels: int) -> float:
    """Share of a picture that masks take, at most."""
    return sum(box.area for box in boxes) / pixels
