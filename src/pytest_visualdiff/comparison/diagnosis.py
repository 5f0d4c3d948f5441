"""What happened to each region: the plainest explanation that its pixels bear out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_visualdiff.comparison import moves
from pytest_visualdiff.comparison.background import PARTLY, content_box, is_plain
from pytest_visualdiff.comparison.colour import ciede2000, lab
from pytest_visualdiff.comparison.pixels import crop, measure, soft
from pytest_visualdiff.comparison.values import AlignedPair, Explanation
from pytest_visualdiff.model import Box, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_visualdiff.comparison.regions import Region
    from pytest_visualdiff.model import Array

_MOST = 60  # regions diagnosed one by one, strongest first
_SAMPLE = 4000  # pixels that colour statistics look at
_REPAINTED = 6.0  # levels (root mean square) a repainted region may stray from one colour map
_FEW_PIXELS = 12
_MOST_RECOLOURED = 99  # per cent of the pixels that the worst change of colour is told of
_SURROUNDINGS = 6  # pixels around a region in which a resized thing must end
_CONTEXT = 16  # pixels around a region that any explanation of it looks at
_LARGEST_RESIZED = 400_000  # pixels
_SMALLEST_RESIZED = 6  # pixels of each side
_SMALLEST_GROWTH = 2  # pixels; less may be an edge drawn anew
_SCALES = (0.5, 2.0)
_RESIZED_LEFT = 0.3  # share of the evidence that resampling may leave


def diagnose(pair: AlignedPair, regions: Sequence[Region]) -> tuple[Explanation, ...]:
    """Explain every region; together the explanations cover all of their evidence."""
    explained = moves.explain(pair, regions)
    return (
        *explained.moves,
        *(_altered(pair, region, move) for region, move in explained.altered),
        *(_finding(Kind.MISSING, region, {}) for region in explained.covered),
        *(_finding(Kind.ADDED, region, {}) for region in explained.uncovered),
        *(_classified(pair, region) for region in explained.rest[:_MOST]),
        *(_finding(Kind.CHANGED, region, {}) for region in explained.rest[_MOST:]),
    )


def _altered(pair: AlignedPair, region: Region, move: tuple[int, int]) -> Explanation:
    """The explanation of a region inside a thing that moved, with the thing in its place."""
    frame = region.box.grown(_CONTEXT).clipped(*pair.size)
    back = -frame.x, -frame.y
    actual = crop(pair.actual, frame)
    near = replace(pair, expected=_registered(pair.expected, frame, move), actual=actual)
    found = _classified(near, replace(region, box=region.box.moved(*back)))
    source = found.source and found.source.moved(frame.x, frame.y)
    return replace(found, box=found.box.moved(frame.x, frame.y), source=source)


def _registered(expected: Array, frame: Box, move: tuple[int, int]) -> Array:
    """What comes to the frame when the whole picture moves; its border is continued."""
    height, width = expected.shape[:2]
    rows = np.arange(frame.y, frame.bottom) - move[1]
    columns = np.arange(frame.x, frame.right) - move[0]
    moved: Array = expected[np.ix_(rows.clip(0, height - 1), columns.clip(0, width - 1))]
    return moved


def _classified(pair: AlignedPair, region: Region) -> Explanation:
    explanations: tuple[Callable[[AlignedPair, Region], Explanation | None], ...] = (
        _resized,
        _gone,
        _recoloured,
    )
    for explain in explanations:
        explanation = explain(pair, region)
        if explanation is not None:
            return explanation
    return _finding(Kind.CHANGED, region, {})


def _finding(kind: Kind, region: Region, detail: dict[str, Any]) -> Explanation:
    return Explanation(kind, region.box, region.worst, region.count, detail)


def _gone(pair: AlignedPair, region: Region) -> Explanation | None:
    """Plain ground on one side only: the thing went, or came."""
    before, after = is_plain(pair.expected, region), is_plain(pair.actual, region)
    if before == after:
        return None
    return _finding(Kind.ADDED if before else Kind.MISSING, region, {})


def _recoloured(pair: AlignedPair, region: Region) -> Explanation | None:
    """One colour map repaints the old pixels as the new ones, and another one back."""
    if region.count < _FEW_PIXELS:
        return None  # any few pixels can be mapped
    old, new = _pairs(pair, region)
    if _stray(old, new) > _REPAINTED or _stray(new, old) > _REPAINTED:
        return None
    if any(is_plain(p, region, share=PARTLY) for p in (pair.expected, pair.actual)):
        return None  # an edge went further into its ground
    before, after = _usual(old, new)
    distance = float(ciede2000(lab(before[None]), lab(after[None]))[0])
    worst = float(np.percentile(ciede2000(lab(old), lab(new)), _MOST_RECOLOURED))
    detail = {
        "delta_e": round(distance, 2),
        "delta_e_max": round(worst, 2),
        "from": _hex(before),
        "to": _hex(after),
    }
    return _finding(Kind.RECOLOURED, region, detail)


def _pairs(pair: AlignedPair, region: Region) -> tuple[Array, Array]:
    old = crop(pair.expected, region.box)[region.pixels]
    new = crop(pair.actual, region.box)[region.pixels]
    step = max(1, len(old) // _SAMPLE)
    return old[::step], new[::step]


def _stray(source: Array, target: Array) -> float:
    """Levels by which the best affine colour map from source misses the target."""
    basis = np.column_stack((source.astype(np.float64), np.ones(len(source))))
    mapped = basis @ np.linalg.lstsq(basis, target.astype(np.float64), rcond=None)[0]
    return float(np.sqrt(np.mean((mapped - target) ** 2)))


def _usual(old: Array, new: Array) -> tuple[Array, Array]:
    """The pair of colours that occurs most often."""
    pairs = np.concatenate((old, new), axis=1)
    colours, counts = np.unique(pairs, axis=0, return_counts=True)
    usual = colours[int(counts.argmax())]
    return usual[:3], usual[3:]


def _hex(colour: Array) -> str:
    return "#" + "".join(f"{int(level):02x}" for level in colour)


def _resized(pair: AlignedPair, region: Region) -> Explanation | None:
    """The same thing on plain ground, larger or smaller."""
    around = region.box.grown(_SURROUNDINGS).clipped(*pair.size)
    if around.area > _LARGEST_RESIZED:
        return None
    old, new = content_box(pair.expected, around), content_box(pair.actual, around)
    if old is None or new is None or not _plausible(old, new):
        return None
    left = _left_after_resizing(pair, old, new)
    if left > _RESIZED_LEFT * region.evidence:
        return None
    scale = [round(new.width / old.width, 4), round(new.height / old.height, 4)]
    return Explanation(Kind.RESIZED, new, region.worst, region.count, {"scale": scale}, source=old)


def _plausible(old: Box, new: Box) -> bool:
    sides = (old.width, old.height, new.width, new.height)
    scales = (new.width / old.width, new.height / old.height)
    grown = max(abs(new.width - old.width), abs(new.height - old.height))
    low, high = _SCALES
    large = grown >= _SMALLEST_GROWTH and min(sides) >= _SMALLEST_RESIZED
    return large and all(low <= scale <= high for scale in scales)


def _left_after_resizing(pair: AlignedPair, old: Box, new: Box) -> float:
    """Evidence that stays when the old thing is drawn at the new size.

    Both are blurred by a pixel, because no two ways of resampling agree on edges.
    """
    shrinks = new.area < old.area
    resized = cv2.resize(
        crop(pair.expected, old),
        (new.width, new.height),
        interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR,
    )
    residue = measure(soft(resized), soft(crop(pair.actual, new)), pair.limits)
    return residue.evidence() if residue else 0.0
