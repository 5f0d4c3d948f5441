"""Which pixels look different: perceptual colour distance, and tolerance for redrawn edges.

Work is spent only where it can matter: pixels that differ at all, inside their bounding box.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from pytest_visualdiff.comparison.colour import Floats, delta_e
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from pytest_visualdiff.comparison import Limits
    from pytest_visualdiff.model import Array

Bools: TypeAlias = npt.NDArray[np.bool_]
Levels: TypeAlias = npt.NDArray[Any]

CONTEXT = 9
"""Pixels around the changed ones that can influence the verdict on them."""

_NEIGHBOURS: Array = np.ones((3, 3), np.uint8)
_EXTREMES: Array = np.ones((5, 5), np.uint8)
_INK_WINDOW = (15, 15)  # a letter and its neighbours
_ONE_SIDED = 0.7  # share of the ink that was lost or gained rather than pushed aside
_SAME_EXTREME = 8  # levels the darkest and brightest places may differ


@dataclass(frozen=True, slots=True)
class Residue:
    """What is left of a difference: CIEDE2000 of the pixels over the threshold, else 0.

    ``delta`` has the shape of ``box``, in pixels of the compared frame.
    """

    box: Box
    delta: Floats
    threshold: float

    def evidence(self) -> float:
        """Sum of how often the threshold is exceeded, over all surviving pixels."""
        return evidence(self.delta[self.delta > 0], self.threshold)


def evidence(delta: Floats, threshold: float) -> float:
    """Sum of (delta / threshold - 1) over pixels above the threshold."""
    return float(delta.sum(dtype=np.float64) / threshold - delta.size)


def crop(picture: Any, box: Box) -> Any:
    """The part of an array inside a box (a view)."""
    return picture[box.y : box.bottom, box.x : box.right]


def near(expected: Levels, actual: Levels, levels: int) -> Bools:
    """Where two pictures of one size differ by at most so many levels in each channel."""
    limit = (float(levels),) * 3
    inside: Levels = cv2.inRange(cv2.absdiff(expected, actual), (0.0, 0.0, 0.0), limit)
    result: Bools = inside > 0
    return result


def soft(picture: Any) -> Array:
    """The picture blurred by about a pixel, for comparing what was resampled."""
    blurred: Levels = cv2.GaussianBlur(picture, (5, 5), 1.0)
    return blurred


def changed_box(expected: Array, actual: Array) -> Box | None:
    """The smallest box around all pixels that differ at all; None for equal pictures."""
    height = expected.shape[0]
    differs = expected.reshape(height, -1) != actual.reshape(height, -1)
    rows = np.flatnonzero(differs.any(axis=1))
    if not rows.size:
        return None
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(differs[top:bottom].any(axis=0)) // expected.shape[2]
    left, right = int(columns[0]), int(columns[-1]) + 1
    return Box(left, top, right - left, bottom - top)


def measure(
    expected: Array, actual: Array, limits: Limits, valid: Bools | None = None
) -> Residue | None:
    """The pixels of two RGB pictures of one size that look different; None without any.

    ``valid`` is False where a pixel is masked. Masked pixels still count as neighbours, so a
    mask can only remove differences.
    """
    changed = changed_box(expected, actual)
    if changed is None:
        return None
    frame = changed.grown(CONTEXT).clipped(expected.shape[1], expected.shape[0])
    before, after = crop(expected, frame), crop(actual, frame)
    delta = _delta(before, after, limits)
    if valid is not None:
        delta[~crop(valid, frame)] = 0
    return Residue(frame, delta, limits.threshold) if delta.any() else None


def _delta(expected: Array, actual: Array, limits: Limits) -> Floats:
    delta = np.zeros(expected.shape[:2], np.float32)
    where = ~near(expected, actual, 0)
    delta[where] = delta_e(expected[where], actual[where], limits.threshold)
    if limits.antialiasing and delta.any():
        _forgive_edges(delta, expected, actual, limits.threshold)
    return delta


def _forgive_edges(delta: Floats, expected: Array, actual: Array, threshold: float) -> None:
    """Lower ``delta`` in place to what no half-pixel shift of an edge explains."""
    residual = delta.copy()
    for drawn, other in ((expected, actual), (actual, expected)):
        _explain_edges(residual, delta, drawn, other, threshold)
    forgiven = (delta > 0) & (residual == 0)
    if forgiven.any():
        kept = forgiven & _systematic(expected, actual, forgiven)
        residual[kept] = delta[kept]
    delta[:] = residual


def _explain_edges(
    residual: Floats, delta: Floats, drawn: Levels, other: Array, threshold: float
) -> None:
    """Lower ``residual`` to how far ``other`` is from ``drawn`` at any half-pixel shift.

    Such a shift shows averages of each pixel with one of its 8 neighbours, or the pixel itself.
    """
    lowest, highest = cv2.erode(drawn, _NEIGHBOURS), cv2.dilate(drawn, _NEIGHBOURS)
    edge = (delta > 0) & ~near(lowest, highest, 0)
    if not edge.any():
        return
    own, value, found = drawn[edge].astype(np.uint16), other[edge], delta[edge]
    low, high = (own + lowest[edge]) // 2, (own + highest[edge] + 1) // 2
    closest = np.clip(value, low, high).astype(np.uint8)
    left = delta_e(value, closest, threshold, above=found)
    residual[edge] = np.minimum(residual[edge], np.minimum(found, left))


def _systematic(expected: Array, actual: Array, forgiven: Bools) -> Bools:
    """Where forgiven pixels do not look like an edge drawn anew, but like another colour.

    Drawing an edge anew pushes ink aside: what one pixel loses its neighbour gains, or the
    flat areas on both sides stay as they are. Thin text in a paler colour does neither.
    """
    lost = _ink(cv2.subtract(expected, actual), forgiven)
    gained = _ink(cv2.subtract(actual, expected), forgiven)
    shifted: Bools = np.abs(gained - lost).sum(axis=2) > _ONE_SIDED * (gained + lost).sum(axis=2)
    if shifted.any():
        shifted &= ~_same_extremes(expected, actual)
    return shifted


def _same_extremes(expected: Array, actual: Array) -> Bools:
    """Where the darkest and the brightest place around a pixel are as they were."""
    (dark1, bright1), (dark2, bright2) = _extremes(expected), _extremes(actual)
    return near(dark1, dark2, _SAME_EXTREME) & near(bright1, bright2, _SAME_EXTREME)


def _extremes(picture: Levels) -> tuple[Levels, Levels]:
    return cv2.erode(picture, _EXTREMES), cv2.dilate(picture, _EXTREMES)


def _ink(change: Levels, where: Bools) -> Floats:
    kept = change * where[:, :, None].astype(np.uint8)
    ink: Floats = cv2.boxFilter(
        kept, cv2.CV_32F, _INK_WINDOW, normalize=False, borderType=cv2.BORDER_CONSTANT
    )
    return ink
