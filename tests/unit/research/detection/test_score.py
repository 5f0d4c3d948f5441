"""The arithmetic behind the published figures of the detection benchmark."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

# research/ is importable from the project's folder (python -m pytest), not from an sdist.
score = pytest.importorskip("research.detection.score", exc_type=ModuleNotFoundError)
cases = pytest.importorskip("research.detection.cases", exc_type=ModuleNotFoundError)
engine = pytest.importorskip("research.harness.engine", exc_type=ModuleNotFoundError)

NUMBERS = st.lists(st.integers(0, 9).map(float), min_size=1, max_size=12)
BOXES = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 9), st.integers(0, 9)),
    max_size=6,
)


def outcome(
    *,
    mutated: bool = True,
    same: bool = False,
    truth: tuple[tuple[int, ...], ...] = ((10, 10, 20, 20),),
    affected: tuple[tuple[int, ...], ...] = (),
    boxes: tuple[tuple[int, ...], ...] | None = (),
    confidence: float = 0.0,
    pixels: int = 1,
    failed: bool = False,
) -> object:
    place = Path("picture.png")
    sort = "mutation" if mutated else "benign"
    case = cases.Case(
        *("id", "tuning", sort, "typo", "text", 1, "page", "chrome", place, place),
        truth=truth if mutated else (),
        affected=affected,
        pixels=pixels,
    )
    answer = engine.Answer(same, 1 - confidence, boxes, 1.0, confidence, failed=failed)
    return score.Outcome(case, answer)


@pytest.mark.parametrize(
    ("mutations", "benign", "area"),
    [
        ([2.0, 3.0], [0.0, 1.0], 1.0),
        ([0.0, 1.0], [2.0, 3.0], 0.0),
        ([1.0], [1.0], 0.5),
        ([0.0, 2.0], [1.0], 0.5),
    ],
)
def test_auc_is_the_share_of_couples_in_the_right_order(
    mutations: list[float], benign: list[float], area: float
) -> None:
    assert score.auc(mutations, benign) == area


def test_auc_of_nothing_is_not_a_number() -> None:
    assert math.isnan(score.auc([], [1.0]))


@given(NUMBERS, NUMBERS)
def test_the_roc_curve_bounds_the_area_that_auc_says(up: list[float], down: list[float]) -> None:
    """Joined by straight lines, since ties count half."""
    points = score.roc(up, down)
    assert points[0] == (0, 0)
    assert points[-1] == (1, 1)
    area = sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in pairwise(points))
    assert area == pytest.approx(score.auc(up, down))


@given(BOXES)
def test_union_area_counts_each_covered_pixel_once(boxes: list[tuple[int, int, int, int]]) -> None:
    pixels = {
        (column, row)
        for x, y, width, height in boxes
        for column in range(x, x + width)
        for row in range(y, y + height)
    }
    assert score.union_area(boxes) == len(pixels)


@pytest.mark.parametrize(
    ("boxes", "share"),
    [
        (((10, 10, 20, 20),), 0.0),
        (((2, 2, 36, 36),), 0.0),  # the margin of 8 pixels
        (((100, 100, 10, 10),), 1.0),
        (((10, 10, 10, 10), (100, 100, 10, 10)), 0.5),
        (((10, 10, 10, 10), (10, 10, 10, 10)), 0.0),
        ((), 0.0),
    ],
)
def test_elsewhere_is_the_reported_area_outside_the_affected(
    boxes: tuple[tuple[int, ...], ...], share: float
) -> None:
    assert score.elsewhere(outcome(boxes=boxes, affected=((10, 10, 20, 20),))) == share


@pytest.mark.parametrize(
    ("boxes", "found"),
    [
        (((30, 10, 5, 5),), False),  # it touches, no pixel is shared
        (((29, 29, 5, 5),), True),
        (((205, 10, 5, 5),), True),  # the old place counts
        (None, False),
    ],
)
def test_a_mutation_is_hit_where_a_box_shares_a_pixel(
    boxes: tuple[tuple[int, ...], ...] | None, found: bool
) -> None:
    truth = ((10, 10, 20, 20), (200, 10, 20, 20))
    assert score.hit(outcome(boxes=boxes, truth=truth)) is found


def test_a_missed_mutation_is_not_hit_and_places_count_one_by_one() -> None:
    truth = ((10, 10, 20, 20), (200, 10, 20, 20))
    both = [outcome(boxes=((10, 10, 5, 5),), truth=truth), outcome(same=True, truth=truth)]
    assert score.hit_share(both) == 0.5
    assert score.boxes_hit_share(both) == 0.25


def test_an_engine_without_places_has_no_share_of_hits() -> None:
    assert math.isnan(score.hit_share([outcome(boxes=None)]))


def test_summary_counts_an_error_as_an_alarm() -> None:
    found = score.summarise(
        [
            outcome(),
            outcome(same=True),
            outcome(mutated=False, same=True, pixels=0),
            outcome(mutated=False, failed=True),
        ]
    )
    assert (found.recall, found.alarms, found.visible_alarms) == (0.5, 0.5, 1.0)
    assert (found.precision, found.balanced, found.failures) == (0.5, 0.5, 1)


def test_a_pair_of_just_the_required_confidence_counts_as_the_same() -> None:
    rated = [outcome(confidence=0.5), outcome(mutated=False, confidence=0.9)]
    low, exact, high = score.thresholds(rated, [0.4, 0.9, 0.95])
    assert (low.recall, low.alarms, low.correct) == (0, 0, 0.5)
    assert (exact.recall, exact.alarms, exact.correct) == (1, 0, 1)
    assert (high.recall, high.alarms, high.balanced) == (1, 1, 0.5)


def test_calibration_weighs_both_sorts_the_same() -> None:
    """Three mutations and one benign pair in one bin: half of it is benign."""
    rated = [*(outcome(confidence=1.0) for _ in range(3)), outcome(mutated=False, confidence=1.0)]
    (only,) = score.calibration(rated, [0.0, 0.5, 1.0])
    assert (only.low, only.high, only.count, only.benign) == (0.5, 1.0, 4, 0.5)


@pytest.mark.parametrize(("share", "value"), [(0.5, 2.0), (0.95, 4.0), (0.0, 1.0)])
def test_percentile_is_one_of_the_values(share: float, value: float) -> None:
    assert score.percentile([1.0, 2.0, 3.0, 4.0], share) == value
