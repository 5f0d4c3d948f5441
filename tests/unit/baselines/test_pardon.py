"""Known differences: the very same one is ignored until its date, and no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_visualdiff.baselines.ignored import Ignored
from pytest_visualdiff.baselines.pardon import GRID, fingerprint, split_ignored
from pytest_visualdiff.comparison.result import Comparison
from pytest_visualdiff.model import BaselineKey, Box, Difference, Kind

KEY = BaselineKey("t/test_a/home.image.png")
TODAY = date(2026, 11, 24)
KNOWN = Difference(Kind.CHANGED, Box(100, 60, 41, 22), 0.4, {"shape": "0ff0", "pixels": 80})
OTHER = Difference(Kind.MISSING, Box(300, 10, 12, 12), 0.2, {"shape": "ffff"})


def entry(difference: Difference, until: date = TODAY, reason: str = "") -> Ignored:
    name = fingerprint(KEY, difference)
    return Ignored(name, until, KEY.path, "t.py::test_a", "home", "", TODAY, "ada", reason)


def found(*differences: Difference, tolerated: tuple[Difference, ...] = ()) -> Comparison:
    worst = min((one.confidence for one in (*differences, *tolerated)), default=1.0)
    return Comparison(worst, differences, tolerated)


def is_known(difference: Difference, key: BaselineKey = KEY) -> bool:
    return split_ignored(found(difference), key, [entry(KNOWN)], TODAY).comparison.same


def test_a_known_difference_is_ignored_and_told() -> None:
    result = split_ignored(found(KNOWN), KEY, [entry(KNOWN, reason="bug 12")], TODAY)
    assert result.comparison.same
    assert result.comparison.confidence == 1
    assert result.ignored == (KNOWN,)
    assert result.notes == ("1 difference ignored until 2026-11-24: bug 12",)


def test_other_differences_beside_it_are_not() -> None:
    result = split_ignored(found(OTHER, KNOWN), KEY, [entry(KNOWN)], TODAY)
    assert result.comparison.differences == (OTHER,)
    assert result.comparison.confidence == OTHER.confidence
    assert result.comparison.tolerated == result.ignored == (KNOWN,)


def test_what_was_tolerated_anyway_still_bounds_the_confidence() -> None:
    small = replace(OTHER, confidence=0.99)
    result = split_ignored(found(KNOWN, tolerated=(small,)), KEY, [entry(KNOWN)], TODAY)
    assert result.comparison.confidence == 0.99


@pytest.mark.parametrize("days", [-1, -400])
def test_after_its_date_it_is_reported_again_with_a_note(days: int) -> None:
    until = TODAY + timedelta(days)
    result = split_ignored(found(KNOWN), KEY, [entry(KNOWN, until, "bug 12")], TODAY)
    assert result.comparison == found(KNOWN)
    assert result.ignored == ()
    assert result.notes == (f"1 difference was ignored until {until}: bug 12 (expired)",)


def test_notes_are_one_for_each_date_and_reason() -> None:
    third = replace(KNOWN, box=Box(0, 0, 9, 9))
    known = [entry(KNOWN, reason="a"), entry(OTHER, reason="a"), entry(third, reason="b\nc")]
    result = split_ignored(found(KNOWN, OTHER, third), KEY, known, TODAY)
    assert result.notes == (
        "2 differences ignored until 2026-11-24: a",
        "1 difference ignored until 2026-11-24: b c",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": Kind.ADDED},
        {"detail": {"shape": "0fff"}},
        {"box": Box(112, 60, 41, 22)},
        {"box": Box(100, 48, 41, 22)},
        {"box": Box(100, 60, 53, 22)},
        {"box": Box(100, 60, 41, 34)},
    ],
)
def test_another_difference_is_not_known(changes: dict[str, Any]) -> None:
    """Of another kind or shape, at another place, or larger."""
    assert is_known(KNOWN)
    assert not is_known(replace(KNOWN, **changes))


def test_the_same_difference_of_another_check_is_not_known() -> None:
    assert not is_known(KNOWN, BaselineKey("t/test_a/home.chrome-linux-9x9@1x.png"))
    assert is_known(KNOWN, BaselineKey("t/test_a/home.image~3.png")), "an alternative is the same"


numbers = st.integers(0, 5000)
jitter = st.tuples(*[st.integers(-3, 3)] * 4)


@given(st.tuples(numbers, numbers, numbers, numbers), jitter)
def test_three_pixels_of_noise_never_make_it_another_one(
    box: tuple[int, int, int, int], noise: tuple[int, int, int, int]
) -> None:
    known = replace(KNOWN, box=Box(*box))
    moved = replace(known, box=Box(*(one + more for one, more in zip(box, noise, strict=True))))
    assert split_ignored(found(moved), KEY, [entry(known)], TODAY).comparison.same


@given(st.integers(0, 500), st.integers(GRID * 3 // 2, 500), st.sampled_from([0, 1, 2, 3]))
def test_twelve_pixels_always_do(start: int, far: int, which: int) -> None:
    numbers = [start] * 4
    known = replace(KNOWN, box=Box(*numbers))
    numbers[which] += far
    moved = replace(KNOWN, box=Box(*numbers))
    assert not split_ignored(found(moved), KEY, [entry(known)], TODAY).comparison.same


def test_differences_merged_into_one_cannot_be_known() -> None:
    merged = replace(KNOWN, detail={"regions": 12, "pixels": 90})
    assert fingerprint(KEY, merged) == ""
    assert not split_ignored(found(merged), KEY, [entry(KNOWN)], TODAY).comparison.same


def test_a_fingerprint_is_the_same_on_every_machine() -> None:
    """It is committed: the way it is made may change only with its version."""
    assert fingerprint(KEY, KNOWN) == "v1:de3c3df5c727a0f4"


@pytest.mark.parametrize("by", [0, -3])
def test_of_two_records_the_one_that_lasts_longer_counts(by: int) -> None:
    """Be they of one fingerprint, as after a merge, or of two that are near."""
    near = replace(KNOWN, box=KNOWN.box.moved(by, 0))
    known = [entry(near, TODAY - timedelta(1)), entry(KNOWN)]
    assert (known[0].fingerprint == known[1].fingerprint) is (by == 0)
    assert split_ignored(found(KNOWN), KEY, known, TODAY).comparison.same
    assert split_ignored(found(KNOWN), KEY, known[::-1], TODAY).comparison.same
