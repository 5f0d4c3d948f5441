"""Measuring far-apart changes one by one finds what measuring them at once finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_visualdiff.comparison import Limits, arrays, compare_arrays, pixels, tuning, values
from pytest_visualdiff.comparison.arrays import single_threaded
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array

spots = st.lists(
    st.tuples(st.integers(0, 195), st.integers(0, 295), st.integers(1, 5)), min_size=1, max_size=6
)


def ground() -> Array:
    """Noise beside flat ground."""
    picture = np.full((200, 300, 3), 200, np.uint8)
    picture[:, 150:] = np.random.default_rng(3).integers(0, 255, (200, 150, 3))
    return picture


def with_spots(picture: Array, where: list[tuple[int, int, int]]) -> Array:
    changed = picture.copy()
    for y, x, side in where:
        changed[y : y + side, x : x + side] ^= 96
    return changed


@settings(max_examples=40, deadline=None)
@given(spots)
def test_pieces_give_the_same_as_the_whole(where: list[tuple[int, int, int]]) -> None:
    expected = ground()
    actual = with_spots(expected, where)
    limits = Limits()
    pieces = pixels.measure_pixels(expected, actual, limits)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "WORK", tuning.CostTuning(whole=0))
        whole = pixels.measure_pixels(expected, actual, limits)
    assert (pieces is None) == (whole is None)
    if pieces is not None and whole is not None:
        assert np.allclose(spread(pieces), spread(whole), atol=1e-3)


def spread(residue: values.ExcessMap) -> arrays.Floats:
    canvas = np.zeros((200, 300))
    arrays.crop(canvas, residue.box)[:] = residue.excess
    return canvas


@settings(max_examples=60, deadline=None)
@given(spots)
def test_islands_hold_every_change_and_keep_apart(where: list[tuple[int, int, int]]) -> None:
    expected = ground()
    actual = with_spots(expected, where)
    boxes = arrays.changed_boxes(expected, actual)
    differs = (expected != actual).any(axis=2)
    for box in boxes:
        arrays.crop(differs, box)[:] = False
    assert not differs.any()
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])


def test_equal_pictures_have_none() -> None:
    assert arrays.changed_boxes(ground(), ground()) == ()


def test_two_corners_are_two_islands() -> None:
    assert arrays.changed_boxes(ground(), with_spots(ground(), [(0, 0, 3), (195, 295, 3)])) == (
        Box(0, 0, 3, 3),
        Box(295, 195, 3, 3),
    )


def test_threads_come_back_when_the_last_who_wants_none_is_done() -> None:
    before = cv2.getNumThreads()
    with single_threaded():
        with single_threaded():
            assert cv2.getNumThreads() == 1
        assert cv2.getNumThreads() == 1
    assert cv2.getNumThreads() == before


def test_threads_come_back_after_an_error() -> None:
    before = cv2.getNumThreads()
    with pytest.raises(ValueError, match="wrong"), single_threaded():
        raise ValueError("wrong")
    assert cv2.getNumThreads() == before


def test_a_comparison_leaves_the_number_of_threads_as_it_was() -> None:
    before = cv2.getNumThreads()
    expected = np.full((40, 40, 3), 255, np.uint8)
    actual = expected.copy()
    actual[10:20, 10:20] = 0
    assert not compare_arrays(expected, actual).same
    assert cv2.getNumThreads() == before
