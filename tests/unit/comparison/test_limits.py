"""Masks, regions and limits decide what counts, and say so when nothing is left."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pytest_visualdiff.comparison import Limits, compare_arrays
from pytest_visualdiff.errors import BrokenImage, InvalidValue, NothingCompared
from pytest_visualdiff.model import Box, Kind

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array

EVERYTHING = Box(-5, -5, 2000, 2000)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("threshold", 0),
        ("threshold", float("nan")),
        ("confidence", -0.1),
        ("confidence", 1.1),
        ("max_move", -1),
        ("max_resize", -0.5),
    ],
)
def test_a_limit_out_of_range_is_named(name: str, value: float) -> None:
    """A wrong limit is a usage error that names it."""
    with pytest.raises(InvalidValue, match=name):
        Limits(**{name: value})


@pytest.mark.parametrize(
    ("masks", "region"),
    [
        ([EVERYTHING], None),
        ([], Box(700, 0, 10, 10)),
        ([], Box(0, 0, 0, 5)),
        ([Box(10, 10, 20, 20)], Box(12, 12, 5, 5)),
    ],
)
def test_nothing_left_to_compare_is_an_error_with_numbers(
    expected: Array, masks: list[Box], region: Box | None
) -> None:
    """Equal pictures are not the same when no pixel of them was compared."""
    with pytest.raises(NothingCompared, match=r"640x480.*masks"):
        compare_arrays(expected, expected, masks=masks, region=region)


def test_a_mask_hides_what_is_under_it(page: Any, expected: Array) -> None:
    """Masked differences are left out; those beside the mask stay."""
    actual = page.but(label="Log in", icons=page.icons[1:]).draw()
    found = compare_arrays(expected, actual, masks=[Box(30, 240, 121, 41)])
    assert [difference.kind for difference in found.differences] == [Kind.MISSING]


def test_a_region_limits_the_comparison_and_keeps_coordinates(page: Any, expected: Array) -> None:
    """Only what is inside the region counts; boxes stay those of the whole picture."""
    actual = page.but(label="", icons=page.icons[1:]).draw()
    found = compare_arrays(expected, actual, region=Box(280, 200, 200, 100))
    assert [difference.box for difference in found.differences] == [Box(300, 250, 13, 13)]


def test_pictures_of_two_sizes_may_be_the_same_inside_a_region(expected: Array) -> None:
    """A canvas that differs outside the region does not matter."""
    assert compare_arrays(expected, expected[:400], region=Box(0, 0, 640, 300)).same


@pytest.mark.parametrize(("limit", "same"), [(4.9, False), (5.0, True)])
def test_a_move_is_tolerated_up_to_its_distance(
    page: Any, expected: Array, limit: float, same: bool
) -> None:
    """A button moved by (3, 4) has moved five pixels."""
    actual = page.but(button=(33, 244, 153, 284)).draw()
    found = compare_arrays(expected, actual, limits=Limits(max_move=limit))
    assert found.same is same
    assert (found.confidence == 1) is same
    assert [d.kind for d in (*found.differences, *found.tolerated)] == [Kind.MOVED]


def test_a_tolerated_move_does_not_excuse_what_changed_inside(page: Any, expected: Array) -> None:
    """A typo in a paragraph that was allowed to move is still a difference."""
    lines = tuple(line.replace("wizards", "wizerds") for line in page.paragraph)
    actual = page.but(paragraph_at=(30, 134), paragraph=lines).draw()
    found = compare_arrays(expected, actual, limits=Limits(max_move=5))
    assert [difference.kind for difference in found.differences] == [Kind.CHANGED]


@pytest.mark.parametrize(("limit", "same"), [(0.05, False), (0.11, True)])
def test_another_size_is_tolerated_up_to_its_limit(
    page: Any, expected: Array, limit: float, same: bool
) -> None:
    """A photo enlarged by 10 % is tolerated where 11 % are."""
    actual = page.but(photo_side=165).draw()
    assert compare_arrays(expected, actual, limits=Limits(max_resize=limit)).same is same


def test_transparency_alone_is_a_difference() -> None:
    """White that became see-through differs, though it looks the same on white."""
    solid = np.full((20, 20, 4), 255, np.uint8)
    clear = solid.copy()
    clear[5:10, 5:10, 3] = 128
    (difference,) = compare_arrays(solid, clear).differences
    assert difference.box == Box(5, 5, 5, 5)


def test_colours_nobody_can_see_do_not_differ() -> None:
    """Under full transparency any two colours are the same."""
    first, second = np.zeros((8, 8, 4), np.uint8), np.full((8, 8, 4), 99, np.uint8)
    second[:, :, 3] = 0
    assert compare_arrays(first, second).same


def test_an_opaque_alpha_channel_makes_no_difference(expected: Array) -> None:
    """RGB and fully opaque RGBA of the same colours are the same."""
    opaque = np.dstack((expected, np.full(expected.shape[:2], 255, np.uint8)))
    assert compare_arrays(expected, opaque).same


@pytest.mark.parametrize(
    "broken",
    [
        np.zeros((0, 5, 3), np.uint8),
        np.zeros((5, 5), np.uint8),
        np.zeros((5, 5, 2), np.uint8),
        np.zeros((5, 5, 3), np.float32),
    ],
)
def test_an_array_that_is_no_picture_is_refused(expected: Array, broken: Any) -> None:
    """Wrong shapes and types are an image error, whichever side they are on."""
    with pytest.raises(BrokenImage, match="actual"):
        compare_arrays(expected, broken)
    with pytest.raises(BrokenImage, match="expected"):
        compare_arrays(broken, expected)


def test_importing_the_package_loads_neither_opencv_nor_numpy() -> None:
    """The scale is paid for when something is weighed."""
    code = (
        "import sys, pytest_visualdiff.comparison;"
        "sys.exit(any(name in sys.modules for name in ('cv2', 'numpy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
