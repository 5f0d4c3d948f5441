"""What changed as hunks of rows: found whatever was moved by it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_visualdiff.images.change_signature import Hunk, hunks, signature

ROWS = st.lists(st.sampled_from("aabcdefgh"), max_size=14)


def rows(text: str) -> list[bytes]:
    return [sign.encode() for sign in text]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("abcd", "abcd", []),
        ("abcd", "aXcd", [Hunk(1, 2, 1, 2)]),
        ("abcd", "XXabcd", [Hunk(0, 0, 0, 2)]),
        ("abcd", "XYbc", [Hunk(0, 1, 0, 2), Hunk(3, 4, 4, 4)]),
        ("abcd", "acd", [Hunk(1, 2, 1, 1)]),
        ("a--b--c", "a--X--c", [Hunk(3, 4, 3, 4)]),
        ("", "ab", [Hunk(0, 0, 0, 2)]),
        ("ab", "", [Hunk(0, 2, 0, 0)]),
    ],
)
def test_rows_that_stay_are_found_again(before: str, after: str, expected: list[Hunk]) -> None:
    assert hunks(rows(before), rows(after)) == expected


@given(ROWS, ROWS)
def test_hunks_turn_one_picture_into_the_other(before: list[str], after: list[str]) -> None:
    made: list[str] = []
    at = 0
    for one in hunks(rows("".join(before)), rows("".join(after))):
        made += [*before[at : one.top], *after[one.new_top : one.new_bottom]]
        at = one.bottom
    assert made + before[at:] == after


def page(seed: int, header: int, shade: int = 40, height: int = 60) -> np.ndarray:
    """A header of so many rows above content of its own, cut off at the height."""
    content = np.random.default_rng(seed).integers(0, 256, (height, 30, 3), np.uint8)
    bar = np.full((header, 30, 3), shade, np.uint8)
    bar[1:3, 4:9] = 250
    return np.concatenate((bar, content))[:height]


def test_a_taller_header_is_the_same_change_above_any_content() -> None:
    changes = {signature(page(seed, 8), page(seed, 11)) for seed in range(5)}
    assert len(changes) == 1
    assert changes != {""}


def test_content_that_came_in_below_was_never_seen_and_counts() -> None:
    """As the header shrinks; nobody who looks at another page has looked at these rows."""
    assert signature(page(1, 11), page(1, 8)) != signature(page(2, 11), page(2, 8))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (page(1, 8), page(1, 12)),
        (page(1, 8), page(1, 11, shade=41)),
        (page(1, 8, shade=41), page(1, 11)),
    ],
)
def test_another_header_is_another_change(before: np.ndarray, after: np.ndarray) -> None:
    assert signature(before, after) != signature(page(1, 8), page(1, 11))


def test_one_more_difference_anywhere_is_another_change() -> None:
    after = page(1, 11)
    after[40, 20] = 0
    assert signature(page(1, 8), after) != signature(page(1, 8), page(1, 11))


@pytest.mark.parametrize(
    ("level", "pixels", "counts"), [(16, 1, False), (17, 1, True), (9, 9, True)]
)
def test_edges_drawn_a_little_otherwise_play_no_part(level: int, pixels: int, counts: bool) -> None:
    """A browser draws some edges otherwise where they moved; a faint change of an area counts."""
    before, after = (np.tile(page(1, header), (1, 5, 1)) for header in (8, 11))
    after[40:43] = before[37:40] = 100
    usual = signature(before, after)
    after[41, :pixels] += level
    assert (signature(before, after) != usual) is counts


def test_columns_beside_the_change_play_no_part() -> None:
    changes = set()
    for seed in range(3):
        before, after = page(seed, 0), page(seed, 0)
        before[10:20, 5:12], after[10:20, 5:12] = 10, 200
        changes.add(signature(before, after))
    assert len(changes) == 1


def test_pictures_of_another_width_have_no_hunks() -> None:
    assert signature(page(1, 8), page(1, 8)[:, :20]) == ""
    assert signature(page(1, 8), page(1, 8)) == ""
