"""Where a patch may have gone."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_visualdiff.comparison.moves import propose_offsets
from pytest_visualdiff.comparison.tuning import MOVES
from pytest_visualdiff.model import Box


def _bars(*places: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A picture of 200x60 pixels with bars of two colours at these places."""
    picture = np.full((60, 200, 3), 255, np.uint8)
    for place in places:
        picture[20:40, place : place + 4] = (200, 30, 30)
        picture[24:36, place + 6 : place + 9] = (30, 30, 200)
    return picture


@pytest.mark.parametrize("step", [1, 7, MOVES.tile // 2 - 1, -13])
def test_a_patch_is_found_where_it_went(step: int) -> None:
    """To a pixel, as far as is searched."""
    assert (step, 0) in propose_offsets(_bars(80), _bars(80 + step), Box(80, 20, 9, 20))


def test_of_places_that_fit_equally_well_the_nearest_counts() -> None:
    """Rows of equal things are common, and they rarely jump over each other."""
    found = propose_offsets(_bars(80), _bars(50, 88, 120), Box(80, 20, 9, 20))
    assert (8, 0) in found
    assert (-30, 0) not in found
    assert (40, 0) not in found


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_a_patch_that_one_channel_shows_is_found(channel: int) -> None:
    """Whatever its colour."""
    first, second = np.full((60, 200, 3), 128, np.uint8), np.full((60, 200, 3), 128, np.uint8)
    first[20:30, 80:90, channel] = second[20:30, 85:95, channel] = 150
    assert (5, 0) in propose_offsets(first, second, Box(80, 20, 10, 10))


def test_a_flat_patch_went_nowhere() -> None:
    """It would be found everywhere."""
    flat = np.full((60, 200, 3), 128, np.uint8)
    assert propose_offsets(flat, flat, Box(80, 20, 20, 20)) == ()
