"""Text with the colour fringes of an LCD and the same text without them, brought together.

Sub-pixel rendering samples red a third of a pixel to one side and blue to the other, through a
filter five sub-pixels wide that spreads their colour (J. C. Platt, "Optimal filtering for patterned
displays", IEEE Signal Processing Letters 7(7), 2000, 179-181). Drawing the picture that has no
fringes with some says whether that is all the difference there is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.model import Array

Bools: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[Any]

BETTER = 0.5
"""Share of the evidence that a reading may leave, to be believed at a place."""

DOUBT = 0.2
"""What is left then counts so much less: no two fringe filters are the same."""

_COLOURFUL = 0.3  # share of the change that is of one colour channel and not of another
_PLACE = (15, 15)
# The filter (1 2 3 2 1) / 9 over thirds of pixels, read at -1/3, 0 and +1/3 of a pixel.
_SIDE = np.array([[10, 16, 1]], np.float32) / 27
_MIDDLE = np.array([[4, 19, 4]], np.float32) / 27
_ORDERS = ((_SIDE, _MIDDLE, _SIDE[:, ::-1]), (_SIDE[:, ::-1], _MIDDLE, _SIDE))


def suspected(expected: Array, actual: Array, where: Bools) -> Bools:
    """The places around such pixels where colour fringes could be what differs."""
    change = cv2.absdiff(expected, actual)
    signed = expected.astype(np.float32) - actual
    apart = np.abs(signed[:, :, 0] - signed[:, :, 2]) * where
    whole = change.sum(axis=2, dtype=np.float32) * where
    suspects: Bools = window_sum(apart) > _COLOURFUL / 3 * window_sum(whole)
    return suspects


def window_sum(values: Floats) -> Floats:
    """The sum of the values in the place around each pixel: a letter and its neighbours."""
    total: Floats = cv2.boxFilter(
        values, cv2.CV_32F, _PLACE, normalize=False, borderType=cv2.BORDER_CONSTANT
    )
    return total


def readings(expected: Array, actual: Array) -> Iterator[tuple[Array, Array]]:
    """The pair with fringes added to one of the two, in both orders of the colours."""
    for order in _ORDERS:
        yield _fringed(expected, order), actual
        yield expected, _fringed(actual, order)


def _fringed(picture: Array, kernels: tuple[Any, ...]) -> Array:
    channels = [cv2.filter2D(picture[:, :, i], -1, kernel) for i, kernel in enumerate(kernels)]
    drawn: Array = np.dstack(channels)
    return drawn
