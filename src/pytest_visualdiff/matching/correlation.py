"""Where a template may be: normalised correlation in magnitude, and the peaks of it.

J. P. Lewis, "Fast normalized cross-correlation", Vision Interface 1995, with a regularised
denominator: a flat window correlates with nothing instead of with everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from pytest_visualdiff.matching.planes import Floats
    from pytest_visualdiff.model import Array

_MOST_OF_BYTES = 30_000  # pixels whose squares' sum OpenCV holds in an integer
_HALF = 127  # of 255: lower peaks are none
_FEW_PLACES = 49  # so many are multiplied one by one, which is faster than by spectra
_SHORT = 10_000  # pixels from which a product of two vectors would start threads
_SUMMED = 200  # places whose windows are told by sums from the corner
_FLOOR = 16.0  # variance in squared levels below which a window tells nothing


@dataclass(frozen=True, slots=True)
class Stencil:
    """A template prepared for correlation: deviations from its mean, 0 where it does not count."""

    deviations: Floats
    norm: float
    floor: float
    weights: Floats | None = None

    @classmethod
    def of(cls, values: Floats, weights: Floats | None = None) -> Stencil:
        """The stencil of float levels of shape (height, width)."""
        if weights is None:
            deviations = values - cv2.mean(values)[0]
        else:
            total = max(float(weights.sum()), 1e-6)
            deviations = (values - float((values * weights).sum()) / total) * weights
        deviations = deviations.astype(np.float32)
        square = cv2.norm(deviations) ** 2
        floor = min(_FLOOR, 0.25 * square / values.size)
        return cls(deviations, float(np.sqrt(square)), floor, weights)


def correlation(screen: Floats, stencil: Stencil, levels: Array | None = None) -> Floats:
    """Magnitude of the normalised correlation in [0, 1] at each place the stencil fits.

    The magnitude, because a dark theme turns the sign. ``levels`` is the same screen as bytes,
    where they are at hand: their windows are summed faster.
    """
    products = _products(screen, stencil.deviations)
    counts = stencil.weights is None and stencil.deviations.size < _MOST_OF_BYTES
    variance = _variances(levels if counts and levels is not None else screen, stencil)
    variance += stencil.floor
    variance = np.asarray(cv2.sqrt(variance), np.float32)
    count = stencil.deviations.size if stencil.weights is None else float(stencil.weights.sum())
    variance *= max(stencil.norm, 1e-3) * float(np.sqrt(max(count, 1)))
    np.abs(products, out=products)
    return np.divide(products, variance, out=products)


def _products(screen: Floats, look: Floats) -> Floats:
    """The sum of the products with ``look`` at each place that it fits."""
    height, width = look.shape
    rows, columns = screen.shape[0] - height + 1, screen.shape[1] - width + 1
    pitch = screen.shape[1]
    if rows * columns > _FEW_PLACES or height * pitch > _SHORT:
        return np.asarray(cv2.matchTemplate(screen, look, cv2.TM_CCORR), np.float32)
    padded = np.zeros((height, pitch), np.float32)
    padded[:, :width] = look
    long = (height - 1) * pitch + width
    line, factors = screen.ravel(), padded.ravel()[:long]
    begins = [row * pitch + column for row in range(rows) for column in range(columns)]
    sums = [line[begin : begin + long].dot(factors) for begin in begins]
    return np.array(sums, np.float32).reshape(rows, columns)


def _variances(screen: Floats | Array, stencil: Stencil) -> Floats:
    """The variance of the pixels that count, for each place the stencil fits."""
    height, width = stencil.deviations.shape
    rows, columns = screen.shape[0] - height + 1, screen.shape[1] - width + 1
    if stencil.weights is None and rows * columns <= _SUMMED:
        total, squared = (_corners(sums, width, height) for sums in cv2.integral2(screen))
        means = total / (width * height)
        spread = np.maximum(squared / (width * height) - means * means, 0)
        return np.asarray(spread, np.float32)
    if stencil.weights is None:
        mean = _windows(cv2.boxFilter, screen, width, height)
        variance = _windows(cv2.sqrBoxFilter, screen, width, height)
    else:
        share = stencil.weights / np.float32(max(float(stencil.weights.sum()), 1.0))
        floats = np.asarray(screen, np.float32)
        mean, variance = _products(floats, share), _products(floats * floats, share)
    variance -= mean * mean
    return np.maximum(variance, 0, out=variance)


def _corners(sums: npt.NDArray[Any], width: int, height: int) -> npt.NDArray[np.float64]:
    """The sum in each window, from sums over all that lies above and to the left."""
    right, left = sums[:, width:], sums[:, :-width]
    answer = right[height:] - left[height:] - right[:-height] + left[:-height]
    return np.asarray(answer, np.float64)


def _windows(filter_: object, screen: Floats | Array, width: int, height: int) -> Floats:
    """The filter's answer for each window that lies inside, by its top left corner."""
    answer = filter_(screen, cv2.CV_32F, (width, height), anchor=(0, 0))  # type: ignore[operator]
    rows, columns = screen.shape[0] - height + 1, screen.shape[1] - width + 1
    return np.ascontiguousarray(answer[:rows, :columns])


def peaks(scores: Floats, apart: tuple[int, int], count: int) -> list[tuple[int, int, float]]:
    """The highest (x, y, score), best first, each the highest within ``apart`` (x, y) pixels."""
    window = np.ones((2 * apart[1] + 1, 2 * apart[0] + 1), np.uint8)
    most = float(scores.max())
    # Bytes are dilated several times faster; what they cannot tell apart the order below does.
    rough = cv2.convertScaleAbs(scores, alpha=255 / max(most, 1e-6))
    tops = (rough >= cv2.dilate(rough, window)) & (rough > _HALF)
    flat = np.flatnonzero(tops)
    ys, xs = np.divmod(flat, scores.shape[1])
    values = scores.ravel()[flat]
    order = np.argsort(-values, kind="stable")
    found: list[tuple[int, int, float]] = []
    for index in order:
        x, y = int(xs[index]), int(ys[index])
        if all(abs(x - a) > apart[0] or abs(y - b) > apart[1] for a, b, _ in found):
            found.append((x, y, float(values[index])))
        if len(found) == count:
            break
    return found


def subpixel(scores: Floats, x: int, y: int) -> tuple[float, float]:
    """The top of the parabolas through a peak and its neighbours; at most half a pixel away."""
    return x + _vertex(scores[y, :], x), y + _vertex(scores[:, x], y)


def _vertex(line: Floats, place: int) -> float:
    if not 0 < place < len(line) - 1:
        return 0.0
    left, middle, right = (float(value) for value in line[place - 1 : place + 2])
    curve = left - 2 * middle + right
    return 0.0 if curve >= -1e-9 else max(-0.5, min(0.5, 0.5 * (left - right) / curve))
