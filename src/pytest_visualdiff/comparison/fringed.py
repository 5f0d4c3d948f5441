"""Text with the colour fringes of an LCD and the same text without them, brought together.

Sub-pixel rendering samples red a third of a pixel to one side and blue to the other, through a
filter five sub-pixels wide that spreads their colour (J. C. Platt, "Optimal filtering for patterned
displays", IEEE Signal Processing Letters 7(7), 2000, 179-181). Where the colours cancel out, what
counts is whether the lightness is that of the same shapes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from pytest_visualdiff.comparison.windows import window_sum

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array

Bools: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[Any]

BETTER = 0.5
"""Share of the evidence that a reading may leave, to be believed at a place."""

DOUBT = 0.25
"""What is left then counts so much less: no two fringe filters are the same."""

_COLOURFUL = 0.3  # share of the change that is of one colour channel and not of the next
_BALANCED = 0.5  # share of the change of colour that may not cancel out in a place
_SHIFT = 0.6  # share of the contrast that a third of a pixel can change one channel by
_VISIBLE = 0.1  # the same share, on average, below which nothing has fringes
_STRONG = 3  # pixels of a place that changed more than that, from which it is something else
_UNTOUCHED = 1  # levels that a channel in the middle of a fringe changes by at most
_AROUND: Array = np.ones((3, 5), np.uint8)
# The filter (1 2 3 2 1) / 9 over thirds of pixels, read at -1/3, 0 and +1/3 of a pixel.
_SIDE = np.array([[10, 16, 1]], np.float32) / 27
_MIDDLE = np.array([[4, 19, 4]], np.float32) / 27
_ORDERS = ((_SIDE, _MIDDLE, _SIDE[:, ::-1]), (_SIDE[:, ::-1], _MIDDLE, _SIDE))


def suspected(expected: Array, actual: Array, where: Bools) -> Bools:
    """The places around such pixels where colour fringes could be what differs."""
    red, blue, whole = _changes(expected, actual, where)
    colour = window_sum(np.abs(red)) + window_sum(np.abs(blue))
    contrast = _contrast(expected, actual)
    strong = np.maximum(np.abs(red), np.abs(blue)) > _SHIFT * contrast
    suspects: Bools = colour > _COLOURFUL * window_sum(whole)
    suspects &= colour > _VISIBLE * window_sum(contrast * where)
    return suspects & (window_sum(strong) < _STRONG)


def beside(expected: Array, actual: Array, edge: Bools) -> Bools:
    """Pixels right beside changed edges whose red and blue went opposite ways: outer fringes."""
    more, less = (
        cv2.split(cv2.subtract(*pair)) for pair in ((expected, actual), (actual, expected))
    )
    opposite = (cv2.min(more[0], less[2]) > 0) | (cv2.min(less[0], more[2]) > 0)
    red, green, blue = map(cv2.max, more, less)
    least = cv2.min(cv2.min(red, green), blue)
    near = cv2.dilate(edge.view(np.uint8), _AROUND[:1]) > 0
    fringe: Bools = near & (opposite | (least <= _UNTOUCHED))
    return fringe


def balanced(expected: Array, actual: Array, where: Bools) -> Bools:
    """The places where the colours that changed are pushed aside, and on the whole stay."""
    red, blue, _ = _changes(expected, actual, where)
    colour = window_sum(np.abs(red)) + window_sum(np.abs(blue))
    left = np.abs(window_sum(red)) + np.abs(window_sum(blue))
    result: Bools = left < _BALANCED * colour
    return result


def _changes(expected: Array, actual: Array, where: Bools) -> tuple[Floats, Floats, Floats]:
    """By how much red and blue changed more than green, and all three together."""
    change = cv2.subtract(expected, actual, dtype=cv2.CV_32F)
    red, green, blue = cv2.split(cv2.copyTo(change, where.view(np.uint8)))
    whole: Floats = np.abs(red) + np.abs(green) + np.abs(blue)
    return red - green, blue - green, whole


def _contrast(expected: Array, actual: Array) -> Floats:
    """Levels between the extremes around each pixel, in the channel and picture with most."""
    spans = [cv2.dilate(one, _AROUND) - cv2.erode(one, _AROUND) for one in (expected, actual)]
    red, green, blue = cv2.split(cv2.max(*spans))
    contrast: Floats = cv2.max(cv2.max(red, green), blue).astype(np.float32)
    return contrast


def with_fringes(picture: Array, order: int) -> Array:
    """The picture with the fringes of one of both orders added to it."""
    kernels = enumerate(_ORDERS[order])
    drawn: Any = cv2.merge([cv2.filter2D(picture[:, :, i], -1, kernel) for i, kernel in kernels])
    return np.asarray(drawn, np.uint8)


def gray(picture: Array) -> Array:
    """The picture without its colours, still in three channels."""
    lightness = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    result: Any = cv2.merge([lightness] * 3)
    return np.asarray(result, np.uint8)
