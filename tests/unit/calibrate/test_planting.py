"""Planted changes: they are as strong as they say, where they say, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from pytest_visualdiff.calibrate.noise import distance
from pytest_visualdiff.calibrate.planting import CHANGES, MOST, Change, Page, fade, recolour, shift
from pytest_visualdiff.comparison.arrays import crop
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_each_change_fits_the_page_and_stays_inside_its_box(still: Array, change: Change) -> None:
    page = Page(still)
    places = change.find(page)
    assert 0 < len(places) <= MOST
    changed, box = change.plant(page, places[0], change.strengths[-1])
    assert not np.array_equal(changed, still)
    crop(changed, box)[:] = crop(still, box)
    assert np.array_equal(changed, still)


def test_places_are_the_same_each_time_and_keep_away_from_what_flickers(still: Array) -> None:
    flickers = Box(0, 100, 240, 60)
    places = Page(still, (flickers,)).flat()
    assert places == Page(still, (flickers,)).flat()
    assert places
    assert not any(place.overlaps(flickers) for place in places)


@pytest.mark.parametrize("strength", [1, 3, 10])
def test_a_colour_step_is_at_least_as_large_as_it_says_and_hardly_larger(
    still: Array, strength: float
) -> None:
    box = Page(still).flat()[0]
    changed, _ = recolour(Page(still), box, strength)
    before, after = (crop(one, box).reshape(-1, 3) for one in (still, changed))
    assert strength <= distance(before, after).max() < strength + 0.5


def test_a_shift_by_whole_pixels_moves_them(still: Array) -> None:
    word = Page(still).words()[0]
    changed, _ = shift(Page(still), word, 2)
    assert np.array_equal(crop(changed, word.moved(2, 0)), crop(still, word))


def test_a_letter_faded_by_all_is_its_background(still: Array) -> None:
    letter = Page(still).glyphs()[0]
    changed, _ = fade(Page(still), letter, 100)
    assert np.ptp(crop(changed, letter).reshape(-1, 3), axis=0).max() < 10


def test_a_picture_without_anything_has_flat_places_alone() -> None:
    page = Page(np.full((30, 40, 3), 200, np.uint8))
    assert page.flat()
    assert (page.words(), page.glyphs(), page.specks()) == ((), (), ())


def test_a_tiny_picture_is_no_trouble() -> None:
    page = Page(np.full((1, 1, 3), 200, np.uint8))
    for change in CHANGES:
        for place in change.find(page):
            change.plant(page, place, change.strengths[0])
