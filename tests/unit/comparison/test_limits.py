"""Masks, regions and limits decide what counts, and say so when nothing is left."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pytest_visualdiff.comparison import Limits, compare_arrays
from pytest_visualdiff.errors import BrokenImage, InvalidValue, NothingCompared
from pytest_visualdiff.model import Box, Kind, limit_of
from pytest_visualdiff.options.strictness import LEVELS

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
        ("max_recolour", -1),
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


@pytest.mark.parametrize(("limit", "same"), [(11.0, False), (12.0, True)])
def test_another_colour_is_tolerated_up_to_its_limit(
    page: Any, expected: Array, limit: float, same: bool
) -> None:
    """A button repainted by CIEDE2000 11.7 is tolerated where 12 are, and listed as tolerated."""
    actual = page.but(blue="#2f8fed").draw()
    found = compare_arrays(expected, actual, limits=Limits(max_recolour=limit))
    assert found.same is same
    assert (found.confidence == 1) is same
    assert [d.kind for d in (*found.differences, *found.tolerated)] == [Kind.RECOLOURED]


def test_tolerated_colours_do_not_excuse_another_shape(page: Any, expected: Array) -> None:
    """With any colour allowed, what moved, went or reads otherwise is still a difference."""
    limits = Limits(max_recolour=100)
    for change in ({"label": "Log in"}, {"button": (30, 246, 150, 286)}, {"photo": False}):
        found = compare_arrays(expected, page.but(**change).draw(), limits=limits)
        assert not found.same, change


@pytest.mark.parametrize("kind", [Kind.MOVED, Kind.RESIZED, Kind.RECOLOURED])
def test_a_limit_of_one_kind_excuses_no_other(page: Any, expected: Array, kind: Kind) -> None:
    """Each kind has its own."""
    changes = {
        Kind.MOVED: {"button": (33, 244, 153, 284)},
        Kind.RESIZED: {"photo_side": 165},
        Kind.RECOLOURED: {"blue": "#2f8fed"},
    }
    high = {"max_move": 50.0, "max_resize": 5.0, "max_recolour": 100.0}
    own = limit_of(kind, {})
    actual = page.but(**changes[kind]).draw()
    for name, value in high.items():
        found = compare_arrays(expected, actual, limits=Limits(**{name: value}))
        assert found.same is (name == own), name


@pytest.mark.parametrize("colour", [(0, 255, 253), (9, 9, 9), (255, 255, 255), (200, 30, 30)])
@pytest.mark.parametrize("channel", [0, 1, 2])
def test_exact_sees_one_level_of_one_channel_of_one_pixel(
    colour: tuple[int, int, int], channel: int
) -> None:
    """Also where that is the smallest step that sRGB has, 0.0064 CIEDE2000."""
    expected = np.full((20, 20, 3), colour, np.uint8)
    actual = expected.copy()
    actual[7, 9, channel] ^= 1
    limits = Limits(**LEVELS["exact"].values())
    (difference,) = compare_arrays(expected, actual, limits=limits).differences
    assert difference.box == Box(9, 7, 1, 1)
    assert compare_arrays(expected, actual).same


def test_exact_does_not_forgive_an_edge_drawn_anew(draw_text: Any) -> None:
    """Half a pixel elsewhere is the same by default, and not exactly."""
    before, after = draw_text(0), draw_text(0.25)
    assert compare_arrays(before, after).same
    assert not compare_arrays(before, after, limits=Limits(**LEVELS["exact"].values())).same


def test_layout_forgives_colours_and_sees_places(page: Any, expected: Array) -> None:
    limits = Limits(**LEVELS["layout"].values())
    repainted = page.but(blue="#ed2f2f", border_colour="#3355ff").draw()
    assert compare_arrays(expected, repainted, limits=limits).same
    for change in ({"button": (31, 240, 151, 280)}, {"icons": page.icons[1:]}, {"photo_side": 155}):
        assert not compare_arrays(expected, page.but(**change).draw(), limits=limits).same, change


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


def test_a_tolerated_colour_does_not_excuse_what_was_painted_black(page: Any) -> None:
    """A label that went from white to black is no slight change of the ground around it."""
    start = page.but(label="")
    white, black = start.draw(), start.but(blue="#3574ef").draw()
    white[255:265, 60:120], black[255:265, 60:120] = 255, 0
    assert not compare_arrays(white, black, limits=Limits(max_recolour=5)).same
