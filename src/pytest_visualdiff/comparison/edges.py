"""Edges drawn anew: the same shape at another sub-pixel position is told from another shape.

Browsers place glyphs and vector shapes at fractions of a pixel, so the same page may be drawn
with its edges up to half a pixel elsewhere, with or without colour fringes (sub-pixel rendering).
Compared are slightly blurred CIELAB pictures: how far is a pixel outside of what its neighbours
could bring to its place? That leaves close to nothing of any move below 0.6 pixels, and of one
pixel or another letter ten times more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from pytest_visualdiff.comparison import fringed
from pytest_visualdiff.comparison.fringed import window_sum

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array

Bools: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[Any]

EDGE_CONTEXT = 9
"""Pixels around an edge that can influence the verdict on it."""
EDGE_WEIGHT = 0.4
"""What a pixel of a redrawn edge counts, compared with one of flat ground."""

_NEIGHBOURS: Array = np.ones((3, 3), np.uint8)
_EXTREMES: Array = np.ones((5, 5), np.uint8)
_REACH = 0.7  # share of the way to the most different neighbour that a pixel may have gone
_BLUR = 0.7  # standard deviation in pixels
_STRONG = 24.0  # CIE76 contrast of an edge at which just the threshold counts
_SHARES = 0.35, 1.7  # of the threshold, that count at the faintest edges and at strong ones
_FRINGE = (3, 1)  # pixels that sub-pixel rendering spreads the colours of an edge over
_ONE_SIDED = 0.7  # share of the ink that was lost or gained rather than pushed aside
_SAME_EXTREME = 8  # levels the darkest and brightest places may differ


def redrawn(expected: Array, actual: Array, edge: Bools, threshold: float) -> Floats:
    """The excess of edge pixels over what drawing the same shape anew explains, weighted.

    The pictures are RGB ``uint8`` of shape (height, width, 3); ``edge`` tells the pixels asked.
    """
    excess = _redrawn(expected, actual, edge, threshold)
    suspects = fringed.suspected(expected, actual, excess > 0)
    if suspects.any():
        for first, second in fringed.readings(expected, actual):
            other = _redrawn(first, second, edge, threshold)
            better = window_sum(other) < fringed.BETTER * window_sum(excess)
            better &= suspects
            excess[better] = fringed.DOUBT * other[better]
    return excess


def _redrawn(expected: Array, actual: Array, edge: Bools, threshold: float) -> Floats:
    before, after = _softened(expected), _softened(actual)
    beyond = np.minimum(_beyond(before, after), _beyond(after, before))
    change = (before - after) * edge[:, :, None]
    amount = _length(change)
    other = _one_sided(change, amount) & ~_same_extremes(expected, actual)
    beyond = np.where(other, np.maximum(beyond, amount), beyond)
    limit = threshold * np.clip(_contrast(before, after) / _STRONG, *_SHARES)
    excess: Floats = np.maximum(beyond / limit - 1, 0) * EDGE_WEIGHT
    return excess * edge


def _softened(picture: Array) -> Floats:
    """CIELAB, blurred by less than a pixel; colour also as wide as sub-pixel rendering does."""
    lab: Floats = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    lab[:, :, 1:] = cv2.blur(lab[:, :, 1:], _FRINGE)
    return cv2.GaussianBlur(lab, (5, 5), _BLUR)


def _contrast(before: Floats, after: Floats) -> Floats:
    """CIE76 distance between the extremes around a pixel, in the picture with more of it."""
    spans = [cv2.dilate(one, _NEIGHBOURS) - cv2.erode(one, _NEIGHBOURS) for one in (before, after)]
    return np.maximum(*map(_length, spans))


def _beyond(drawn: Floats, other: Floats) -> Floats:
    """CIE76 distance of ``other`` from what a shift of ``drawn`` could bring to each pixel."""
    low = drawn + _REACH * (cv2.erode(drawn, _NEIGHBOURS) - drawn)
    high = drawn + _REACH * (cv2.dilate(drawn, _NEIGHBOURS) - drawn)
    return _length(other - np.clip(other, low, high))


def _length(vectors: Floats) -> Floats:
    length: Floats = np.sqrt(np.einsum("ijk,ijk->ij", vectors, vectors))
    return length


def _one_sided(change: Floats, amount: Floats) -> Bools:
    """Where ink was not pushed aside but lost or gained: text in a paler colour, say."""
    together = _length(window_sum(change))
    result: Bools = together > _ONE_SIDED * window_sum(amount)
    return result


def _same_extremes(expected: Array, actual: Array) -> Bools:
    """Where the darkest and the brightest place around a pixel are as they were."""
    spans = [(cv2.erode(one, _EXTREMES), cv2.dilate(one, _EXTREMES)) for one in (expected, actual)]
    limit = (float(_SAME_EXTREME),) * 3
    (dark, bright) = (cv2.absdiff(before, after) for before, after in zip(*spans, strict=True))
    same: Bools = cv2.inRange(cv2.max(dark, bright), (0.0,) * 3, limit) > 0
    return same
