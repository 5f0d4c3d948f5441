"""The diff image: the actual picture dimmed, and what differs shown at one glance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_visualdiff.comparison.arrays import crop, relative
from pytest_visualdiff.model import Box, Kind

if TYPE_CHECKING:
    from pytest_visualdiff.comparison.values import ExcessMap
    from pytest_visualdiff.model import Array

Colour = tuple[int, int, int]

COLOURS: dict[Kind, Colour] = {
    Kind.CHANGED: (214, 0, 110),
    Kind.MOVED: (0, 98, 214),
    Kind.RESIZED: (118, 60, 210),
    Kind.RECOLOURED: (190, 95, 0),
    Kind.MISSING: (205, 20, 20),
    Kind.ADDED: (0, 130, 70),
    Kind.SIZE: (0, 120, 140),
}
"""RGB colour of each kind's boxes, labels and pixels."""

_FADED, _PALE = 0.25, 0.75  # share of the picture's gray, and of white, in the dimmed picture
_FADE = np.rint(_FADED * np.arange(256) + 255 * _PALE).astype(np.uint8)
_TOLERATED: Colour = (235, 190, 60)
_OUTSIDE: Colour = (225, 225, 225)
_HATCH, _HATCH_STEP = (150, 150, 150), 8
_MARGIN = 3
_FONT, _FONT_SCALE = cv2.FONT_HERSHEY_SIMPLEX, 0.42
_WHITE: Colour = (255, 255, 255)
_TINT = 0.18
_VIVID = 0.5  # share of the undimmed picture in what moved
_THIN = 0.05  # share of its box that the pixels of an outline fill at most
_ARROW = 16  # pixels; a shorter move is told by its label


@dataclass(frozen=True, slots=True)
class Mark:
    """A box to draw; ``source`` is where a moved or resized thing was before."""

    kind: Kind
    box: Box
    label: str
    source: Box | None = None


@dataclass(frozen=True, slots=True)
class DiffSource:
    """What a diff image is drawn from; marks and excess are relative to ``area``."""

    actual: Array
    area: Box
    """The compared part of the actual picture."""
    excess: ExcessMap | None = None
    marks: tuple[Mark, ...] = ()
    size: tuple[int, int] = (0, 0)
    """Width and height of the canvas: the larger of the two pictures."""
    masks: tuple[Box, ...] = ()


def draw(source: DiffSource) -> Array:
    """Draw the diff image as an RGB array."""
    canvas = _canvas(source)
    for mark in _largest_first(source):
        _tint(canvas, source, mark)
    _draw_pixels(canvas, source)
    for mask in source.masks:
        _hatch(canvas, mask)
    if source.area.area < source.actual.shape[0] * source.actual.shape[1]:
        _frame(canvas, source.area, _HATCH, 1)
    taken: list[Box] = []
    for mark in source.marks:
        _draw_mark(canvas, source, mark, taken)
    return canvas


def _canvas(source: DiffSource) -> Array:
    """The dimmed actual picture, on a hatched background where the canvas is larger."""
    height, width = source.actual.shape[:2]
    gray = cv2.cvtColor(np.ascontiguousarray(source.actual[:, :, :3]), cv2.COLOR_RGB2GRAY)
    faded: Array = cv2.cvtColor(cv2.LUT(gray, _FADE), cv2.COLOR_GRAY2RGB).astype(
        np.uint8, copy=False
    )
    if (width, height) == source.size:
        return faded
    canvas: Array = np.empty((source.size[1], source.size[0], 3), np.uint8)
    _fill(canvas, Box(0, 0, *source.size), _OUTSIDE)
    _hatch(canvas, Box(0, 0, *source.size))
    canvas[:height, :width] = faded
    return canvas


def _fill(canvas: Array, box: Box, colour: Colour) -> None:
    if box.area:
        cv2.rectangle(canvas, (box.x, box.y), (box.right - 1, box.bottom - 1), colour, cv2.FILLED)


def _placed(source: DiffSource, box: Box) -> Box:
    return box.moved(source.area.x, source.area.y)


def _largest_first(source: DiffSource) -> list[Mark]:
    return sorted(source.marks, key=lambda mark: -mark.box.area)


