"""Which pixels look different: perceptual colour distance, and tolerance for redrawn edges.

Work is spent only around pixels that differ at all. Flat ground and edges are measured in
different ways: a difference on flat ground is another colour; a difference at an edge may be the
same edge at another sub-pixel position.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from pytest_visualdiff.comparison.arrays import (
    alike,
    changed_boxes,
    crop,
    dilate,
    length,
    mask_boxes,
    ones,
    ramp,
    union,
    window_sum,
    within,
)
from pytest_visualdiff.comparison.colour import delta_e
from pytest_visualdiff.comparison.edge_model import Excess
from pytest_visualdiff.comparison.edges import Edges, redrawn_excess
from pytest_visualdiff.comparison.fringes import fringe_pixels
from pytest_visualdiff.comparison.tuning import EVIDENCE, FLAT, RERENDER, WORK
from pytest_visualdiff.comparison.values import ExcessMap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_visualdiff.comparison.arrays import Bools, Floats
    from pytest_visualdiff.comparison.limits import Limits
    from pytest_visualdiff.model import Array, Box

_JOINED = 1e-6
"""Tiny excess that joins a pixel to a region without adding evidence."""


class _Part(NamedTuple):
    """What was measured in one frame of the pictures."""

    frame: Box
    expected: Array
    actual: Array
    excess: Excess
    changed_edges: Bools


def measure_pixels(  # noqa: PLR0913 - two pictures, and what is known of them
    expected: Array,
    actual: Array,
    limits: Limits,
    valid: Bools | None = None,
    rows: tuple[int, int] | None = None,
    *,
    rerendered: float | None = None,
) -> ExcessMap | None:
    """The pixels of two RGB pictures of one size that look different; None without any evidence.

    ``valid`` is False where a pixel is masked. Masked pixels still count as neighbours, so a
    mask can only remove differences. ``rows`` are those that may differ, where that is known.
    ``rerendered`` says how far the pictures that these are parts of were drawn anew.
    """
    places = changed_boxes(expected, actual, rows)
    parts = [_measured(expected, actual, limits, place) for place in places]
    if rerendered is None:
        rerendered = _rerendered(parts, actual.shape[:2]) if limits.antialiasing else 0.0
    maps = [_weighed(part, limits, valid, rerendered) for part in parts]
    kept = [part for part in maps if part.excess.any()]
    return replace(_joined(kept), rerendered=rerendered) if kept else None


def _measured(expected: Array, actual: Array, limits: Limits, place: Box) -> _Part:
    frame = place.grown(2 * max(EVIDENCE.window)).clipped(expected.shape[1], expected.shape[0])
    expected, actual = crop(expected, frame), crop(actual, frame)
    if limits.antialiasing:
        return _Part(frame, expected, actual, *_excess(expected, actual, limits))
    excess = _colour_excess(expected, actual, ~alike(expected, actual, 0), limits.threshold)
    nothing = np.zeros_like(excess)
    return _Part(frame, expected, actual, Excess(excess, nothing), nothing > 0)


def _weighed(part: _Part, limits: Limits, valid: Bools | None, rerendered: float) -> ExcessMap:
    frame = part.frame
    certain_weight = 1 + (EVIDENCE.rerendered_certain - 1) * rerendered
    excess = certain_weight * part.excess.certain + (1 - rerendered) * part.excess.rendering_only
    if valid is not None:
        excess[~crop(valid, frame)] = 0
    if limits.antialiasing and excess.any():
        joined = (excess == 0) & ~alike(part.expected, part.actual, FLAT.flat)
        joined &= dilate(excess > 0, *EVIDENCE.window)
        excess[joined if valid is None else joined & crop(valid, frame)] = _JOINED
    return ExcessMap(frame, excess)


def _joined(parts: list[ExcessMap]) -> ExcessMap:
    if len(parts) == 1:
        return parts[0]
    whole = union([part.box for part in parts])
    excess: Floats = np.zeros((whole.height, whole.width), np.float32)
    for part in parts:
        place = crop(excess, part.box.moved(-whole.x, -whole.y))
        np.maximum(place, part.excess, out=place)  # frames may overlap, changed boxes do not
    return ExcessMap(whole, excess)


def _excess(expected: Array, actual: Array, limits: Limits) -> tuple[Excess, Bools]:
    """The excess, and the edges that changed."""
    differs = ~alike(expected, actual, FLAT.rounding)
    expected_flat, actual_flat = _is_flat(expected), _is_flat(actual)
    flat, drawn = differs & (expected_flat | actual_flat), ~(expected_flat & actual_flat)
    edge = differs & ~flat
    if edge.any():
        edge |= fringe_pixels(expected, actual, edge) & flat
    background = _without_noise(expected, actual, flat & ~edge, limits.threshold)
    if not edge.any():
        return Excess(background, np.zeros_like(background)), edge
    # A lossy encoding rings beside edges.
    weak = background < FLAT.weak / limits.threshold - 1
    ringing = background * (weak & dilate(edge, FLAT.ringing))
    excess = Excess(background - ringing, ringing)
    at_edges = redrawn_excess(expected, actual, Edges(edge, drawn), limits.threshold)
    for part, other in zip(excess, at_edges, strict=True):
        part[edge] = other[edge]
    return excess, edge


def _is_flat(picture: Array) -> Bools:
    return within(
        cv2.subtract(cv2.dilate(picture, ones(3)), cv2.erode(picture, ones(3))), FLAT.flat
    )


# --- flat ground ------------------------------------------------------------------------------


def _colour_excess(expected: Array, actual: Array, where: Bools, threshold: float) -> Floats:
    """By how much the colours exceed the threshold, as multiples of it."""
    excess: Floats = np.zeros(where.shape, np.float32)
    delta = delta_e(expected[where], actual[where], threshold)
    excess[where] = np.maximum(delta / threshold - 1, 0)
    return excess


def _without_noise(expected: Array, actual: Array, where: Bools, threshold: float) -> Floats:
    """The excess of flat ground, where weak differences count as far as they are one change.

    Dithering and lossy encoding push neighbouring pixels in all directions; a new colour pushes
    them in one.
    """
    excess = _colour_excess(expected, actual, where, threshold)
    weak = (excess > 0) & (excess < FLAT.weak / threshold - 1)
    for box in mask_boxes(weak):
        place = box.grown(FLAT.crowd).clipped(*where.shape[::-1])
        step = cv2.subtract(crop(expected, place), crop(actual, place), dtype=cv2.CV_32F)
        step = cv2.copyTo(step, crop(where, place).view(np.uint8))
        own, faint = crop(excess, place), crop(excess, place) < FLAT.faint / threshold - 1
        asked = crop(weak, place)
        shared = (_agreement(step, faint)[asked] - FLAT.noise) / (FLAT.change - FLAT.noise)
        own[asked] = np.maximum((own[asked] + 1) * np.clip(shared, 0, 1) - 1, 0)
    return excess


def _agreement(step: Floats, faint: Bools) -> Floats:
    """How alike the changes around a pixel are: 1 where all are the same, 0 in all directions.

    Around means a square; where a change is not faint, a row or a column will do: a thin line.
    """
    amount, side = length(step), FLAT.crowd
    agreement = _alike_changes(step, amount, (side, side))
    if faint.all():
        return agreement
    row, column = (_alike_changes(step, amount, size) for size in ((side, 1), (1, side)))
    best: Floats = np.where(faint, agreement, np.maximum(agreement, np.maximum(row, column)))
    return best


def _alike_changes(step: Floats, amount: Floats, window: tuple[int, int]) -> Floats:
    together = length(window_sum(step, window))
    taken = window_sum(amount > 0, window)
    company = np.minimum(taken / FLAT.company, 1)
    squares = window_sum(amount * amount, window)
    agreement: Floats = company * together / np.sqrt(np.maximum(squares * taken, 1))
    return agreement


# --- a page drawn anew as a whole -------------------------------------------------------------


def _rerendered(parts: Sequence[_Part], size: tuple[int, int]) -> float:
    """How certain it is in [0, 1] that the whole picture was drawn anew.

    Another rasteriser, other hinting, or JPEG leave their traces all over a page, and nearly
    everywhere drawing the same shapes anew explains them. A change stands alone among places that
    did not change, or among places that changed as much. ``size`` is height and width in pixels.
    """
    if sum(part.frame.area for part in parts) < RERENDER.blocks / 2 * WORK.block**2:
        return 0.0
    changed, explained = _blocks(parts, size)
    total = int(np.count_nonzero(explained))
    if not total:
        return 0.0
    share = total / np.count_nonzero(changed)
    cells = np.unique(np.argwhere(explained) * RERENDER.cells // np.array(explained.shape), axis=0)
    if len(cells) <= RERENDER.cells:
        return 0.0
    certainty = ramp(total, RERENDER.blocks / 2, RERENDER.blocks)
    return certainty * ramp(share, RERENDER.share_possible, RERENDER.share_certain)


def _blocks(parts: Sequence[_Part], size: tuple[int, int]) -> tuple[Bools, Bools]:
    """Blocks of the picture whose edges changed, and those of them that are explained."""
    rows, columns = (-(-side // WORK.block) for side in size)
    count = np.zeros((rows, columns), np.int64)
    evidence = np.zeros((rows, columns), np.float32)
    for part in parts:
        y, x = np.nonzero(part.changed_edges)
        block = (y + part.frame.y) // WORK.block, (x + part.frame.x) // WORK.block
        np.add.at(count, block, 1)
        np.maximum.at(evidence, block, window_sum(part.excess.whole)[y, x])
    changed: Bools = count >= RERENDER.changed
    return changed, changed & (evidence < EVIDENCE.explained_block)
