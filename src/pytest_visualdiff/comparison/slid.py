"""What a slide by a fraction of a pixel leaves: each place is registered by itself.

Browsers place every glyph and every vector at a fraction of a pixel of its own. The step that
explains most of what differs around a pixel follows from the gradients there.

B. D. Lucas, T. Kanade, "An iterative image registration technique with an application to stereo
vision", International Joint Conference on Artificial Intelligence, 1981, 674-679.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from pytest_visualdiff.comparison.windows import window_sum

Floats: TypeAlias = npt.NDArray[Any]

FARTHEST = 0.66
"""Pixels that something drawn anew may be elsewhere."""

_PLACE = (13, 13)  # pixels that slide as one: about a letter
_GONE = 0.95  # pixels from which a place that fits has moved, and its edges were not redrawn
_FITS = 0.15  # share of the squared difference that fitting may leave
_ROUNDS = 2
_SLOPE = np.array([-0.5, 0, 0.5], np.float32)
_SMOOTH = np.array([3, 10, 3], np.float32) / 16  # H. Scharr's: the same in all directions
_GRADIENTS = ((_SLOPE, _SMOOTH), (_SMOOTH, _SLOPE))
_SUM = np.ones((1, 3), np.float32)  # over lightness and both axes of colour
_SLACK = 169.0  # keeps flat ground in place: squared CIE76 a pixel, over the whole place


class Slid(NamedTuple):
    """What is left of a difference, and where no slide brings the two together."""

    change: Floats
    """First picture less second: slid together, or as they lie where that is too far."""
    far: npt.NDArray[np.bool_]
    """Places that would have to slide too far."""
    gone: npt.NDArray[np.bool_]
    """Those that are found again there."""


def together(before: Floats, after: Floats) -> Slid:
    """Slide every place of two ``float32`` CIELAB pictures to where it fits best, both halfway."""
    slide = _step(before, after)
    for _ in range(_ROUNDS - 1):
        slide = slide + _step(*_halfway(before, after, slide))
    apart, left = cv2.subtract(before, after), cv2.subtract(*_halfway(before, after, slide))
    distance = slide[0] ** 2 + slide[1] ** 2
    far, gone = distance > FARTHEST**2, distance > _GONE**2
    if gone.any():
        gone &= _total(left, left) < _FITS * _total(apart, apart)
    change = cv2.copyTo(apart, far.view(np.uint8), left)
    return Slid(change, far, gone)


def _step(first: Floats, second: Floats) -> Floats:
    """The slide of the second picture that the gradients of a place ask for: across, down."""
    mean, change = cv2.addWeighted(first, 0.5, second, 0.5, 0), cv2.subtract(first, second)
    across, down = (cv2.sepFilter2D(mean, cv2.CV_32F, *kernels) for kernels in _GRADIENTS)
    xx, yy = _total(across, across) + _SLACK, _total(down, down) + _SLACK
    xy, x, y = _total(across, down), _total(across, change), _total(down, change)
    determinant = xx * yy - xy * xy
    step: Floats = np.stack(((yy * x - xy * y) / determinant, (xx * y - xy * x) / determinant))
    return step


def _total(one: Floats, other: Floats) -> Floats:
    """The sum of products of vectors over the place around each pixel."""
    product: Floats = cv2.transform(cv2.multiply(one, other), _SUM)
    return window_sum(product, _PLACE)


def _halfway(before: Floats, after: Floats, slide: Floats) -> tuple[Floats, Floats]:
    """Both pictures slid by half of it, one along and one against it."""
    height, width = before.shape[:2]
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
    half = slide / 2
    return _at(before, x - half[0], y - half[1]), _at(after, x + half[0], y + half[1])


def _at(picture: Floats, x: Floats, y: Floats) -> Floats:
    drawn: Floats = cv2.remap(picture, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return drawn
