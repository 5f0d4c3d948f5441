"""What is too faint to be a difference, but is everywhere, is noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from pytest_visualdiff.comparison import compare_arrays
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array


def ground(colour: tuple[int, int, int]) -> Array:
    """A page of one ground with a dark bar."""
    page = np.full((160, 240, 3), colour, np.uint8)
    page[40:60, 30:200] = 40
    return page


def test_another_ground_of_the_page_is_the_same_with_a_note() -> None:
    """White that became nearly white is allowed by the threshold, and told with both colours."""
    found = compare_arrays(ground((255, 255, 255)), ground((253, 253, 252)))
    assert found.same
    assert "faint, but everywhere" in found.note
    assert "#ffffff → #fdfdfc" in found.note


@pytest.mark.parametrize("what", ["nothing", "noise", "a part", "masked"])
def test_there_is_no_note(what: str) -> None:
    """Equal pictures, noise in all directions, a change of a part, and one under a mask."""
    expected = ground((250, 250, 250))
    actual, masks = expected.copy(), ()
    if what == "noise":
        steps = np.random.default_rng(1).integers(-1, 2, expected.shape)
        actual = (expected.astype(int) + steps).astype(np.uint8)
    if what == "a part":
        actual[:60] = expected[:60] - 1
    if what == "masked":
        actual, masks = ground((249, 249, 249)), (Box(0, 0, 240, 150),)
        actual[150:] = expected[150:]
    found = compare_arrays(expected, actual, masks=masks)
    assert found.same
    assert not found.note
