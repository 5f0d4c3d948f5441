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
from pytest_visualdiff.comparison.drawn import Drawn, length
from pytest_visualdiff.comparison.islands import spots
from pytest_visualdiff.comparison.steps import stepped
from pytest_visualdiff.comparison.windows import window_sum

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.model import Array, Box

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

_LINE = (59, 31)  # pixels that tell whether all of the text around was drawn anew
_ALONE, _REDRAWN = 0.15, 0.35  # share of what is drawn there that changed: a letter, and a line
_TOGETHER = 0.15  # what a pixel then counts, of what it counts alone
_MARGIN = 16  # pixels around suspects that decide on them
_WORTH_READING = 0.2  # evidence of a place, in excess, that another reading is tried for
_STRONG = 24.0  # CIE76 contrast of an edge at which just the threshold counts
_SHARES = 0.35, 1.7  # of the threshold, that count at the faintest edges and at strong ones
_ONE_SIDED = 0.7  # share of the ink that was lost or gained rather than pushed aside


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
    excess = Excess(np.zeros_like(weight), np.zeros_like(weight))
    for box in spots(edges.changed):
        place = box.grown(_MARGIN).clipped(*weight.shape[::-1])
        inside = slice(place.y, place.bottom), slice(place.x, place.right)
        found = _place(expected[inside], actual[inside], weight[inside], threshold)
        _put(excess, box, found, box.moved(-place.x, -place.y))
    return excess


def _put(excess: Excess, to: Box, found: Excess, of: Box) -> None:
    for part, other in zip(excess, found, strict=True):
        part[to.y : to.bottom, to.x : to.right] = other[of.y : of.bottom, of.x : of.right]


def _place(expected: Array, actual: Array, weight: Floats, threshold: float) -> Excess:
    """The same for a part of the pictures in which all that changed lies close together."""
    before, after = Drawn.of(expected), Drawn.of(actual)
    reading = _Reading.of(before, after, weight, threshold)
    slide = slid.together(before.lab, after.lab)
    excess = reading.excess(cv2.subtract(before.lab, after.lab))
    _read_fringes(excess, expected, actual, weight, threshold)
    _slide(excess, reading.excess(slide.change))
    # A slanted stroke that slid aside by a third of a pixel looks as if it had gone up by one.
    changed = weight > 0
    moved = stepped(expected, actual, changed & slide.far & ~slide.gone) | (changed & slide.gone)
    excess.loose[moved] = np.maximum(excess.whole[moved], STEP_WEIGHT) - excess.firm[moved]
    return excess


class _Reading(NamedTuple):
    """One way to read a pair of pictures: what drawing the same shapes anew leaves of it."""

    beyond: Floats
    limit: Floats
    weight: Floats
    counted: Bools
    """Where pixels are asked about at all."""
    inked: Bools
    """Where ink may have been lost or gained."""

    @classmethod
    def of(cls, before: Drawn, after: Drawn, weight: Floats, threshold: float) -> _Reading:
        beyond = cv2.min(before.beyond(after.lab), after.beyond(before.lab))
        contrast = cv2.max(before.contrast(), after.contrast())
        limit = threshold * np.clip(contrast / _STRONG, *_SHARES)
        counted = weight > 0
        return cls(beyond, limit, weight, counted, counted & ~before.same_extremes(after))

    def excess(self, change: Floats) -> Excess:
        """What exceeds the limit, of what is left of a change, and where ink was lost or gained."""
        change = cv2.copyTo(change, self.counted.view(np.uint8))
        amount = length(change)
        firm: Floats = np.maximum(np.minimum(self.beyond, amount) / self.limit - 1, 0) * self.weight
        if not self.inked.any():
            return Excess(firm, np.zeros_like(firm))
        lost = self.inked & _one_sided(change, amount)
        repainted = np.maximum(amount / self.limit - 1, 0) * INK_WEIGHT * lost
        return Excess(firm, np.maximum(repainted - firm, 0))


def _read_fringes(
    excess: Excess, expected: Array, actual: Array, weight: Floats, threshold: float
) -> None:
    """Lower ``excess`` in place where fringes explain it; looks only around the suspects."""
    whole = window_sum(excess.whole)
    worth = whole > _WORTH_READING
    if not worth.any():
        return
    suspects = fringed.suspected(expected, actual, weight > 0) & worth
    for box in spots(suspects):
        place = box.grown(_MARGIN).clipped(*weight.shape[::-1])
        inside = slice(place.y, place.bottom), slice(place.x, place.right)
        parts = Excess(*(part[inside] for part in excess))
        pair = expected[inside], actual[inside]
        _read(parts, pair, weight[inside], threshold, suspects[inside])


def _read(
    excess: Excess, pair: tuple[Array, Array], weight: Floats, threshold: float, wanted: Bools
) -> None:
    """Lower ``excess`` in place where a reading of a pair leaves much less at a wanted pixel."""
    left = window_sum(excess.whole)
    limit = fringed.BETTER * left
    for places, readings in _readings(pair, wanted, weight > 0):
        for before, after in readings:
            if not (places & (left > _WORTH_READING)).any():
                break
            reading = _Reading.of(before, after, weight, threshold)
            other = reading.excess(cv2.subtract(before.lab, after.lab))
            sums = fringed.DOUBT * window_sum(other.whole)
            better = places & (sums < np.minimum(limit, left))
            left[better] = sums[better]
            for part, found in zip(excess, other, strict=True):
                part[better] = fringed.DOUBT * found[better]


def _readings(
    pair: tuple[Array, Array], wanted: Bools, where: Bools
) -> Iterator[tuple[Bools, Iterator[tuple[Drawn, Drawn]]]]:
    """Places to ask about, and the ways to read the pair there: in colour, then without."""
    yield wanted, _orders(*pair)
    gray = wanted & fringed.balanced(*pair, where)
    if gray.any():
        yield gray, _gray_orders(*pair)


def _orders(expected: Array, actual: Array) -> Iterator[tuple[Drawn, Drawn]]:
    """The pair with the fringes of both orders added to one of the two."""
    before, after = Drawn.of(expected), Drawn.of(actual)
    for first, second in zip(fringed.orders(expected), fringed.orders(actual), strict=True):
        yield Drawn.of(first), after
        yield before, Drawn.of(second)


def _gray_orders(expected: Array, actual: Array) -> Iterator[tuple[Drawn, Drawn]]:
    """The pair without its colours, as it is and read in all those ways."""
    before, after = Drawn.of(fringed.gray(expected)), Drawn.of(fringed.gray(actual))
    yield before, after
    for first, second in zip(fringed.orders(expected), fringed.orders(actual), strict=True):
        yield Drawn.of(fringed.gray(first)), after
        yield before, Drawn.of(fringed.gray(second))


def _slide(excess: Excess, other: Excess) -> None:
    """Lower ``excess`` in place where each place slid by a fraction of a pixel of its own."""
    better = window_sum(other.whole) < window_sum(excess.whole)
    for part, found in zip(excess, other, strict=True):
        np.copyto(part, found, where=better)


def _one_sided(change: Floats, amount: Floats) -> Bools:
    """Where ink was not pushed aside but lost or gained: text in a paler colour, say."""
    together = length(window_sum(change))
    result: Bools = together > _ONE_SIDED * window_sum(amount)
    return result
