"""A page that was drawn anew as a whole is told from one that changed here and there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from pytest_visualdiff.comparison import Limits, compare_arrays, pixels

from .conftest import PARAGRAPH, font

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array


def paged(offset: float = 0, ink: int = 30, first: str = PARAGRAPH[0]) -> Array:
    """A page full of text, drawn at four times its size a fraction of a pixel further."""
    image = Image.new("RGB", (4 * 640, 4 * 480), "white")
    pen = ImageDraw.Draw(image)
    for number in range(18):
        line = first if number == 7 else PARAGRAPH[number % 3]
        place = round(4 * (20 + offset)), 4 * (12 + 26 * number)
        pen.text(place, line, font=font(4 * 15), fill=(ink,) * 3)
    return np.array(image.resize((640, 480), Image.Resampling.BOX))


def softer(picture: Array) -> Array:
    """As another rasteriser draws it: every edge a little softer."""
    return np.asarray(cv2.GaussianBlur(picture, (3, 3), 0.45), np.uint8)


def anew(first: Array, second: Array) -> float:
    """How far the page was drawn anew; 0 where nothing is left to ask about."""
    found = pixels.measure_pixels(first, second, Limits(confidence=0.9999))
    return found.rerendered if found else 0.0


def test_other_edges_all_over_a_page_are_another_rendering() -> None:
    """And one button more in it is a difference all the same."""
    first, second = paged(), softer(paged(0.25))
    assert compare_arrays(first, second).same
    second[300:330, 480:560] = (47, 111, 237)
    (difference,) = compare_arrays(first, second).differences
    assert difference.box.x in range(478, 483)


def test_a_typo_stays_a_difference_in_another_rendering() -> None:
    """What is everywhere does not hide what stands out."""
    typo = PARAGRAPH[0].replace("brown", "braun")
    assert not compare_arrays(paged(), softer(paged(0.25, first=typo))).same


@pytest.mark.parametrize("change", [{"ink": 80}, {"offset": 1}])
def test_what_changed_everywhere_is_no_rendering(change: dict[str, Any]) -> None:
    """Paler text, or all of it a pixel further, all over the page."""
    first, second = paged(), paged(**change)
    assert anew(first, second) == 0
    assert not compare_arrays(first, second).same


def test_one_line_drawn_anew_is_not_the_page() -> None:
    """A line that was redrawn says nothing about the rest."""
    first, second = paged(), paged()
    second[190:216] = paged(0.3)[190:216]
    assert anew(first, second) == 0
