"""Whether something is nothing: pixels that show only the ground around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt

from pytest_visualdiff.comparison.pixels import crop
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from pytest_visualdiff.comparison.pixels import Bools
    from pytest_visualdiff.comparison.regions import Region
    from pytest_visualdiff.model import Array

RING = 3
"""Pixels around a region that tell what its ground looks like."""

_LEVELS = 10  # a pixel this close to the ground in each channel is ground
_TRIM = 24  # levels beyond which a pixel of the ring belongs to something else
MOSTLY, PARTLY = 0.87, 0.5
"""Share of the surroundings that must be ground: all but a little, or one side of an edge."""

_ENOUGH_PLAIN = 0.95
_SAMPLE = 4000


def is_plain(
    picture: Array, region: Region, *, share: float = MOSTLY, beside: Box | None = None
) -> bool:
    """Whether a region shows in this picture what is around it, smoothly continued.

    ``share`` of the surroundings, in (0, 1], must be ground; those in ``beside`` do not count,
    unless there are no others.
    """
    box = region.box.grown(RING).clipped(picture.shape[1], picture.shape[0])
    inside: npt.NDArray[np.uint8] = np.zeros((box.height, box.width), np.uint8)
    crop(inside, region.box.moved(-box.x, -box.y))[:] = region.pixels
    kernel: npt.NDArray[np.uint8] = np.ones((2 * RING + 1, 2 * RING + 1), np.uint8)
    ring = (cv2.dilate(inside, kernel) > 0) & (inside == 0)
    if beside is not None:
        free = ring.copy()
        crop(free, beside.moved(-box.x, -box.y).clipped(box.width, box.height))[:] = False
        ring = free if np.count_nonzero(free) >= RING else ring
    patch = crop(picture, box)
    plane = _ground(patch, ring, share)
    if plane is None:
        return False
    return bool(_on(plane, patch, inside > 0).mean() >= _ENOUGH_PLAIN)


def content_box(picture: Array, box: Box) -> Box | None:
    """The part of ``box`` that is not ground, judged by the border of the box."""
    patch = crop(picture, box)
    border = np.ones(patch.shape[:2], np.bool_)
    border[1:-1, 1:-1] = False
    plane = _ground(patch, border, MOSTLY)
    if plane is None:
        return None
    drawn = ~_on(plane, patch, np.ones_like(border)).reshape(border.shape)
    if not drawn.any():
        return None
    x, y, width, height = cv2.boundingRect(drawn.astype(np.uint8))
    return Box(box.x + x, box.y + y, width, height)


def _ground(patch: Array, where: Bools, share: float) -> Any:
    """A plane of colour through most of the given pixels (flat or a gradient), or None."""
    if np.count_nonzero(where) < RING:
        return None
    places, colours = _sampled(patch, where)
    kept = np.abs(colours - _median(colours)).max(axis=1) <= _TRIM
    if kept.mean() < share:
        return None
    plane = _fitted(places[kept], colours[kept])
    close = np.abs(places @ plane - colours).max(axis=1) <= _LEVELS
    return plane if close.mean() >= share else None


def _fitted(places: Any, colours: Any) -> Any:
    if (colours == colours[0]).all():  # what most grounds are
        return np.stack((np.zeros(3), np.zeros(3), colours[0]))
    return np.linalg.lstsq(places, colours, rcond=None)[0]


def _median(colours: Any) -> Any:
    """The median of each column: NumPy's own takes longer to start than few colours to sort."""
    ordered = np.sort(colours, axis=0)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _sampled(patch: Array, where: Bools) -> tuple[Any, Any]:
    rows, columns = np.nonzero(where)
    step = max(1, len(rows) // _SAMPLE)
    rows, columns = rows[::step], columns[::step]
    return _places(rows, columns), patch[rows, columns].astype(np.float64)


def _places(rows: Any, columns: Any) -> Any:
    return np.stack((rows, columns, np.ones(len(rows))), axis=1).astype(np.float64)


def _on(plane: Any, patch: Array, where: Bools) -> Any:
    """Which of the given pixels lie on the plane."""
    rows, columns = np.nonzero(where)
    return np.abs(_places(rows, columns) @ plane - patch[rows, columns]).max(axis=1) <= _LEVELS
