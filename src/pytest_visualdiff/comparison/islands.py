"""Where two pictures differ at all, as few boxes far enough apart to be measured on their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array

Bools: TypeAlias = npt.NDArray[np.bool_]

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
    places = [box.moved(0, top).clipped(width, height) for box in _pieces(blocks)]
    return tuple(_tight(expected, actual, place) for place in places)


def spots(where: Bools) -> tuple[Box, ...]:
    """Boxes that hold every pixel of a mask, so far apart that they can be measured alone."""
    if not where.any():
        return ()
    rows, columns = (np.arange(0, side, BLOCK) for side in where.shape)
    bands = np.logical_or.reduceat(where, rows, axis=0)
    blocks = np.logical_or.reduceat(bands, columns, axis=1).view(np.uint8)
    places = [box.clipped(*where.shape[::-1]) for box in _pieces(blocks)]
    return tuple(_bounds(where, place) for place in places)


def _pieces(blocks: Array) -> list[Box]:
    """Boxes in pixels around the blocks that touch; a single one where that is cheaper."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(blocks, connectivity=8)
    boxes = [Box(*(BLOCK * int(value) for value in stat[:4])) for stat in stats[1:]]
    whole = boxes[0]
    for box in boxes[1:]:
        whole = whole.union(box)
    return _apart(boxes if sum(box.area for box in boxes) < _WHOLE * whole.area else [whole])


def _bounds(where: Bools, box: Box) -> Box:
    """The smallest box that holds what is marked inside of a box, where something is."""
    place = where[box.y : box.bottom, box.x : box.right]
    inside = Box(*cv2.boundingRect(place.view(np.uint8)))
    return inside.moved(box.x, box.y)


def _tight(expected: Array, actual: Array, box: Box) -> Box:
    """The smallest box that holds what differs inside of a box, where something does."""
    place = slice(box.y, box.bottom), slice(box.x, box.right)
    same = cv2.inRange(cv2.absdiff(expected[place], actual[place]), (0.0,) * 3, (0.0,) * 3)
    inside = Box(*cv2.boundingRect(cv2.bitwise_not(same)))
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
