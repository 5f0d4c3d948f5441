"""What slid by a fraction of a pixel is brought together; what went further is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from pytest_visualdiff.comparison import slid

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_visualdiff.model import Array


def lightness(picture: Array) -> Any:
    """The picture as blurred CIELAB, as edges are measured."""
    lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    return cv2.GaussianBlur(lab, (5, 5), 0.7)


def left(first: Any, second: Any) -> float:
    """The squared difference that stays, as a share of what was there."""
    change = slid.together(first, second).change
    return float((change**2).sum() / ((first - second) ** 2).sum())


@pytest.mark.parametrize("offset", [0.1, 0.3, 0.5])
def test_a_slide_explains_most_of_sub_pixel_text(
    draw_text: Callable[..., Array], offset: float
) -> None:
    """Text drawn a fraction of a pixel further leaves little."""
    first, second = lightness(draw_text(0)), lightness(draw_text(offset))
    assert left(first, second) < 0.3


def test_no_slide_explains_another_ink(draw_text: Callable[..., Array]) -> None:
    """Paler text stays as different as it was."""
    assert left(lightness(draw_text(0, 20)), lightness(draw_text(0, 90))) > 0.8


def test_a_whole_pixel_is_too_far(draw_text: Callable[..., Array]) -> None:
    """Most of what changed by a move of one pixel is told to be far, and left as it is."""
    first, second = lightness(draw_text(0)), lightness(draw_text(1))
    found = slid.together(first, second)
    changed = np.abs(first - second).max(axis=2) > 10
    assert found.far[changed].mean() > 0.7
    assert np.array_equal(found.change[found.far], (first - second)[found.far])


def test_the_order_of_two_pictures_does_not_matter(draw_text: Callable[..., Array]) -> None:
    """Both slide halfway."""
    first, second = lightness(draw_text(0)), lightness(draw_text(0.4))
    there, back = slid.together(first, second), slid.together(second, first)
    assert np.allclose(there.change, -back.change, atol=1e-3)


def test_a_picture_that_moved_by_a_pixel_is_found_again(draw_photo: Callable[..., Array]) -> None:
    """Its soft tones leave no doubt where it went; half a pixel is no move."""
    photo = lightness(cv2.GaussianBlur(draw_photo(80), (0, 0), 2))
    half = cv2.warpAffine(photo, np.array([[1, 0, 0.5], [0, 1, 0]]), (80, 80))
    assert slid.together(photo[:, 4:], photo[:, 3:-1]).gone.mean() > 0.5
    assert not slid.together(photo[:, 4:], half[:, 4:]).gone.any()
