"""A blinking caret is no difference; a line that only looks a little like one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_visualdiff.comparison import Limits, compare_arrays
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array

CARET = Box(320, 400, 1, 18)


def with_line(picture: Array, box: Box, colour: int = 20) -> Array:
    drawn = picture.copy()
    drawn[box.y : box.bottom, box.x : box.right] = colour
    return drawn


@pytest.mark.parametrize("width", [1, 2])
def test_a_caret_may_come_go_and_move(expected: Array, width: int) -> None:
    """It is told as tolerated, not as a difference."""
    here = with_line(expected, Box(320, 400, width, 18))
    there = with_line(expected, Box(380, 400, width, 18))
    for first, second in ((expected, here), (here, expected), (here, there)):
        found = compare_arrays(first, second)
        assert found.same, found.explain()
        assert found.tolerated


@pytest.mark.parametrize(
    "box",
    [Box(320, 400, 1, 8), Box(320, 380, 1, 40), Box(320, 400, 4, 18), Box(320, 400, 18, 1)],
    ids=["short", "long", "broad", "lying"],
)
def test_other_lines_are_differences(expected: Array, box: Box) -> None:
    assert not compare_arrays(expected, with_line(expected, box)).same


def test_many_carets_are_differences(expected: Array) -> None:
    """No page has three of them."""
    actual = expected
    for x in (320, 380, 420):
        actual = with_line(actual, Box(x, 400, 1, 18))
    assert not compare_arrays(expected, actual).same


def test_without_tolerance_a_caret_is_a_difference(expected: Array) -> None:
    actual = with_line(expected, CARET)
    assert not compare_arrays(expected, actual, limits=Limits(antialiasing=False)).same


def test_a_caret_may_touch_a_letter(expected: Array) -> None:
    """The soft edge of a letter lies where the caret blinks, so that no one colour is behind it."""
    without = expected.copy()
    for row, level in enumerate(range(90, 242, 12)):
        without[402 + row, 320] = level
    for first, second in (
        (without, with_line(without, CARET)),
        (with_line(without, CARET), without),
    ):
        found = compare_arrays(first, second)
        assert found.same, found.explain()
        assert found.tolerated
