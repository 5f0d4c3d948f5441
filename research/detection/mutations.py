"""Seeded mutations of a page, each with the boxes of what it changed, and proof that it shows.

The page's side chooses and changes elements (``mutations.js``, ``looks.js``); this side chooses
colours by CIEDE2000 and keeps a case only if pixels change visibly inside its boxes.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from research.harness.studio import Shot, Studio, encode

from pytest_visualdiff.comparison.colour import ciede2000, lab

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt

    from pytest_visualdiff.model import Array

GROUPS: dict[str, tuple[str, ...]] = {
    "text": (
        *("text-typo", "text-number", "font-weight", "font-size", "letter-spacing"),
        *("line-height", "text-colour", "text-decoration", "text-align", "text-transform"),
    ),
    "layout": (*("move", "margin", "padding", "resize", "insert", "swap", "overlap", "band"),),
    "colour": ("background", "hue", "opacity", "gradient", "filter"),
    "border": ("border-width", "border-colour", "radius", "shadow", "outline"),
    "visibility": ("icon-removed", "hidden", "removed", "clipped", "label-removed"),
    "picture": (
        *("image-replaced", "image-shifted", "image-blurred", "image-zoomed"),
        *("trap-noise", "trap-opposite"),
    ),
    "pixels": ("pixel", "line"),
}
GROUP_OF = {kind: group for group, kinds in GROUPS.items() for kind in kinds}
STRENGTHS = (1, 2, 3)
TRIES = 3

SHIFTS: dict[str, tuple[tuple[float, float], ...]] = {
    "text-colour": ((3, 7), (10, 15), (25, 50)),
    "background": ((3, 4), (4, 7), (12, 30)),
    "hue": ((4, 7), (10, 16), (20, 60)),
    "gradient": ((5, 8), (10, 16), (25, 50)),
    "border-colour": ((8, 12), (15, 25), (40, 90)),
}
"""CIEDE2000 of the old and the new colour, by kind and strength: from, to."""

NEEDS: dict[str, tuple[int, float]] = {
    "background": (150, 2.8),
    "hue": (150, 3.5),
    "gradient": (100, 2.5),
    "text-colour": (15, 2.5),
    "radius": (4, 4),
    "opacity": (20, 3),
    "pixel": (1, 20),
    "text-number": (5, 8),
    "text-typo": (5, 8),
    "text-transform": (5, 8),
    "shadow": (20, 3),
    "line": (20, 6),
}
NEEDED = (10, 6.0)
"""How many pixels inside the truth must differ by how much (CIEDE2000), at least."""

Rect = tuple[float, float, float, float]
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Mutation:
    """A mutation that shows: both screenshots and what is known of them."""

    kind: str
    strength: int
    expected: Shot
    actual: Shot
    truth: tuple[Box, ...]
    affected: tuple[Box, ...]
    pixels: int
    note: str


def mutate(studio: Studio, base: Shot, kind: str, strength: int, seed: int) -> Mutation | None:
    """Mutate an element that fits, and restore the page; None where no element shows it."""
    if kind == "pixel":
        return spot(base, strength, seed)
    rng = np.random.default_rng([seed, zlib.crc32(kind.encode()), strength])
    chosen = studio.call("pick", kind, strength, int(rng.integers(2**31)), TRIES)
    for candidate in chosen:
        number = int(rng.integers(2**31))
        values = colours(kind, strength, candidate, rng)
        if values is None:
            continue
        expected = base
        if studio.call("before", kind, strength, number) is True:
            expected = studio.shoot()
        told = studio.call("apply", kind, candidate["index"], strength, number, values)
        actual = studio.shoot()
        studio.call("undo")
        told["note"] = f"{candidate.get('path', 'page')}: {told.get('note', '')}"
        found = judged((kind, strength), expected, actual, told)
        if found:
            return found
    return None


def judged(
    key: tuple[str, int], expected: Shot, actual: Shot, told: Mapping[str, Any]
) -> Mutation | None:
    """The mutation (its kind and strength) as a case, if it shows where it should."""
    if told.get("error") or not told.get("whole"):
        return None
    if expected.pixels.shape != actual.pixels.shape:
        return None
    height, width = expected.pixels.shape[:2]
    delta = differing(expected.pixels, actual.pixels)
    truth = truth_boxes(told["old"], told["now"], delta)
    inside = covered(truth, delta.shape) & delta
    if not truth or not visible(*key, expected.pixels[inside], actual.pixels[inside]):
        return None
    if key[0] == "image-replaced" and not unlike(expected.pixels, actual.pixels, truth[0]):
        return None
    moved = [clip(rect, width, height) for rect in told["moved"]]
    affected = reached(truth, [box for box in moved if box], delta)
    pixels = int(np.count_nonzero(delta))
    return Mutation(*key, expected, actual, truth, affected, pixels, told["note"])


def differing(expected: Array, actual: Array) -> npt.NDArray[np.bool_]:
    """Where any channel differs at all, shape (height, width)."""
    result: npt.NDArray[np.bool_] = (expected != actual).any(axis=2)
    return result


def visible(kind: str, strength: int, expected: Array, actual: Array) -> bool:
    """Whether enough of these pixels, shape (n, 3), differ enough for this kind."""
    if not len(expected):
        return False
    count, least = NEEDS.get(kind, NEEDED)
    delta = ciede2000(lab(expected), lab(actual))
    if kind in ("background", "hue"):
        low, high = SHIFTS[kind][strength - 1]
        # The label on a button is in the way; most of what changed is its face.
        return bool(len(delta) >= count and 0.9 * low <= np.median(delta) <= 1.1 * high)
    return int(np.count_nonzero(delta >= least)) >= count


def unlike(expected: Array, actual: Array, box: Box) -> bool:
    """Whether a place still looks different when blurred; a symmetric logo, mirrored, does not."""
    x, y, w, h = box
    parts = [cv2.blur(image[y : y + h, x : x + w], (5, 5)) for image in (expected, actual)]
    first, second = (lab(part.reshape(-1, 3).astype(np.uint8)) for part in parts)
    return float(np.mean(ciede2000(first, second) >= 8)) > 0.03


def truth_boxes(
    old: Iterable[Rect], now: Iterable[Rect], delta: npt.NDArray[np.bool_]
) -> tuple[Box, ...]:
    """The old and the new place of what was mutated, clipped; one box where both are about one."""
    height, width = delta.shape
    boxes: list[Box] = []
    for places in (old, now):
        box = clip(_bounds(places), width, height)
        if not box or not covered([box], delta.shape)[delta].any():
            continue
        near = next((one for one in boxes if overlap(one, box) >= 0.5 or _holds(one, box)), None)
        if near:
            boxes.remove(near)
            box = _union(near, box)
        boxes.append(box)
    return tuple(boxes)


def reached(
    truth: Sequence[Box], moved: Iterable[Box], delta: npt.NDArray[np.bool_]
) -> tuple[Box, ...]:
    """The truth, what moved in consequence, and whatever else differs for any other reason."""
    boxes = list(dict.fromkeys([*truth, *(box for box in moved if _touched(box, delta))]))
    rest = (delta & ~covered(boxes, delta.shape)).astype(np.uint8)
    if rest.any():
        joined = cv2.dilate(rest, np.ones((7, 7), np.uint8))
        _, _, stats, _ = cv2.connectedComponentsWithStats(joined)
        boxes += [(int(x), int(y), int(w), int(h)) for x, y, w, h, _ in stats[1:]]
    return tuple(boxes)


def _touched(box: Box, delta: npt.NDArray[np.bool_]) -> bool:
    x, y, w, h = box
    return bool(delta[y : y + h, x : x + w].any())


def covered(boxes: Iterable[Box], shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """The pixels in these boxes and one pixel around them, where glyphs and edges still bleed."""
    mask = np.zeros(shape[:2], bool)
    for x, y, w, h in boxes:
        mask[max(0, y - 1) : y + h + 1, max(0, x - 1) : x + w + 1] = True
    return mask


def clip(rect: Rect | None, width: int, height: int) -> Box | None:
    """The whole pixels that a rectangle touches, inside the canvas; None where there are none."""
    if rect is None:
        return None
    x, y, w, h = rect
    left, top = max(0, int(np.floor(x + 0.01))), max(0, int(np.floor(y + 0.01)))
    right, bottom = int(np.ceil(x + w - 0.01)), int(np.ceil(y + h - 0.01))
    right, bottom = min(width, right), min(height, bottom)
    return (left, top, right - left, bottom - top) if right > left and bottom > top else None


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(0, wide) * max(0, high)
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)


def _holds(one: Box, other: Box) -> bool:
    """Whether one box lies within the other."""
    return _union(one, other) in (one, other)


def _bounds(rects: Iterable[Rect]) -> Rect | None:
    sides = [(x, y, x + w, y + h) for x, y, w, h in rects]
    if not sides:
        return None
    left, top = min(side[0] for side in sides), min(side[1] for side in sides)
    right, bottom = max(side[2] for side in sides), max(side[3] for side in sides)
    return left, top, right - left, bottom - top


def _union(one: Box, other: Box) -> Box:
    left, top = min(one[0], other[0]), min(one[1], other[1])
    right = max(one[0] + one[2], other[0] + other[2])
    bottom = max(one[1] + one[3], other[1] + other[3])
    return left, top, right - left, bottom - top


def colours(
    kind: str, strength: int, candidate: Mapping[str, Any], rng: np.random.Generator
) -> dict[str, Any] | None:
    """The new colour for a kind that needs one; None where the gamut has none to offer."""
    if kind not in SHIFTS:
        return {}
    if not candidate["colour"]:
        return None
    base = np.array([candidate["colour"]]).round().astype(np.uint8)
    colour = other_colour(base, SHIFTS[kind][strength - 1], rng, level=kind == "hue")
    if colour is None:
        return None
    delta = float(ciede2000(lab(base), lab(colour))[0])
    note = f"{_hex(base)} -> {_hex(colour)} dE {delta:.1f}"
    return {"colour": colour[0].tolist(), "from": base[0].tolist(), "note": note}


def other_colour(
    base: Array, span: tuple[float, float], rng: np.random.Generator, *, level: bool
) -> Array | None:
    """Another sRGB colour, shape (1, 3), whose CIEDE2000 from the base is in a span.

    With ``level`` its lightness is that of the base.
    """
    spread = rng.uniform(2, 160, (6000, 1)) * rng.normal(size=(6000, 3))
    found = np.clip(base + spread, 0, 255).round().astype(np.uint8)
    delta = ciede2000(np.repeat(lab(base), len(found), axis=0), lab(found))
    fits = (delta >= span[0]) & (delta <= span[1])
    if level:
        fits &= abs(lab(found)[:, 0] - lab(base)[0, 0]) < 0.8
    chosen = np.flatnonzero(fits)
    return found[[rng.choice(chosen)]] if len(chosen) else None


def _hex(colour: Array) -> str:
    return "#" + "".join(f"{int(level):02x}" for level in colour[0])


def spot(base: Shot, strength: int, seed: int) -> Mutation | None:
    """One saturated pixel, four, or twenty-five, somewhere on the screenshot."""
    rng = np.random.default_rng([seed, strength])
    size = (1, 2, 5)[strength - 1]
    height, width = base.pixels.shape[:2]
    for _ in range(50):
        x, y = int(rng.integers(width - size)), int(rng.integers(height - size))
        colour = np.where(rng.permutation(3) < rng.integers(1, 3), 255, 0).astype(np.uint8)
        pixels = base.pixels.copy()
        pixels[y : y + size, x : x + size] = colour
        delta = differing(base.pixels, pixels)
        if int(np.count_nonzero(delta)) != size * size:
            continue
        if ciede2000(lab(base.pixels[delta]), lab(pixels[delta])).min() >= NEEDS["pixel"][1]:
            box = ((x, y, size, size),)
            note = f"{size}x{size} {_hex(colour[None])}"
            count = size * size
            return Mutation("pixel", strength, base, Shot(encode(pixels)), box, box, count, note)
    return None
