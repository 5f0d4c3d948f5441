"""From pixels to regions: what a person would point at, and whether it is only background."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from pytest_visualdiff.comparison.arrays import crop, dilate, ones, relative
from pytest_visualdiff.comparison.tuning import BACKGROUND, FLAT, REGIONS, WORK
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from pytest_visualdiff.comparison.arrays import Bools, Floats
    from pytest_visualdiff.comparison.values import ExcessMap
    from pytest_visualdiff.model import Array

Labels: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Region:
    """Differing pixels that belong together; ``pixels`` marks them inside ``box``.

    ``evidence`` is all of theirs, ``peak`` that of the worst window: how much it matters.
    """

    box: Box
    evidence: float
    peak: float
    pixels: Bools = field(repr=False, compare=False)

    @property
    def count(self) -> int:
        """Number of differing pixels."""
        return int(np.count_nonzero(self.pixels))


def find_regions(excess: ExcessMap) -> tuple[Region, ...]:
    """The regions of an excess map, strongest evidence first, in pixels of the canvas."""
    differing = excess.excess > 0
    if not differing.any():
        return ()
    rows, columns = (found.astype(np.intp) for found in np.nonzero(differing))
    labels = _labels(differing, rows, columns)
    order = np.argsort(labels, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
    evidence = excess.window_evidence()
    regions = (_region(excess, evidence, rows[part], columns[part]) for part in parts)
    return tuple(sorted(regions, key=lambda region: -region.evidence))


def _region(excess: ExcessMap, evidence: Floats, rows: Labels, columns: Labels) -> Region:
    box = Box(int(columns.min()), int(rows.min()), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1)
    pixels: Bools = np.zeros((box.height, box.width), np.bool_)
    pixels[rows - box.y, columns - box.x] = True
    strength = float(excess.excess[rows, columns].sum(dtype=np.float64))
    peak = float(evidence[rows, columns].max())
    return Region(box.moved(excess.box.x, excess.box.y), strength, peak, pixels)


def _labels(differing: Bools, rows: Labels, columns: Labels) -> Labels:
    """A label for each differing pixel; those that belong together share it."""
    reach = REGIONS.gap
    labels, stats = _spread(differing, reach)
    while len(stats) - 1 > REGIONS.most:
        reach *= 2
        labels, stats = _spread(differing, reach)
    return _merged(labels[rows + reach, columns + reach], stats, reach, differing.shape)


def _spread(differing: Bools, reach: int) -> tuple[Labels, Labels]:
    """Connected parts after widening each pixel by ``reach``, and their OpenCV statistics.

    Both are in coordinates of the picture with a border of ``reach`` pixels.
    """
    padded = cv2.copyMakeBorder(differing.view(np.uint8), *(reach,) * 4, cv2.BORDER_CONSTANT)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        cv2.dilate(padded, ones(2 * reach + 1)), connectivity=8
    )
    return labels, stats


def _merged(labels: Labels, stats: Labels, reach: int, shape: tuple[int, ...]) -> Labels:
    """The labels with one number for parts whose boxes overlap or touch, except hollow ones."""
    # The border moved each box by reach and the widening grew it by reach: undo both.
    boxes = [
        Box(int(x), int(y), int(width) - 2 * reach, int(height) - 2 * reach)
        for x, y, width, height, _ in stats[1:]
    ]
    counts = np.bincount(labels, minlength=len(stats))[1:]
    solid = [i for i, box in enumerate(boxes) if not _hollow(box, int(counts[i]))]
    renamed = np.arange(len(stats), dtype=np.int32) + len(stats)
    if len(solid) > 1:
        renamed[np.add(solid, 1)] = _groups([boxes[i] for i in solid], shape)
    return renamed[labels]


def _hollow(box: Box, count: int) -> bool:
    """Whether it is a frame, which may hold other regions inside."""
    return min(box.width, box.height) >= REGIONS.hollow_side and count < REGIONS.hollow * box.area


def _groups(boxes: list[Box], shape: tuple[int, ...]) -> list[int]:
    """A group number from 1 for each box; touching boxes share one. Paints, so O(pixels)."""
    while True:
        canvas: npt.NDArray[np.uint8] = np.zeros(shape, np.uint8)
        for box in boxes:
            crop(canvas, box)[:] = 1
        _, labels, stats, _ = cv2.connectedComponentsWithStats(canvas, connectivity=8)
        joined = [Box(*map(int, stat[:4])) for stat in stats]
        numbers = [int(labels[box.y, box.x]) for box in boxes]
        grown = [joined[number] for number in numbers]
        if grown == boxes:
            return numbers
        boxes = grown


# --- background -------------------------------------------------------------------------------


def is_background(
    picture: Array, region: Region, *, share: float | None = None, beside: Box | None = None
) -> bool:
    """Whether a region shows in this picture what is around it, smoothly continued.

    ``share`` of the surroundings, in (0, 1], must be background, nearly all without it. Those in
    ``beside`` do not count, unless there are no others.
    """
    ring_width = BACKGROUND.ring
    box = region.box.grown(ring_width).clipped(picture.shape[1], picture.shape[0])
    inside: Bools = np.zeros((box.height, box.width), np.bool_)
    crop(inside, relative(region.box, box))[:] = region.pixels
    ring = dilate(inside, 2 * ring_width + 1) & ~inside
    if beside is not None:
        free = ring.copy()
        crop(free, relative(beside, box).clipped(box.width, box.height))[:] = False
        ring = free if np.count_nonzero(free) >= ring_width else ring
    patch = crop(picture, box)
    plane = _background(patch, ring, BACKGROUND.mostly if share is None else share)
    if plane is None:
        return False
    return bool(_on(plane, patch, inside).mean() >= BACKGROUND.plain)


def content_box(picture: Array, box: Box) -> Box | None:
    """The part of ``box`` that is not background, judged by the border of the box."""
    patch = crop(picture, box)
    border = np.ones(patch.shape[:2], np.bool_)
    border[1:-1, 1:-1] = False
    plane = _background(patch, border, BACKGROUND.mostly)
    if plane is None:
        return None
    drawn = ~_on(plane, patch, np.ones_like(border)).reshape(border.shape)
    if not drawn.any():
        return None
    x, y, width, height = cv2.boundingRect(drawn.astype(np.uint8))
    return Box(box.x + x, box.y + y, width, height)


def _background(patch: Array, where: Bools, share: float) -> Any:
    """A plane of colour through most of the given pixels (flat or a gradient), or None."""
    if np.count_nonzero(where) < BACKGROUND.ring:
        return None
    places, colours = _sampled(patch, where)
    kept = np.abs(colours - _median(colours)).max(axis=1) <= FLAT.strong
    if kept.mean() < share:
        return None
    plane = _fitted(places[kept], colours[kept])
    close = np.abs(places @ plane - colours).max(axis=1) <= BACKGROUND.levels
    return plane if close.mean() >= share else None


def _fitted(places: Any, colours: Any) -> Any:
    if (colours == colours[0]).all():  # most backgrounds have one colour
        return np.stack((np.zeros(3), np.zeros(3), colours[0]))
    return np.linalg.lstsq(places, colours, rcond=None)[0]


def _median(colours: Any) -> Any:
    """The median of each column; for few colours NumPy's own takes longer to start than this."""
    ordered = np.sort(colours, axis=0)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _sampled(patch: Array, where: Bools) -> tuple[Any, Any]:
    rows, columns = np.nonzero(where)
    step = max(1, len(rows) // WORK.sample)
    rows, columns = rows[::step], columns[::step]
    return _places(rows, columns), patch[rows, columns].astype(np.float64)


def _places(rows: Any, columns: Any) -> Any:
    return np.stack((rows, columns, np.ones(len(rows))), axis=1).astype(np.float64)


def _on(plane: Any, patch: Array, where: Bools) -> Any:
    """Which of the given pixels lie on the plane."""
    rows, columns = np.nonzero(where)
    distance = np.abs(_places(rows, columns) @ plane - patch[rows, columns]).max(axis=1)
    return distance <= BACKGROUND.levels
