"""What no person would notice is no difference."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pytest_visualdiff.comparison import Limits, compare_arrays
from pytest_visualdiff.model import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_visualdiff.model import Array


def noisy(picture: Array, levels: int, *, gray: bool = False) -> Array:
    """The picture with random noise of so many levels."""
    random = np.random.default_rng(levels)
    shape = (*picture.shape[:2], 1) if gray else picture.shape
    noise = random.integers(-levels, levels + 1, shape)
    return np.clip(picture.astype(int) + noise, 0, 255).astype(np.uint8)


def test_equal_pictures_are_the_same_with_confidence_one(expected: Array) -> None:
    """Identity needs no tolerance, and nothing is reported."""
    found = compare_arrays(expected, expected.copy())
    assert (found.same, found.confidence, found.tolerated) == (True, 1.0, ())
    assert found.explain() == ""


def test_noise_of_one_level_is_the_same(expected: Array) -> None:
    """A page with a level of noise in each channel looks the same."""
    assert compare_arrays(expected, noisy(expected, 1)).same


@pytest.mark.parametrize("levels", [1, 2])
@pytest.mark.parametrize("gray", [True, False])
def test_a_dithered_gradient_is_the_same(expected: Array, levels: int, gray: bool) -> None:
    """Dithering a gradient by one or two levels goes unnoticed."""
    gradient = expected[460:]
    assert compare_arrays(gradient, noisy(gradient, levels, gray=gray)).same


def test_dark_noise_is_the_same() -> None:
    """Colour noise where the eye is most sensitive to it is tolerated at one level."""
    dark = np.full((100, 200, 3), 26, np.uint8)
    assert compare_arrays(dark, noisy(dark, 1)).same


@pytest.mark.parametrize("offset", [0.1, 0.2, 0.3])
@pytest.mark.parametrize(("ink", "ground"), [(20, 255), (230, 20), (90, 255)])
def test_text_redrawn_at_a_sub_pixel_offset_is_the_same(
    draw_text: Callable[..., Array], offset: float, ink: int, ground: int
) -> None:
    """Text drawn anew a fraction of a pixel further looks the same."""
    found = compare_arrays(draw_text(0, ink, ground), draw_text(offset, ink, ground))
    assert found.same, found.explain()


@pytest.mark.parametrize("paler", [35, 60])
def test_antialias_tolerance_does_not_forgive_paler_text(
    draw_text: Callable[..., Array], paler: int
) -> None:
    """Every pixel of thin text is an edge; another ink is a difference all the same."""
    assert not compare_arrays(draw_text(0, 20), draw_text(0, paler)).same


@pytest.mark.parametrize(("ink", "other", "ground"), [(20, 30, 255), (90, 98, 255), (230, 217, 20)])
def test_text_of_a_colour_just_noticeably_other_is_recoloured(
    draw_text: Callable[..., Array], ink: int, other: int, ground: int
) -> None:
    """Little is needed where all of a text changed in one direction: no redrawing does that."""
    found = compare_arrays(draw_text(0, ink, ground), draw_text(0, other, ground))
    assert {difference.kind for difference in found.differences} == {Kind.RECOLOURED}


def test_text_of_a_colour_less_than_noticeably_other_is_the_same(
    draw_text: Callable[..., Array],
) -> None:
    """What is below the threshold on flat ground is so in text."""
    assert compare_arrays(draw_text(0, 20), draw_text(0, 24)).same


def test_text_a_whole_pixel_further_is_a_difference(draw_text: Callable[..., Array]) -> None:
    """Antialias tolerance ends well below a pixel."""
    (difference,) = compare_arrays(draw_text(0), draw_text(1)).differences
    assert difference.detail["offset"] == [1, 0]


def test_without_antialias_tolerance_a_redrawn_edge_differs(
    draw_text: Callable[..., Array],
) -> None:
    """The tolerance is what forgives sub-pixel text, and it can be switched off."""
    strict = Limits(antialiasing=False)
    assert not compare_arrays(draw_text(0), draw_text(0.3), limits=strict).same


def test_a_handful_of_pixels_just_over_the_threshold_is_tolerated() -> None:
    """A region whose confidence reaches what is required is listed as tolerated."""
    expected = np.full((40, 40, 3), 128, np.uint8)
    actual = expected.copy()
    actual[10:15, 10:15] = 131
    severe = Limits(threshold=1.0, confidence=0.98, antialiasing=False)
    found = compare_arrays(expected, actual, limits=severe)
    assert not found.same
    lenient = replace(severe, confidence=found.confidence)
    again = compare_arrays(expected, actual, limits=lenient)
    assert again.same
    assert len(again.tolerated) == 1
    assert again.confidence == found.confidence < 1


def test_a_faint_change_of_a_line_weighs_more_than_that_of_a_word() -> None:
    """What changed a little all along a line adds up, though each place of it is small."""
    expected = np.full((40, 200, 3), 128, np.uint8)
    word, line = expected.copy(), expected.copy()
    word[10:15, 10:15] = 131
    for left in range(10, 170, 40):
        line[10:15, left : left + 5] = 131
    severe = Limits(threshold=1.0, antialiasing=False)
    seen = [compare_arrays(expected, one, limits=severe).confidence for one in (word, line)]
    assert seen[1] < seen[0] < 1
