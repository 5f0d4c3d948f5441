"""Things that moved by exactly one pixel: near to half a pixel, and yet another layout.

Drawing a thing anew at a fraction of a pixel changes its edges; moving it by a whole pixel brings
the very same pixels to the next place. That tells the two apart, however soft the edges are.
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

_SAME = 8  # levels that pixels may differ and still be the same
_PLACE = (9, 9)  # pixels that are looked at together: most of a letter
_ENOUGH = 10  # pixels of a place that must have changed
_WRONG = 0.08  # share of them that may differ after the step
_STEPS = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if (dx, dy) != (0, 0)]


def stepped(expected: Array, actual: Array, edge: Bools) -> Bools:
    """Pixels of changed edges around which all is as it was one pixel further."""
    found: Bools = np.zeros_like(edge)
    if not edge.any():
        return found
    changed = _differs(expected, actual)
    count = window_sum(changed, _PLACE)
    wanted: Bools = edge & (count >= _ENOUGH)
    if wanted.any():
        allowed = np.where(wanted, _WRONG * count, -1)
        height, width = edge.shape
        padded: Any = cv2.copyMakeBorder(expected, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
        for dx, dy in _STEPS:
            moved = padded[1 - dy : 1 - dy + height, 1 - dx : 1 - dx + width]
            found |= window_sum(_differs(moved, actual), _PLACE) <= allowed
    return found & (changed > 0)


def _differs(first: Array, second: Array) -> Array:
    same: Any = cv2.inRange(cv2.absdiff(first, second), (0.0,) * 3, (float(_SAME),) * 3)
    differs: Array = (same == 0).view(np.uint8)
    return differs
