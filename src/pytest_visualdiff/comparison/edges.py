"""Edges drawn anew: the same shape at another sub-pixel position is told from another shape.

Browsers place glyphs and vector shapes at fractions of a pixel, so the same page may be drawn
with its edges up to half a pixel elsewhere, with or without colour fringes (sub-pixel rendering).
Compared are slightly blurred CIELAB pictures: how far is a pixel outside of what its neighbours
could bring to its place? That leaves close to nothing of any move below 0.6 pixels, and of one
pixel or another letter ten times more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from pytest_visualdiff.comparison import fringed, readings, slid
from pytest_visualdiff.comparison.drawn import Drawn
from pytest_visualdiff.comparison.islands import spots
from pytest_visualdiff.comparison.reading import Excess, Reading
from pytest_visualdiff.comparison.readings import Place
from pytest_visualdiff.comparison.sharpness import blurred
from pytest_visualdiff.comparison.steps import stepped
from pytest_visualdiff.comparison.windows import window_sum

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array, Box

Bools: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[Any]

EDGE_CONTEXT = 30
"""Pixels around an edge that can influence the verdict on it."""
EDGE_WEIGHT = 0.6
"""What a pixel counts, compared with one of flat ground, beyond what redrawing an edge explains."""
STEP_WEIGHT = 0.4
"""What it counts at least where all around it moved by one pixel."""
BLUR_WEIGHT = 0.3
"""What it counts at least where the place around it lost its fine structure, or gained it."""

_LINE = (59, 31)  # pixels that tell whether all of the text around was drawn anew
_ALONE, _REDRAWN = 0.15, 0.35  # share of what is drawn there that changed: a letter, and a line
_TOGETHER = 0.15  # what a pixel then counts, of what it counts alone
_MARGIN = 16  # pixels around suspects that decide on them


class Edges(NamedTuple):
    """Pixels asked about: those that differ where both pictures are ``drawn``, not flat."""

    changed: Bools
    drawn: Bools
    """All pixels that either picture draws something at, changed or not."""

    def weight(self) -> Floats:
        """What a changed pixel counts: less where all around it was redrawn as well."""
        redrawn, all_ = window_sum(self.changed, _LINE), window_sum(self.drawn, _LINE)
        share = (redrawn / np.maximum(all_, 1) - _ALONE) / (_REDRAWN - _ALONE)
        weight: Floats = EDGE_WEIGHT * (1 + (_TOGETHER - 1) * np.clip(share, 0, 1))
        return weight


def redrawn(expected: Array, actual: Array, edges: Edges, threshold: float) -> Excess:
    """The excess of edge pixels over what drawing the same shape anew explains, weighted.

    The pictures are RGB ``uint8`` of shape (height, width, 3); Rendering noise is
    everywhere in a line of text, a change stands alone in it.
    """
    weight = edges.weight() * edges.changed
    excess = Excess(np.zeros_like(weight), np.zeros_like(weight))
    for box in spots(edges.changed):
        inside = around(box, weight.shape)
        found = _place(expected[inside], actual[inside], weight[inside], threshold)
        asked = edges.changed[inside]
        for part, other in zip(excess, found, strict=True):
            np.copyto(part[inside], other, where=asked)
    return excess


def around(box: Box, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Rows and columns of a box and of all that decides on its pixels."""
    place = box.grown(_MARGIN).clipped(shape[1], shape[0])
    return slice(place.y, place.bottom), slice(place.x, place.right)


def _place(expected: Array, actual: Array, weight: Floats, threshold: float) -> Excess:
    """The same for a part of the pictures in which all that changed lies close together."""
    before, after = Drawn.of(expected), Drawn.of(actual)
    reading = Reading.of(before, after, weight, threshold)
    slide = slid.together(before.lab, after.lab)
    excess = reading.excess(cv2.subtract(before.lab, after.lab))
    _read_fringes(excess, expected, actual, weight, threshold)
    _slide(excess, reading.excess(slide.change))
    # A slanted stroke that slid aside by a third of a pixel looks as if it had gone up by one.
    changed = weight > 0
    moved = stepped(expected, actual, changed & slide.far & ~slide.gone) | (changed & slide.gone)
    floor = np.maximum(moved * STEP_WEIGHT, blurred(expected, actual, changed) * BLUR_WEIGHT)
    np.copyto(excess.loose, floor - excess.firm, where=floor > excess.whole)
    return excess


def _read_fringes(
    excess: Excess, expected: Array, actual: Array, weight: Floats, threshold: float
) -> None:
    """Lower ``excess`` in place where fringes explain it; looks only around the suspects."""
    whole = window_sum(excess.whole)
    worth = whole > readings.WORTH
    if not worth.any():
        return
    suspects = fringed.suspected(expected, actual, weight > 0) & worth
    for box in spots(suspects):
        inside = around(box, weight.shape)
        place = Place(expected[inside], actual[inside], weight[inside], suspects[inside])
        readings.read(Excess(*(part[inside] for part in excess)), place, threshold)


def _slide(excess: Excess, other: Excess) -> None:
    """Lower ``excess`` in place where each place slid by a fraction of a pixel of its own."""
    better = window_sum(other.whole) < window_sum(excess.whole)
    for part, found in zip(excess, other, strict=True):
        np.copyto(part, found, where=better)
