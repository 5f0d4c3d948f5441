"""Small pictures for tests that need no browser."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw


def page(
    *, label: str = "Buy", button: tuple[int, int] = (60, 80), colour: str = "#2f6fed"
) -> bytes:
    """A PNG of a little page with a heading, a line and a button, 240x160."""
    image = Image.new("RGB", (240, 160), "white")
    draw = ImageDraw.Draw(image)
    draw.text((20, 12), "Pricing", fill="black")
    draw.line((20, 40, 220, 40), fill="#cccccc")
    x, y = button
    draw.rounded_rectangle((x, y, x + 100, y + 36), 6, fill=colour)
    draw.text((x + 38, y + 12), label, fill="white")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
