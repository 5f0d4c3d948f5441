"""Pictures of different sizes are aligned and explained; they never raise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from pytest_visualdiff.comparison import Limits, compare_arrays
from pytest_visualdiff.model import Box, Kind

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array

CREAM = (255, 240, 180)


def with_rows(picture: Array, start: int, rows: int) -> Array:
    """The picture with a cream band inserted, or rows removed where negative."""
    if rows < 0:
        return np.delete(picture, slice(start, start - rows), 0)
    band = np.full((rows, picture.shape[1], 3), CREAM, np.uint8)
    return np.concatenate((picture[:start], band, picture[start:]))


def with_columns(picture: Array, start: int, columns: int) -> Array:
    """The same across."""
    return with_rows(picture.swapaxes(0, 1), start, columns).swapaxes(0, 1)


@pytest.mark.parametrize("rows", [24, 1, -24, -1])
@pytest.mark.parametrize("start", [0, 100, 412])
def test_a_band_of_rows_is_told_and_nothing_else(expected: Array, start: int, rows: int) -> None:
    """The canvas is taller or shorter by one band; the rest is found equal."""
    found = compare_arrays(expected, with_rows(expected, start, rows))
    (difference,) = found.differences
    assert difference.kind is Kind.SIZE
    assert difference.detail["rows"] == rows
    assert difference.box.height == abs(rows)
    if rows > 1:
        assert difference.box == Box(0, start, 640, rows)
        assert difference.message == f"canvas 24 px taller: 24 rows inserted at y={start}"


@pytest.mark.parametrize("columns", [16, -16])
def test_a_band_of_columns_is_told_and_nothing_else(expected: Array, columns: int) -> None:
    """The same across."""
    (difference,) = compare_arrays(expected, with_columns(expected, 410, columns)).differences
    assert difference.detail["columns"] == columns
    assert ("wider" if columns > 0 else "narrower") in difference.message


@pytest.mark.parametrize("rows", [12, -12])
@pytest.mark.parametrize("columns", [16, -16])
def test_both_axes_may_differ_in_any_sign(expected: Array, rows: int, columns: int) -> None:
    """Two bands are told, one each way, and nothing else."""
    actual = with_columns(with_rows(expected, 300, rows), 420, columns)
    found = compare_arrays(expected, actual)
    told = [difference.detail for difference in found.differences]
    assert len(told) == 2
    assert {detail.get("rows") for detail in told} == {rows, None}
    assert {detail.get("columns") for detail in told} == {columns, None}


def test_a_change_elsewhere_is_told_besides_the_band(page: Any, expected: Array) -> None:
    """A change below an inserted band is found where it is in the actual picture."""
    actual = with_rows(page.but(label="").draw(), 100, 24)
    found = compare_arrays(expected, actual)
    assert {difference.kind for difference in found.differences} == {Kind.SIZE, Kind.MISSING}


def test_what_is_missing_is_told_where_it_was(page: Any, expected: Array) -> None:
    """The box of a missing thing is in pixels of the expected picture."""
    actual = with_rows(page.but(icons=page.icons[1:]).draw(), 100, 24)
    (missing,) = [d for d in compare_arrays(expected, actual).differences if d.kind is Kind.MISSING]
    assert missing.box == Box(300, 250, 13, 13)


def test_a_picture_enlarged_as_a_whole_is_one_difference(expected: Array) -> None:
    """A screenshot at another pixel ratio is told by its scale."""
    size = (960, 720)
    actual = np.array(Image.fromarray(expected).resize(size, Image.Resampling.LANCZOS))
    (difference,) = compare_arrays(expected, actual).differences
    assert (difference.kind, difference.detail["scale"]) == (Kind.SIZE, [1.5, 1.5])
    tolerant = Limits(max_resize=0.5)
    assert compare_arrays(expected, actual, limits=tolerant).same


def test_masked_rows_do_not_make_a_size_difference(expected: Array) -> None:
    """A band that lies under a mask as a whole is left out like everything there."""
    actual = with_rows(expected, 480, 20)
    assert not compare_arrays(expected, actual).same
    assert compare_arrays(expected, actual, masks=[Box(0, 480, 640, 20)]).same


@pytest.mark.parametrize("sizes", [((1, 1), (1, 2)), ((1, 1), (5, 7)), ((300, 2), (2, 300))])
def test_the_smallest_and_oddest_sizes_are_compared(
    sizes: tuple[tuple[int, int], tuple[int, int]],
) -> None:
    """Any two sizes give a result that differs and can be drawn."""
    first, second = (np.zeros((*size, 3), np.uint8) for size in sizes)
    found = compare_arrays(first, second)
    assert not found.same
    assert found.explain()
    assert found.diff_image().shape[0] == max(sizes[0][0], sizes[1][0])
