"""Two files that hold the structure of their pages say why they differ; damage costs nothing."""

from __future__ import annotations

import io
import json
import zlib
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw

import pytest_visualdiff as vd
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.layouts.storage import CHUNK, encode, layout_of, with_layout
from sweep_support import Page

if TYPE_CHECKING:
    from collections.abc import Callable


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


def rewritten(png: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """The same file; the data of its layout is changed."""
    layout = layout_of(png)
    assert layout is not None
    data = json.loads(zlib.decompress(encode(layout)))
    change(data)
    end = png_file.chunk(b"IEND", b"")
    packed = zlib.compress(json.dumps(data).encode())
    return with_layout(png, None).removesuffix(end) + png_file.chunk(CHUNK, packed) + end


def words_for_numbers(data: dict[str, Any]) -> None:
    at = data["columns"].index("box")
    data["elements"][at] = [["a", "b", "c", "d"] for _ in data["elements"][at]]


def test_words_where_numbers_belong_cost_the_causes_and_not_the_comparison() -> None:
    (difference,) = vd.compare(RED, rewritten(BLUE, words_for_numbers)).differences
    assert difference.causes == ()


def test_a_layout_of_a_version_that_read_fewer_styles_is_explained() -> None:
    def older(data: dict[str, Any]) -> None:
        data["properties"], data["styles"] = data["properties"][:8], data["styles"][:8]

    (difference,) = vd.compare(rewritten(RED, older), BLUE).differences
    assert [one.name for one in difference.causes] == ["background-color"]
