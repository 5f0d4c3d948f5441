"""Laws that hold for any two pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pytest_visualdiff.comparison import compare_arrays
from pytest_visualdiff.errors import NothingCompared
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array

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
    assert here.confidence == there.confidence


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
