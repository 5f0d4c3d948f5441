"""What holds of every search, with screens and places that hypothesis chooses."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import pytest_visualdiff as vd
from pytest_visualdiff.matching import SearchOptions
from pytest_visualdiff.matching.search import confidence_of

SIZE = (160, 200)
SEEDS = st.integers(0, 2**16)
SIDES = st.integers(16, 60)

unhurried = settings(max_examples=15, deadline=None, derandomize=True)


def noise(seed: int) -> np.ndarray:
    """A screen of random cells of three pixels, as busy as a screen can be."""
    height, width = SIZE
    cells = np.random.default_rng(seed).integers(0, 256, (height // 3 + 1, width // 3 + 1, 3))
    return cells.repeat(3, 0).repeat(3, 1)[:height, :width].astype(np.uint8)


def place(data: st.DataObject, width: int, height: int) -> tuple[int, int]:
    """A place for a template of that size."""
    x = data.draw(st.integers(0, SIZE[1] - width))
    return x, data.draw(st.integers(0, SIZE[0] - height))


@unhurried
@given(SEEDS, SIDES, SIDES, st.data())
def test_what_is_cut_out_of_a_screen_is_found_where_it_was(
    seed: int, width: int, height: int, data: st.DataObject
) -> None:
    screen = noise(seed)
    x, y = place(data, width, height)
    match = vd.locate(screen[y : y + height, x : x + width], screen)
    assert match.box == vd.Box(x, y, width, height)
    assert match.confidence == 1


@unhurried
@given(SEEDS, st.integers(-20, 20), st.integers(-20, 20))
def test_shifting_the_screen_shifts_the_match(seed: int, dx: int, dy: int) -> None:
    screen = noise(seed)
    moved = np.roll(screen, (dy, dx), axis=(0, 1))
    template = screen[60:100, 70:120]
    assert vd.locate(template, moved).box == vd.Box(70 + dx, 60 + dy, 50, 40)


@unhurried
@given(SEEDS, st.data())
def test_a_match_lies_inside_the_region_or_there_is_none(seed: int, data: st.DataObject) -> None:
    screen = noise(seed)
    x, y = place(data, 40, 40)
    region = vd.Box(50, 40, 110, 90)
    inside = 50 <= x <= 120 and 40 <= y <= 90
    matches = vd.locate_all(screen[y : y + 40, x : x + 40], screen, region=region, scales=[1])
    assert [match.box for match in matches] == ([vd.Box(x, y, 40, 40)] if inside else [])


@settings(unhurried, max_examples=5)
@given(SEEDS, SEEDS)
def test_another_noise_is_never_found(seed: int, other: int) -> None:
    screen = noise(seed)
    template = noise(other + 2**17)[20:60, 20:80]
    assert vd.locate_all(template, screen, scales=[1, 1.25, 0.8]) == ()


@given(st.lists(st.floats(0, 1), min_size=2, max_size=2), st.floats(50, 10_000))
def test_confidence_grows_with_the_agreement_and_stays_below_one(
    agreed: list[float], pixels: float
) -> None:
    low, high = (confidence_of(one, pixels) for one in sorted(agreed))
    assert 0 <= low <= high < 1


@given(st.floats(0.2, 5))
def test_a_range_admits_what_lies_inside(scale: float) -> None:
    assert SearchOptions(scales=(0.2, 5.0)).admits(scale)
    assert not SearchOptions(scales=(scale * 1.1, scale * 1.2)).admits(scale)
