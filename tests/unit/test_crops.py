"""The pixels of a difference as a hash: the same change, the same hash; any other, another."""

from __future__ import annotations

from pytest_visualdiff.crops import DETAIL, hashed
from pytest_visualdiff.model import Box, Difference, Kind
from runs import picture

HERE = Difference(Kind.CHANGED, Box(1, 1, 3, 3), 0.5)
MOVED = Difference(Kind.MOVED, Box(1, 1, 3, 3), 0.5, {"offset": [0, 2]})


def content(before: int, after: int, one: Difference = HERE) -> object:
    (found,) = hashed([one], picture(before), picture(after))
    return found.detail.get(DETAIL)


def test_before_and_after_and_the_size_count() -> None:
    same = content(1, 2)
    assert content(1, 2) == same
    smaller = Difference(Kind.CHANGED, Box(1, 1, 2, 3), 0.5)
    assert len({same, content(2, 1), content(1, 3), content(1, 2, smaller)}) == 4


def test_what_numbers_tell_and_what_cannot_be_decoded_stays_as_it_is() -> None:
    assert hashed([MOVED], picture(1), picture(2)) == (MOVED,)
    assert hashed([HERE, MOVED], b"", picture(2)) == (HERE, MOVED)


def test_a_box_that_reaches_over_the_edge_is_cut() -> None:
    outside = Difference(Kind.ADDED, Box(-2, 4, 50, 50), 0.5)
    assert content(1, 2, outside) == content(1, 2, outside)
