"""One way to read a pair of pictures, and what it leaves unexplained at edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from pytest_visualdiff.comparison.drawn import length
from pytest_visualdiff.comparison.windows import window_sum

if TYPE_CHECKING:
    from pytest_visualdiff.comparison.drawn import Drawn

Bools: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[Any]

INK_WEIGHT = 0.7
"""What a pixel counts where ink was lost or gained."""

_STRONG = 24.0  # CIE76 contrast of an edge at which just the threshold counts
_SHARES = 0.35, 1.7  # of the threshold, that count at the faintest edges and at strong ones
_ALIKE = 2.0  # times the limit that the same shape may leave, drawn anew and slid into place
_UNLIKE = 3.0  # times the limit beyond which more of it says nothing more
_OTHER = 0.8  # what a pixel counts for what lies between: another shape in the same place
# Shares of the change that is of one kind: where ink was lost or gained, rather than pushed aside,
# and where all of it has another colour, of which less is needed to be sure.
_ONE_SIDED, _REPAINTED = 0.78, 0.96
_REPAINTED_TIMES = 1.5  # what a change counts there


class Excess(NamedTuple):
    """By how much pixels exceed the threshold, else 0, in two parts that add up."""

    firm: Floats
    loose: Floats
    """What a page that is drawn anew as a whole shows here and there."""

    @property
    def whole(self) -> Floats:
        """Both parts."""
        whole: Floats = self.firm + self.loose
        return whole


class Reading(NamedTuple):
    """One way to read a pair of pictures: what drawing the same shapes anew leaves of it."""

    beyond: Floats
    limit: Floats
    weight: Floats
    counted: Bools
    """Where pixels are asked about at all."""
    inked: Bools
    """Where ink may have been lost or gained."""

    @classmethod
    def of(cls, before: Drawn, after: Drawn, weight: Floats, threshold: float) -> Reading:
        """Measure two pictures; ``weight`` is what each pixel counts, 0 where none is asked."""
        beyond = cv2.min(before.beyond(after.lab), after.beyond(before.lab))
        contrast = cv2.max(before.contrast(), after.contrast())
        limit = threshold * np.clip(contrast / _STRONG, *_SHARES)
        counted = weight > 0
        return cls(beyond, limit, weight, counted, counted & ~before.same_extremes(after))

    def excess(self, change: Floats) -> Excess:
        """What exceeds the limit of what is left of a change; loose: other shapes, lost ink."""
        change = cv2.copyTo(change, self.counted.view(np.uint8))
        amount = length(change)
        firm: Floats = np.maximum(np.minimum(self.beyond, amount) / self.limit - 1, 0) * self.weight
        times = amount / self.limit
        loose = _OTHER * (np.minimum(times, _UNLIKE) - _ALIKE) * self.weight
        if self.inked.any():
            together, whole = length(window_sum(change)), window_sum(amount)
            lost, repainted = together > _ONE_SIDED * whole, together > _REPAINTED * whole
            times = np.where(repainted, _REPAINTED_TIMES * times, times)
            np.maximum(loose, (times - 1) * INK_WEIGHT * (self.inked & lost), out=loose)
        return Excess(firm, np.maximum(loose - firm, 0))
