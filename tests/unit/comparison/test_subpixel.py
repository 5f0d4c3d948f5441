"""What slid by a fraction of a pixel is brought together; what went further is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from pytest_visualdiff.comparison import compare_arrays, subpixel

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_visualdiff.model import Array


def lightness(picture: Array) -> Any:
    """The picture as blurred CIELAB, as edges are measured."""
    lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    return cv2.GaussianBlur(lab, (5, 5), 0.7)


def left(first: Any, second: Any) -> float:
    """The squared difference that stays, as a share of what was there."""
    change = subpixel.register_subpixel(first, second).change
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
    found = subpixel.register_subpixel(first, second)
    changed = np.abs(first - second).max(axis=2) > 10
    assert found.far[changed].mean() > 0.7
    assert np.array_equal(found.change[found.far], (first - second)[found.far])


def test_the_order_of_two_pictures_does_not_matter(draw_text: Callable[..., Array]) -> None:
    """Both slide halfway."""
    first, second = lightness(draw_text(0)), lightness(draw_text(0.4))
    there, back = (
        subpixel.register_subpixel(first, second),
        subpixel.register_subpixel(second, first),
    )
    assert np.allclose(there.change, -back.change, atol=1e-3)


def test_a_picture_that_moved_by_a_pixel_is_found_again(draw_photo: Callable[..., Array]) -> None:
    """Its soft tones leave no doubt where it went; half a pixel is no move."""
    photo = lightness(cv2.GaussianBlur(draw_photo(80), (0, 0), 2))
    half = cv2.warpAffine(photo, np.array([[1, 0, 0.5], [0, 1, 0]]), (80, 80))
    assert subpixel.register_subpixel(photo[:, 4:], photo[:, 3:-1]).gone.mean() > 0.5
    assert not subpixel.register_subpixel(photo[:, 4:], half[:, 4:]).gone.any()


def pattern() -> Array:
    """Detail of all sizes down to a pixel, in gray."""
    rng = np.random.default_rng(7)
    return np.repeat(rng.integers(60, 200, (80, 80, 1), np.uint8), 3, axis=2)


def soft(picture: Array, pixels: float) -> Array:
    """The picture, blurred."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), pixels), np.uint8)


def sure(first: Array, second: Array) -> float:
    """How sure it is in the middle of two pictures."""
    changed = (first != second).any(axis=2)
    return float(np.median(subpixel.blurred(first, second, changed)[20:60, 20:60]))


@pytest.mark.parametrize("pixels", [0.8, 1.5, 4.0])
def test_a_blurred_place_lost_its_fine_structure(pixels: float) -> None:
    """In either order of the two."""
    sharp = soft(pattern(), 0.5)
    assert sure(sharp, soft(sharp, pixels)) > 0.5
    assert sure(soft(sharp, pixels), sharp) > 0.5


def test_resampling_by_a_fraction_of_a_pixel_is_no_blur() -> None:
    """A bilinear filter at a third of a pixel keeps enough."""
    sharp = soft(pattern(), 0.6)
    step = np.array([[1, 0, 1 / 3], [0, 1, 0]])
    moved = np.asarray(cv2.warpAffine(sharp, step, (80, 80), flags=cv2.INTER_LINEAR), np.uint8)
    assert sure(sharp, moved) == 0


def test_what_is_softer_across_alone_may_be_fringes() -> None:
    """As sub-pixel rendering softens text."""
    strokes = np.full((80, 80, 3), 255, np.uint8)
    strokes[::4] = strokes[:, ::4] = 20
    across = np.asarray(cv2.GaussianBlur(strokes, (9, 1), 1.0), np.uint8)
    assert sure(strokes, across) == 0
    assert sure(strokes, soft(strokes, 1.5)) > 0.5


def test_flat_ground_has_no_structure_to_lose() -> None:
    """A level of noise is none."""
    noisy = np.random.default_rng(7).integers(200, 203, (80, 80, 3), np.uint8)
    assert sure(noisy, soft(noisy, 2)) == 0


def test_a_softer_picture_differs(draw_photo: Callable[..., Array]) -> None:
    """As a whole comparison sees it."""
    photo = draw_photo(80).copy()
    photo[20:60, 20:60] = soft(pattern(), 0.5)[20:60, 20:60]
    softer = photo.copy()
    softer[20:60, 20:60] = soft(photo, 1.0)[20:60, 20:60]
    assert not compare_arrays(photo, softer).same
    assert compare_arrays(photo, photo.copy()).same
