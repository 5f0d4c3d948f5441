"""Operations on pictures and masks that several stages share."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from pytest_visualdiff.comparison.tuning import EVIDENCE, WORK
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.model import Array

Bools: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[Any]


# --- parts and windows ------------------------------------------------------------------------


def crop(picture: Any, box: Box) -> Any:
    """The part of an array inside a box (a view)."""
    return picture[box.y : box.bottom, box.x : box.right]


def relative(box: Box, frame: Box) -> Box:
    """The box in coordinates of a frame around it."""
    return box.moved(-frame.x, -frame.y)


def union(boxes: list[Box]) -> Box:
    """The smallest box that holds all of them."""
    whole = boxes[0]
    for box in boxes[1:]:
        whole = whole.union(box)
    return whole


def window_sum(values: npt.NDArray[Any], window: tuple[int, int] | None = None) -> Floats:
    """The sum of the values in the window around each pixel, ``float32``; 0 beyond the picture."""
    if values.dtype == np.bool_:
        values = values.view(np.uint8)
    total: Floats = cv2.boxFilter(
        values,
        cv2.CV_32F,
        window or EVIDENCE.window,
        normalize=False,
        borderType=cv2.BORDER_CONSTANT,
    )
    return total


@cache
def ones(width: int, height: int | None = None) -> Array:
    """A rectangle of ones for erosion and dilation, square without a height."""
    return np.ones((width if height is None else height, width), np.uint8)


def dilate(mask: Bools, width: int, height: int | None = None) -> Bools:
    """The mask with each of its pixels grown to a rectangle around it."""
    grown: Bools = cv2.dilate(mask.view(np.uint8), ones(width, height)) > 0
    return grown


# --- pixels -----------------------------------------------------------------------------------


def alike(expected: Array, actual: Array, levels: int) -> Bools:
    """Where two pictures of one size differ by at most so many levels in each channel."""
    return within(cv2.absdiff(expected, actual), levels)


def within(levels: Any, limit: float) -> Bools:
    """Where all three channels are at most a limit."""
    inside: Bools = cv2.inRange(levels, (0.0,) * 3, (float(limit),) * 3) > 0
    return inside


def soft(picture: Any) -> Array:
    """The picture blurred by about a pixel, for comparing what was resampled."""
    blurred: Array = cv2.GaussianBlur(picture, (5, 5), 1.0)
    return blurred


def length(vectors: Floats) -> Floats:
    """The Euclidean length of the vector at each pixel."""
    squares: Floats = cv2.transform(cv2.multiply(vectors, vectors), np.ones((1, 3), np.float32))
    return cv2.sqrt(squares, squares)


def ramp(value: float, low: float, high: float) -> float:
    """0 up to ``low``, 1 from ``high``, and linear between."""
    return min(max((value - low) / (high - low), 0.0), 1.0)


# --- where pictures differ --------------------------------------------------------------------


def changed_boxes(
    expected: Array, actual: Array, rows: tuple[int, int] | None = None
) -> tuple[Box, ...]:
    """Boxes that hold every differing pixel of two pictures of one size; none for equal ones.

    They are as small as can be, and far enough apart to be measured one by one. ``rows`` are
    those that may differ, where that is known.
    """
    height, width = expected.shape[:2]
    block = WORK.block
    top = 0 if rows is None else rows[0] // block * block
    band = slice(top, height if rows is None else min(height, -(-rows[1] // block) * block))
    blocks = _changed_blocks(expected[band], actual[band])
    if not blocks.any():
        return ()
    places = [box.moved(0, top).clipped(width, height) for box in _pieces(blocks)]
    return tuple(_tight(expected, actual, place) for place in places)


def mask_boxes(mask: Bools) -> tuple[Box, ...]:
    """Boxes that hold every pixel of a mask, far enough apart to be measured one by one."""
    if not mask.any():
        return ()
    rows, columns = (np.arange(0, side, WORK.block) for side in mask.shape)
    bands = np.logical_or.reduceat(mask, rows, axis=0)
    blocks = np.logical_or.reduceat(bands, columns, axis=1).view(np.uint8)
    places = [box.clipped(*mask.shape[::-1]) for box in _pieces(blocks)]
    return tuple(_bounds(mask, place) for place in places)


def _pieces(blocks: Array) -> list[Box]:
    """Boxes in pixels around the blocks that touch; a single one where that is cheaper."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(blocks, connectivity=8)
    boxes = [Box(*(WORK.block * int(value) for value in stat[:4])) for stat in stats[1:]]
    whole = union(boxes)
    return _apart(boxes if sum(box.area for box in boxes) < WORK.whole * whole.area else [whole])


def _bounds(mask: Bools, box: Box) -> Box:
    """The smallest box that holds what is marked inside a box, where something is."""
    inside = Box(*cv2.boundingRect(crop(mask, box).view(np.uint8)))
    return inside.moved(box.x, box.y)


def _tight(expected: Array, actual: Array, box: Box) -> Box:
    """The smallest box that holds what differs inside a box, where something does."""
    same = cv2.inRange(cv2.absdiff(crop(expected, box), crop(actual, box)), (0.0,) * 3, (0.0,) * 3)
    inside = Box(*cv2.boundingRect(cv2.bitwise_not(same)))
    return inside.moved(box.x, box.y)


def _changed_blocks(expected: Array, actual: Array) -> Array:
    height, width, channels = expected.shape
    expected_rows, actual_rows = expected.reshape(height, -1), actual.reshape(height, -1)
    bands = range(0, height, WORK.block)
    changed = np.empty((len(bands), width * channels), np.uint8)
    for row, top in enumerate(bands):  # a band at a time stays in the cache
        band = slice(top, top + WORK.block)
        np.bitwise_or.reduce(expected_rows[band] ^ actual_rows[band], axis=0, out=changed[row])
    columns = np.arange(0, width * channels, WORK.block * channels)
    return np.logical_or.reduceat(changed > 0, columns, axis=1).view(np.uint8)


def _apart(boxes: list[Box]) -> list[Box]:
    """The boxes with those that overlap or touch joined, until none do."""
    apart: list[Box] = []
    for box in boxes:
        joined = box
        while hit := next((other for other in apart if other.grown(1).overlaps(joined)), None):
            apart.remove(hit)
            joined = joined.union(hit)
        apart.append(joined)
    return apart


# --- threads ----------------------------------------------------------------------------------


class _SingleThread:
    """How many threads OpenCV had before the first of the current users asked for one."""

    lock = threading.Lock()
    users = 0
    threads_before = 1


@contextmanager
def single_threaded() -> Iterator[None]:
    """Limit OpenCV to the calling thread; several threads may do so at once.

    Its workers wait actively: for small pictures waking them costs more than they save.
    """
    with _SingleThread.lock:
        if not _SingleThread.users:
            _SingleThread.threads_before = cv2.getNumThreads()
            cv2.setNumThreads(1)
        _SingleThread.users += 1
    try:
        yield
    finally:
        with _SingleThread.lock:
            _SingleThread.users -= 1
            if not _SingleThread.users:
                cv2.setNumThreads(_SingleThread.threads_before)
