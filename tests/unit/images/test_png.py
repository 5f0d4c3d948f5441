"""PNG files as bytes: whole or not, size, equality without provenance, texts."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pytest_visualdiff.errors import BrokenImage
from pytest_visualdiff.images import png as png_file


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum


def picture(mode: str = "RGB", size: tuple[int, int] = (9, 5), **saved: int) -> bytes:
    file = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(file, "PNG", **saved)
    return file.getvalue()


PNG = picture()
PALETTE = picture("P")
BOUNDARIES = [one.start for one in png_file.chunks(PNG)] + [len(PNG)]
TEXTS = {"tool": "pytest-visualdiff 1", "masks": "[[1, 2, 3, 4]]"}


@pytest.mark.parametrize("end", [*BOUNDARIES[:-1], *(at + 6 for at in BOUNDARIES[:-1])])
def test_a_truncated_png_is_named_as_truncated(end: int) -> None:
    with pytest.raises(BrokenImage, match="truncated"):
        png_file.verify(PNG[:end])


@given(st.integers(0, len(PNG) - 1))
@settings(deadline=None, max_examples=60)
def test_no_part_of_a_png_passes_for_the_whole(end: int) -> None:
    with pytest.raises(BrokenImage):
        png_file.verify(PNG[:end])


@given(st.integers(8, len(PNG) - 1), st.integers(1, 255))
@settings(deadline=None, max_examples=100)
def test_a_changed_byte_is_noticed(at: int, flip: int) -> None:
    """Lengths, kinds, data and checksums: a changed byte anywhere makes the file a broken one."""
    with pytest.raises(BrokenImage, match=r"damaged|truncated"):
        png_file.verify(PNG[:at] + bytes([PNG[at] ^ flip]) + PNG[at + 1 :])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
        (b"\xff\xd8\xff\xe0JFIF", "not a PNG: it starts with b'\\\\xff"),
        (b"<html>not found</html>", "not a PNG"),
        (png_file.SIGNATURE[:4], "not a PNG"),
        (png_file.SIGNATURE, "truncated"),
        (png_file.SIGNATURE + chunk(b"IEND"), "no valid header"),
        (png_file.SIGNATURE + chunk(b"IHDR", b"short") + chunk(b"IEND"), "no valid header"),
        (png_file.SIGNATURE + struct.pack(">I", 0xFFFFFFFF) + b"IHDR" + bytes(9), "truncated"),
    ],
)
def test_bytes_that_are_no_png_are_named_for_what_they_are(data: bytes, words: str) -> None:
    with pytest.raises(BrokenImage, match=words):
        png_file.verify(data)


@pytest.mark.parametrize("size", [(1, 1), (9, 5), (3, 700)])
def test_the_size_is_read_from_the_header_alone(size: tuple[int, int]) -> None:
    png = picture(size=size)
    header_end = next(png_file.chunks(png)).end
    assert png_file.size(png[:header_end]) == size == png_file.verify(png)


BRIGHTER = png_file.SIGNATURE + b"".join(
    chunk(b"PLTE", bytes(one.data)[::-1]) if one.kind == b"PLTE" else PALETTE[one.start : one.end]
    for one in png_file.chunks(PALETTE)
)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (PNG, PNG, True),
        (PNG, png_file.with_text(PNG, TEXTS), True),
        (png_file.with_text(PNG, {"tool": "0"}), png_file.with_text(PNG, TEXTS), True),
        (PNG, picture(size=(9, 6)), False),
        (PNG, picture("L"), False),
        (PALETTE, BRIGHTER, False),
        (PNG, picture(compress_level=0), False),
    ],
)
def test_same_data_looks_at_pixels_and_not_at_provenance(
    first: bytes, second: bytes, same: bool
) -> None:
    assert png_file.same_data(first, second) is same


@given(st.dictionaries(st.sampled_from(["tool", "fonts", "options"]), st.text()))
@settings(deadline=None, max_examples=60)
def test_texts_come_back_as_they_went_in(texts: dict[str, str]) -> None:
    """Any text at all, with the pixels untouched and still a PNG to others."""
    png = png_file.with_text(PNG, texts)
    assert png_file.texts(png) == texts
    assert png_file.verify(png) == png_file.size(PNG)
    with Image.open(io.BytesIO(png)) as image:
        image.load()


@pytest.mark.parametrize(
    "hostile", ["a\0b", "two\nlines", "\x1b[31m", "äöü 😀", "visualdiff:tool\0\0\0\0\0x", ""]
)
def test_a_hostile_text_stays_one_text(hostile: str) -> None:
    assert png_file.texts(png_file.with_text(PNG, {"tool": hostile})) == {"tool": hostile}


def test_a_lone_surrogate_is_escaped() -> None:
    """A page's text may hold half a character, which UTF-8 cannot."""
    assert png_file.texts(png_file.with_text(PNG, {"t": "a\ud800"})) == {"t": "a\\ud800"}


def test_new_texts_replace_ours_and_leave_those_of_others() -> None:
    foreign = chunk(b"iTXt", b"Comment\0\0\0\0\0theirs")
    header_end = next(png_file.chunks(PNG)).end
    mixed = PNG[:header_end] + foreign + PNG[header_end:]
    once = png_file.with_text(mixed, {"tool": "1", "fonts": "old"})
    twice = png_file.with_text(once, {"tool": "2"})
    assert png_file.texts(twice) == {"tool": "2"}
    assert twice.count(foreign) == 1
    assert png_file.with_text(twice, {}) == mixed


def test_a_picture_without_our_texts_has_none() -> None:
    assert png_file.texts(PNG) == {}


def test_the_digest_is_sha256() -> None:
    """The same as ``sha256sum`` prints for the file."""
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert png_file.digest(b"") == empty
    assert png_file.digest(PNG) != png_file.digest(PNG + b"\0")


SHOT = picture(compress_level=0)
KEPT = png_file.vouch(picture(compress_level=9), SHOT, {"browser": "firefox"})


def test_a_smaller_encoding_is_known_to_show_the_same_pixels_as_its_shot() -> None:
    assert len(KEPT) != len(SHOT)
    assert png_file.same_data(KEPT, SHOT)
    assert png_file.same_data(SHOT, KEPT)
    assert png_file.texts(KEPT)["browser"] == "firefox"
    assert not png_file.same_data(KEPT, picture("L"))


def test_pixels_edited_after_the_shot_are_not_vouched_for() -> None:
    edited = png_file.with_text(picture("L"), png_file.texts(KEPT))
    assert not png_file.same_data(edited, SHOT)
