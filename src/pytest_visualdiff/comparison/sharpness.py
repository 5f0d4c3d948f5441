"""Whether a place became softer, or sharper, than drawing it anew at another position makes it.

A picture that is placed at a fraction of a pixel keeps about half of its fine structure and more
even when it is resampled; one that is blurred, or stretched from a smaller one, keeps little, both
across and down. The fringes of sub-pixel rendering soften text across alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from pytest_visualdiff.comparison.windows import window_sum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_visualdiff.model import Array

Bools: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[Any]

_FINE = 1.0  # standard deviation in pixels of the blur that takes fine structure away
_ACROSS, _DOWN = (7, 1), (1, 7)
_STRUCTURE = 13.0  # squared levels a pixel, on average, from which a place has any
_CHANGED = 0.3  # share of a place that must have changed
_LITTLE, _ENOUGH = 0.2, 0.35  # share that is left where it is blurred for sure, and where it is not


def blurred(expected: Array, actual: Array, changed: Bools) -> Floats:
    """How sure it is in [0, 1] that the place around a changed pixel is not as sharp as it was."""
    pixels = window_sum(np.ones_like(changed))
    sure = changed & (window_sum(changed) > _CHANGED * pixels)
    grays = [cv2.cvtColor(one, cv2.COLOR_RGB2GRAY).astype(np.float32) for one in (expected, actual)]
    return np.multiply(_lost(grays, _ACROSS, pixels), _lost(grays, _DOWN, pixels)) * sure


def _lost(grays: Sequence[Floats], size: tuple[int, int], pixels: Floats) -> Floats:
    """How sure it is in [0, 1] that a place lost its fine structure in one direction."""
    before, after = (_structure(gray, size) for gray in grays)
    most = np.maximum(before, after)
    share = np.minimum(before, after) / np.maximum(most, 1)
    lost: Floats = np.clip((_ENOUGH - share) / (_ENOUGH - _LITTLE), 0, 1)
    return lost * (most > _STRUCTURE * pixels)


def _structure(gray: Floats, size: tuple[int, int]) -> Floats:
    """The energy of what is finer than a blur, summed over the place around each pixel."""
    fine = cv2.subtract(gray, cv2.GaussianBlur(gray, size, _FINE))
    return window_sum(cv2.multiply(fine, fine))
