"""Unrelated pictures are told from samples; whatever is related is looked at pixel by pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from pytest_visualdiff.comparison import Limits, compare_arrays
from pytest_visualdiff.comparison.unrelated import are_unrelated
from pytest_visualdiff.comparison.values import AlignedPair
from pytest_visualdiff.model import Box, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_visualdiff.model import Array

WIDTH, HEIGHT = 640, 480


def page(seed: int, width: int = WIDTH, height: int = HEIGHT) -> Array:
    """White ground with boxes and lines of text."""
    random = np.random.default_rng(seed)
    picture = np.full((height, width, 3), 255, np.uint8)
    for _ in range(12):
        x, y = int(random.integers(0, width)), int(random.integers(0, height))
        colour = tuple(int(level) for level in random.integers(0, 256, 3))
        corner = x + int(random.integers(20, 200)), y + int(random.integers(20, 120))
        cv2.rectangle(picture, (x, y), corner, colour, -1)
    for line in range(20, height, 24):
        text = "".join(random.choice(list("abcdefgh lmnop"), 60))
        cv2.putText(picture, text, (9, line), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (20, 20, 20), 1)
    return picture


PAGE = page(1)


def pushed(picture: Array) -> Array:
    other = picture.copy()
    other[240:] = picture[200:-40]
    return other


def beside(picture: Array) -> Array:
    other = picture.copy()
    other[:, 200:] = np.roll(picture, 24, axis=0)[:, 200:]
    return other


def dark(picture: Array) -> Array:
    return 255 - picture


def noisy(picture: Array) -> Array:
    noise = np.random.default_rng(3).integers(-20, 21, picture.shape)
    return np.clip(picture.astype(np.int16) + noise, 0, 255).astype(np.uint8)


def blurred(picture: Array) -> Array:
    return np.asarray(cv2.GaussianBlur(picture, (9, 9), 3), np.uint8)


def half_replaced(picture: Array) -> Array:
    other = picture.copy()
    other[:, 320:] = page(9)[:, 320:]
    return other


@pytest.mark.parametrize("change", [np.copy, pushed, beside, dark, noisy, blurred, half_replaced])
def test_a_related_picture_is_never_called_unrelated(change: Callable[[Array], Array]) -> None:
    """Moved, pushed down, in another theme, noisy, blurred, or replaced in part."""
    assert not are_unrelated(AlignedPair(PAGE, change(PAGE), Limits()))


@pytest.mark.parametrize("seed", range(2, 8))
def test_another_page_is_one_change_of_no_confidence(seed: int) -> None:
    other = page(seed)
    assert are_unrelated(AlignedPair(PAGE, other, Limits()))
    found = compare_arrays(PAGE, other)
    assert [difference.kind for difference in found.differences] == [Kind.CHANGED]
    assert found.confidence < 0.001
    rows, columns = np.nonzero((other != PAGE).any(axis=2))
    box = found.differences[0].box
    assert box.x <= columns.min() + 8
    assert box.right >= columns.max() - 8
    assert box.y <= rows.min() + 8
    assert box.bottom >= rows.max() - 8


def test_the_order_of_the_pictures_does_not_matter() -> None:
    there, back = compare_arrays(PAGE, page(2)), compare_arrays(page(2), PAGE)
    assert there.same == back.same
    assert there.confidence == pytest.approx(back.confidence)


def test_small_and_masked_pictures_are_looked_at_pixel_by_pixel() -> None:
    small = page(1, 320, 240), page(2, 320, 240)
    assert not are_unrelated(AlignedPair(*small, Limits()))
    valid = np.ones((HEIGHT, WIDTH), np.bool_)
    assert not are_unrelated(AlignedPair(PAGE, page(2), Limits(), valid))


def test_masks_still_hide_all_that_differs_between_unrelated_pictures() -> None:
    other = page(2)
    other[:40] = PAGE[:40]
    assert not compare_arrays(PAGE, other).same
    assert compare_arrays(PAGE, other, masks=[Box(0, 40, WIDTH, HEIGHT)]).same


def test_the_diff_image_shows_the_pixels_that_differ() -> None:
    other = page(2)
    drawn = compare_arrays(PAGE, other).diff_image()
    assert drawn.shape == other.shape
    assert len(np.unique(drawn.reshape(-1, 3), axis=0)) > 2
