"""Edges drawn anew: the same shape at another sub-pixel position is told from another shape.

Browsers place glyphs and vector shapes at fractions of a pixel, so the same page may be drawn
with its edges up to half a pixel elsewhere, with or without colour fringes (sub-pixel rendering).
Compared are slightly blurred CIELAB pictures: how far is a pixel outside of what its neighbours
could bring to its place? That leaves close to nothing of any move below 0.6 pixels, and of one
pixel or another letter ten times more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from pytest_visualdiff.comparison.arrays import mask_boxes, window_sum
from pytest_visualdiff.comparison.edge_model import EdgeImage, EdgeModel, Excess
from pytest_visualdiff.comparison.fringes import Place, explain_fringes, suspected_places
from pytest_visualdiff.comparison.outlines import cornered, slanted
from pytest_visualdiff.comparison.subpixel import blurred, register_subpixel
from pytest_visualdiff.comparison.tuning import EDGES, EVIDENCE, OUTLINE

if TYPE_CHECKING:
    from pytest_visualdiff.comparison.arrays import Bools, Floats
    from pytest_visualdiff.model import Array, Box


class Edges(NamedTuple):
    """Pixels asked about: those that differ where both pictures are ``drawn``, not flat."""

    changed: Bools
    drawn: Bools
    """All pixels that either picture draws something at, changed or not."""

    def weight(self) -> Floats:
        """What a changed pixel counts: less if its whole line was redrawn."""
        changed, drawn = (window_sum(mask, EDGES.line) for mask in self)
        share = (changed / np.maximum(drawn, 1) - EDGES.alone) / (EDGES.redrawn - EDGES.alone)
        less = (EVIDENCE.redrawn_line_weight - 1) * np.clip(share, 0, 1)
        weight: Floats = EVIDENCE.edge_weight * (1 + less)
        return weight


def redrawn_excess(expected: Array, actual: Array, edges: Edges, threshold: float) -> Excess:
    """The excess of edge pixels over what drawing the same shape anew explains, weighted.

    The pictures are RGB ``uint8`` of shape (height, width, 3). Rendering noise is everywhere in
    a line of text; a change stands alone in it.
    """
    weight = edges.weight() * edges.changed
    excess = Excess(np.zeros_like(weight), np.zeros_like(weight))
    for box in mask_boxes(edges.changed):
        inside = _around(box, weight.shape)
        found = _place_excess(expected[inside], actual[inside], weight[inside], threshold)
        asked = edges.changed[inside]
        for part, other in zip(excess, found, strict=True):
            np.copyto(part[inside], other, where=asked)
    return excess


def _around(box: Box, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Rows and columns of a box and of all that decides on its pixels."""
    place = box.grown(max(EVIDENCE.window)).clipped(shape[1], shape[0])
    return slice(place.y, place.bottom), slice(place.x, place.right)


def _place_excess(expected: Array, actual: Array, weight: Floats, threshold: float) -> Excess:
    """The same for a part of the pictures in which all that changed lies close together."""
    images = EdgeImage.of(expected), EdgeImage.of(actual)
    model = EdgeModel.of(*images, weight, threshold)
    fit = register_subpixel(images[0].lab, images[1].lab)
    excess = model.excess(cv2.subtract(images[0].lab, images[1].lab))
    _explain_by_fringes(excess, expected, actual, weight, threshold)
    _explain_by_slide(excess, model.excess(fit.change))
    changed = weight > 0
    least = changed * fit.gone * EVIDENCE.step_weight
    alone = weight > OUTLINE.alone * EVIDENCE.edge_weight
    for other in (
        blurred(expected, actual, changed) * EVIDENCE.blur_weight,
        slanted(images[0].lab, images[1].lab, changed) * EVIDENCE.slant_weight,
        cornered(expected, actual, alone) * EVIDENCE.corner_weight,
    ):
        least = np.maximum(least, other)
    np.copyto(excess.rendering_only, least - excess.certain, where=least > excess.whole)
    return excess


def _explain_by_fringes(
    excess: Excess, expected: Array, actual: Array, weight: Floats, threshold: float
) -> None:
    """Lower ``excess`` in place where fringes explain it; looks only around the suspects."""
    worth = window_sum(excess.whole) > EVIDENCE.fringes_worth
    if not worth.any():
        return
    suspects = suspected_places(expected, actual, weight > 0) & worth
    for box in mask_boxes(suspects):
        inside = _around(box, weight.shape)
        place = Place(expected[inside], actual[inside], weight[inside], suspects[inside])
        explain_fringes(Excess(*(part[inside] for part in excess)), place, threshold)


def _explain_by_slide(excess: Excess, other: Excess) -> None:
    """Lower ``excess`` in place where each place slid by a fraction of a pixel of its own."""
    better = window_sum(other.whole) < window_sum(excess.whole)
    for part, found in zip(excess, other, strict=True):
        np.copyto(part, found, where=better)
