"""Draws the raster pictures of the example site; run it only to change them.

    python examples/app/art.py

Everything is a formula with fixed numbers, so that a second run draws the same pictures.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

IMAGES = Path(__file__).resolve().parent / "static" / "img"
Field: TypeAlias = NDArray[np.float64]
Colour: TypeAlias = tuple[int, int, int]

SUPERSAMPLE = 2


def main() -> None:
    """Draw every picture into `static/img`."""
    harbour(1280, 640).save(IMAGES / "harbour.jpg", quality=84, optimize=True, progressive=True)
    ridges(720, 960).save(IMAGES / "ridges.jpg", quality=82, optimize=True, progressive=True)
    few_colours(contours(1200, 600)).save(IMAGES / "contours.png", optimize=True)
    few_colours(calendar(1200, 400)).save(IMAGES / "calendar.png", optimize=True)


def harbour(width: int, height: int) -> Image.Image:
    """Draw hills at dawn over still water."""
    w, h = width * SUPERSAMPLE, height * SUPERSAMPLE
    shore = int(h * 0.66)
    land = sky(w, shore, (252, 229, 200), (150, 190, 196))
    disc(land, (int(w * 0.70), int(shore * 0.47)), int(h * 0.085), (255, 244, 220))
    tones = ((150, 184, 184), (104, 152, 150), (58, 116, 110), (24, 80, 72))
    for layer, tone in enumerate(tones):
        line = ridge(w, 3.1 * layer + 0.6, 0.9 + 0.55 * layer)
        hill(land, shore * (0.62 + 0.115 * layer) - line * shore * 0.16, tone)
    picture = Image.new("RGB", (w, h))
    picture.paste(land, (0, 0))
    picture.paste(water(land, h - shore), (0, shore))
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def ridges(width: int, height: int) -> Image.Image:
    """Draw a tall picture of folded hills, for the log-in page."""
    w, h = width * SUPERSAMPLE, height * SUPERSAMPLE
    picture = sky(w, h, (246, 214, 170), (58, 124, 122))
    disc(picture, (int(w * 0.31), int(h * 0.30)), int(w * 0.11), (255, 238, 205))
    for layer in range(7):
        shade = layer / 6
        tone = mix((128, 172, 166), (6, 46, 40), shade)
        line = ridge(w, 2.3 * layer + 1.4, 0.5 + 0.22 * layer)
        hill(picture, h * (0.42 + 0.085 * layer) - line * h * 0.085, tone)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def contours(width: int, height: int) -> Image.Image:
    """Draw a map of heights in bands, with a thin line between two bands."""
    w, h = width * SUPERSAMPLE, height * SUPERSAMPLE
    level = heights(w, h) * 9
    band = np.floor(level).clip(0, 8)
    share = (band / 8)[..., None]
    colour = np.array((238, 243, 234)) * (1 - share) + np.array((20, 98, 84)) * share
    edge = (np.abs(level - np.round(level)) < 0.018 * SUPERSAMPLE)[..., None]
    colour = np.where(edge, colour * 0.86, colour)
    picture = Image.fromarray(colour.astype(np.uint8), "RGB")
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def calendar(width: int, height: int) -> Image.Image:
    """Draw weeks of days as rounded squares, darker where more was paid."""
    w, h = width * SUPERSAMPLE, height * SUPERSAMPLE
    picture = Image.new("RGB", (w, h), (241, 237, 226))
    draw = ImageDraw.Draw(picture)
    step = w / 31
    top = (h - 7 * step) / 2
    for week in range(29):
        for day in range(7):
            x, y = step * (week + 1.08), top + step * (day + 0.08)
            box = (x, y, x + step * 0.84, y + step * 0.84)
            draw.rounded_rectangle(box, radius=step * 0.2, fill=paid_on(week, day))
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def paid_on(week: int, day: int) -> Colour:
    """Choose the colour of one day: quiet weekends, busy ends of the month."""
    wave = 0.5 + 0.5 * np.sin(week * 1.44 + 0.4)
    weekday = (0.55, 0.95, 0.75, 0.6, 0.9, 0.12, 0.06)[day]
    grain = 0.5 + 0.5 * np.sin(week * 12.9898 + day * 78.233)
    share = float(np.clip(weekday * (0.25 + 0.55 * wave + 0.35 * grain), 0, 1))
    return mix((226, 232, 222), (12, 90, 76), round(share * 5) / 5)


def sky(width: int, height: int, low: Colour, high: Colour) -> Image.Image:
    """Draw a vertical gradient from `high` at the top to `low` at the bottom."""
    share = np.linspace(0, 1, height)[:, None, None] ** 0.8
    column = np.array(high) * (1 - share) + np.array(low) * share
    return Image.fromarray(np.repeat(column, width, axis=1).astype(np.uint8), "RGB")


def disc(picture: Image.Image, centre: tuple[int, int], radius: int, colour: Colour) -> None:
    """Draw a sun with a wide soft glow onto `picture`."""
    for spread, strength in ((3.2, 70), (1.0, 255)):
        glow = Image.new("L", picture.size)
        reach = radius * (1.5 if spread > 1 else 1.0)
        box = (centre[0] - reach, centre[1] - reach, centre[0] + reach, centre[1] + reach)
        ImageDraw.Draw(glow).ellipse(box, fill=strength)
        if spread > 1:
            glow = glow.filter(ImageFilter.GaussianBlur(radius * 0.9))
        picture.paste(Image.new("RGB", picture.size, colour), mask=glow)


def ridge(width: int, phase: float, roughness: float) -> Field:
    """Compute heights in about [-1, 1] along a line of hills."""
    x = np.linspace(0, 1, width) * 2 * np.pi
    waves = (
        (1.1, 0.55, 1.0), (2.3, 0.30, 2.1), (4.7, 0.14, 0.3), (9.1, 0.06, 4.2), (17.3, 0.025, 1.7),
    )  # fmt: skip
    line = np.zeros(width)
    for frequency, size, shift in waves:
        line += size * np.sin(frequency * roughness * x + shift * phase + phase)
    return line


def hill(picture: Image.Image, line: Field, colour: Colour) -> None:
    """Fill everything under `line`, a little lighter towards the bottom (mist)."""
    pixels = np.array(picture).astype(np.float64)
    rows = np.arange(pixels.shape[0])[:, None]
    depth = np.clip((rows - line[None, :]) / (pixels.shape[0] * 0.30), 0, 1)
    mist = (depth * 0.28)[..., None]
    tone = np.array(colour) * (1 - mist) + np.array((236, 226, 206)) * mist
    under = (rows >= line[None, :])[..., None]
    picture.paste(Image.fromarray(np.where(under, tone, pixels).astype(np.uint8), "RGB"))


def water(land: Image.Image, height: int) -> Image.Image:
    """Mirror what stands on the shore, darker and broken into ripples."""
    mirrored = land.transpose(Image.Transpose.FLIP_TOP_BOTTOM).crop((0, 0, land.width, height))
    pixels = np.array(mirrored.filter(ImageFilter.GaussianBlur(3))).astype(np.float64)
    rows = np.arange(height)
    slide = (np.sin(rows * 0.21) * 5 + np.sin(rows * 0.057) * 9) * rows / height
    for row in rows:
        pixels[row] = np.roll(pixels[row], int(slide[row]), axis=0)
    pixels = pixels * 0.80 + np.array((28, 74, 76)) * 0.20
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8), "RGB")


def heights(width: int, height: int) -> Field:
    """Compute a smooth landscape, scaled to [0, 1]."""
    y, x = np.mgrid[0:height, 0:width]
    x, y = x / width * 2, y / height
    hills = ((0.45, 0.35, 0.30, 1.0), (1.35, 0.62, 0.36, 1.25), (1.75, 0.12, 0.22, 0.6),
             (0.90, 0.95, 0.24, 0.55), (0.05, 0.90, 0.26, 0.5))  # fmt: skip
    total = np.zeros((height, width))
    for across, down, reach, size in hills:
        total += size * np.exp(-((x - across) ** 2 + (y - down) ** 2) / reach**2)
    total += 0.05 * np.sin(x * 9 + 2 * np.sin(y * 7)) + 0.04 * np.sin(y * 13 + x * 3)
    scaled: Field = (total - total.min()) / (total.max() - total.min())
    return scaled


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Go `share` of the way from `first` to `second`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def few_colours(picture: Image.Image) -> Image.Image:
    """Reduce to a palette: flat drawings become small files."""
    return picture.quantize(64, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


if __name__ == "__main__":
    main()
