"""Two pictures on one canvas, and what was found between them: the values of this folder."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_visualdiff.comparison.pixels import confidence, crop, measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_visualdiff.comparison import Limits
    from pytest_visualdiff.comparison.colour import Floats
    from pytest_visualdiff.comparison.pixels import Bools, Residue
    from pytest_visualdiff.model import Array, Box, Kind

_CONTEXT = 4  # pixels around a box that tell what its edges are


@dataclass(frozen=True, slots=True)
class AlignedPair:
    """Two RGB pictures of one size; ``valid`` is False where a mask covers a pixel."""

    expected: Array
    actual: Array
    limits: Limits
    valid: Bools | None = None
    residue: Residue | None = None
    """What differs between the two as they lie on each other."""
    rows: tuple[int, int] | None = None
    """From the first to behind the last that may differ, where that is known."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the canvas in pixels."""
        height, width = self.actual.shape[:2]
        return width, height

    def excess(self, box: Box) -> Floats:
        """What differs inside a box: by how much pixels exceed the threshold, else 0."""
        excess = np.zeros((box.height, box.width), np.float32)
        if self.residue is not None:
            left, top = self.residue.box.x, self.residue.box.y
            found = self.residue.box
            inside = box.moved(-left, -top).clipped(found.width, found.height)
            crop(excess, inside.moved(left - box.x, top - box.y))[:] = crop(
                self.residue.excess, inside
            )
        return excess

    def shifted(self, box: Box, offset: tuple[int, int]) -> Residue | None:
        """What differs between the actual inside ``box`` and the expected ``offset`` before it.

        The box must lie inside the canvas at both places.
        """
        back = -offset[0], -offset[1]
        # What is cut off at the border of a picture looks like ink that was lost there.
        source = box.moved(*back).grown(_CONTEXT).clipped(*self.size)
        frame = source.moved(*offset).clipped(*self.size)
        source = frame.moved(*back)
        valid = np.zeros((frame.height, frame.width), np.bool_)
        inside = box.moved(-frame.x, -frame.y)
        crop(valid, inside)[:] = True if self.valid is None else crop(self.valid, box)
        anew = self.residue.anew if self.residue is not None else None
        pair = crop(self.expected, source), crop(self.actual, frame)
        residue = measure(*pair, self.limits, valid, anew=anew)
        return residue and replace(residue, box=residue.box.moved(frame.x, frame.y))


@dataclass(frozen=True, slots=True)
class Explanation:
    """One explained region before it is judged; ``box`` is on the canvas of the actual.

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
