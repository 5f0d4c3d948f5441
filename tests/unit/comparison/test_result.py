"""A comparison says in words and in a picture what differs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pytest_visualdiff.comparison import compare_arrays
from pytest_visualdiff.comparison.diff_image import COLOURS
from pytest_visualdiff.comparison.judgement import MOST
from pytest_visualdiff.comparison.result import Comparison
from pytest_visualdiff.model import Box, Difference, Kind

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"button": (30, 241, 150, 281)}, "'moved' at (30, 241) 121x41: by (0, +1)"),
        ({"blue": "#2f8fed"}, "ΔE 11.7, #2f6fed → #2f8fed"),
        ({"label": ""}, "'missing' at (66, 254) 47x15: clearly different"),
        ({"icon_side": 15}, "'resized' at (300, 250) 16x16: 23 % larger"),
    ],
)
def test_each_kind_is_told_in_one_line(page: Any, change: dict[str, Any], line: str) -> None:
    """The explanation names kind, place and what happened in numbers."""
    assert line in compare_arrays(page.draw(), page.but(**change).draw()).explain()


def test_differences_come_worst_first_and_survive_json(page: Any, expected: Array) -> None:
    """Differences are ordered, and their details are plain data."""
    actual = page.but(blue="#2f8fed", photo=False, icons=page.icons[1:], border=2).draw()
    differences = compare_arrays(expected, actual).differences
    assert differences[0].box == Box(440, 100, 150, 150)
    plain = json.loads(json.dumps([difference.to_dict() for difference in differences]))
    again = [Difference.from_dict(data) for data in plain]
    assert [d.detail for d in again] == [d.detail for d in differences]


def test_many_differences_are_merged_into_one_more() -> None:
    """At most fifty are told one by one; the last says how many more there are."""
    expected = np.full((400, 400, 3), 255, np.uint8)
    actual = expected.copy()
    actual[10::40, 10::40] = (200, 0, 0)
    differences = compare_arrays(expected, actual).differences
    assert len(differences) == MOST + 1
    assert differences[-1].message == "50 more regions, merged"


def test_the_diff_image_colours_what_differs(page: Any, expected: Array) -> None:
    """The drawing has the size of the picture and the colour of each kind."""
    actual = page.but(label="").draw()
    image = compare_arrays(expected, actual).diff_image()
    assert (image.shape, image.dtype) == (actual.shape, np.uint8)
    assert (image == COLOURS[Kind.MISSING]).all(axis=2).sum() > 100
    assert image[400:, 450:].min() > 150  # elsewhere the page is dimmed


def test_drawing_does_not_touch_the_pictures(page: Any, expected: Array) -> None:
    """Comparing and drawing leave both arrays as they were, and drawing repeats itself."""
    actual = page.but(button=(40, 240, 160, 280), border=2).draw()
    before, after = expected.copy(), actual.copy()
    found = compare_arrays(expected, actual, masks=[Box(0, 0, 20, 20)])
    assert np.array_equal(found.diff_image(), found.diff_image())
    assert np.array_equal(before, expected)
    assert np.array_equal(after, actual)


def test_the_diff_image_of_equal_pictures_is_dimmed_only(expected: Array) -> None:
    """Nothing is marked where nothing differs."""
    image = compare_arrays(expected, expected).diff_image()
    assert np.ptp(image, axis=2).max() == 0


def test_a_comparison_without_pictures_says_so() -> None:
    """A comparator of another make may keep no pictures."""
    with pytest.raises(ValueError, match="no pictures"):
        Comparison(1.0).diff_image()
