"""What calibration comes to, and what is found under its limits."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pytest_visualdiff.calibrate.detection import curves, quiet
from pytest_visualdiff.calibrate.study import candidates, study, tolerates_noise
from pytest_visualdiff.calibrate.study_values import Curve, MeasuredSeries, NoiseVerdict, Outcome
from pytest_visualdiff.comparison import Limits
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_visualdiff.model import Array

    Noisy = Callable[[int, int], Array]

PRESENT = Limits(threshold=2.0, confidence=0.98)


def test_equal_shots_keep_the_limits(still: Array, seen: Callable[..., MeasuredSeries]) -> None:
    found = study("page", [seen(still, still.copy())], PRESENT)
    assert (found.outcome, found.proposed) == (Outcome.STABLE, PRESENT)
    assert found.levels[0] == "exact"


def test_a_little_dither_keeps_the_limits(
    noisy: Noisy, seen: Callable[..., MeasuredSeries]
) -> None:
    found = study("page", [seen(noisy(2, 1), noisy(2, 2))], PRESENT)
    assert (found.outcome, found.proposed) == (Outcome.QUIET, PRESENT)
    assert "exact" not in found.levels


def test_proposed_limits_make_every_pair_the_same_with_a_margin(
    noisy: Noisy, seen: Callable[..., MeasuredSeries]
) -> None:
    one = seen(*(noisy(14, seed) for seed in range(2)))
    assert quiet(one.series, PRESENT).differing
    found = study("page", [one], PRESENT)
    assert found.outcome is Outcome.LIMITS
    after = quiet(one.series, found.proposed)
    assert tolerates_noise(after, found.proposed)
    assert found.judged[0].proposed == after


def test_one_proposal_holds_for_all_series(
    still: Array, noisy: Noisy, seen: Callable[..., MeasuredSeries]
) -> None:
    calm, wild = seen(still, still.copy()), seen(noisy(7, 1), noisy(7, 2), title="firefox")
    found = study("page", [calm, wild], PRESENT)
    assert found.outcome is Outcome.LIMITS
    assert all(not one.proposed.differing for one in found.judged)


def test_what_no_limit_holds_is_masked_and_the_rest_keeps_its_limits(
    still: Array, seen: Callable[..., MeasuredSeries]
) -> None:
    other = still.copy()
    other[110:150, 170:230] = (200, 30, 30)
    found = study("page", [seen(still, other)], PRESENT)
    assert (found.outcome, found.proposed) == (Outcome.MASKS, PRESENT)
    (mask,) = found.judged[0].masks
    assert mask.box == Box(170, 110, 60, 40)
    assert found.judged[0].proposed.differing == 0


def test_where_everything_changes_nothing_helps(
    still: Array, seen: Callable[..., MeasuredSeries]
) -> None:
    found = study("page", [seen(still, np.ascontiguousarray(255 - still))], PRESENT)
    assert found.outcome is Outcome.UNSTABLE
    assert not found.outcome.good
    assert not {"exact", "strict", "normal"} & set(found.levels)


def test_a_size_that_varies_cannot_be_held_and_is_named(
    still: Array, seen: Callable[..., MeasuredSeries]
) -> None:
    found = study("page", [seen(still, still[:100])], PRESENT)
    assert found.outcome is Outcome.UNSTABLE
    assert "240x160, 240x100" in found.notes[0]


def test_stronger_changes_are_found_and_weak_ones_are_not(
    still: Array, seen: Callable[..., MeasuredSeries]
) -> None:
    colour = curves(seen(still, still.copy()), PRESENT)[0]
    assert all(row[0] == 1.0 for row in colour.confidences)
    assert max(row[-1] for row in colour.confidences) < PRESENT.confidence
    assert all(1 <= smallest <= 4 for smallest in colour.smallest(PRESENT.confidence))


def test_more_lenient_limits_never_see_smaller_changes(
    still: Array, seen: Callable[..., MeasuredSeries]
) -> None:
    one = seen(still, still.copy())
    strict, lenient = (
        curves(one, replace(PRESENT, threshold=threshold))[0].smallest(0.98)
        for threshold in (2.0, 5.0)
    )
    assert all(a <= b for a, b in zip(strict, lenient, strict=True))


def test_the_smallest_found_is_above_the_last_one_missed() -> None:
    curve = Curve("x", "px", (1, 2, 3, 4), ((1.0, 0.5, 0.99, 0.4), (1, 1, 1, 1), (0, 0, 0, 0)))
    assert curve.smallest(0.98) == (4, math.inf, 1)


def test_candidates_end_with_the_first_threshold_that_needs_no_lower_confidence() -> None:
    noise = {2.0: 0.96, 2.5: 0.98, 3.0: 0.995}

    def judge(limits: Limits) -> NoiseVerdict:
        lowest = noise[limits.threshold]
        return NoiseVerdict(int(lowest < limits.confidence), lowest)

    found = candidates(PRESENT, judge)
    assert [(one.threshold, one.confidence) for one in found] == [
        (2.0, pytest.approx(0.92)),
        (2.5, pytest.approx(0.96)),
        (3.0, 0.98),
    ]
