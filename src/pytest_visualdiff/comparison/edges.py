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

from pytest_visualdiff.comparison import fringed, slid
from pytest_visualdiff.comparison.steps import stepped
from pytest_visualdiff.comparison.windows import window_sum
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array

Bools: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[Any]

EDGE_CONTEXT = 30
"""Pixels around an edge that can influence the verdict on it."""
EDGE_WEIGHT = 0.6
"""What a pixel counts, compared with one of flat ground, beyond what redrawing an edge explains."""
INK_WEIGHT = 0.8
"""What it counts where ink was lost or gained."""
STEP_WEIGHT = 0.4
"""What it counts at least where all around it moved by one pixel."""

_NEIGHBOURS: Array = np.ones((3, 3), np.uint8)
_LINE = (59, 31)  # pixels that tell whether all of the text around was drawn anew
_ALONE, _REDRAWN = 0.15, 0.35  # share of what is drawn there that changed: a letter, and a line
_TOGETHER = 0.15  # what a pixel then counts, of what it counts alone
_MARGIN = 16  # pixels around suspects that decide on them
_WORTH_READING = 0.2  # evidence of a place, in excess, that another reading is tried for
_EXTREMES: Array = np.ones((5, 5), np.uint8)
_REACH = 0.7  # share of the way to the most different neighbour that a pixel may have gone
_BLUR = 0.7  # standard deviation in pixels
_STRONG = 24.0  # CIE76 contrast of an edge at which just the threshold counts
_SHARES = 0.35, 1.7  # of the threshold, that count at the faintest edges and at strong ones
_FRINGE = (3, 1)  # pixels that sub-pixel rendering spreads the colours of an edge over
_ONE_SIDED = 0.7  # share of the ink that was lost or gained rather than pushed aside
_SAME_EXTREME = 5  # levels the darkest and brightest places may differ


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


def redrawn(expected: Array, actual: Array, edges: Edges, threshold: float) -> Excess:
    """The excess of edge pixels over what drawing the same shape anew explains, weighted.

    The pictures are RGB ``uint8`` of shape (height, width, 3); Rendering noise is
    everywhere in a line of text, a change stands alone in it.
    """
    weight = edges.weight() * edges.changed
    slide = slid.together(_softened(expected), _softened(actual))
    excess = _redrawn(expected, actual, weight, threshold)
    _read_fringes(excess, expected, actual, weight, threshold)
    _slide(excess, _redrawn(expected, actual, weight, threshold, slide.change))
    # A slanted stroke that slid aside by a third of a pixel looks as if it had gone up by one.
    moved = edges.changed & (slide.gone | (stepped(expected, actual, edges.changed) & slide.far))
    excess.loose[moved] = np.maximum(excess.whole[moved], STEP_WEIGHT) - excess.firm[moved]
    return excess


def _around(places: Bools) -> tuple[slice, slice]:
    """Rows and columns of a box with all that decides on some pixels."""
    x, y, width, height = cv2.boundingRect(places.view(np.uint8))
    box = Box(x, y, width, height).grown(_MARGIN).clipped(*places.shape[::-1])
    return slice(box.y, box.bottom), slice(box.x, box.right)


def _read_fringes(
    excess: Excess, expected: Array, actual: Array, weight: Floats, threshold: float
) -> None:
    """Lower ``excess`` in place where fringes explain it; looks only around the suspects."""
    whole = window_sum(excess.whole)
    suspects = fringed.suspected(expected, actual, weight > 0) & (whole > _WORTH_READING)
    if not suspects.any():
        return
    inside = _around(suspects)
    pair, counts = (expected[inside], actual[inside]), weight[inside]
    left, wanted = whole[inside], suspects[inside]
    limit = fringed.BETTER * left
    gray = wanted & fringed.balanced(*pair, counts > 0)
    for places, readings in ((wanted, fringed.readings), (gray, fringed.gray_readings)):
        for reading in readings(*pair) if places.any() else ():
            other = _redrawn(*reading, counts, threshold)
            sums = fringed.DOUBT * window_sum(other.whole)
            better = places & (sums < np.minimum(limit, left))
            left[better] = sums[better]
            for part, found in zip(excess, other, strict=True):
                part[inside][better] = fringed.DOUBT * found[better]


