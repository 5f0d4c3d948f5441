"""Letters that lean and corners made square are told; the same shapes drawn anew are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw

from pytest_visualdiff.comparison import Limits, compare_arrays
from pytest_visualdiff.options.strictness import LEVELS

from .conftest import font

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array

FINE = 8
"""Pictures are drawn so much larger and sampled down: exact at fractions of a pixel."""


def button(
    radius: float, offset: float = 0.0, colour: str = "#2563eb", line: str | None = None
) -> Array:
    """A coloured button with rounded corners, and around it perhaps a line of 1 px."""
    image = Image.new("RGB", (160 * FINE, 70 * FINE), "white")
    box = tuple(FINE * (side + offset) for side in (20, 14, 130, 56))
    ImageDraw.Draw(image).rounded_rectangle(
        box, FINE * radius, fill=colour, outline=line, width=FINE
    )
    return np.array(image.resize((160, 70), Image.Resampling.BOX))


def word(shear: float, offset: float = 0.0, size: int = 16, text: str = "Note") -> Array:
    """A word between two others that stay; upright, or slanted as italics are."""
    image = Image.new("RGB", (300 * FINE, 50 * FINE), "white")
    pen = ImageDraw.Draw(image)
    for left, other in ((90, "that the price"), (210, "may vary")):
        pen.text((FINE * left, FINE * 15), other, font=font(FINE * size), fill="#222222")
    drawn = Image.new("RGB", image.size, "white")
    place = FINE * (30 + offset), FINE * 15
    ImageDraw.Draw(drawn).text(place, text, font=font(FINE * size), fill="#222222")
    base = FINE * (15 + size)
    skew = (1, shear, -shear * base, 0, 1, 0)
    drawn = drawn.transform(
        drawn.size, Image.Transform.AFFINE, skew, Image.Resampling.BICUBIC, fillcolor="white"
    )
    return np.array(ImageChops.darker(image, drawn).resize((300, 50), Image.Resampling.BOX))


@pytest.mark.parametrize("level", ["normal", "strict"])
@pytest.mark.parametrize("radius", [3, 4, 6, 10])
@pytest.mark.parametrize(
    ("colour", "line"),
    [("#2563eb", None), ("#ffc107", None), ("#222222", None), ("white", "#888"), ("#eee", "#aaa")],
)
def test_a_rounded_corner_that_became_square_is_told(
    radius: int, colour: str, line: str | None, level: str
) -> None:
    limits = Limits(**LEVELS[level].values())
    rounded, square = (button(one, colour=colour, line=line) for one in (radius, 0))
    for first, second in ((rounded, square), (square, rounded)):
        found = compare_arrays(first, second, limits=limits)
        assert not found.same
        assert all(one.box.width < 24 for one in found.differences)


@pytest.mark.parametrize("radius", [4, 6, 8, 12, 20])
@pytest.mark.parametrize("offset", [0.2, 0.4])
@pytest.mark.parametrize("line", [None, "#888"])
def test_a_corner_a_little_rounder_or_slid_is_the_same(
    radius: int, offset: float, line: str | None
) -> None:
    """Rasterisers do not agree on the last third of a pixel."""
    still = button(radius, line=line, colour="#eef")
    for other in (radius + offset, 0.0), (radius, offset):
        found = compare_arrays(still, button(*other, line=line, colour="#eef"))
        assert found.same, found.explain()


@pytest.mark.parametrize("text", ["Note", "OK", "Will it"])
@pytest.mark.parametrize("size", [12, 13, 14, 16, 20])
def test_a_word_in_italics_is_told(size: int, text: str) -> None:
    """Also where it was in italics and is upright now."""
    upright, italic = word(0, size=size, text=text), word(0.2, size=size, text=text)
    assert not compare_arrays(upright, italic).same
    assert not compare_arrays(italic, upright).same


@pytest.mark.parametrize("size", [12, 14, 16, 20])
@pytest.mark.parametrize("offset", [0.2, 0.4])
@pytest.mark.parametrize("shear", [0.0, 0.2])
def test_a_word_a_fraction_further_is_the_same(size: int, offset: float, shear: float) -> None:
    """Upright or in italics: what leans alike in both does not lean otherwise."""
    found = compare_arrays(word(shear, size=size), word(shear, offset, size=size))
    assert found.same, found.explain()
