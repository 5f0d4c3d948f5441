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

from pytest_visualdiff.comparison.colour import delta_e
from pytest_visualdiff.comparison.pixels import Residue, crop
from pytest_visualdiff.comparison.values import Explanation
from pytest_visualdiff.comparison.windows import WINDOW
from pytest_visualdiff.model import Box, Kind

if TYPE_CHECKING:
    from pytest_visualdiff.comparison.values import AlignedPair
    from pytest_visualdiff.model import Array

_STEP = 8  # pixels between samples
_FIRST = 32  # pixels between the samples that most often settle it
_SMALLEST = 250_000  # pixels of a picture; of fewer all are looked at
_STRONG = 24  # levels that no noise, blur or antialiasing explains on this many pixels
_SHARE = 0.05  # of the samples that differ so strongly
_RESPONSE = 0.15  # of phase correlation; a page of which half moved has 0.4 and more
_REDUCED = 4  # pixels of a side that correlation sees as one
_REPAINTED = 12.0  # levels (root mean square) from one colour map to another theme's colours
_CLEAR = 8  # levels from which a pixel is drawn as different


def are_unrelated(pair: AlignedPair) -> bool:
    """Whether nothing of one picture is to be found in the other; looked at without masks."""
    height, width = pair.actual.shape[:2]
    if pair.valid is not None or height * width < _SMALLEST or _small(pair.rows, height):
        return False
    few = _strong(_samples(pair.expected, _FIRST), _samples(pair.actual, _FIRST))
    if few.mean() < _SHARE / 2:
        return False
    before, after = _samples(pair.expected), _samples(pair.actual)
    strong = _strong(before, after)
    if strong.mean() < _SHARE or _repainted(before[strong], after[strong]):
        return False
    return _response(pair.expected, pair.actual) < _RESPONSE


def _small(rows: tuple[int, int] | None, height: int) -> bool:
    """Whether too few rows of samples differ to matter."""
    return rows is not None and (rows[1] - rows[0]) // _STEP + 1 < _SHARE * (height // _STEP)


def explain_unrelated(pair: AlignedPair) -> tuple[Residue, Explanation]:
    """What differs between unrelated pictures: one change, and its pixels to be drawn."""
    differs = _differing(pair.expected, pair.actual)
    box = Box(*cv2.boundingRect(differs))
    residue = Residue(box, (crop(differs, box) > 0).astype(np.float32))
    count = cv2.countNonZero(differs)
    return residue, Explanation(Kind.CHANGED, box, _evidence(pair), count)


def _samples(picture: Array, step: int = _STEP) -> Array:
    return np.ascontiguousarray(picture[step // 2 :: step, step // 2 :: step])


def _strong(before: Array, after: Array) -> Any:
    return cv2.absdiff(before, after).max(axis=2) > _STRONG


def _repainted(before: Array, after: Array) -> bool:
    """Whether one colour map explains the change: another theme is no other picture."""
    basis = np.column_stack((before.astype(np.float64), np.ones(len(before))))
    target: Any = after.astype(np.float64)
    mapped = basis @ np.linalg.lstsq(basis, target, rcond=None)[0]
    return float(np.sqrt(np.mean((mapped - target) ** 2))) < _REPAINTED


def _response(expected: Array, actual: Array) -> float:
    """Height of the peak of phase correlation in [0, 1]: 1 for a picture and itself, moved."""
    first, second = (_reduced(picture) for picture in (expected, actual))
    window = cv2.createHanningWindow((first.shape[1], first.shape[0]), cv2.CV_32F)
    return float(cv2.phaseCorrelate(first, second, window)[1])


def _reduced(picture: Array) -> Any:
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    scale = 1 / _REDUCED
    return cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(
        np.float32
    )


def _differing(expected: Array, actual: Array) -> Any:
    limit = (float(_CLEAR),) * 3
    return cv2.bitwise_not(cv2.inRange(cv2.absdiff(expected, actual), (0.0, 0.0, 0.0), limit))


def _evidence(pair: AlignedPair) -> float:
    """The sum of the excess in the worst window, as far as samples tell."""
    before, after = _samples(pair.expected), _samples(pair.actual)
    threshold = pair.limits.threshold
    delta = delta_e(before.reshape(-1, 3), after.reshape(-1, 3), threshold)
    excess = np.maximum(delta / threshold - 1, 0).reshape(before.shape[:2])
    return float(cv2.blur(excess, (3, 3)).max()) * math.prod(WINDOW)
