"""Where two pictures differ at all, as few boxes far enough apart to be measured on their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array

BLOCK = 32
"""Pixels; what differs in blocks that do not touch is too far apart to interact."""

_WHOLE = 0.6  # share of the box around all islands from which one piece is cheaper


def islands(expected: Array, actual: Array, rows: tuple[int, int] | None = None) -> tuple[Box, ...]:
    """Boxes that hold every differing pixel of two pictures of one size; none for equal ones.

    They are as small as can be. ``rows`` are those that may differ, where that is known.
    """
    height, width = expected.shape[:2]
    top = 0 if rows is None else rows[0] // BLOCK * BLOCK
    band = slice(top, height if rows is None else min(height, -(-rows[1] // BLOCK) * BLOCK))
    blocks = _changed_blocks(expected[band], actual[band])
    if not blocks.any():
        return ()
    _, _, stats, _ = cv2.connectedComponentsWithStats(blocks, connectivity=8)
    boxes = [Box(*(BLOCK * int(value) for value in stat[:4])).moved(0, top) for stat in stats[1:]]
    whole = boxes[0]
    for box in boxes[1:]:
        whole = whole.union(box)
    pieces = boxes if sum(box.area for box in boxes) < _WHOLE * whole.area else [whole]
    places = [box.clipped(width, height) for box in _apart(pieces)]
    return tuple(_tight(expected, actual, place) for place in places)


def _tight(expected: Array, actual: Array, box: Box) -> Box:
    """The smallest box that holds what differs inside of a box, where something does."""
    place = slice(box.y, box.bottom), slice(box.x, box.right)
    differs = (expected[place] != actual[place]).any(axis=2)
    inside = Box(*cv2.boundingRect(differs.view(np.uint8)))
    return inside.moved(box.x, box.y)


def _changed_blocks(expected: Array, actual: Array) -> Array:
    height, width, channels = expected.shape
    before, after = expected.reshape(height, -1), actual.reshape(height, -1)
    bands = range(0, height, BLOCK)
    changed = np.empty((len(bands), width * channels), np.uint8)
    for row, top in enumerate(bands):  # a band at a time stays in the cache
        band = slice(top, top + BLOCK)
        np.bitwise_or.reduce(before[band] ^ after[band], axis=0, out=changed[row])
    columns = np.arange(0, width * channels, BLOCK * channels)
    return np.logical_or.reduceat(changed > 0, columns, axis=1).view(np.uint8)


def _apart(boxes: list[Box]) -> list[Box]:
    """The boxes with those that overlap or touch joined, until none do."""
    apart: list[Box] = []
    for box in boxes:
        joined = box
        while hit := next((one for one in apart if one.grown(1).overlaps(joined)), None):
            apart.remove(hit)
            joined = joined.union(hit)
        apart.append(joined)
    return apart
