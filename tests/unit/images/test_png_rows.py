"""PNG rows before unfiltering: the same pixels as a decoder's, whatever filters a file uses."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pytest_visualdiff.images import codec, png_rows
from pytest_visualdiff.images import png as png_file

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array


def filtered(levels: Array, kinds: list[int], channels: int = 3) -> bytes:
    """Rows filtered as clause 9.2 of the specification says, byte by byte."""
    above, stream = [0] * levels.shape[1], bytearray()
    for row, kind in zip(levels.tolist(), kinds, strict=True):
        stream.append(kind)
        for at, level in enumerate(row):
            a, c = (row[at - channels], above[at - channels]) if at >= channels else (0, 0)
            b = above[at]
            p = a + b - c
            paeth = min((a, b, c), key=lambda one: abs(p - one))
            stream.append((level - (0, a, b, (a + b) // 2, paeth)[kind]) % 256)
        above = row
    return bytes(stream)


def png_of(picture: Array, kinds: list[int]) -> bytes:
    """A PNG of an RGB or RGBA picture that uses these filters, in turns."""
    height, width, channels = picture.shape
    each = [kinds[row % len(kinds)] for row in range(height)]
    colour = {3: 2, 4: 6}[channels]
    header = np.array([width, height], ">u4").tobytes() + bytes([8, colour, 0, 0, 0])
    body = zlib.compress(filtered(picture.reshape(height, -1), each, channels), 1)
    parts = (b"IHDR", header), (b"IDAT", body[:9]), (b"IDAT", body[9:]), (b"IEND", b"")
    return png_file.SIGNATURE + b"".join(png_file.chunk(*part) for part in parts)


def noise(width: int, height: int, seed: int = 3, levels: int = 256) -> Array:
    random = np.random.default_rng(seed)
    return random.integers(0, levels, (height, width, 3), dtype=np.uint8)


pictures = st.builds(
    noise, st.integers(1, 40), st.integers(1, 150), st.integers(0, 99), st.sampled_from([2, 256])
)
filters = st.lists(st.integers(0, 4), min_size=1, max_size=5)


@given(pictures, filters)
@settings(deadline=None, max_examples=60)
def test_undoing_any_filters_gives_the_pixels_that_a_decoder_gives(
    picture: Array, kinds: list[int]
) -> None:
    png = png_of(picture, kinds)
    assert np.array_equal(codec.to_array(png), picture)
    rows = png_rows.read(png)
    assert rows is not None
    assert np.array_equal(png_rows.unfiltered(rows), picture)
    assert png_rows.differing_from(rows, picture) is None


@given(pictures, filters, filters, st.data())
@settings(deadline=None, max_examples=40)
def test_every_row_that_differs_lies_in_the_band(
    picture: Array, kinds: list[int], other_kinds: list[int], data: Any
) -> None:
    """And patching the band alone gives the other picture, also where its filters look up."""
    height, width, _ = picture.shape
    changed = picture.copy()
    row, column = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    changed[row, column:] ^= np.uint8(data.draw(st.integers(1, 255)))
    rows, alike = (png_rows.read(png_of(changed, one)) for one in (other_kinds, kinds))
    original = png_rows.read(png_of(picture, kinds))
    assert rows is not None
    assert alike is not None
    assert original is not None
    for band, found in (
        (png_rows.differing_from(rows, picture), rows),
        (png_rows.differing(original, alike), alike),
    ):
        assert band is not None
        assert band[0] <= row < band[1]
        assert np.array_equal(png_rows.patched(found, picture, band), changed)


def test_a_band_that_ends_in_another_row_is_carried_on_to_the_end() -> None:
    """All rows below an inserted step differ, though their Up-filtered bytes do not."""
    picture = noise(9, 20)
    changed = picture.copy()
    changed[7:] += 1
    rows, original = png_rows.read(png_of(changed, [2])), png_rows.read(png_of(picture, [2]))
    assert rows is not None
    assert original is not None
    assert png_rows.differing(original, rows) == (7, 8)
    assert np.array_equal(png_rows.patched(rows, picture, (7, 8)), changed)


@pytest.mark.parametrize("kinds", [[0], [1], [2], [0, 1, 2]])
def test_an_opaque_alpha_channel_is_dropped(kinds: list[int]) -> None:
    picture = noise(7, 70)
    rows = png_rows.read(png_of(np.dstack([picture, np.full((70, 7), 255, np.uint8)]), kinds))
    assert rows is not None
    assert np.array_equal(png_rows.unfiltered(rows), picture)


@pytest.mark.parametrize("kinds", [[0], [1], [2], [3], [4], [0, 1, 2, 3, 4]])
@pytest.mark.parametrize("at", [(0, 0), (0, 6), (3, 0), (3, 3), (4, 6)])
def test_a_transparent_pixel_is_left_to_a_decoder(kinds: list[int], at: tuple[int, int]) -> None:
    picture = np.dstack([noise(7, 5), np.full((5, 7), 255, np.uint8)])
    picture[at][3] = 254
    assert png_rows.read(png_of(picture, kinds)) is None


def saved(mode: str, **options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(noise(6, 5)).convert(mode).save(file, "PNG", **options)
    return file.getvalue()


PNG = png_of(noise(6, 5), [1, 2])


def with_header(**changes: int) -> bytes:
    at = {"height": 7, "depth": 8, "colour": 9, "method": 10, "filter": 11, "interlaced": 12}
    chunks = list(png_file.chunks(PNG))
    header = bytearray(chunks[0].data)
    for name, value in changes.items():
        header[at[name]] = value
    rest = PNG[chunks[0].end :]
    return png_file.SIGNATURE + png_file.chunk(b"IHDR", bytes(header)) + rest


def with_stream(stream: bytes) -> bytes:
    header = next(png_file.chunks(PNG)).data
    parts = (b"IHDR", bytes(header)), (b"IDAT", stream), (b"IEND", b"")
    return png_file.SIGNATURE + b"".join(png_file.chunk(*part) for part in parts)


RAW = zlib.decompress(b"".join(c.data for c in png_file.chunks(PNG) if c.kind == b"IDAT"))


@pytest.mark.parametrize(
    "png",
    [
        b"",
        b"GIF89a",
        PNG[:-20],
        PNG[:60] + b"\0\0" + PNG[62:],
        saved("L"),
        saved("P"),
        saved("1"),
        saved("RGB", transparency=(1, 2, 3)),
        with_header(depth=16),
        with_header(interlaced=1),
        with_header(height=4),
        with_header(height=6),
        with_header(height=0),
        with_header(colour=3),
        with_stream(b""),
        with_stream(b"\x78\x9cgarbage"),
        with_stream(zlib.compress(RAW)[:-20]),
        with_stream(zlib.compress(bytes([5]) + RAW[1:])),
        with_stream(zlib.compress(RAW + bytes(1 << 20))),
    ],
)
def test_what_is_not_plain_or_not_whole_is_left_to_a_decoder(png: bytes) -> None:
    assert png_rows.read(png) is None


@pytest.mark.parametrize("bounded", [True, False])
def test_without_the_fast_extra_zlib_gives_the_same(
    monkeypatch: pytest.MonkeyPatch, bounded: bool
) -> None:
    """Also in pieces, as it reads what might be a decompression bomb."""
    monkeypatch.setattr(png_rows, "_libdeflate", None)
    monkeypatch.setattr(png_rows, "_AT_ONCE", 0 if bounded else 1 << 30)
    monkeypatch.setattr(png_rows, "_PIECE", 7)
    rows = png_rows.read(PNG)
    assert rows is not None
    assert np.array_equal(png_rows.unfiltered(rows), noise(6, 5))
    assert png_rows.read(with_stream(zlib.compress(RAW[:-1]))) is None
