"""How the surroundings of each pixel changed: slid by a fraction of a pixel, moved, or blurred.

Browsers place every glyph and every vector at a fraction of a pixel of its own. The step that
explains most of what differs around a pixel follows from the gradients there.

B. D. Lucas, T. Kanade, "An iterative image registration technique with an application to stereo
vision", International Joint Conference on Artificial Intelligence, 1981, 674-679.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from pytest_visualdiff.comparison.arrays import window_sum
from pytest_visualdiff.comparison.tuning import BLUR, EVIDENCE, SUBPIXEL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_visualdiff.comparison.arrays import Bools, Floats
    from pytest_visualdiff.model import Array

_SLOPE = np.array([-0.5, 0, 0.5], np.float32)
_SMOOTH = np.array([3, 10, 3], np.float32) / 16  # H. Scharr's: the same in all directions
_GRADIENTS = ((_SLOPE, _SMOOTH), (_SMOOTH, _SLOPE))
_SUM = np.ones((1, 3), np.float32)  # over lightness and both axes of colour


# --- a slide by a fraction of a pixel ---------------------------------------------------------


class SubpixelFit(NamedTuple):
    """What registering each place by itself leaves of a difference."""

    change: Floats
    """Expected less actual: registered, or as they lie where that would be too far."""
    far: Bools
    """Places that would have to slide too far to be the same edge drawn anew."""
    gone: Bools
    """Those of them that are found again there."""


def register_subpixel(expected: Floats, actual: Floats) -> SubpixelFit:
    """Slide every place of two ``float32`` CIELAB pictures to where it fits best, both halfway."""
    slide = _step(expected, actual)
    for _ in range(SUBPIXEL.rounds - 1):
        slide = slide + _step(*_halfway(expected, actual, slide))
    apart = cv2.subtract(expected, actual)
    left = cv2.subtract(*_halfway(expected, actual, slide))
    distance = slide[0] ** 2 + slide[1] ** 2
    far, gone = distance > SUBPIXEL.farthest**2, distance > SUBPIXEL.gone**2
    if gone.any():
        gone &= _total(left, left) < SUBPIXEL.fits * _total(apart, apart)
    change = cv2.copyTo(apart, far.view(np.uint8), left)
    return SubpixelFit(change, far, gone)


def patch_slide(expected: Floats, actual: Floats) -> tuple[float, float]:
    """By how much of a pixel a whole patch slid, across and down."""
    slide: Floats = np.zeros((2, 1, 1), np.float32)
    for _ in range(2 * SUBPIXEL.rounds):
        everywhere = np.broadcast_to(slide, (2, *expected.shape[:2]))
        slide = slide + _step(*_halfway(expected, actual, everywhere), _whole)
    x, y = slide.ravel().tolist()
    return x, y


def _step(
    expected: Floats, actual: Floats, total: Callable[[Floats, Floats], Floats] | None = None
) -> Floats:
    """The slide of the actual picture that the gradients of a place ask for: across, down.

    ``total`` sums products over the place; without it that is the window around each pixel.
    """
    total = total or _total
    mean = cv2.addWeighted(expected, 0.5, actual, 0.5, 0)
    change = cv2.subtract(expected, actual)
    across, down = (cv2.sepFilter2D(mean, cv2.CV_32F, *kernels) for kernels in _GRADIENTS)
    xx, yy = total(across, across) + SUBPIXEL.slack, total(down, down) + SUBPIXEL.slack
    xy, x, y = total(across, down), total(across, change), total(down, change)
    determinant = xx * yy - xy * xy
    step: Floats = np.stack(((yy * x - xy * y) / determinant, (xx * y - xy * x) / determinant))
    return step


def _total(first: Floats, second: Floats) -> Floats:
    """The sum of products of vectors over the place around each pixel."""
    product: Floats = cv2.transform(cv2.multiply(first, second), _SUM)
    return window_sum(product)


def _whole(first: Floats, second: Floats) -> Floats:
    """The same over all pixels."""
    return np.full((1, 1), np.vdot(first, second), np.float32)


def _halfway(expected: Floats, actual: Floats, slide: Floats) -> tuple[Floats, Floats]:
    """Both pictures slid by half of it, one along and one against it."""
    height, width = expected.shape[:2]
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
    half = slide / 2
    return _at(expected, x - half[0], y - half[1]), _at(actual, x + half[0], y + half[1])


def _at(picture: Floats, x: Floats, y: Floats) -> Floats:
    drawn: Floats = cv2.remap(picture, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return drawn


# --- lost detail ------------------------------------------------------------------------------


def blurred(expected: Array, actual: Array, changed: Bools) -> Floats:
    """How certain it is in [0, 1] that the place around a changed pixel lost or gained sharpness.

    A picture that is placed at a fraction of a pixel keeps about half of its fine structure; one
    that is blurred, or stretched from a smaller one, keeps little, both across and down. The
    fringes of sub-pixel rendering soften text across alone.
    """
    asked = changed & (window_sum(changed) > BLUR.changed * math.prod(EVIDENCE.window))
    grays = [
        cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
        for picture in (expected, actual)
    ]
    across, down = (_lost_detail(grays, size) for size in ((7, 1), (1, 7)))
    certainty: Floats = across * down * asked
    return certainty


def _lost_detail(grays: Sequence[Floats], size: tuple[int, int]) -> Floats:
    """How certain it is in [0, 1] that a place lost its fine structure in one direction."""
    expected, actual = (_detail(gray, size) for gray in grays)
    most = np.maximum(expected, actual)
    share = np.minimum(expected, actual) / np.maximum(most, 1)
    lost: Floats = np.clip((BLUR.enough - share) / (BLUR.enough - BLUR.little), 0, 1)
    return lost * (most > BLUR.structure * math.prod(EVIDENCE.window))


def _detail(gray: Floats, size: tuple[int, int]) -> Floats:
    """The energy of what is finer than a blur, summed over the place around each pixel."""
    fine = cv2.subtract(gray, cv2.GaussianBlur(gray, size, BLUR.fine))
    return window_sum(cv2.multiply(fine, fine))
