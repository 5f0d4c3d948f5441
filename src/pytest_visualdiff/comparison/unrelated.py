"""Two pictures that have next to nothing in common: told apart from samples, not pixel by pixel.

Where a page was replaced by another one there is nothing to register and no edge to forgive, and
the verdict does not hang on single pixels. Samples say how different they are; phase correlation
makes sure that they are not one picture of which a part moved.

C. D. Kuglin, D. C. Hines, "The phase correlation image alignment method", IEEE Conference on
Cybernetics and Society, 1975, 163-165.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_visualdiff.comparison.arrays import alike, crop
from pytest_visualdiff.comparison.colour import colour_map_error, delta_e
from pytest_visualdiff.comparison.tuning import EVIDENCE, FLAT, UNRELATED
from pytest_visualdiff.comparison.values import ExcessMap, Explanation
from pytest_visualdiff.model import Box, Kind

if TYPE_CHECKING:
    from pytest_visualdiff.comparison.values import AlignedPair
    from pytest_visualdiff.model import Array


def are_unrelated(pair: AlignedPair) -> bool:
    """Whether nothing of one picture is to be found in the other.

    Pictures with masks or transparency are always compared pixel by pixel.
    """
    height, width = pair.actual.shape[:2]
    small = height * width < UNRELATED.smallest or _few_rows(pair.rows, height)
    if pair.valid is not None or pair.alpha is not None or small:
        return False
    expected, actual = _samples(pair.expected), _samples(pair.actual)
    strong = _differ_strongly(expected, actual)
    if strong.mean() < UNRELATED.share or _repainted(expected[strong], actual[strong]):
        return False
    return _response(pair.expected, pair.actual) < UNRELATED.response


def _few_rows(rows: tuple[int, int] | None, height: int) -> bool:
    """Whether too few rows of samples differ to matter."""
    step = UNRELATED.step
    return rows is not None and (rows[1] - rows[0]) // step + 1 < UNRELATED.share * (height // step)


def explain_unrelated(pair: AlignedPair) -> tuple[ExcessMap, tuple[Explanation, ...]]:
    """What differs between unrelated pictures: one change, and its pixels to be drawn."""
    differs = ~alike(pair.expected, pair.actual, FLAT.flat)
    box = Box(*cv2.boundingRect(differs.view(np.uint8)))
    excess = ExcessMap(box, crop(differs, box).astype(np.float32))
    count = int(np.count_nonzero(differs))
    return excess, (Explanation(Kind.CHANGED, box, _evidence(pair), count),)


def _samples(picture: Array) -> Array:
    step = UNRELATED.step
    return np.ascontiguousarray(picture[step // 2 :: step, step // 2 :: step])


def _differ_strongly(expected: Array, actual: Array) -> Any:
    return cv2.absdiff(expected, actual).max(axis=2) > FLAT.strong


def _repainted(expected: Array, actual: Array) -> bool:
    """Whether one colour map explains the change: another theme is no other picture."""
    return colour_map_error(expected, actual) < UNRELATED.repainted


def _response(expected: Array, actual: Array) -> float:
    """Height of the peak of phase correlation in [0, 1]: 1 for a picture and itself, moved."""
    expected_small, actual_small = _reduced(expected), _reduced(actual)
    size = expected_small.shape[1], expected_small.shape[0]
    window = cv2.createHanningWindow(size, cv2.CV_32F)
    return float(cv2.phaseCorrelate(expected_small, actual_small, window)[1])


def _reduced(picture: Array) -> Any:
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    scale = 1 / UNRELATED.reduced
    small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return small.astype(np.float32)


def _evidence(pair: AlignedPair) -> float:
    """The sum of the excess in the worst window, as far as samples tell."""
    expected, actual = _samples(pair.expected), _samples(pair.actual)
    threshold = pair.limits.threshold
    delta = delta_e(expected.reshape(-1, 3), actual.reshape(-1, 3), threshold)
    excess = np.maximum(delta / threshold - 1, 0).reshape(expected.shape[:2])
    return float(cv2.blur(excess, (3, 3)).max()) * math.prod(EVIDENCE.window)