def _tint(canvas: Array, source: DiffSource, mark: Mark) -> None:
    """Colour the background of a region; a thing that moved stays readable."""
    if _thin(source, mark):
        return  # a border or outline: what it encloses is as it was
    place = _placed(source, mark.box).clipped(*source.actual.shape[1::-1])
    if not place.area:
        return
    part = crop(canvas, place)
    if mark.kind is Kind.MOVED:
        vivid = np.ascontiguousarray(crop(source.actual, place)[:, :, :3])
        part[:] = cv2.addWeighted(vivid, _VIVID, part, 1 - _VIVID, 0)
    levels = np.arange(256)[:, None] * (1 - _TINT) + np.array(COLOURS[mark.kind]) * _TINT
    part[:] = cv2.LUT(part, levels.astype(np.uint8)[None])


def _thin(source: DiffSource, mark: Mark) -> bool:
    if source.excess is None or mark.kind in (Kind.MOVED, Kind.SIZE):
        return False
    box = source.excess.box
    inside = relative(mark.box, box).clipped(box.width, box.height)
    return bool(np.count_nonzero(crop(source.excess.excess, inside)) < _THIN * mark.box.area)


def _draw_pixels(canvas: Array, source: DiffSource) -> None:
    """Colour each differing pixel as its region; those of no reported region are pale."""
    if source.excess is None:
        return
    box = _placed(source, source.excess.box)
    differs = source.excess.excess > 0
    paint: Array = np.empty((*differs.shape, 3), np.uint8)
    _fill(paint, Box(0, 0, box.width, box.height), _TOLERATED)
    for mark in _largest_first(source):
        for place in filter(None, (mark.source, mark.box)):
            inside = relative(place, source.excess.box)
            inside = inside.clipped(box.width, box.height)
            _fill(paint, inside, COLOURS[mark.kind])
            crop(differs, inside)[:] = (crop(source.excess.excess, inside) > 0) & (
                mark.kind is not Kind.MOVED
            )
    part = crop(canvas, box)
    part[:] = cv2.copyTo(paint, differs.view(np.uint8), part)


def _hatch(canvas: Array, box: Box) -> None:
    height, width = canvas.shape[:2]
    inside = box.clipped(width, height)
    part = crop(canvas, inside)
    for row in range(_HATCH_STEP):
        part[row::_HATCH_STEP, -row % _HATCH_STEP :: _HATCH_STEP] = _HATCH


def _frame(canvas: Array, box: Box, colour: Colour, thickness: int) -> None:
    around = box.grown(_MARGIN)
    corner = around.right - 1, around.bottom - 1
    cv2.rectangle(canvas, (around.x, around.y), corner, colour, thickness)


def _draw_mark(canvas: Array, source: DiffSource, mark: Mark, taken: list[Box]) -> None:
    colour, box = COLOURS[mark.kind], _placed(source, mark.box)
    if mark.source is not None and mark.kind is not Kind.SIZE:
        was = _placed(source, mark.source)
        _frame(canvas, was, colour, 1)
        if mark.kind is Kind.MOVED and math.dist(_centre(was), _centre(box)) >= _ARROW:
            cv2.arrowedLine(canvas, _centre(was), _centre(box), colour, 2, cv2.LINE_AA)
    _frame(canvas, box, colour, 2)
    _write(canvas, mark.label, box, colour, taken)


def _centre(box: Box) -> tuple[int, int]:
    return box.x + box.width // 2, box.y + box.height // 2


def _write(canvas: Array, text: str, box: Box, colour: Colour, taken: list[Box]) -> None:
    """A label at the box, in the first of four places where no other label is."""
    (width, height), base = cv2.getTextSize(text, _FONT, _FONT_SCALE, 1)
    plate = Box(0, 0, width + 6, height + base + 4)
    place = _free_place(canvas, plate, box, taken)
    taken.append(place)
    crop(canvas, place.clipped(canvas.shape[1], canvas.shape[0]))[:] = colour
    start = place.x + 3, place.y + height + 2
    cv2.putText(canvas, text, start, _FONT, _FONT_SCALE, _WHITE, 1, cv2.LINE_AA)


def _free_place(canvas: Array, plate: Box, box: Box, taken: list[Box]) -> Box:
    height, width = canvas.shape[:2]
    gap = _MARGIN + 1
    corners = (
        (box.x - _MARGIN, box.y - plate.height - gap),
        (box.x - _MARGIN, box.bottom + gap),
        (box.right + gap, box.y),
        (box.x, box.y),
    )
    places = [_kept_inside(plate.moved(x, y), width, height) for x, y in corners]
    free = (place for place in places[:3] if not any(map(place.overlaps, [*taken, box])))
    return next(free, places[3])


def _kept_inside(place: Box, width: int, height: int) -> Box:
    x = max(0, min(place.x, width - place.width))
    y = max(0, min(place.y, height - place.height))
    return Box(x, y, place.width, place.height)
