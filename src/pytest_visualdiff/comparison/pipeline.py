"""The line a comparison runs along: canvas, pixels, regions, diagnosis, judgement."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_visualdiff.comparison import caret, unrelated
from pytest_visualdiff.comparison.alignment import Aligned, align
from pytest_visualdiff.comparison.diagnosis import diagnose
from pytest_visualdiff.comparison.diff_image import Picture
from pytest_visualdiff.comparison.judgement import judge, worst
from pytest_visualdiff.comparison.pixels import Bools, confidence, crop, measure, soft
from pytest_visualdiff.comparison.regions import find
from pytest_visualdiff.comparison.result import Comparison
from pytest_visualdiff.comparison.threads import alone
from pytest_visualdiff.comparison.values import AlignedPair, Explanation
from pytest_visualdiff.errors import BrokenImage, NothingCompared
from pytest_visualdiff.model import Box, Difference, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_visualdiff.comparison import Limits
    from pytest_visualdiff.comparison.pixels import Residue
    from pytest_visualdiff.model import Array

_OPAQUE = 255
_CHANNELS = (3, 4)
_RESAMPLED = 12.0  # CIEDE2000 a pixel may differ after the whole picture was resampled
_FEW = 1 << 17  # pixels
_LOST_PIXEL = 100.0
"""CIEDE2000 between black and white: what a pixel without a counterpart counts."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """The compared parts of the two pictures; ``origin`` is where they start in the given ones.

    ``before`` and ``after`` are False where a mask covers a pixel of the expected or the actual
    picture; both are None without masks. ``rows`` are those that may differ, where it is known.
    """

    expected: Array
    actual: Array
    origin: tuple[int, int]
    before: Bools | None = None
    after: Bools | None = None
    rows: tuple[int, int] | None = None


def compare(  # noqa: PLR0913 - what a Comparator takes, and a hint
    expected: Array,
    actual: Array,
    *,
    masks: Sequence[Box],
    region: Box | None,
    limits: Limits,
    rows: tuple[int, int] | None = None,
) -> Comparison:
    """Compare two pictures; see ``compare_arrays``."""
    _check(expected, "expected")
    _check(actual, "actual")
    pair = replace(_paired(expected, actual, masks, region), rows=rows)
    with alone() if _small(pair) else nullcontext():
        results = [_compare(layer, limits) for layer in _layers(pair)]
    return _framed(_joined(results), expected, actual, pair, masks)


def _small(pair: _Pair) -> bool:
    """Whether so few pixels may differ that one thread is faster than several."""
    height, width = pair.actual.shape[:2]
    first, last = pair.rows or (0, height)
    return bool((last - first) * width < _FEW)


def _check(picture: Array, name: str) -> None:
    fits = picture.ndim == len(_CHANNELS) + 1 and picture.shape[2] in _CHANNELS
    if not fits or picture.dtype != np.uint8:
        message = (
            f"the {name} picture must be a uint8 array of shape (height, width, 3 or 4), "
            f"not {picture.dtype} {picture.shape}"
        )
        raise BrokenImage(message)
    if picture.size == 0:
        message = f"the {name} picture has no pixels: {picture.shape[1]}x{picture.shape[0]}"
        raise BrokenImage(message)


def _paired(expected: Array, actual: Array, masks: Sequence[Box], region: Box | None) -> _Pair:
    before, after = _area(expected, region), _area(actual, region)
    if before.area == 0 or after.area == 0:
        raise NothingCompared(_nothing(expected, actual, masks, region))
    parts = crop(expected, before), crop(actual, after)
    if not masks:
        return _Pair(*parts, (before.x, before.y))
    left = _unmasked(expected, masks, before), _unmasked(actual, masks, after)
    if not left[0].any() or not left[1].any():
        raise NothingCompared(_nothing(expected, actual, masks, region))
    return _Pair(*parts, (before.x, before.y), *left)


def _area(picture: Array, region: Box | None) -> Box:
    height, width = picture.shape[:2]
    return Box(0, 0, width, height) if region is None else region.clipped(width, height)


def _unmasked(picture: Array, masks: Sequence[Box], area: Box) -> Bools:
    valid: Bools = np.ones(picture.shape[:2], np.bool_)
    for mask in masks:
        crop(valid, mask.clipped(picture.shape[1], picture.shape[0]))[:] = False
    inside: Bools = crop(valid, area)
    return inside


def _nothing(expected: Array, actual: Array, masks: Sequence[Box], region: Box | None) -> str:
    sizes = " and ".join(f"{p.shape[1]}x{p.shape[0]}" for p in (expected, actual))
    where = "" if region is None else f" inside the region {region}"
    return f"no pixel of {sizes} is left to compare{where} with {len(masks)} masks"


def _layers(pair: _Pair) -> Iterator[_Pair]:
    """The pair as opaque RGB: once where it is opaque, else over white and over black."""
    backdrops = (255,) if _opaque(pair.expected) and _opaque(pair.actual) else (255, 0)
    for backdrop in backdrops:
        flat = _over(pair.expected, backdrop), _over(pair.actual, backdrop)
        yield _Pair(*flat, pair.origin, pair.before, pair.after, pair.rows)


def _opaque(picture: Array) -> bool:
    return picture.shape[2] == _CHANNELS[0] or bool((picture[:, :, 3] == _OPAQUE).all())


def _over(picture: Array, backdrop: int) -> Array:
    rgb = np.ascontiguousarray(picture[:, :, :3])
    if _opaque(picture):
        return rgb
    alpha = picture[:, :, 3:].astype(np.uint32)
    mixed = (rgb * alpha + backdrop * (_OPAQUE - alpha) + _OPAQUE // 2) // _OPAQUE
    return mixed.astype(np.uint8)


def _compare(pair: _Pair, limits: Limits) -> Comparison:
    aligned, explanations = _aligned(pair, limits)
    both = _on_one_canvas(pair, aligned, limits)
    residue, found = _found(both)
    explanations += found
    differences, tolerated, marks = judge(explanations, limits, aligned.to_expected)
    faint = confidence(residue.faint if residue else 0)
    return Comparison(
        min(worst((*differences, *tolerated)), faint),
        _placed(differences, pair.origin),
        _placed(tolerated, pair.origin),
        Picture(pair.actual, Box(*pair.origin, *both.size), residue, marks),
    )


def _found(pair: AlignedPair) -> tuple[Residue | None, list[Explanation]]:
    if unrelated.are_unrelated(pair):
        residue, explanation = unrelated.explain_unrelated(pair)
        return residue, [explanation]
    measured = measure(pair.expected, pair.actual, pair.limits, pair.valid, pair.rows)
    if measured is None:
        return None, []
    return measured, _explained(replace(pair, residue=measured), measured)


def _explained(pair: AlignedPair, residue: Residue) -> list[Explanation]:
    """The explanations of a residue; nothing is diagnosed where every region may stay anyway."""
    regions = find(residue)
    carets = caret.find(pair, regions) if pair.limits.antialiasing else []
    blinking = [Explanation(Kind.CHANGED, r.box, 0, r.count, {"caret": True}) for r in carets]
    regions = tuple(region for region in regions if region not in carets)
    if all(confidence(region.worst) >= pair.limits.confidence for region in regions):
        return blinking + [Explanation(Kind.CHANGED, r.box, r.worst, r.count) for r in regions]
    return blinking + list(diagnose(pair, regions))


def _placed(differences: Sequence[Difference], origin: tuple[int, int]) -> tuple[Difference, ...]:
    return tuple(replace(found, box=found.box.moved(*origin)) for found in differences)


def _on_one_canvas(pair: _Pair, aligned: Aligned, limits: Limits) -> AlignedPair:
    if aligned.scale:  # no two ways of resampling agree on edges
        softer = replace(limits, threshold=max(limits.threshold, _RESAMPLED))
        return AlignedPair(soft(aligned.expected), soft(pair.actual), softer, aligned.valid)
    rows, height = None, len(pair.actual)
    if pair.rows is not None and pair.expected.shape == pair.actual.shape:
        top, bottom = (min(max(row - pair.origin[1], 0), height) for row in pair.rows)
        rows = top, bottom
    return AlignedPair(aligned.expected, pair.actual, limits, aligned.valid, rows=rows)


def _aligned(pair: _Pair, limits: Limits) -> tuple[Aligned, list[Explanation]]:
    """The expected picture on the actual canvas, and the size differences that took."""
    if pair.expected.shape == pair.actual.shape:
        valid = None if pair.before is None or pair.after is None else pair.before & pair.after
        return Aligned(pair.expected, valid), []
    before, after = _valid(pair.expected, pair.before), _valid(pair.actual, pair.after)
    aligned = align(pair.expected, pair.actual, before, after)
    found = [*_bands(aligned, before, after), *_scale(aligned, after)]
    explanations = [
        Explanation(
            Kind.SIZE, box, count * (_LOST_PIXEL / limits.threshold - 1), count, detail, source
        )
        for box, source, count, detail in found
        if count
    ]
    return replace(aligned, valid=_valid(pair.actual, aligned.valid) & after), explanations


def _valid(picture: Array, valid: Bools | None) -> Bools:
    return np.ones(picture.shape[:2], np.bool_) if valid is None else valid


_Found = tuple[Box, "Box | None", int, dict[str, Any]]


def _bands(aligned: Aligned, before: Bools, after: Bools) -> Iterator[_Found]:
    """Box in the actual, box in the expected where removed, unmasked pixels, and detail."""
    for band in aligned.bands:
        detail = {("rows", "columns")[band.axis]: band.extent, "start": band.start}
        place = _band_box(after, band.axis, band.start, max(0, band.extent))
        source = None
        if band.extent < 0:
            source = _band_box(before, band.axis, band.start, -band.extent)
        count = np.count_nonzero(crop(before, source) if source else crop(after, place))
        yield place, source, int(count), detail


def _band_box(canvas: Bools, axis: int, start: int, extent: int) -> Box:
    height, width = canvas.shape
    return Box(0, start, width, extent) if axis == 0 else Box(start, 0, extent, height)


def _scale(aligned: Aligned, after: Bools) -> Iterator[_Found]:
    if aligned.scale:
        height, width = after.shape
        count = int(np.count_nonzero(after))
        yield Box(0, 0, width, height), None, count, {"scale": list(aligned.scale)}


def _joined(results: Sequence[Comparison]) -> Comparison:
    """The worse of the results, with differences that only the other one shows."""
    first, *others = sorted(results, key=lambda result: result.confidence)
    differences, tolerated = first.differences, first.tolerated
    for other in others:
        differences += _fresh(other.differences, differences)
        tolerated += _fresh(other.tolerated, (*differences, *tolerated))
    return Comparison(first.confidence, differences, tolerated, first.picture)


def _fresh(found: Sequence[Difference], known: Sequence[Difference]) -> tuple[Difference, ...]:
    return tuple(d for d in found if not any(d.box.overlaps(other.box) for other in known))


def _framed(
    result: Comparison, expected: Array, actual: Array, pair: _Pair, masks: Sequence[Box]
) -> Comparison:
    """The result with what it takes to draw it on the whole canvas."""
    height, width = pair.actual.shape[:2]
    picture = result.picture or Picture(pair.actual, Box(*pair.origin, width, height))
    size = max(expected.shape[1], actual.shape[1]), max(expected.shape[0], actual.shape[0])
    whole = replace(picture, actual=actual, size=size, masks=tuple(masks))
    return replace(result, picture=whole)
