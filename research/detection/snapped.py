"""Things on a page that went to the next pixel: a move by a whole pixel is no noise.

A browser rounds where boxes, glyphs and icons start. A nudge by a third of a pixel leaves most of
them in place or draws them softer, and carries some to the next pixel, unchanged. What differs
there is what differs after a move by one pixel, whoever looks at it.

Each connected part of what differs is registered by trying shifts of a quarter of a pixel: it has
moved where the best of them is farther than ``FAR`` and leaves next to nothing, and nearer ones
leave much more. Of a part only an edge may have gone: also one has moved where, in some place,
nearly all that differs is to be found again exactly one pixel further. Not so in lettering, where
any glyph may take such a step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_visualdiff.model import Array

FAR = 0.75
"""Pixels: half a pixel, and some error."""

_CLEAR = 16  # levels from which a pixel differs
_LEAST = 8  # such pixels of a part that can be registered
_FARTHEST, _STEP = 1.5, 0.25  # pixels that are tried
_LEFT = 0.25  # share of the squared difference that a move may leave
_BETTER = 0.5  # and of what the best of the nearer shifts leaves
_MARGIN = 3
_PLACE = (11, 11)  # pixels in which an edge is looked for one pixel further
_ENOUGH = 10  # pixels that differ there
_SAME = 8  # levels that they may differ from those that went there
_NEARLY = 0.95  # share of them that must be found
_NEXT = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if (dx, dy) != (0, 0)]

Rect = tuple[int, int, int, int]


def snapped(
    expected: Array, actual: Array, lettering: Iterable[Sequence[float]] = ()
) -> list[Rect]:
    """The parts of two pictures of one size that moved: left, top, width, height in pixels.

    ``lettering`` is where text is.
    """
    differs = _apart(expected, actual) > _CLEAR
    carried = _carried(expected, actual, differs)
    for line in lettering:
        x, y, width, height = (round(value) for value in line)
        carried[max(0, y) : y + height, max(0, x) : x + width] = False
    return [
        part
        for part in _parts(differs)
        if carried[_inside(part)].any() or _moved(expected, actual, part)
    ]


def _apart(expected: Any, actual: Any) -> Any:
    return cv2.absdiff(expected, actual).max(axis=2)


def _carried(expected: Array, actual: Array, differs: Any) -> Any:
    """Where nearly all that differs around a pixel is as it was one pixel further."""
    count = _sum(differs)
    carried = np.zeros_like(differs)
    for dx, dy in _NEXT:
        matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float64)
        size = expected.shape[1], expected.shape[0]
        nearest, border = cv2.INTER_NEAREST, cv2.BORDER_REPLICATE
        went = cv2.warpAffine(expected, matrix, size, flags=nearest, borderMode=border)
        carried |= _sum(differs & (_apart(went, actual) <= _SAME)) >= _NEARLY * count
    found: Any = carried & (count >= _ENOUGH)
    return found


def _sum(values: Any) -> Any:
    numbers, border = values.astype(np.float32), cv2.BORDER_CONSTANT
    return cv2.boxFilter(numbers, -1, _PLACE, normalize=False, borderType=border)


def _inside(part: Rect) -> tuple[slice, slice]:
    x, y, width, height = part
    return slice(y, y + height), slice(x, x + width)


def _parts(differs: Any) -> Iterator[Rect]:
    near = cv2.dilate(differs.astype(np.uint8), np.ones((5, 5), np.uint8))
    for x, y, width, height, _ in cv2.connectedComponentsWithStats(near)[2][1:].tolist():
        part = x, y, width, height
        if np.count_nonzero(differs[_inside(part)]) >= _LEAST:
            yield part


def _moved(expected: Array, actual: Array, part: Rect) -> bool:
    x, y, width, height = part
    rows = slice(max(0, y - _MARGIN), y + height + _MARGIN)
    columns = slice(max(0, x - _MARGIN), x + width + _MARGIN)
    first, second = (
        cv2.GaussianBlur(picture[rows, columns].astype(np.float32), (0, 0), 0.5)
        for picture in (expected, actual)
    )
    tried = np.arange(-_FARTHEST, _FARTHEST + _STEP, _STEP).tolist()
    left = {(dx, dy): _left(first, second, dx, dy) for dx in tried for dy in tried}
    best = min(left, key=lambda shift: left[shift])
    nearer = min(rest for shift, rest in left.items() if np.hypot(*shift) <= FAR)
    moved = np.hypot(*best) > FAR and left[best] < _LEFT * left[0.0, 0.0]
    return bool(moved and left[best] < _BETTER * nearer)


def _left(first: Any, second: Any, dx: float, dy: float) -> float:
    matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float64)
    size = first.shape[1], first.shape[0]
    border = cv2.BORDER_REPLICATE
    shifted = cv2.warpAffine(first, matrix, size, flags=cv2.INTER_CUBIC, borderMode=border)
    return float(((shifted - second) ** 2).sum())
