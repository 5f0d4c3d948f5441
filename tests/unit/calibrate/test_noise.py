"""The noise floor: how much, how many, where."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pytest_visualdiff.calibrate.noise import EDGES, distance, measure
from pytest_visualdiff.calibrate.study_values import MeasuredSeries, Series, Shot
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_visualdiff.model import Array


def test_equal_shots_have_no_noise(still: Array, seen: Callable[..., MeasuredSeries]) -> None:
    found = seen(still, still.copy(), still.copy())
    assert len(found.series.distinct) == 1
    assert (found.noise.share, found.noise.most, found.noise.spots) == (0, 0, ())


def test_a_pixel_in_one_of_three_shots_counts_in_two_of_three_pairs(
    still: Array, seen: Callable[..., MeasuredSeries]
) -> None:
    other = still.copy()
    other[100, 30] = (0, 0, 0)
    found = seen(still, still.copy(), other)
    (spot,) = found.noise.spots
    assert spot.box == Box(30, 100, 1, 1)
    assert spot.share == pytest.approx(2 / 3)
    assert spot.most == pytest.approx(100, abs=0.5)
    assert sum(found.noise.counts) == 2
    assert found.noise.share == pytest.approx(2 / 3 / (240 * 160))


def test_the_histogram_counts_each_difference_in_its_bin(
    still: Array, seen: Callable[..., MeasuredSeries]
) -> None:
    other = still.copy()
    other[90:100, 10:20] -= 5
    found = seen(still, other).noise
    (at,) = np.flatnonzero(found.counts)
    delta = float(distance(still[95:96, 15], other[95:96, 15])[0])
    assert EDGES[at] <= delta < EDGES[at + 1]
    assert found.counts[at] == 100


def test_places_far_apart_are_spots_of_their_own_the_strongest_first(
    still: Array, seen: Callable[..., MeasuredSeries]
) -> None:
    other = still.copy()
    other[5:8, 200:203] = 230
    other[130:134, 20:24] = (255, 0, 0)
    boxes = [spot.box for spot in seen(still, other).noise.spots]
    assert boxes == [Box(20, 130, 4, 4), Box(200, 5, 3, 3)]


def test_masked_places_make_no_noise(still: Array) -> None:
    other = still.copy()
    other[100:110, 20:30] = 0
    shots = (Shot("1", still), Shot("2", other, masks=(Box(18, 98, 20, 20),)))
    assert measure(Series("x", shots)).spots == ()


def test_only_the_region_is_looked_at(still: Array) -> None:
    other = still.copy()
    other[100:110, 20:30] = 0
    shot = Shot("1", still, region=Box(100, 0, 50, 50))
    assert measure(Series("x", (shot, replace(shot, pixels=other)))).share == 0


def test_shots_of_two_sizes_are_measured_where_both_are(
    still: Array, seen: Callable[..., MeasuredSeries]
) -> None:
    found = seen(still, still[:100])
    assert found.series.sizes == ((240, 160), (240, 100))
    assert found.noise.share == 0
