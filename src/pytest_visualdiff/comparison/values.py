"""The values that the stages of a comparison hand on to each other."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_visualdiff.comparison.arrays import crop, relative, window_sum
from pytest_visualdiff.comparison.tuning import EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_visualdiff.comparison.arrays import Bools, Floats
    from pytest_visualdiff.comparison.limits import Limits
    from pytest_visualdiff.model import Array, Box, Kind


def confidence(evidence: float) -> float:
    """Falls with strength and extent of a difference: 1 without any, 0.91 at evidence 9."""
    return math.exp(-evidence / EVIDENCE.patience)


@dataclass(frozen=True, slots=True)
class ExcessMap:
    """By how much each pixel exceeds the threshold, else 0.

    ``excess`` has the shape of ``box``, in pixels of the compared canvas: 0.5 is a difference of
    1.5 times the threshold on flat ground; pixels at edges count less (see ``edges``).
    """

    box: Box
    excess: Floats
    rerendered: float = 0.0
    """How far the whole picture was drawn anew, in [0, 1]."""

    def evidence(self) -> float:
        """Sum of the excess over all pixels."""
        return float(self.excess.sum(dtype=np.float64))

    def window_evidence(self) -> Floats:
        """The excess in the window around each pixel, and most of what else its line has."""
        near: Floats = window_sum(self.excess)
        line: Floats = np.maximum(window_sum(self.excess, EVIDENCE.line) - near, 0)
        return cv2.addWeighted(near, 1, line, EVIDENCE.line_weight, 0)

    def part(self, box: Box) -> Floats:
        """The excess inside a box of the canvas; 0 where nothing was measured."""
        part: Floats = np.zeros((box.height, box.width), np.float32)
        inside = relative(box, self.box).clipped(self.box.width, self.box.height)
        if inside.area:
            place = relative(inside.moved(self.box.x, self.box.y), box)
            crop(part, place)[:] = crop(self.excess, inside)
        return part


@dataclass(frozen=True, slots=True)
class AlignedPair:
    """Two RGB pictures of one size; ``valid`` is False where a mask covers a pixel."""

    expected: Array
    actual: Array
    limits: Limits
    valid: Bools | None = None
    excess: ExcessMap | None = None
    """What differs between the two as they lie on each other, once that was measured."""
    rows: tuple[int, int] | None = None
    """From the first to behind the last that may differ, where that is known."""
    alpha: tuple[Array, Array] | None = None
    """The opacity of the expected and of the actual pixels, where some are not opaque."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the canvas in pixels."""
        height, width = self.actual.shape[:2]
        return width, height

    def excess_in(self, box: Box) -> Floats:
        """The excess inside a box."""
        if self.excess is None:
            return np.zeros((box.height, box.width), np.float32)
        return self.excess.part(box)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What happened to one region, before it is judged; ``box`` is on the canvas of the actual.

    ``source`` is where the thing was on the expected canvas, in the same coordinates.
    """

    kind: Kind
    box: Box
    evidence: float
    count: int
    detail: Mapping[str, Any] = field(default_factory=dict)
    source: Box | None = None

    @property
    def confidence(self) -> float:
        """Confidence in [0, 1] that the region is still the same."""
        return confidence(self.evidence)
