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

from pytest_visualdiff.comparison.arrays import dilate, length, mask_boxes, window_sum
from pytest_visualdiff.comparison.edge_model import EdgeImage, EdgeModel, Excess
from pytest_visualdiff.comparison.fringes import Place, explain_fringes, suspected_places
from pytest_visualdiff.comparison.subpixel import blurred, register_subpixel
from pytest_visualdiff.comparison.tuning import EDGES, EVIDENCE, OUTLINE

if TYPE_CHECKING:
    from pytest_visualdiff.comparison.arrays import Bools, Floats
    from pytest_visualdiff.comparison.subpixel import SubpixelFit
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
    excess = Excess.of(np.zeros_like(weight), np.zeros_like(weight))
    for box in mask_boxes(edges.changed):
        inside = _around(box, weight.shape)
        found = _place_excess(expected[inside], actual[inside], weight[inside], threshold)
        asked = edges.changed[inside]
        for part, other in zip(excess, found, strict=True):
            np.copyto(part[inside], other, where=asked)
    return excess


def _around(box: Box, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Rows and columns of a box and of all that decides on its pixels."""
    place = box.grown(EDGES.margin).clipped(shape[1], shape[0])
    return slice(place.y, place.bottom), slice(place.x, place.right)


def _place_excess(expected: Array, actual: Array, weight: Floats, threshold: float) -> Excess:
    """The same for a part of the pictures in which all that changed lies close together."""
    images = EdgeImage.of(expected), EdgeImage.of(actual)
    model = EdgeModel.of(*images, weight, threshold)
    fit = register_subpixel(images[0].lab, images[1].lab)
    excess = model.excess(cv2.subtract(images[0].lab, images[1].lab))
    fringed = suspected_places(expected, actual, weight > 0)
    _explain_by_fringes(excess, Place(expected, actual, weight, fringed), threshold)
    _explain_by_slide(excess, model.excess(fit.change))
    changed = weight > 0
    least = np.maximum(
        changed * fit.gone * EVIDENCE.step_weight,
        blurred(expected, actual, changed) * EVIDENCE.blur_weight,
    )
    np.copyto(excess.rendering_only, least - excess.certain, where=least > excess.whole)
    outline = _other_outline(images, fit, weight, fringed) * weight * EVIDENCE.outline_times
    return excess._replace(outline=np.maximum(outline - excess.whole, 0))


def _other_outline(
    images: tuple[EdgeImage, EdgeImage], fit: SubpixelFit, weight: Floats, fringed: Bools
) -> Bools:
    """Changed pixels where no slide explains most of it: a corner made square, slanted letters.

    What is left there, in shares of the contrast, adds up to the area of several pixels. Where the
    whole line was redrawn, more of it has to be left; where there may be colour fringes, they are
    what is left.
    """
    changed = weight > 0
    contrast = cv2.max(images[0].contrast(), images[1].contrast())
    share = length(fit.left) / np.maximum(contrast, OUTLINE.faintest) * changed
    area = window_sum(share, (OUTLINE.place, OUTLINE.place))
    redrawn = (1 - weight / EVIDENCE.edge_weight) / (1 - EVIDENCE.redrawn_line_weight)
    least = OUTLINE.left + (OUTLINE.left_in_line - OUTLINE.left) * redrawn
    other = changed & (fit.left_share > least) & (area > OUTLINE.area) & ~fringed
    return changed & ~fringed & dilate(other, OUTLINE.place) if other.any() else other


def _explain_by_fringes(excess: Excess, place: Place, threshold: float) -> None:
    """Lower ``excess`` in place where fringes explain it; looks only around the suspects."""
    suspects = place.wanted & (window_sum(excess.whole) > EVIDENCE.fringes_worth)
    for box in mask_boxes(suspects):
        inside = _around(box, suspects.shape)
        pictures = place.expected[inside], place.actual[inside]
        part = Place(*pictures, place.weight[inside], suspects[inside])
        explain_fringes(Excess(*(array[inside] for array in excess)), part, threshold)


def _explain_by_slide(excess: Excess, other: Excess) -> None:
    """Lower ``excess`` in place where each place slid by a fraction of a pixel of its own."""
    better = window_sum(other.whole) < window_sum(excess.whole)
    for part, found in zip(excess, other, strict=True):
        np.copyto(part, found, where=better)
