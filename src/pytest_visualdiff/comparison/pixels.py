"""Which pixels look different: perceptual colour distance, and tolerance for redrawn edges.

Work is spent only where it can matter: around pixels that differ at all. Flat ground and edges are
measured in different ways: what differs on flat ground was painted in another colour, what differs
at an edge may be the same edge at another sub-pixel position.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from pytest_visualdiff.comparison import fringed, rendering
from pytest_visualdiff.comparison.colour import Floats, delta_e
from pytest_visualdiff.comparison.drawn import length
from pytest_visualdiff.comparison.edges import EDGE_CONTEXT, Edges, redrawn
from pytest_visualdiff.comparison.islands import islands, spots
from pytest_visualdiff.comparison.reading import Excess
from pytest_visualdiff.comparison.rendering import Part
from pytest_visualdiff.comparison.windows import WINDOW, window_sum

if TYPE_CHECKING:
    from pytest_visualdiff.comparison import Limits
    from pytest_visualdiff.model import Array, Box

Bools: TypeAlias = npt.NDArray[np.bool_]
Levels: TypeAlias = npt.NDArray[Any]

CONTEXT = EDGE_CONTEXT
"""Pixels around the changed ones that can influence the verdict on them."""
PATIENCE = 100.0
"""Evidence at which confidence has fallen to 1/e."""

_NEIGHBOURS: Array = np.ones((3, 3), np.uint8)
_ROUNDING = 1  # levels that converting colours may change
_FLAT = 8  # levels that the pixels around one on flat ground differ by at most
_WEAK = 16.0  # CIEDE2000 below which a difference counts only as far as its neighbours share it
_FAINT = 6.0  # CIEDE2000 below which even a line of one difference may be noise
_COMPANY = 4  # pixels, itself included, that a weak difference needs to be no noise
_CROWD = 7  # pixels around a weak one that are asked
_NOISE, _CHANGE = 0.7, 0.9  # agreement with them at which it is noise, and a change in full
_CLEAR = 8  # levels from which a pixel belongs to the place that differs around it
_TOKEN = 1e-6  # excess of a pixel that only belongs to such a place: an edge explains it
_REDRAWN = 0.25, 0.01  # what firm and loose excess count where all of it was drawn anew
_RINGING: Array = np.ones((17, 17), np.uint8)  # a block of JPEG to all sides
_LINE = (181, 31)  # pixels in which a faint change of many letters adds up
_REST = 0.8  # what evidence counts there that is outside of the worst window
_NEGLIGIBLE = 0.08  # share of the evidence that would matter, below which a place is left out


@dataclass(frozen=True, slots=True)
class Residue:
    """What is left of a difference: by how much pixels exceed the threshold, else 0.

    ``excess`` has the shape of ``box``, in pixels of the compared frame: 0.5 is a difference of
    1.5 times the threshold on flat ground; redrawn edges count less (see ``edges``).
    """

    box: Box
    excess: Floats
    anew: float = 0.0
    """How far the whole picture was drawn anew, in [0, 1]; see ``rendering``."""
    faint: float = 0.0
    """Evidence of the worst place where all of it was negligible, and is forgotten."""

    def evidence(self) -> float:
        """Sum of the excess over all surviving pixels."""
        return float(self.excess.sum(dtype=np.float64))

    def local(self) -> Floats:
        """The excess in the window around each pixel, and most of what else its line has."""
        here: Floats = window_sum(self.excess)
        line: Floats = np.maximum(window_sum(self.excess, _LINE) - here, 0)
        return cv2.addWeighted(here, 1, line, _REST, 0)


def confidence(evidence: float) -> float:
    """Falls with strength and extent of a difference: 1 without any, 0.91 at evidence 9."""
    return math.exp(-evidence / PATIENCE)


def crop(picture: Any, box: Box) -> Any:
    """The part of an array inside a box (a view)."""
    return picture[box.y : box.bottom, box.x : box.right]


def near(expected: Levels, actual: Levels, levels: int) -> Bools:
    """Where two pictures of one size differ by at most so many levels in each channel."""
    limit = (float(levels),) * 3
    inside: Levels = cv2.inRange(cv2.absdiff(expected, actual), (0.0, 0.0, 0.0), limit)
    result: Bools = inside > 0
    return result


def soft(picture: Any) -> Array:
    """The picture blurred by about a pixel, for comparing what was resampled."""
    blurred: Levels = cv2.GaussianBlur(picture, (5, 5), 1.0)
    return blurred


def measure(  # noqa: PLR0913 - two pictures, and what is known of them
    expected: Array,
    actual: Array,
    limits: Limits,
    valid: Bools | None = None,
    rows: tuple[int, int] | None = None,
    *,
    anew: float | None = None,
) -> Residue | None:
    """The pixels of two RGB pictures of one size that look different; None without any evidence.

    ``valid`` is False where a pixel is masked. Masked pixels still count as neighbours, so a
    mask can only remove differences. ``rows`` are those that may differ, where it is known.
    ``anew`` is how far the pictures that these are parts of were drawn anew.
    """
    places = islands(expected, actual, rows)
    parts = [_measured(expected, actual, limits, place) for place in places]
    if anew is None:
        anew = rendering.anew(parts, actual.shape[:2]) if limits.antialiasing else 0.0
    found = [_weighed(part, limits, valid, anew) for part in parts]
    faint = max((residue.faint for residue in found), default=0.0)
    kept = [residue for residue in found if residue.excess.any()]
    if not kept:
        return Residue(found[0].box, found[0].excess, anew, faint) if faint else None
    return replace(_joined(kept), anew=anew, faint=0.0)


def _measured(expected: Array, actual: Array, limits: Limits, island: Box) -> Part:
    frame = island.grown(CONTEXT).clipped(expected.shape[1], expected.shape[0])
    before, after = crop(expected, frame), crop(actual, frame)
    if limits.antialiasing:
        return Part(frame, before, after, *_excess(before, after, limits))
    excess = _painted(before, after, ~near(before, after, 0), limits.threshold)
    nothing = np.zeros_like(excess)
    return Part(frame, before, after, Excess(excess, nothing), nothing > 0)


def _weighed(part: Part, limits: Limits, valid: Bools | None, anew: float) -> Residue:
    frame = part.frame
    firm, loose = (1 + (share - 1) * anew for share in _REDRAWN)
    excess = firm * part.excess.firm + loose * part.excess.loose
    if valid is not None:
        excess[~crop(valid, frame)] = 0
    local = window_sum(excess)
    faint = float(local.max())
    if 0 < limits.confidence < 1 and limits.antialiasing:  # it would blur what does matter
        excess[local < -math.log(limits.confidence) * PATIENCE * _NEGLIGIBLE] = 0
    if limits.antialiasing and excess.any():
        members = (excess == 0) & ~near(part.before, part.after, _CLEAR) & _around(excess > 0)
        excess[members if valid is None else members & crop(valid, frame)] = _TOKEN
    return Residue(frame, excess, faint=faint)


def _joined(parts: list[Residue]) -> Residue:
    if len(parts) == 1:
        return parts[0]
    whole = parts[0].box
    for part in parts[1:]:
        whole = whole.union(part.box)
    excess: Floats = np.zeros((whole.height, whole.width), np.float32)
    for part in parts:
        place = crop(excess, part.box.moved(-whole.x, -whole.y))
        np.maximum(place, part.excess, out=place)  # frames may overlap, islands do not
    return Residue(whole, excess)


def _excess(expected: Array, actual: Array, limits: Limits) -> tuple[Excess, Bools]:
    """The excess, and the edges that changed."""
    differs = ~near(expected, actual, _ROUNDING)
    even = _is_flat(expected), _is_flat(actual)
    flat, drawn = differs & (even[0] | even[1]), ~(even[0] & even[1])
    edge = differs & ~flat
    if edge.any():
        edge |= fringed.beside(expected, actual, edge) & flat
    ground = _without_noise(expected, actual, flat & ~edge, limits.threshold)
    if not edge.any():
        return Excess(ground, np.zeros_like(ground)), edge
    ringing = ground * ((ground < _WEAK / limits.threshold - 1) & _beside(edge))
    excess = Excess(ground - ringing, ringing)
    found = redrawn(expected, actual, Edges(edge, drawn), limits.threshold)
    for part, other in zip(excess, found, strict=True):
        part[edge] = other[edge]
    return excess, edge


def _beside(edge: Bools) -> Bools:
    """Where a lossy encoding brings the ringing of an edge."""
    near_: Bools = cv2.dilate(edge.view(np.uint8), _RINGING) > 0
    return near_


def _painted(expected: Array, actual: Array, where: Bools, threshold: float) -> Floats:
    """By how much the colours exceed the threshold, as multiples of it."""
    excess: Floats = np.zeros(where.shape, np.float32)
    delta = delta_e(expected[where], actual[where], threshold)
    excess[where] = np.maximum(delta / threshold - 1, 0)
    return excess


def _is_flat(picture: Array) -> Bools:
    span = cv2.subtract(cv2.dilate(picture, _NEIGHBOURS), cv2.erode(picture, _NEIGHBOURS))
    flat: Bools = cv2.inRange(span, (0.0,) * 3, (float(_FLAT),) * 3) > 0
    return flat


def _without_noise(expected: Array, actual: Array, where: Bools, threshold: float) -> Floats:
    """The excess of flat ground, where weak differences count as far as they are one change.

    Dithering and lossy encoding push neighbouring pixels in all directions; a new colour pushes
    them in one.
    """
    excess = _painted(expected, actual, where, threshold)
    weak = (excess > 0) & (excess < _WEAK / threshold - 1)
    for box in spots(weak):
        place = box.grown(_CROWD).clipped(*where.shape[::-1])
        step = cv2.subtract(crop(expected, place), crop(actual, place), dtype=cv2.CV_32F)
        step = cv2.copyTo(step, crop(where, place).view(np.uint8))
        own, faint = crop(excess, place), crop(excess, place) < _FAINT / threshold - 1
        asked = crop(weak, place)
        shared = np.clip((_agreement(step, faint)[asked] - _NOISE) / (_CHANGE - _NOISE), 0, 1)
        own[asked] = np.maximum((own[asked] + 1) * shared - 1, 0)
    return excess


def _agreement(step: Floats, faint: Bools) -> Floats:
    """How alike the steps around a pixel are: 1 where all are the same, 0 in all directions.

    Around means a square, and where they are not faint also a row or a column: a thin line.
    """
    amount = length(step)
    agreement = _alike(step, amount, (_CROWD, _CROWD))
    if faint.all():
        return agreement
    lines = np.maximum(_alike(step, amount, (_CROWD, 1)), _alike(step, amount, (1, _CROWD)))
    best: Floats = np.where(faint, agreement, np.maximum(agreement, lines))
    return best


def _alike(step: Floats, amount: Floats, window: tuple[int, int]) -> Floats:
    together = length(window_sum(step, window))
    taken = window_sum(amount > 0, window)
    company = np.minimum(taken / _COMPANY, 1)
    squares = window_sum(amount * amount, window)
    alike: Floats = company * together / np.sqrt(np.maximum(squares * taken, 1))
    return alike


def _around(pixels: Bools) -> Bools:
    """The pixels in the windows around some."""
    window: Array = np.ones(WINDOW[::-1], np.uint8)
    around: Bools = cv2.dilate(pixels.view(np.uint8), window) > 0
    return around
