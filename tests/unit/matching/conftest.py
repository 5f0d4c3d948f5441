"""A screen with candidate-alike buttons, drawn with Pillow's own font, at any scale and theme."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_visualdiff.model import Array

LABELS = ("Sign in", "Register", "Overview", "Contact us")
FINE = 8
"""Screens are drawn so much larger and sampled down: sub-pixel exact."""


class Theme(NamedTuple):
    """Colours of a screen."""

    ground: str
    ink: str
    button: str
    label: str


LIGHT = Theme("#ffffff", "#222222", "#2f6fed", "#ffffff")
DARK = Theme("#16181d", "#d8dbe0", "#8ab4ff", "#101418")


def draw_screen(
    *,
    labels: tuple[str, ...] = LABELS,
    theme: Theme = LIGHT,
    scale: float = 1.0,
    offset: tuple[float, float] = (0.0, 0.0),
) -> Array:
    """A header, four buttons of 120x36 below each other from (40, 60), and text beside them."""
    factor = FINE * scale
    image = Image.new("RGB", (480 * FINE, 320 * FINE), theme.ground)
    pen = ImageDraw.Draw(image)

    def at(x: float, y: float) -> tuple[float, float]:
        return (x + offset[0]) * factor, (y + offset[1]) * factor

    def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        return ImageFont.load_default(size=size * factor)

    pen.text(at(40, 14), "Account settings", font=font(22), fill=theme.ink)
    for row, label in enumerate(labels):
        top = 60 + 50 * row
        pen.rounded_rectangle((*at(40, top), *at(160, top + 36)), 6 * factor, fill=theme.button)
        pen.text(at(100, top + 18), label, font=font(15), fill=theme.label, anchor="mm")
        pen.text(at(180, top + 6), f"choice {row + 1} of four", font=font(13), fill=theme.ink)
    return np.array(image.resize((480, 320), Image.Resampling.BOX))


def button(row: int = 0, screen: Array | None = None) -> Array:
    """The button of a row, cut out with two pixels around it."""
    picture = draw_screen() if screen is None else screen
    top = 58 + 50 * row
    return np.ascontiguousarray(picture[top : top + 40, 38:162])


@pytest.fixture(scope="session")
def draw() -> Callable[..., Array]:
    """Draw a screen."""
    return draw_screen


@pytest.fixture(scope="session")
def cut() -> Callable[..., Array]:
    """Cut a button out of a screen."""
    return button


@pytest.fixture(scope="session")
def dark() -> Theme:
    """Light text on dark ground."""
    return DARK


@pytest.fixture(scope="session")
def screen() -> Array:
    """The screen as it is; tests change copies."""
    return draw_screen()
