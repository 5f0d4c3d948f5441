"""Measuring far-apart changes one by one finds what measuring them at once finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_visualdiff.comparison import Limits, islands, pixels
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
    pieces = pixels.measure(expected, actual, limits)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(islands, "_WHOLE", 0)
        whole = pixels.measure(expected, actual, limits)
    assert (pieces is None) == (whole is None)
    if pieces is not None and whole is not None:
        assert np.allclose(spread(pieces), spread(whole), atol=1e-3)


def spread(residue: pixels.Residue) -> pixels.Levels:
    canvas = np.zeros((200, 300))
    pixels.crop(canvas, residue.box)[:] = residue.excess
    return canvas


@settings(max_examples=60, deadline=None)
@given(spots)
def test_islands_hold_every_change_and_keep_apart(where: list[tuple[int, int, int]]) -> None:
    expected = ground()
    actual = with_spots(expected, where)
    boxes = islands.islands(expected, actual)
    differs = (expected != actual).any(axis=2)
    for box in boxes:
        pixels.crop(differs, box)[:] = False
    assert not differs.any()
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])


def test_equal_pictures_have_none() -> None:
    assert islands.islands(ground(), ground()) == ()


def test_two_corners_are_two_islands() -> None:
    assert islands.islands(ground(), with_spots(ground(), [(0, 0, 3), (195, 295, 3)])) == (
        Box(0, 0, 3, 3),
        Box(295, 195, 3, 3),
    )
