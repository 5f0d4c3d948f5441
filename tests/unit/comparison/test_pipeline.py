"""What no person would notice is no difference."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pytest_visualdiff.comparison import Limits, compare_arrays
from pytest_visualdiff.errors import NothingCompared
from pytest_visualdiff.model import Box, Kind

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


bounded = settings(max_examples=40, deadline=None)

sides = st.integers(1, 24)
pictures = hnp.arrays(np.uint8, st.tuples(sides, sides, st.sampled_from([3, 4])))
boxes = st.builds(
    Box, st.integers(-4, 24), st.integers(-4, 24), st.integers(0, 24), st.integers(0, 24)
)


@st.composite
def pairs(draw: Any) -> tuple[Array, Array]:
    """Two pictures of one size: a ground with a few patches, which partly differ."""
    height, width = draw(sides), draw(sides)
    first: Array = np.full((height, width, 3), draw(st.integers(0, 255)), np.uint8)
    second = first.copy()
    for target in draw(st.lists(st.sampled_from(["first", "second", "both"]), max_size=4)):
        box = draw(boxes).clipped(width, height)
        colour = draw(st.tuples(*[st.integers(0, 255)] * 3))
        for name, picture in (("first", first), ("second", second)):
            if target in (name, "both"):
                picture[box.y : box.bottom, box.x : box.right] = colour
    return first, second


@bounded
@given(pictures)
def test_a_picture_is_the_same_as_itself(picture: Array) -> None:
    """Whatever it shows, whatever its size and mode."""
    found = compare_arrays(picture, picture.copy())
    assert found.same
    assert found.confidence == 1


@bounded
@given(pairs())
def test_being_the_same_is_symmetric(pair: tuple[Array, Array]) -> None:
    """It does not matter which picture is the baseline."""
    first, second = pair
    assert compare_arrays(first, second).same == compare_arrays(second, first).same


@bounded
@given(pairs(), st.lists(boxes, max_size=3))
def test_masks_only_remove_differences(pair: tuple[Array, Array], masks: list[Box]) -> None:
    """With a mask confidence never falls, and the same stays the same."""
    without = compare_arrays(*pair)
    try:
        masked = compare_arrays(*pair, masks=masks)
    except NothingCompared:
        return
    assert masked.confidence >= without.confidence
    assert without.same <= masked.same


@bounded
@given(pairs(), st.integers(0, 20), st.integers(0, 20))
def test_shifting_both_pictures_changes_nothing_but_boxes(
    pair: tuple[Array, Array], dx: int, dy: int
) -> None:
    """A result does not depend on where in the picture it is found."""
    wide = [np.pad(p, ((12, 12), (12, 12), (0, 0)), constant_values=255) for p in pair]
    far = [np.pad(p, ((dy, 0), (dx, 0), (0, 0)), constant_values=255) for p in wide]
    here, there = compare_arrays(*wide), compare_arrays(*far)
    assert [d.box.moved(dx, dy) for d in here.differences] == [d.box for d in there.differences]
    assert [d.kind for d in here.differences] == [d.kind for d in there.differences]
    assert here.confidence == pytest.approx(there.confidence, abs=1e-5)


@bounded
@given(pictures, pictures)
def test_any_two_pictures_give_a_result_that_can_be_drawn(first: Array, second: Array) -> None:
    """Sizes and modes never raise; the verdict agrees with its confidence."""
    found = compare_arrays(first, second)
    assert 0 <= found.confidence <= 1
    assert found.same == (found.confidence >= 0.91)
    assert len(found.explain().splitlines()) == len(found.differences)
    height, width = np.maximum(first.shape[:2], second.shape[:2])
    assert found.diff_image().shape == (height, width, 3)
