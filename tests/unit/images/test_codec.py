"""Pictures in and out: every source becomes one array, every bad source one typed error."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pytest_visualdiff.errors import BrokenImage, EmptyTarget, ImageError, InvalidValue
from pytest_visualdiff.errors import ImageTooLarge as TooLarge
from pytest_visualdiff.images import codec
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_visualdiff.model import Array


def noise(width: int = 12, height: int = 10, bands: int = 3) -> Array:
    return np.random.default_rng(5).integers(0, 256, (height, width, bands), dtype=np.uint8)


def saved(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def claiming(width: int, height: int, colour_type: int = 2) -> bytes:
    """A small PNG whose header claims that."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)
    header = struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
    rest = PNG[next(png_file.chunks(PNG)).end :]
    return png_file.SIGNATURE + header + rest


RGB = noise()
PNG = codec.encode(RGB)
RED, CLEAR = (255, 0, 0), (255, 0, 0, 0)
WHOLE = Box(0, 0, 12, 10)


def red(mode: str) -> Image.Image:
    return Image.new("RGB", (3, 2), RED).convert(mode)


def transparent_palette() -> Image.Image:
    picture = Image.new("P", (3, 2), 1)
    picture.putpalette([0, 0, 0, 255, 0, 0])
    picture.info["transparency"] = 1
    return picture


MODES = [
    (Image.new("1", (3, 2), 1), (255, 255, 255)),
    (Image.new("L", (3, 2), 77), (77, 77, 77)),
    (red("P"), RED),
    (transparent_palette(), CLEAR),
    (Image.new("LA", (3, 2), (77, 9)), (77, 77, 77, 9)),
    (Image.new("RGB", (3, 2), RED), RED),
    (Image.new("RGBA", (3, 2), CLEAR), CLEAR),
    (Image.new("CMYK", (3, 2), (0, 255, 255, 0)), RED),
    (red("YCbCr"), (254, 0, 0)),
    (red("HSV"), RED),
    (Image.new("I;16", (3, 2), 65535), (255, 255, 255)),
    (Image.new("I;16", (3, 2), 257), (1, 1, 1)),
    (Image.new("I;16", (3, 2), 100), (0, 0, 0)),
    (Image.new("I", (3, 2), 200), (200, 200, 200)),
    (Image.new("I", (3, 2), 256), (1, 1, 1)),
    (Image.new("I", (3, 2), -7), (0, 0, 0)),
    (Image.new("F", (3, 2), 99.6), (100, 100, 100)),
    (Image.new("F", (3, 2), float("nan")), (0, 0, 0)),
]


@pytest.mark.parametrize(
    ("source", "pixel"), MODES, ids=[f"{one.mode}-{pixel}" for one, pixel in MODES]
)
def test_every_pillow_mode_becomes_rgb_or_rgba(source: Image.Image, pixel: tuple[int, ...]) -> None:
    array = codec.to_array(source)
    assert array.dtype == np.uint8
    assert array.shape == (2, 3, len(pixel))
    assert np.abs(array.astype(int) - pixel).max() <= 1


def test_a_mode_that_pillow_cannot_convert_is_a_typed_error() -> None:
    """Whether LAB can be converted depends on Pillow's version; a traceback is never the answer."""
    try:
        assert codec.to_array(Image.new("LAB", (3, 2))).shape == (2, 3, 3)
    except BrokenImage as error:
        assert "LAB" in str(error)  # noqa: PT017


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "I;16"])
def test_a_png_of_each_mode_reads_as_its_image_does(mode: str) -> None:
    picture = Image.fromarray(noise(bands=4)).convert("L" if mode == "I;16" else mode)
    picture = picture.convert(mode)
    assert np.array_equal(codec.to_array(saved(picture)), codec.to_array(picture))


def test_sixteen_bit_gray_is_read_by_its_high_byte_even_where_all_is_dark() -> None:
    dark = Image.fromarray(np.full((2, 2), 255, np.uint16))
    assert codec.to_array(saved(dark)).max() == 1


