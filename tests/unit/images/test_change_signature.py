"""What changed, as hashes: the same change, the same hash; any other, another."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_visualdiff.images import codec
from pytest_visualdiff.images.change_signature import DETAIL, with_signature
from pytest_visualdiff.model import Box, Difference, Kind, Status, Verdict
from runs import picture

HERE = Difference(Kind.CHANGED, Box(1, 1, 3, 3), 0.5)
MOVED = Difference(Kind.MOVED, Box(0, 0, 6, 6), 0.5, {"offset": [0, 2]})


def seen(before: bytes, after: bytes, *differences: Difference) -> Verdict:
    verdict = Verdict(Status.MISMATCH, "t", "n", "k.png", "", "", differences=differences)
    return with_signature(verdict, before, after)


def content(before: int, after: int, one: Difference = HERE) -> object:
    return seen(picture(before), picture(after), one).differences[0].detail.get(DETAIL)


def test_before_and_after_and_the_size_count() -> None:
    smaller = Difference(Kind.CHANGED, Box(1, 1, 2, 3), 0.5)
    assert content(1, 2) == content(1, 2)
    assert len({content(1, 2), content(2, 1), content(1, 3), content(1, 2, smaller)}) == 4


@pytest.mark.parametrize(("kind", "same"), [(Kind.ADDED, (9, 2)), (Kind.MISSING, (1, 9))])
def test_what_came_or_went_is_the_same_on_any_ground(kind: Kind, same: tuple[int, int]) -> None:
    one = Difference(kind, Box(1, 1, 3, 3), 0.5)
    assert content(1, 2, one) == content(*same, one)
    assert content(1, 2, one) != content(3, 3, one)


def test_what_went_in_the_midst_of_something_that_moved_is_found_where_it_was() -> None:
    before = np.full((12, 8, 3), 255, np.uint8)
    before[2:4, 2:5] = 30
    after = np.full((12, 8, 3), 255, np.uint8)
    gone = Difference(Kind.MISSING, Box(2, 6, 3, 2), 0.1)
    moved = Difference(Kind.MOVED, Box(0, 4, 8, 8), 0.1, {"offset": [0, 4]})
    there = Difference(Kind.MISSING, Box(2, 2, 3, 2), 0.1)
    files = codec.encode(before), codec.encode(after)
    assert (
        seen(*files, gone, moved).differences[0].detail[DETAIL]
        == seen(*files, there).differences[0].detail[DETAIL]
    )


def test_what_numbers_tell_and_what_cannot_be_decoded_stays_as_it_is() -> None:
    assert seen(picture(1), picture(2), MOVED).differences == (MOVED,)
    assert seen(b"", picture(2), HERE).change == ""
    assert seen(picture(1), picture(2)).change == ""
    assert len(seen(picture(1), picture(2), HERE).change) == 16


def test_a_box_that_reaches_over_the_edge_is_cut() -> None:
    outside = Difference(Kind.ADDED, Box(-2, 4, 50, 50), 0.5)
    assert content(1, 2, outside) == content(1, 2, outside)
