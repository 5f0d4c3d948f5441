"""The rough shape of a difference tells one from another at the same place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from pytest_visualdiff.comparison import compare_arrays
from pytest_visualdiff.comparison.diff_image import DiffSource
from pytest_visualdiff.comparison.result import Comparison
from pytest_visualdiff.comparison.shape import shape, shaped
from pytest_visualdiff.model import Box, Difference, Kind

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array

BOX = Box(24, 20, 32, 32)


def marked(*cells: tuple[int, int], at: tuple[int, int] = (24, 20)) -> Array:
    """A white picture with squares of 8 pixels in cells (column, row) of a box."""
    picture = np.full((96, 120, 3), 255, np.uint8)
    for column, row in cells:
        x, y = at[0] + 8 * column, at[1] + 8 * row
        picture[y : y + 8, x : x + 8] = (200, 20, 20)
    return picture


def compared(actual: Array, **options: object) -> Comparison:
    return compare_arrays(marked(), actual, **options)  # type: ignore[arg-type]


def shape_of(actual: Array, box: Box = BOX, **options: object) -> str:
    source = compared(actual, **options).diff_source
    assert isinstance(source, DiffSource)
    return shape(source, box)


@pytest.mark.parametrize(
    ("cells", "bits"),
    [
        ([(0, 0)], "8000"),
        ([(3, 3)], "0001"),
        ([(0, 0), (1, 0), (2, 0), (3, 0)], "f000"),
        ([(1, 1), (2, 2)], "0420"),
        ([(column, row) for column in range(4) for row in range(4)], "ffff"),
        ([], "0000"),
    ],
)
def test_a_bit_says_where_pixels_differ(cells: list[tuple[int, int]], bits: str) -> None:
    assert shape_of(marked(*cells)) == bits


def test_the_same_thing_elsewhere_has_the_same_shape() -> None:
    """Also where only a region is compared."""
    cells = [(0, 1), (2, 1), (3, 3)]
    here = shape_of(marked(*cells))
    assert shape_of(marked(*cells, at=(61, 43)), Box(61, 43, 32, 32)) == here
    assert shape_of(marked(*cells), region=Box(10, 10, 80, 80)) == here


@pytest.mark.parametrize("box", [Box(500, 500, 8, 8), Box(0, 0, 8, 8), Box(-9, -9, 4, 4)])
def test_a_box_in_which_nothing_differs_has_an_empty_shape(box: Box) -> None:
    """One may lie in the expected picture only, or be thin, or outside."""
    assert shape_of(marked((1, 1)), box) == "0000"


@pytest.mark.parametrize("box", [Box(24, 20, 1, 1), Box(24, 20, 3, 60), Box(20, 16, 200, 200)])
def test_any_box_has_a_shape(box: Box) -> None:
    assert len(shape_of(marked((0, 0)), box)) == 4


def test_each_difference_gets_its_shape() -> None:
    found = shaped(compared(marked((0, 0), (3, 3))))
    assert found.differences
    assert all(len(one.detail["shape"]) == 4 for one in found.differences)
    assert found.same is compared(marked((0, 0), (3, 3))).same


def test_a_comparator_that_keeps_no_pictures_gives_no_shape() -> None:
    bare = Comparison(0.1, (Difference(Kind.CHANGED, BOX, 0.1),))
    assert shaped(bare) == bare
