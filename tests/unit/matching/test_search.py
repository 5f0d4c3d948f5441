"""Equal places are found by their bytes, wherever near they are."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_visualdiff.matching.planes import Template
from pytest_visualdiff.matching.search import ExactMatcher

SCREEN = np.random.default_rng(5).integers(0, 256, (60, 80, 3), np.uint8)


@pytest.mark.parametrize(("x", "y"), [(20, 15), (0, 0), (50, 40), (0, 40)])
@pytest.mark.parametrize("off", [-4, 0, 4])
def test_an_equal_place_is_found_from_a_few_pixels_away(x: int, y: int, off: int) -> None:
    template = Template.of(SCREEN[y : y + 20, x : x + 30])
    assert ExactMatcher(template).near(SCREEN, x + off, y - off, 5) == (x, y)


def test_a_place_out_of_reach_or_with_one_other_pixel_is_none() -> None:
    template = Template.of(SCREEN[15:35, 20:50])
    assert ExactMatcher(template).near(SCREEN, 26, 15, 5) is None
    other = SCREEN.copy()
    other[34, 49, 2] ^= 1
    assert ExactMatcher(template).near(other, 20, 15, 5) is None


def test_pixels_that_do_not_count_may_differ() -> None:
    alpha = np.zeros((20, 30, 1), np.uint8)
    alpha[3:17, 4:26] = 255
    template = Template.of(np.dstack([SCREEN[15:35, 20:50], alpha]))
    other = SCREEN.copy()
    other[15:18] = 0
    assert ExactMatcher(template).near(other, 22, 14, 5) == (20, 15)


def test_a_row_that_is_everywhere_tells_nothing() -> None:
    stripes = np.zeros((60, 300, 3), np.uint8)
    stripes[::2] = 255
    assert ExactMatcher(Template.of(stripes[10:30, 10:40])).near(stripes, 200, 10, 0) == (200, 10)
    assert ExactMatcher(Template.of(np.zeros((4, 4, 3), np.uint8))).near(stripes, 9, 9, 90) is None
