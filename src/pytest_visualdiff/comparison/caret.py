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
    from pytest_visualdiff.comparison.scene import Scene
    from pytest_visualdiff.model import Array, Box

MOST = 2
"""Carets a pair of pictures may show: one before, one now."""

_WIDEST = 2  # pixels
_HEIGHTS = (14, 48)  # pixels: lines of text; a letter l in one is lower
_SOLID = 0.9  # share of its box that a caret fills
_CONTRAST = 30.0  # CIEDE2000 between a caret and its ground
_MOSTLY = 0.5  # share of the place of a caret that shows the ground without it
_EVEN = 6  # levels that the pixels of one colour may differ


def find(scene: Scene, regions: Sequence[Region]) -> list[Region]:
    """The regions that are a caret; none where there are too many of them."""
    found = [region for region in regions if _is_caret(scene, region)]
    return found if len(found) <= MOST else []


def _is_caret(scene: Scene, region: Region) -> bool:
    box = region.box
    low, high = _HEIGHTS
    if box.width > _WIDEST or not low <= box.height <= high or region.count < _SOLID * box.area:
        return False
    above, below = box.y - 1, box.bottom
    if above < 0 or below >= scene.actual.shape[0]:
        return False
    pair = (scene.expected, scene.actual)
    return any(_shows_caret(*order, box) for order in (pair, pair[::-1]))


def _shows_caret(drawn: Array, other: Array, box: Box) -> bool:
    """One colour in ``drawn``; in ``other``, and above and below it, the ground."""
    ground, line = _usual(crop(other, box)), crop(drawn, box)
    ends = np.concatenate(
        [drawn[box.y - 1, box.x : box.right], drawn[box.bottom, box.x : box.right]]
    )
    if ground is None or not _is_even(line) or not _is_even(np.vstack([ends, ground[None]])):
        return False
    colours = lab(np.stack([line[0, 0], ground]))
    return bool(ciede2000(colours[:1], colours[1:])[0] >= _CONTRAST)


def _usual(pixels: Array) -> Array | None:
    """The colour of most of the pixels: a caret may stand at the edge of a letter."""
    colours = pixels.reshape(-1, 3)
    usual: Array = np.median(colours, axis=0).astype(np.uint8)
    near = (np.abs(colours.astype(np.int16) - usual) <= _EVEN).all(axis=1)
    return usual if near.mean() >= _MOSTLY else None


def _is_even(pixels: Array) -> bool:
    colours = pixels.reshape(-1, 3)
    return bool((np.ptp(colours, axis=0) <= _EVEN).all())
