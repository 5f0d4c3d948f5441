"""Text with the colour fringes of an LCD is compared with the same text without them.

Sub-pixel rendering samples red a third of a pixel to one side and blue to the other, through a
filter five sub-pixels wide that spreads their colour (J. C. Platt, "Optimal filtering for patterned
displays", IEEE Signal Processing Letters 7(7), 2000, 179-181). Where the colours cancel out, what
counts is whether the lightness is that of the same shapes.

A renderer adds colour fringes the same way everywhere. So all four hypotheses are tried where the
difference is largest, and then those that help are applied to the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import cv2
import numpy as np

from pytest_visualdiff.comparison.arrays import dilate, ones, window_sum
from pytest_visualdiff.comparison.edge_model import EdgeImage, EdgeModel, Excess
from pytest_visualdiff.comparison.tuning import EVIDENCE, FRINGES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_visualdiff.comparison.arrays import Bools, Floats
    from pytest_visualdiff.model import Array

# The filter (1 2 3 2 1) / 9 over thirds of pixels, read at -1/3, 0 and +1/3 of a pixel.
_SIDE = np.array([[10, 16, 1]], np.float32) / 27
_MIDDLE = np.array([[4, 19, 4]], np.float32) / 27
_ORDERS = ((_SIDE, _MIDDLE, _SIDE[:, ::-1]), (_SIDE[:, ::-1], _MIDDLE, _SIDE))

_Hypothesis: TypeAlias = tuple[int, int]
_ALL: tuple[_Hypothesis, ...] = ((0, 0), (1, 0), (0, 1), (1, 1))
"""The picture that has fringes, and their order."""


# --- signs of fringes -------------------------------------------------------------------------


def fringe_pixels(expected: Array, actual: Array, edge: Bools) -> Bools:
    """Pixels right beside changed edges whose red and blue went opposite ways: outer fringes."""
    lost, gained = (
        cv2.split(cv2.subtract(*pair)) for pair in ((expected, actual), (actual, expected))
    )
    opposite = (cv2.min(lost[0], gained[2]) > 0) | (cv2.min(gained[0], lost[2]) > 0)
    red, green, blue = map(cv2.max, lost, gained)
    least = cv2.min(cv2.min(red, green), blue)
    fringe: Bools = dilate(edge, 5, 1) & (opposite | (least <= FRINGES.untouched))
    return fringe


def suspected_places(expected: Array, actual: Array, where: Bools) -> Bools:
    """The places around such pixels where colour fringes could be what differs."""
    red, blue, whole = _changes(expected, actual, where)
    colour = window_sum(np.abs(red)) + window_sum(np.abs(blue))
    contrast = _contrast(expected, actual)
    strong = np.maximum(np.abs(red), np.abs(blue)) > FRINGES.shift * contrast
    suspects: Bools = colour > FRINGES.colourful * window_sum(whole)
    suspects &= colour > FRINGES.visible * window_sum(contrast * where)
    return suspects & (window_sum(strong) < FRINGES.strong)


def _changes(expected: Array, actual: Array, where: Bools) -> tuple[Floats, Floats, Floats]:
    """By how much red and blue changed more than green, and all three together."""
    change = cv2.subtract(expected, actual, dtype=cv2.CV_32F)
    red, green, blue = cv2.split(cv2.copyTo(change, where.view(np.uint8)))
    whole: Floats = np.abs(red) + np.abs(green) + np.abs(blue)
    return red - green, blue - green, whole


def _contrast(expected: Array, actual: Array) -> Floats:
    """Levels between the extremes around each pixel, in the channel and picture with most."""
    around = ones(5, 3)
    spans = [cv2.dilate(one, around) - cv2.erode(one, around) for one in (expected, actual)]
    red, green, blue = cv2.split(cv2.max(*spans))
    contrast: Floats = cv2.max(cv2.max(red, green), blue).astype(np.float32)
    return contrast


# --- hypotheses -------------------------------------------------------------------------------


class Place(NamedTuple):
    """A part of two pictures, what its pixels count, and where fringes are suspected."""

    expected: Array
    actual: Array
    weight: Floats
    wanted: Bools


def explain_fringes(excess: Excess, place: Place, threshold: float) -> None:
    """Lower ``excess`` in place where a hypothesis leaves much less of it at a wanted pixel."""
    hypotheses: Sequence[_Hypothesis] = _ALL
    if place.wanted.size > 2 * FRINGES.samples * FRINGES.sample**2:
        sample = _sampler(place.wanted * window_sum(excess.whole))
        part = Excess(*map(sample, excess))
        hypotheses = _apply(part, Place(*map(sample, place)), threshold, hypotheses)
    if hypotheses:
        _apply(excess, place, threshold, hypotheses)


def _sampler(evidence: Floats) -> Callable[[Any], Any]:
    """Cuts the parts around the places with most evidence out of an array, side by side."""
    left = evidence.copy()
    height, width = (min(FRINGES.sample, side) for side in left.shape)
    parts = []
    for _ in range(FRINGES.samples):
        _, _, _, (x, y) = cv2.minMaxLoc(left)
        top = min(max(y - height // 2, 0), left.shape[0] - height)
        first = min(max(x - width // 2, 0), left.shape[1] - width)
        parts.append((slice(top, top + height), slice(first, first + width)))
        left[parts[-1]] = 0
    return lambda array: np.concatenate([array[part] for part in parts], axis=1)


def _apply(
    excess: Excess, place: Place, threshold: float, hypotheses: Sequence[_Hypothesis]
) -> list[_Hypothesis]:
    """Lower the excess by these hypotheses, and return those that explained something."""
    plain = EdgeImage.of(place.expected), EdgeImage.of(place.actual)
    left = window_sum(excess.whole)
    helpful = []
    for side, order in hypotheses:
        asked = place.wanted & (left > EVIDENCE.fringes_worth)
        if not asked.any():
            break
        fringed = EdgeImage.of(with_fringes((place.expected, place.actual)[side], order))
        expected, actual = (plain[0], fringed) if side else (fringed, plain[1])
        model = EdgeModel.of(expected, actual, place.weight, threshold)
        other = model.excess(cv2.subtract(expected.lab, actual.lab))
        sums = FRINGES.doubt * window_sum(other.whole)
        better = asked & (sums < left)
        if np.count_nonzero(better) > FRINGES.helpful * np.count_nonzero(asked):
            helpful.append((side, order))
        if better.any():
            left[better] = sums[better]
            for part, found in zip(excess, other, strict=True):
                part[better] = FRINGES.doubt * found[better]
    return helpful


def with_fringes(picture: Array, order: int) -> Array:
    """The picture with the fringes of one of both orders added to it."""
    kernels = enumerate(_ORDERS[order])
    drawn: Any = cv2.merge([cv2.filter2D(picture[:, :, i], -1, kernel) for i, kernel in kernels])
    return np.asarray(drawn, np.uint8)
