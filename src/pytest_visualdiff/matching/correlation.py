"""Where a template may be: normalised correlation in magnitude, and the peaks of it.

J. P. Lewis, "Fast normalized cross-correlation", Vision Interface 1995, with a regularised
denominator: a flat window correlates with nothing instead of with everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_visualdiff.matching.search_tuning import CORRELATION

if TYPE_CHECKING:
    import numpy.typing as npt

    from pytest_visualdiff.matching.planes import Floats
    from pytest_visualdiff.model import Array


@dataclass(frozen=True, slots=True)
class PreparedTemplate:
    """A template prepared for correlation: deviations from its mean, 0 where it does not count."""

    deviations: Floats
    norm: float
    floor: float
    weights: Floats | None = None

    @classmethod
    def of(cls, values: Floats, weights: Floats | None = None) -> PreparedTemplate:
        """Prepare float levels of shape (height, width)."""
        if weights is None:
            deviations = values - cv2.mean(values)[0]
        else:
            total = max(float(weights.sum()), 1e-6)
            deviations = (values - float((values * weights).sum()) / total) * weights
        deviations = deviations.astype(np.float32)
        square = cv2.norm(deviations) ** 2
        floor = min(CORRELATION.floor, 0.25 * square / values.size)
        return cls(deviations, float(np.sqrt(square)), floor, weights)


def correlation(screen: Floats, prepared: PreparedTemplate, levels: Array | None = None) -> Floats:
    """Magnitude of the normalised correlation in [0, 1] at each place where the template fits.

    The magnitude, because a dark theme turns the sign. ``levels`` is the same screen as bytes,
    where they are at hand: their windows are summed faster.
    """
    products = _products(screen, prepared.deviations)
    counts = prepared.weights is None and prepared.deviations.size < CORRELATION.bytes
    variance = _variances(levels if counts and levels is not None else screen, prepared)
    variance += prepared.floor
    variance = np.asarray(cv2.sqrt(variance), np.float32)
    count = prepared.deviations.size if prepared.weights is None else float(prepared.weights.sum())
    variance *= max(prepared.norm, 1e-3) * float(np.sqrt(max(count, 1)))
    np.abs(products, out=products)
    return np.divide(products, variance, out=products)


def _products(screen: Floats, factors: Floats) -> Floats:
    """The sum of the products with ``factors`` at each place where they fit."""
    height, width = factors.shape
    rows, columns = screen.shape[0] - height + 1, screen.shape[1] - width + 1
    pitch = screen.shape[1]
    if rows * columns > CORRELATION.few_places or height * pitch > CORRELATION.short:
        return np.asarray(cv2.matchTemplate(screen, factors, cv2.TM_CCORR), np.float32)
    padded = np.zeros((height, pitch), np.float32)
    padded[:, :width] = factors
    long = (height - 1) * pitch + width
    line, row_factors = screen.ravel(), padded.ravel()[:long]
    begins = [row * pitch + column for row in range(rows) for column in range(columns)]
    sums = [line[begin : begin + long].dot(row_factors) for begin in begins]
    return np.array(sums, np.float32).reshape(rows, columns)


def _variances(screen: Floats | Array, prepared: PreparedTemplate) -> Floats:
    """The variance of the pixels that count, for each place where the template fits."""
    height, width = prepared.deviations.shape
    rows, columns = screen.shape[0] - height + 1, screen.shape[1] - width + 1
    if prepared.weights is None and rows * columns <= CORRELATION.summed:
        total, squared = (_corners(sums, width, height) for sums in cv2.integral2(screen))
        means = total / (width * height)
        spread = np.maximum(squared / (width * height) - means * means, 0)
        return np.asarray(spread, np.float32)
    if prepared.weights is None:
        mean = _windows(cv2.boxFilter, screen, width, height)
        variance = _windows(cv2.sqrBoxFilter, screen, width, height)
    else:
        share = prepared.weights / np.float32(max(float(prepared.weights.sum()), 1.0))
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
    tops = (rough >= cv2.dilate(rough, window)) & (rough > CORRELATION.peak)
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
