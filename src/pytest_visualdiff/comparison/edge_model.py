"""How drawing the same shapes anew may change an edge, and what that leaves unexplained."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from pytest_visualdiff.comparison.arrays import length, ones, window_sum, within
from pytest_visualdiff.comparison.tuning import EDGES, EVIDENCE

if TYPE_CHECKING:
    from pytest_visualdiff.comparison.arrays import Bools, Floats
    from pytest_visualdiff.model import Array


class EdgeImage(NamedTuple):
    """One picture as edges are compared in it; what is needed more than once is computed once."""

    lab: Floats
    """CIELAB, blurred by less than a pixel; its colour also as far as sub-pixel rendering does."""
    low: Floats
    high: Floats
    """The least and the most of each channel among the 3x3 pixels around."""
    dark: Floats
    bright: Floats
    """The darkest and the brightest levels of each channel within two pixels."""

    @classmethod
    def of(cls, picture: Array) -> EdgeImage:
        """Measure an RGB picture."""
        lab = _softened(picture)
        extremes = cv2.erode(picture, ones(5)), cv2.dilate(picture, ones(5))
        return cls(lab, cv2.erode(lab, ones(3)), cv2.dilate(lab, ones(3)), *extremes)

    def contrast(self) -> Floats:
        """CIE76 distance between the extremes around a pixel."""
        return length(cv2.subtract(self.high, self.low))

    def beyond(self, other: Floats) -> Floats:
        """CIE76 distance of ``other`` from what a shift of this could bring to each pixel."""
        reach = EDGES.reach
        low = cv2.addWeighted(self.lab, 1 - reach, self.low, reach, 0)
        high = cv2.addWeighted(self.lab, 1 - reach, self.high, reach, 0)
        outside = cv2.max(cv2.subtract(low, other), cv2.subtract(other, high))
        return length(np.maximum(outside, 0))

    def same_extremes(self, other: EdgeImage) -> Bools:
        """Where the darkest and the brightest place around a pixel are as they were."""
        apart = cv2.max(cv2.absdiff(self.dark, other.dark), cv2.absdiff(self.bright, other.bright))
        return within(apart, EDGES.same_extreme)


def _softened(picture: Array) -> Floats:
    lab: Floats = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    wide = cv2.blur(lab, (EDGES.fringe, 1))
    cv2.mixChannels([lab], [wide], [0, 0])  # lightness stays as sharp as it is
    return cv2.GaussianBlur(wide, (5, 5), EDGES.blur)


class Excess(NamedTuple):
    """By how much pixels exceed the threshold, else 0, in two parts that add up."""

    certain: Floats
    rendering_only: Floats
    """Excess that re-rendering a whole page also causes; discounted in that case."""

    @property
    def whole(self) -> Floats:
        """Both parts."""
        whole: Floats = self.certain + self.rendering_only
        return whole


class EdgeModel(NamedTuple):
    """Two pictures, and what drawing the same shapes anew leaves of the difference."""

    beyond: Floats
    limit: Floats
    weight: Floats
    counted: Bools
    """Where pixels are asked about at all."""
    inked: Bools
    """Where ink may have been lost or gained."""

    @classmethod
    def of(
        cls, expected: EdgeImage, actual: EdgeImage, weight: Floats, threshold: float
    ) -> EdgeModel:
        """Measure two pictures; ``weight`` is what each pixel counts, 0 where none is asked."""
        beyond = cv2.min(expected.beyond(actual.lab), actual.beyond(expected.lab))
        contrast = cv2.max(expected.contrast(), actual.contrast())
        share = np.clip(contrast / EDGES.strong, EDGES.faintest, EDGES.strongest)
        counted = weight > 0
        inked = counted & ~expected.same_extremes(actual)
        return cls(beyond, threshold * share, weight, counted, inked)

    def excess(self, change: Floats) -> Excess:
        """What exceeds the limit of what is left of a change."""
        change = cv2.copyTo(change, self.counted.view(np.uint8))
        amount = length(change)
        certain = np.maximum(np.minimum(self.beyond, amount) / self.limit - 1, 0) * self.weight
        times = amount / self.limit
        other = self._other_shape(times)
        if self.inked.any():
            np.maximum(other, self._lost_ink(change, amount, times), out=other)
        return Excess(certain, np.maximum(other - certain, 0))

    def _other_shape(self, times: Floats) -> Floats:
        """What the same shape, slid into place, would not leave; below 0 where it may."""
        beyond = np.minimum(times, EDGES.unlike) - EDGES.alike
        other: Floats = EVIDENCE.shape_weight * beyond * self.weight
        return other

    def _lost_ink(self, change: Floats, amount: Floats, times: Floats) -> Floats:
        """What a change counts where ink was lost or gained, and not only pushed aside."""
        together, whole = length(window_sum(change)), window_sum(amount)
        lost = together > EDGES.one_sided * whole
        recoloured = together > EDGES.recoloured * whole
        times = np.where(recoloured, EDGES.recoloured_times * times, times)
        ink: Floats = (times - 1) * EVIDENCE.shape_weight * (self.inked & lost)
        return ink
