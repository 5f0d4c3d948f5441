"""A realistic synthetic page, drawn with Pillow and its bundled font; each part can be changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_visualdiff.model import Array

SIZE = (640, 480)
TEXT = "Regular service resumes on Monday morning"
PARAGRAPH = (
    "The quick brown fox jumps over the lazy dog while",
    "seventeen wizards judge a box of liquid jugs, and",
    "nobody notices that one letter is not as it was.",
)


@dataclass(frozen=True)
class Page:
    """What is drawn; change a field with ``but``."""

    title: str = TEXT
    paragraph: tuple[str, ...] = PARAGRAPH
    paragraph_at: tuple[int, int] = (30, 130)
    ink: str = "#222222"
    label: str = "Sign in"
    button: tuple[int, int, int, int] = (30, 240, 150, 280)
    blue: str = "#2f6fed"
    button_opacity: float = 1.0
    icons: tuple[tuple[int, int], ...] = ((300, 250), (330, 250), (360, 250))
    icon_side: int = 12
    border: int = 1
    border_colour: str = "#888888"
    photo: bool = True
    photo_at: tuple[int, int] = (440, 100)
    photo_side: int = 150
    banner: int = 0
    ground: str = "#ffffff"

    def but(self, **changes: Any) -> Page:
        """The same page with some parts changed."""
        return replace(self, **changes)

    def draw(self) -> Array:
        """The page as an RGB array of 640x480 pixels."""
        image = Image.new("RGB", SIZE, self.ground)
        pen = ImageDraw.Draw(image)
        pen.rectangle((0, 0, SIZE[0], 59), fill="#1c2733")
        pen.text((30, 18), "Acme", font=font(22), fill="white")
        pen.text((30, 85), self.title, font=font(20), fill=self.ink)
        for number, line in enumerate(self.paragraph):
            x, y = self.paragraph_at
            pen.text((x, y + 24 * number), line, font=font(14), fill=self.ink)
        self._draw_button(image)
        for x, y in self.icons:
            side = self.icon_side
            pen.ellipse((x, y, x + side, y + side), fill="#d93025")
            pen.line((x + 3, y + side // 2, x + side - 3, y + side // 2), fill="white", width=2)
        pen.rectangle((30, 310, 400, 440), outline=self.border_colour, width=self.border)
        pen.text((50, 330), "Total", font=font(16), fill=self.ink)
        pen.text((50, 360), "1,250.00 EUR", font=font(28), fill=self.ink)
        if self.photo:
            image.paste(Image.fromarray(photo(150)).resize((self.photo_side,) * 2), self.photo_at)
        array = np.array(image)
        array[460:] = gradient(SIZE[0], 20)
        return array

    def _draw_button(self, image: Image.Image) -> None:
        layer = image.copy()
        pen = ImageDraw.Draw(layer)
        pen.rounded_rectangle(self.button, radius=6, fill=self.blue)
        middle = (self.button[0] + self.button[2]) / 2, (self.button[1] + self.button[3]) / 2
        pen.text(middle, self.label, font=font(16), fill="white", anchor="mm")
        image.paste(Image.blend(image, layer, self.button_opacity))


def font(size: int) -> Any:
    """Pillow's own scalable font: tests depend on no font of the system."""
    return ImageFont.load_default(size=size)


def photo(side: int, seed: int = 1) -> Array:
    """Smooth random blobs with grain, as a photo has."""
    random = np.random.default_rng(seed)
    small = Image.fromarray(random.integers(0, 256, (12, 12, 3), np.uint8))
    large = np.array(small.resize((side, side), Image.Resampling.BICUBIC)).astype(int)
    return np.clip(large + random.integers(-6, 7, large.shape), 0, 255).astype(np.uint8)


def gradient(width: int, height: int) -> Array:
    """A horizontal gradient from blue to white."""
    share = np.linspace(0, 1, width)[None, :, None]
    colours = np.array([40, 90, 200]) * (1 - share) + 255 * share
    return np.repeat(np.round(colours).astype(np.uint8), height, axis=0)


def text_at(offset: float, ink: int = 20, ground: int = 255) -> Array:
    """A line of text drawn at eight times its size, shifted, and sampled down: sub-pixel exact."""
    image = Image.new("RGB", (400 * 8, 40 * 8), (ground,) * 3)
    place = (8 * 10 + round(8 * offset), 8 * 8)
    ImageDraw.Draw(image).text(place, TEXT, font=font(16 * 8), fill=(ink,) * 3)
    return np.array(image.resize((400, 40), Image.Resampling.BOX))


@pytest.fixture(scope="session")
def page() -> Page:
    """The page as it should be."""
    return Page()


@pytest.fixture(scope="session")
def expected(page: Page) -> Array:
    """How the page looks as it should be; tests change copies."""
    return page.draw()


@pytest.fixture(scope="session")
def draw_text() -> Callable[..., Array]:
    """Draw a line of text at a sub-pixel offset."""
    return text_at


@pytest.fixture(scope="session")
def draw_photo() -> Callable[..., Array]:
    """Make a square photo of a side and a seed."""
    return photo