@pytest.mark.parametrize(
    ("kind", "options"), [("JPEG", {"quality": 95}), ("WEBP", {"lossless": True}), ("GIF", {})]
)
def test_other_formats_are_read_by_their_content(kind: str, options: dict[str, Any]) -> None:
    flat = np.full((16, 16, 3), (200, 40, 40), np.uint8)
    array = codec.to_array(saved(Image.fromarray(flat), kind, **options))
    assert np.abs(array.astype(int) - flat).max() <= 3


def test_a_path_bytes_an_image_and_an_array_give_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a picture with ümläut.png"
    path.write_bytes(PNG)
    for source in (path, str(path), PNG, Image.fromarray(RGB), RGB):
        assert np.array_equal(codec.to_array(source), RGB)
        assert np.array_equal(codec.to_array(codec.as_png(source)), RGB)


def test_a_gray_array_becomes_rgb() -> None:
    assert np.array_equal(codec.to_array(RGB[..., 0])[..., 2], RGB[..., 0])


@pytest.mark.parametrize(
    ("source", "error", "words"),
    [
        (RGB.astype(float), InvalidValue, "float64"),
        (RGB.astype(np.uint16), InvalidValue, "uint16"),
        (RGB[..., :2], InvalidValue, r"\(10, 12, 2\)"),
        (RGB[None], InvalidValue, r"\(1, 10, 12, 3\)"),
        (RGB[0, 0], InvalidValue, r"\(3,\)"),
        ([[0]], InvalidValue, "not list"),
        (None, InvalidValue, "not NoneType"),
        (RGB[:0], BrokenImage, "no pixels"),
        (RGB[:, :0], BrokenImage, "no pixels"),
        (Image.new("RGB", (0, 5)), BrokenImage, "no pixels"),
        ("nowhere.png", BrokenImage, "cannot read the image 'nowhere.png'"),
        ("nul\0byte.png", BrokenImage, "cannot read"),
        (".", BrokenImage, "cannot read the image '.'"),
        (b"", BrokenImage, "empty"),
        (b"plain text", BrokenImage, "not a PNG"),
        (b"version https://git-lfs.github.com/spec/v1", BrokenImage, "git lfs pull"),
        (PNG[:-20], BrokenImage, "truncated"),
        (PNG[:60] + b"\0\0" + PNG[62:], BrokenImage, "checksum"),
        (claiming(0, 5), BrokenImage, "no pixels"),
        (claiming(12, 10, colour_type=77), BrokenImage, "a PNG of an unknown kind|damaged"),
        (claiming(60_000, 60_000), TooLarge, "60000x60000.*decompression bomb"),
        (saved(Image.fromarray(RGB), "JPEG")[:200], BrokenImage, r"damaged|not a PNG"),
    ],
)
def test_a_bad_source_is_a_typed_error(source: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        codec.to_array(source)


@pytest.mark.parametrize(
    "png", [PNG[:-20], PNG[:60] + b"\0\0" + PNG[62:], claiming(60_000, 60_000), claiming(5, 0)]
)
def test_a_damaged_png_is_never_passed_on_as_it_is(png: bytes) -> None:
    """Otherwise it could be approved, and would match itself for ever."""
    with pytest.raises(ImageError):
        codec.as_png(png)


def test_a_bomb_in_a_format_other_than_png_is_refused_before_it_is_decoded() -> None:
    """Here Pillow's own limit speaks first; its error gets our type."""
    gif = bytearray(saved(Image.fromarray(RGB), "GIF"))
    gif[6:10] = struct.pack("<HH", 60_000, 60_000)
    with pytest.raises(TooLarge, match="the image"):
        codec.to_array(bytes(gif))


def test_pillows_warning_on_large_pictures_never_reaches_a_test(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert codec.to_array(PNG).shape == RGB.shape


def test_a_lazy_image_is_read_with_the_same_errors(tmp_path: Path) -> None:
    """Pillow reads pixels when they are wanted, and only then finds the file damaged."""
    path = tmp_path / "cut.jpg"
    path.write_bytes(saved(Image.fromarray(noise(200, 200)), "JPEG")[:9000])
    with Image.open(path) as picture, pytest.raises(BrokenImage, match="damaged"):
        codec.to_array(picture)


@given(
    st.sampled_from(["PNG", "JPEG", "GIF", "BMP", "WEBP"]),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=4),
)
@settings(deadline=None, max_examples=150)
def test_damaged_bytes_are_read_or_refused_with_a_typed_error(
    kind: str, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(saved(Image.fromarray(RGB), kind))
    for at, value in changes:
        data[at % len(data)] = value
    try:
        assert codec.to_array(bytes(data)).size
    except ImageError as error:
        assert "the image" in str(error)  # noqa: PT017


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from([3, 4]), st.randoms())
@settings(deadline=None, max_examples=30)
def test_encoding_loses_nothing_and_is_deterministic(
    width: int, height: int, bands: int, random: Any
) -> None:
    data = random.randbytes(width * height * bands)
    array = np.frombuffer(data, np.uint8).reshape(height, width, bands)
    png = codec.encode(array)
    assert np.array_equal(codec.to_array(png), array)
    assert codec.encode(array.copy()) == png == codec.encode(np.asfortranarray(array))


def test_a_png_stays_as_it_is_byte_for_byte() -> None:
    labelled = png_file.with_text(PNG, {"tool": "1"})
    assert codec.as_png(labelled) is labelled


OPAQUE = np.dstack([RGB, np.full((10, 12), 255, np.uint8)])


@pytest.mark.parametrize(
    ("second", "same"),
    [
        (PNG, True),
        (png_file.with_text(PNG, {"tool": "1"}), True),
        (saved(Image.fromarray(RGB), compress_level=0), True),
        (codec.encode(OPAQUE), True),
        (codec.encode(OPAQUE - np.array([0, 0, 0, 1], np.uint8)), False),
        (codec.encode(np.where(np.indices((10, 12, 3))[0] == 9, RGB ^ 1, RGB)), False),
        (codec.encode(RGB[:9]), False),
        (codec.encode(RGB.reshape(12, 10, 3)), False),
    ],
)
def test_same_pixels_is_about_pixels_and_not_their_encoding(second: bytes, same: bool) -> None:
    assert codec.same_pixels(PNG, second) is same
    assert codec.same_pixels(second, PNG) is same


@pytest.mark.parametrize(
    ("box", "part"),
    [
        (WHOLE, RGB),
        (Box(2, 3, 4, 5), RGB[3:8, 2:6]),
        (Box(-5, -5, 8, 8), RGB[:3, :3]),
        (Box(10, 8, 99, 99), RGB[8:, 10:]),
    ],
)
def test_a_crop_is_clipped_to_the_picture(box: Box, part: Array) -> None:
    assert np.array_equal(codec.to_array(codec.crop(PNG, box)), part)


@pytest.mark.parametrize("box", [Box(12, 0, 3, 3), Box(-9, -9, 5, 5), Box(3, 3, 0, 4)])
def test_a_crop_of_nothing_is_a_typed_error(box: Box) -> None:
    with pytest.raises(EmptyTarget, match="12x10"):
        codec.crop(PNG, box)


@given(st.builds(Box, *[st.integers(-20, 20)] * 2, *[st.integers(0, 30)] * 2))
@settings(deadline=None, max_examples=60)
def test_burning_fills_the_box_and_nothing_else(box: Box) -> None:
    """Also beyond the edges; and what was there cannot be seen through it."""
    clear = np.dstack([RGB, np.zeros((10, 12), np.uint8)])
    burned = codec.to_array(codec.burn(codec.encode(clear), [box]))
    rows, columns = np.indices((10, 12))
    inside = (rows >= box.y) & (rows < box.bottom) & (columns >= box.x) & (columns < box.right)
    assert (burned[inside] == (*codec.REDACTED, 255)).all()
    assert np.array_equal(burned[~inside], clear[~inside])


def test_a_compact_file_shows_the_same_pixels_and_is_never_larger() -> None:
    for array in (noise(), noise(bands=4), np.full((90, 120, 4), 255, dtype=np.uint8)):
        file = io.BytesIO()
        Image.fromarray(array).save(file, "PNG", compress_level=0)
        loose = file.getvalue()
        small = codec.compact(loose)
        assert len(small) <= len(loose)
        assert codec.compact(small) == small
        assert codec.same_pixels(small, loose)
