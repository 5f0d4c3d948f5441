"""Pictures of the example site, and what could become of them; nothing is compared for it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageChops, ImageDraw

from pytest_visualdiff.images.change_signature import with_signature
from pytest_visualdiff.model import Box, Difference, Kind, Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

PAGES = Path(__file__).parents[2] / "baselines" / "examples" / "test_pennywell"
"""Pictures of the example site, which are in the repository."""


@dataclass(frozen=True)
class Change:
    """A page before and after, and what comparing the two says."""

    before: bytes
    after: bytes
    diff: bytes
    about: Verdict
    """The differences, and what the change is known by in groups."""


def page(test: str, name: str, variant: str) -> bytes:
    """A picture of the example site."""
    return (PAGES / test / f"{name}.{variant}.png").read_bytes()


def changed(
    png: bytes,
    draw: Callable[[Image.Image, ImageDraw.ImageDraw], None],
    kind: Kind = Kind.CHANGED,
    box: Box | None = None,
    **detail: Any,
) -> Change:
    """The picture and one that was drawn over.

    Nothing is compared, so that these pages look the same whatever becomes of the comparison.
    """
    image = Image.open(io.BytesIO(png)).convert("RGB")
    before = image.copy()
    draw(image, ImageDraw.Draw(image))
    differs = ImageChops.difference(before, image).convert("L").point(lambda one: 255 * (one > 0))
    left, top, right, bottom = differs.getbbox() or (0, 0, 0, 0)
    place = box or Box(left, top, right - left, bottom - top)
    words = f"by (0, {detail['offset'][1]:+d})" if "offset" in detail else "confidence 0"
    after = _png(image)
    found = (Difference(kind, place, 0.0, detail, words),)
    about = with_signature(
        Verdict(Status.MISMATCH, "", "", "", "", "", differences=found), png, after
    )
    return Change(png, after, _png(_drawn(image, differs, place)), about)


def _drawn(image: Image.Image, differs: Image.Image, place: Box) -> Image.Image:
    """A difference picture: the page faded, what differs in colour, a box around it."""
    faded = Image.blend(
        image.convert("L").convert("RGB"), Image.new("RGB", image.size, "white"), 0.75
    )
    faded.paste("#d6006e", mask=differs)
    corners = (place.x - 3, place.y - 3, place.right + 2, place.bottom + 2)
    ImageDraw.Draw(faded).rectangle(corners, outline="#d6006e", width=2)
    return faded


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def new_header(image: Image.Image, draw: ImageDraw.ImageDraw) -> None:
    """Another colour behind the logo, in the header that all pages share."""
    left = 150 if image.width > 600 else 20
    draw.rectangle((left, 16, left + 130, 46), fill="#1d4ed8")
    draw.rectangle((left + 8, 24, left + 122, 38), fill="#dbeafe")


def lower_button(image: Image.Image, _: ImageDraw.ImageDraw) -> None:
    """The call to action in the middle, 12 pixels lower."""
    box = (480, 560, 800, 620) if image.width > 600 else (40, 560, 350, 620)
    part = image.crop(box)
    image.paste(image.crop((box[0], box[1] - 4, box[2], box[1] - 3)).resize(part.size), box)
    image.paste(part, (box[0], box[1] + 12))