def _slide(excess: Excess, other: Excess) -> None:
    """Lower ``excess`` in place where each place slid by a fraction of a pixel of its own."""
    better = window_sum(other.whole) < window_sum(excess.whole)
    for part, found in zip(excess, other, strict=True):
        part[better] = found[better]


def _redrawn(
    expected: Array, actual: Array, weight: Floats, threshold: float, change: Floats | None = None
) -> Excess:
    """The excess of one reading; ``change`` is what is left of the difference, where not all."""
    before, after = _softened(expected), _softened(actual)
    beyond = np.minimum(_beyond(before, after), _beyond(after, before))
    limit = threshold * np.clip(_contrast(before, after) / _STRONG, *_SHARES)
    inked = (weight > 0) & ~_same_extremes(expected, actual)
    return _counted(beyond, before - after if change is None else change, weight, limit, inked)


def _counted(beyond: Floats, change: Floats, weight: Floats, limit: Floats, inked: Bools) -> Excess:
    """What exceeds the limit, and where ink was lost or gained; ``inked`` is where it may be."""
    change = change * (weight > 0)[:, :, None]
    amount = _length(change)
    firm: Floats = np.maximum(np.minimum(beyond, amount) / limit - 1, 0) * weight
    lost = inked & _one_sided(change, amount)
    repainted = np.where(lost, np.maximum(amount / limit - 1, 0) * INK_WEIGHT, 0)
    return Excess(firm, np.maximum(repainted - firm, 0))


def _softened(picture: Array) -> Floats:
    """CIELAB, blurred by less than a pixel; colour also as wide as sub-pixel rendering does."""
    lab: Floats = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    lab[:, :, 1:] = cv2.blur(lab[:, :, 1:], _FRINGE)
    return cv2.GaussianBlur(lab, (5, 5), _BLUR)


def _contrast(before: Floats, after: Floats) -> Floats:
    """CIE76 distance between the extremes around a pixel, in the picture with more of it."""
    spans = [cv2.dilate(one, _NEIGHBOURS) - cv2.erode(one, _NEIGHBOURS) for one in (before, after)]
    return np.maximum(*map(_length, spans))


def _beyond(drawn: Floats, other: Floats) -> Floats:
    """CIE76 distance of ``other`` from what a shift of ``drawn`` could bring to each pixel."""
    low = drawn + _REACH * (cv2.erode(drawn, _NEIGHBOURS) - drawn)
    high = drawn + _REACH * (cv2.dilate(drawn, _NEIGHBOURS) - drawn)
    return _length(other - np.clip(other, low, high))


def _length(vectors: Floats) -> Floats:
    length: Floats = np.sqrt(np.einsum("ijk,ijk->ij", vectors, vectors))
    return length


def _one_sided(change: Floats, amount: Floats) -> Bools:
    """Where ink was not pushed aside but lost or gained: text in a paler colour, say."""
    together = _length(window_sum(change))
    result: Bools = together > _ONE_SIDED * window_sum(amount)
    return result


def _same_extremes(expected: Array, actual: Array) -> Bools:
    """Where the darkest and the brightest place around a pixel are as they were."""
    spans = [(cv2.erode(one, _EXTREMES), cv2.dilate(one, _EXTREMES)) for one in (expected, actual)]
    limit = (float(_SAME_EXTREME),) * 3
    (dark, bright) = (cv2.absdiff(before, after) for before, after in zip(*spans, strict=True))
    same: Bools = cv2.inRange(cv2.max(dark, bright), (0.0,) * 3, limit) > 0
    return same
