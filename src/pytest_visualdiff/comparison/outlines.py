"""Another outline: slanted letters, and corners made square or round.

Sliding each place by a fraction of a pixel of its own imitates both, so they have signs of their
own. In letters that lean, the upper parts went one way and the lower parts the other, in one
proportion. In a corner, a whole pixel turned from ground to ink, and nothing beside it changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_visualdiff.comparison.arrays import ones, window_sum
from pytest_visualdiff.comparison.tuning import OUTLINE

if TYPE_CHECKING:
    from pytest_visualdiff.comparison.arrays import Bools, Floats
    from pytest_visualdiff.model import Array


def slanted(expected: Floats, actual: Floats, changed: Bools) -> Bools:
    """Changed pixels of letters that lean otherwise; the pictures are softened CIELAB.

    The slant is fitted like a slide (see ``subpixel``): the step across that the gradients of a
    place ask for grows evenly with the height of a row.
    """
    if np.count_nonzero(changed) < OUTLINE.slanted:
        return np.zeros_like(changed)
    light, other = (cv2.extractChannel(lab, 0) for lab in (expected, actual))
    step = np.where(changed, light - other, 0)
    slope = np.where(changed, cv2.Sobel(light + other, cv2.CV_32F, 1, 0, scale=1 / 16), 0)
    energy, along = slope * slope, slope * step
    total, pushed = (window_sum(part, OUTLINE.line) for part in (energy + 1e-5, along))
    middle = _rows_times(energy, 1) / total
    spread = _rows_times(energy, 2) - middle * middle * total
    together = _rows_times(along, 1) - middle * pushed
    slant = np.abs(together) / np.maximum(spread, 1e-3)
    # What one slide of the whole place would not explain.
    left = window_sum(step * step, OUTLINE.line) - pushed * pushed / total
    explained = slant * np.abs(together) / np.maximum(left, 1e-3)
    leans: Bools = changed & (slant > OUTLINE.slant) & (slant < OUTLINE.steepest)
    leans &= (explained > OUTLINE.explained) & (spread > OUTLINE.spread**2 * total)
    return leans & (window_sum(leans, OUTLINE.line) >= OUTLINE.slanted)


def _rows_times(values: Floats, power: int) -> Floats:
    """The sum over a place of the values times a power of their row, counted from its middle."""
    width, height = OUTLINE.line
    rows = (np.arange(height, dtype=np.float32) - height // 2) ** power
    total: Floats = cv2.sepFilter2D(
        values, cv2.CV_32F, np.ones(width, np.float32), rows, borderType=cv2.BORDER_CONSTANT
    )
    return total


def cornered(expected: Array, actual: Array, alone: Bools) -> Floats:
    """By which share of its contrast each pixel of a corner changed, 0 elsewhere.

    The pictures are RGB ``uint8``. ``alone`` are changed pixels in a line that stayed as it was.
    """
    nothing: Floats = np.zeros(alone.shape, np.float32)
    if not alone.any():
        return nothing
    place = ones(OUTLINE.corner)
    highest, lowest = cv2.max(expected, actual), cv2.min(expected, actual)
    contrast = cv2.subtract(cv2.dilate(highest, place), cv2.erode(lowest, place)).max(axis=2)
    seen = alone & (contrast > OUTLINE.faintest)
    change = cv2.subtract(expected, actual, dtype=cv2.CV_32F) / np.maximum(contrast, 1)[..., None]
    change *= seen[..., None]
    amount: Floats = np.abs(change).max(axis=2)
    sides = (OUTLINE.corner, OUTLINE.corner), (OUTLINE.around, OUTLINE.around)
    area, around = (window_sum(amount, side) for side in sides)
    one_sided = np.abs(window_sum(change, sides[0])).max(axis=2) > OUTLINE.one_sided * area
    # The corner of a thin line loses as much ink as it gains.
    turned = (one_sided | (area > OUTLINE.confined * around)) & (amount > OUTLINE.turned)
    turned &= area > OUTLINE.area
    if not turned.any():
        return nothing
    turned &= _corners(expected, contrast) | _corners(actual, contrast)
    return np.where(cv2.dilate(turned.view(np.uint8), place) > 0, amount, nothing)


def _corners(picture: Array, contrast: Array) -> Bools:
    """Pixels that go on to one side across and to one side down: not in a line, nor at its end."""
    limit = OUTLINE.same * contrast
    across, down = (
        _goes_on(picture, limit, (1, axis)) ^ _goes_on(picture, limit, (-1, axis))
        for axis in (1, 0)
    )
    found: Bools = across & down
    return found


def _goes_on(picture: Array, limit: Floats, shift: tuple[int, int]) -> Bools:
    """Where the next pixel in a direction looks alike."""
    alike: Bools = cv2.absdiff(picture, np.roll(picture, *shift)).max(axis=2) < limit
    return alike
