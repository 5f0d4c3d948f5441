"""The comparison as a list of steps; docs/comparing.md explains each of them."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_visualdiff.comparison.alignment import align_sizes
from pytest_visualdiff.comparison.arrays import single_threaded
from pytest_visualdiff.comparison.caret import explain_carets, find_carets
from pytest_visualdiff.comparison.diagnosis import explain_regions, leave_unexplained
from pytest_visualdiff.comparison.diff_image import DiffSource
from pytest_visualdiff.comparison.faint import note_faint_change
from pytest_visualdiff.comparison.inputs import opaque_layers, take_areas
from pytest_visualdiff.comparison.judgement import judge
from pytest_visualdiff.comparison.pixels import measure_pixels
from pytest_visualdiff.comparison.regions import find_regions
from pytest_visualdiff.comparison.result import Comparison
from pytest_visualdiff.comparison.tuning import WORK
from pytest_visualdiff.comparison.unrelated import are_unrelated, explain_unrelated
from pytest_visualdiff.comparison.values import confidence
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_visualdiff.comparison.inputs import ComparedAreas
    from pytest_visualdiff.comparison.limits import Limits
    from pytest_visualdiff.comparison.values import AlignedPair, ExcessMap, Explanation
    from pytest_visualdiff.model import Array, Difference


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
    areas = take_areas(expected, actual, masks, region, rows)
    with single_threaded() if _is_small(areas) else nullcontext():
        layers = [_compare_layer(layer, limits) for layer in opaque_layers(areas)]
    return _on_whole_canvas(_join_layers(layers), expected, actual, masks)


def _compare_layer(layer: ComparedAreas, limits: Limits) -> Comparison:
    """Compare two opaque pictures."""
    aligned = align_sizes(layer, limits)
    excess, explanations = _explain(aligned.pair)
    judged = judge([*aligned.size_changes, *explanations], limits, aligned.to_expected)
    return Comparison(
        judged.confidence,
        _placed(judged.differences, layer.origin),
        _placed(judged.tolerated, layer.origin),
        DiffSource(layer.actual, Box(*layer.origin, *aligned.pair.size), excess, judged.marks),
        note_faint_change(aligned.pair) if not judged.differences else "",
    )


def _explain(pair: AlignedPair) -> tuple[ExcessMap | None, Sequence[Explanation]]:
    """The pixels that differ, and what happened to each region of them."""
    if are_unrelated(pair):
        return explain_unrelated(pair)
    excess = measure_pixels(pair.expected, pair.actual, pair.limits, pair.valid, pair.rows)
    if excess is None:
        return None, ()
    pair, regions = replace(pair, excess=excess), find_regions(excess)
    carets = find_carets(pair, regions)
    others = [region for region in regions if region not in carets]
    if all(confidence(region.peak) >= pair.limits.confidence for region in others):
        return excess, (*explain_carets(carets), *leave_unexplained(others))
    return excess, (*explain_carets(carets), *explain_regions(pair, others))


def _is_small(areas: ComparedAreas) -> bool:
    """Whether so few pixels may differ that one thread is faster than several."""
    height, width = areas.actual.shape[:2]
    first, last = areas.rows or (0, height)
    return bool((last - first) * width < WORK.single_thread)


def _placed(differences: Sequence[Difference], origin: tuple[int, int]) -> tuple[Difference, ...]:
    return tuple(replace(found, box=found.box.moved(*origin)) for found in differences)


def _join_layers(layers: Sequence[Comparison]) -> Comparison:
    """The worst of the layers, with differences that only the other one shows."""
    worst, *others = sorted(layers, key=lambda layer: layer.confidence)
    differences, tolerated = worst.differences, worst.tolerated
    for other in others:
        differences += _elsewhere(other.differences, differences)
        tolerated += _elsewhere(other.tolerated, (*differences, *tolerated))
    return replace(worst, differences=differences, tolerated=tolerated)


def _elsewhere(found: Sequence[Difference], known: Sequence[Difference]) -> tuple[Difference, ...]:
    return tuple(d for d in found if not any(d.box.overlaps(other.box) for other in known))


def _on_whole_canvas(
    comparison: Comparison, expected: Array, actual: Array, masks: Sequence[Box]
) -> Comparison:
    """The comparison with what it takes to draw it on the whole canvas."""
    source = comparison.diff_source
    assert isinstance(source, DiffSource)  # noqa: S101 - each layer has one
    size = max(expected.shape[1], actual.shape[1]), max(expected.shape[0], actual.shape[0])
    whole = replace(source, actual=actual, size=size, masks=tuple(masks))
    return replace(comparison, diff_source=whole)
