"""Edges drawn anew at another sub-pixel position are the same; other shapes are not."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PIL import Image

from pytest_visualdiff.comparison import compare_arrays

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_visualdiff.model import Array


def lcd(picture: Array, *, blue_first: bool = False) -> Array:
    """The picture as sub-pixel rendering draws it: sampled three times as finely across."""
    fine = cv2.resize(picture.astype(np.float32), None, fx=3, fy=1)
    fine = cv2.filter2D(fine, -1, np.array([[1, 2, 3, 2, 1]], np.float32) / 9)
    offsets = (2, 1, 0) if blue_first else (0, 1, 2)
    drawn = np.dstack([fine[:, offset::3, i] for i, offset in enumerate(offsets)])
    return np.clip(drawn.round(), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("blue_first", [False, True])
@pytest.mark.parametrize(("ink", "ground"), [(20, 255), (230, 20)])
def test_colour_fringes_of_text_are_the_same(
    draw_text: Callable[..., Array], ink: int, ground: int, blue_first: bool
) -> None:
    """LCD against gray antialiasing, either way round."""
    plain = draw_text(0, ink, ground)
    fringed = lcd(plain, blue_first=blue_first)
    assert (plain != fringed).any()
    for first, second in ((plain, fringed), (fringed, plain)):
        found = compare_arrays(first, second)
        assert found.same, found.explain()


def test_fringes_do_not_hide_another_letter(page: object, expected: Array) -> None:
    """A typo in a fringed picture is still a difference, and the only one."""
    lines = tuple(line.replace("notices", "notioes") for line in page.paragraph)  # type: ignore[attr-defined]
    actual = lcd(page.but(paragraph=lines).draw())  # type: ignore[attr-defined]
    assert not compare_arrays(expected, actual).same


def test_confidence_falls_with_the_distance_of_a_move(draw_text: Callable[..., Array]) -> None:
    """Half a pixel may be the same, a whole pixel never is, and nothing in between is odd."""
    still = draw_text(0, 20, 255)
    found = [compare_arrays(still, draw_text(offset / 10, 20, 255)) for offset in range(11)]
    assert found[3].same
    assert not found[10].same
    confidences = [one.confidence for one in found]
    assert all(later <= earlier + 0.05 for earlier, later in pairwise(confidences))


@pytest.mark.parametrize("distance", [1, 2, 3])
@pytest.mark.parametrize("level", [206, 225])
def test_a_faint_line_elsewhere_is_a_difference(distance: int, level: int) -> None:
    """The border of an input that grew by a pixel or two."""
    first, second = np.full((60, 200, 3), 255, np.uint8), np.full((60, 200, 3), 255, np.uint8)
    first[30, 20:180] = level
    second[30 + distance, 20:180] = level
    assert not compare_arrays(first, second).same


@pytest.mark.parametrize("quality", [97, 98])
def test_encoding_with_little_loss_is_the_same(expected: Array, quality: int) -> None:
    """A JPEG of high quality looks like what it was made of."""
    encoded = io.BytesIO()
    Image.fromarray(expected).save(encoded, "JPEG", quality=quality, subsampling=0)
    found = compare_arrays(expected, np.asarray(Image.open(encoded)))
    assert found.same, found.explain()
