"""A text caret that blinks: there in one picture, not in the other, and no difference.

Captures hide it, but ready-made pictures and whole screens may show it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_visualdiff.comparison.colour import ciede2000, lab
from pytest_visualdiff.comparison.pixels import crop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_visualdiff.comparison.regions import Region
    from pytest_visualdiff.comparison.values import AlignedPair
    from pytest_visualdiff.model import Array

MOST = 2
"""Carets a pair of pictures may show: one before, one now."""

_WIDEST = 2  # pixels
_HEIGHTS = (14, 36)  # pixels: lines of text in a field; a letter l in one is lower, a rule longer
_SOLID = 0.9  # share of its box that a caret fills
_CONTRAST = 30.0  # CIEDE2000 between a caret and its ground
_MOSTLY = 0.5  # share of the place of a caret that is of its colour, or shows the ground
_EVEN = 6  # levels that the pixels of one colour may differ


def find(pair: AlignedPair, regions: Sequence[Region]) -> list[Region]:
    """The regions that are a caret; none where there are too many of them."""
    found = [region for region in regions if _is_caret(pair, region)]
    return found if len(found) <= MOST else []


def _is_caret(pair: AlignedPair, region: Region) -> bool:
    box = region.box
    low, high = _HEIGHTS
    if box.width > _WIDEST or not low <= box.height <= high or region.count < _SOLID * box.area:
        return False
    areas = crop(pair.expected, box), crop(pair.actual, box)
    return any(_shows_caret(*order) for order in (areas, areas[::-1]))


def _shows_caret(drawn: Array, other: Array) -> bool:
    """One colour in ``drawn``, and the ground in ``other``."""
    line, ground = _usual(drawn), _usual(other)
    if line is None or ground is None:
        return False
    colours = lab(np.stack([line, ground]))
    return bool(ciede2000(colours[:1], colours[1:])[0] >= _CONTRAST)


def _usual(pixels: Array) -> Array | None:
    """The colour of most pixels: a caret has round ends and may stand at the edge of a letter."""
    colours = pixels.reshape(-1, 3)
    usual: Array = np.median(colours, axis=0).astype(np.uint8)
    near = (np.abs(colours.astype(np.int16) - usual) <= _EVEN).all(axis=1)
    return usual if near.mean() >= _MOSTLY else None
