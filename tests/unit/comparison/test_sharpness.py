"""A place that is drawn softer is told; one that is drawn at a fraction of a pixel is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from pytest_visualdiff.comparison import compare_arrays, sharpness

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_visualdiff.model import Array


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
    return float(np.median(sharpness.blurred(first, second, changed)[20:60, 20:60]))


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
