"""The arithmetic behind the published figures of the sweep benchmark."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

# research/ is importable from the project's folder (python -m pytest), not from an sdist.
score = pytest.importorskip("research.sweep.score", exc_type=ModuleNotFoundError)

BUTTON = "body:2>main:1>div:2>a:1"
TRUTH = score.Truth(
    "larger-25",
    (BUTTON,),
    moved=frozenset({"body:2", "body:2>footer:3"}),
    resized=True,
    repainted=frozenset({"body:2>nav:4"}),
)


def named(*paths: str, kind: str = "larger") -> object:
    return score.Named(kind, paths)


def faulty(*findings: object, **known: object) -> object:
    return score.Outcome("pair", TRUTH, findings, **known)


def clean(*findings: object, **known: object) -> object:
    return score.Outcome("pair", None, findings, **known)


@pytest.mark.parametrize(
    ("path", "relation"),
    [
        (BUTTON, "target"),
        ("body:2>main:1>div:2", "parent"),
        (f"{BUTTON}>span:1", "inside"),
        ("body:2>main:1", "around"),
        ("body:2>footer:3", "moved"),
        ("body:2", "moved"),
        ("html", "page"),
        ("body:2>nav:4", "repainted"),
        ("body:2>main:1>div:1", "other"),
        ("body:2>main:1>div:2>a:10", "other"),
        ("", "other"),
    ],
)
def test_every_element_has_one_relation_to_the_fault(path: str, relation: str) -> None:
    assert score.relation(path, TRUTH) == relation


def test_the_root_has_nothing_to_do_with_a_fault_that_leaves_the_page_as_large() -> None:
    truth = score.Truth("recoloured", (BUTTON,))
    assert [score.relation(path, truth) for path in ("html", "body:2")] == ["other", "other"]


def test_an_ambiguous_selector_counts_as_what_is_nearest_to_the_fault() -> None:
    assert faulty(named("body:2>footer:3", BUTTON)).relations == ("target",)


def test_elements_that_moved_came_or_went_are_affected_and_rounding_is_not() -> None:
    before = {"a": (0, 0, 10, 10), "b": (0, 0, 10, 10), "c": (0, 0, 10, 10), "gone": (0, 0, 1, 1)}
    after = {"a": (0, 1, 10, 10), "b": (0, 0, 10, 12), "c": (5, 0, 5, 10), "new": (0, 0, 1, 1)}
    assert score.moved(before, after) == {"b", "c", "gone", "new"}


def test_a_fault_is_found_by_a_consequence_but_that_is_not_the_right_place() -> None:
    outcome = faulty(named("body:2>footer:3"))
    assert (outcome.found, outcome.right) == (True, False)


def test_only_the_first_finding_due_to_the_fault_decides_whether_the_place_is_right() -> None:
    assert faulty(named("elsewhere"), named(BUTTON), named("body:2>footer:3")).right
    assert not faulty(named("body:2>footer:3"), named(BUTTON)).right


def test_what_is_found_without_the_fault_as_well_does_not_find_it() -> None:
    outcome = faulty(named(BUTTON), standing=frozenset({("larger", BUTTON)}))
    assert (outcome.found, outcome.relations, score.fresh(outcome)) == (False, ("other",), 0)


def test_a_real_difference_of_the_browsers_is_neither_right_nor_wrong() -> None:
    real = frozenset({("larger", "body:2>p:1")})
    loud, hushed = clean(named("body:2>p:1")), clean(named("body:2>p:1"), real=real)
    assert (loud.quiet, hushed.quiet) == (False, True)
    assert math.isnan(score.summarise([hushed]).precision)
    assert score.summarise([hushed]).real == 1


def test_a_failure_is_no_quiet_pair_and_finds_nothing() -> None:
    assert not clean(failed="boom").quiet
    assert not faulty(failed="boom").found


def test_the_summary_counts_findings_pairs_and_places() -> None:
    outcomes = [
        clean(),
        clean(named("body:2>p:1")),
        faulty(named(BUTTON), named("body:2>footer:3")),
        faulty(named("body:2>footer:3")),
        faulty(),
    ]
    summary = score.summarise(outcomes)
    assert (summary.faults, summary.clean, summary.quiet) == (3, 2, 0.5)
    assert summary.recall == pytest.approx(2 / 3)
    assert summary.precision == pytest.approx(3 / 4)
    assert summary.right == pytest.approx(1 / 2)
    assert summary.right_findings == pytest.approx(1 / 3)
    assert summary.per_fault == pytest.approx(1.0)
    assert summary.per_clean == pytest.approx(0.5)


def test_a_false_finding_of_a_page_may_be_counted_once() -> None:
    """The same finding stands on the page with each of its faults, and says nothing new there."""
    standing = frozenset({("larger", "body:2>p:1")})
    outcomes = [
        clean(named("body:2>p:1")),
        faulty(named("body:2>p:1"), named(BUTTON), standing=standing),
        faulty(named("body:2>p:1"), named(BUTTON), standing=standing),
    ]
    assert score.summarise(outcomes).precision == pytest.approx(2 / 5)
    assert score.distinct_precision(outcomes) == pytest.approx(2 / 3)


def test_nothing_to_count_is_no_share() -> None:
    summary = score.summarise([])
    assert math.isnan(summary.recall)
    assert math.isnan(summary.quiet)


PATHS = st.lists(st.sampled_from([BUTTON, "body:2>footer:3", "body:2>p:9", "html"]), max_size=5)


@given(PATHS)
def test_every_finding_of_a_pair_without_a_fault_is_false(paths: list[str]) -> None:
    outcome = clean(*map(named, paths))
    assert set(outcome.relations) <= {"other"}
    assert outcome.quiet == (not paths)


@given(PATHS, PATHS)
def test_more_findings_never_lose_a_fault(first: list[str], more: list[str]) -> None:
    few, many = faulty(*map(named, first)), faulty(*map(named, first + more))
    assert many.found >= few.found


def test_pairs_are_grouped_by_the_kind_of_their_fault() -> None:
    assert list(score.by_kind([clean(), faulty()])) == ["larger-25"]
