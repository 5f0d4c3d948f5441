"""Sums over the surroundings of each pixel: what the measures of this folder weigh evidence by."""

from __future__ import annotations

from typing import Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[Any]

WINDOW = (15, 15)
"""Width and height in pixels of the place whose evidence decides: a letter and its neighbours."""


def window_sum(values: npt.NDArray[Any], window: tuple[int, int] = WINDOW) -> Floats:
    """The sum of the values in the window around each pixel, ``float32``; 0 beyond the picture."""
    if values.dtype == np.bool_:
        values = values.view(np.uint8)
    total: Floats = cv2.boxFilter(
        values, cv2.CV_32F, window, normalize=False, borderType=cv2.BORDER_CONSTANT
    )
    return total
