"""Two files that hold the structure of their pages say why they differ; damage costs nothing."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

import pytest_visualdiff as vd
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.layouts.storage import CHUNK, with_layout
from sweep_support import Page


def shot(colour: str) -> bytes:
    """A picture with its layout: one box of a colour."""
    page = Page("chrome", (200, 200), (200, 200))
    style = {"background-color": colour}
    page.add("p", (40, 40, 90, 60), id="box", style=style)
    image = Image.new("RGB", (200, 200), "white")
    ImageDraw.Draw(image).rectangle((40, 40, 129, 99), fill=colour)
    file = io.BytesIO()
    image.save(file, "PNG")
    return with_layout(file.getvalue(), page.layout())


RED, BLUE = shot("rgb(200, 0, 0)"), shot("rgb(0, 0, 200)")


def test_files_with_a_layout_are_explained() -> None:
    found = vd.compare(RED, BLUE)
    (difference,) = found.differences
    (cause,) = difference.causes
    assert (cause.selector, cause.name) == ("#box", "background-color")
    assert "why: `#box`: background-color #c80000 → #0000c8" in found.explain()


def test_files_without_one_or_with_a_damaged_one_are_compared_all_the_same() -> None:
    end = png_file.chunk(b"IEND", b"")
    damaged = with_layout(BLUE, None).removesuffix(end) + png_file.chunk(CHUNK, b"no layout") + end
    for other in (with_layout(BLUE, None), damaged):
        (difference,) = vd.compare(RED, other).differences
        assert difference.causes == ()
