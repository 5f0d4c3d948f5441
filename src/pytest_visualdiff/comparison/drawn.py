"""A picture as edges are measured in it: slightly blurred CIELAB, and extremes around pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array

Bools: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[Any]

_NEIGHBOURS: Array = np.ones((3, 3), np.uint8)
_EXTREMES: Array = np.ones((5, 5), np.uint8)
_REACH = 0.7  # share of the way to the most different neighbour that a pixel may have gone
_BLUR = 0.7  # standard deviation in pixels
_SAME_EXTREME = 4  # levels the darkest and brightest places may differ
_FRINGE = (3, 1)  # pixels that sub-pixel rendering spreads the colours of an edge over
_SUM = np.ones((1, 3), np.float32)  # over lightness and both axes of colour


class Drawn(NamedTuple):
    """One picture; everything that is asked of it more than once is made once."""

    lab: Floats
    """CIELAB, blurred by less than a pixel; colour also as wide as sub-pixel rendering does."""
    low: Floats
    high: Floats
    """The least and the most of each that a neighbour has."""
    dark: Floats
    bright: Floats
    """The darkest and the brightest levels of each channel within two pixels."""

    @classmethod
    def of(cls, picture: Array) -> Drawn:
        """Measure an RGB picture."""
        lab = _softened(picture)
        extremes = cv2.erode(picture, _EXTREMES), cv2.dilate(picture, _EXTREMES)
        return cls(lab, cv2.erode(lab, _NEIGHBOURS), cv2.dilate(lab, _NEIGHBOURS), *extremes)

    def contrast(self) -> Floats:
        """CIE76 distance between the extremes around a pixel."""
        return length(cv2.subtract(self.high, self.low))

    def beyond(self, other: Floats) -> Floats:
        """CIE76 distance of ``other`` from what a shift of this could bring to each pixel."""
        low = cv2.addWeighted(self.lab, 1 - _REACH, self.low, _REACH, 0)
        high = cv2.addWeighted(self.lab, 1 - _REACH, self.high, _REACH, 0)
        outside = cv2.max(cv2.subtract(low, other), cv2.subtract(other, high))
        return length(np.maximum(outside, 0))

    def same_extremes(self, other: Drawn) -> Bools:
        """Where the darkest and the brightest place around a pixel are as they were."""
        apart = cv2.max(cv2.absdiff(self.dark, other.dark), cv2.absdiff(self.bright, other.bright))
        same: Bools = cv2.inRange(apart, (0.0,) * 3, (float(_SAME_EXTREME),) * 3) > 0
        return same


def length(vectors: Floats) -> Floats:
    """The Euclidean length of each pixel's vector."""
    squares: Floats = cv2.transform(cv2.multiply(vectors, vectors), _SUM)
    return cv2.sqrt(squares, squares)


def _softened(picture: Array) -> Floats:
    lab: Floats = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    wide = cv2.blur(lab, _FRINGE)
    cv2.mixChannels([lab], [wide], [0, 0])  # lightness stays as sharp as it is
    return cv2.GaussianBlur(wide, (5, 5), _BLUR)
