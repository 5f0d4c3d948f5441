"""PNG files as bytes: chunks, size, provenance text and equality, without decoding a pixel.

This module imports only the standard library, so an unchanged picture loads no image library.
Format: Portable Network Graphics (PNG) Specification, Third Edition, W3C 2025.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from pytest_visualdiff.errors import BrokenImage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PREFIX = "visualdiff:"
"""The keywords of the text chunks of this package start with it."""

NONE, SUB, UP, AVERAGE, PAETH = range(5)
"""The filters that a row of a PNG can have."""

_LENGTH = struct.Struct(">I")

_SHOT = f"{PREFIX}shot".encode()

_NO_CHUNK = (b"", memoryview(b""))

# All chunks that decide about the pixels.
_PIXEL_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT"})

_KEPT_CHUNKS = _PIXEL_CHUNKS | {b"IEND"}


class Chunk(NamedTuple):
    """One chunk: its four-byte type, its data, and where it starts and ends in the file."""

    kind: bytes
    data: memoryview
    start: int
    end: int


def chunks(png: bytes) -> Iterator[Chunk]:
    """Each chunk in turn; raises ``BrokenImage`` if the file is not a PNG, or ends too early."""
    if not png.startswith(SIGNATURE):
        raise BrokenImage(describe(png))
    view, at, kind = memoryview(png), len(SIGNATURE), b""
    while kind != b"IEND":
        if at + 12 > len(png):
            raise BrokenImage(f"PNG is truncated: it ends after {len(png)} bytes, without IEND")
        (length,) = struct.unpack_from(">I", png, at)
        kind, end = png[at + 4 : at + 8], at + 12 + length
        if end > len(png):
            raise BrokenImage(
                f"PNG is truncated: chunk {kind.decode('latin-1')} at byte {at} needs {end} bytes,"
                f" the file has {len(png)}"
            )
        yield Chunk(kind, view[at + 8 : end - 4], at, end)
        at = end


def size(png: bytes) -> tuple[int, int]:
    """Width and height in pixels, read from the header alone."""
    for chunk in chunks(png):
        if chunk.kind == b"IHDR" and len(chunk.data) == 13:
            width, height = struct.unpack_from(">II", chunk.data)
            return width, height
        break
    raise BrokenImage("PNG has no valid header chunk (IHDR)")


def complete(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG, after a check that all its chunks are there; else ``BrokenImage``.

    For files that are equal byte by byte. The contents of the chunks are not verified.
    """
    if png.startswith(SIGNATURE):
        at, end = len(SIGNATURE), len(png)
        while at + 12 <= end:
            if png[at + 4 : at + 8] == b"IEND":
                return size(png)
            at += 12 + _LENGTH.unpack_from(png, at)[0]
    return verify(png)  # raises the error


def verify(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG, after a check of all its chunks; else ``BrokenImage``."""
    for chunk in chunks(png):
        (written,) = struct.unpack_from(">I", png, chunk.end - 4)
        if zlib.crc32(chunk.data, zlib.crc32(chunk.kind)) != written:
            raise BrokenImage(
                f"PNG is damaged: chunk {chunk.kind.decode('latin-1')} at byte {chunk.start} has a"
                " wrong checksum"
            )
    return size(png)


def same_data(first: bytes, second: bytes) -> bool:
    """Whether two files certainly show the same pixels, without decoding them.

    True if header, palette and compressed data chunks are equal, or if one file records that it was
    encoded from the other (see ``vouch``). Provenance is ignored. False does not mean that the
    pixels differ.
    """
    if first == second:
        return True
    pairs = zip_longest(_pixel_data(first), _pixel_data(second), fillvalue=_NO_CHUNK)
    if all(_same_chunk(one, other) for one, other in pairs):
        return True
    return _vouched(first, second) or _vouched(second, first)


def vouch(png: bytes, shot: bytes, texts: Mapping[str, str]) -> bytes:
    """The file with texts that record of which shot it is a smaller encoding.

    They have the digest of its own data, too, so the record does not cover pixels edited later.
    """
    return with_text(png, {**texts, "shot": data_digest(shot), "data": data_digest(png)})


def data_digest(png: bytes) -> str:
    """SHA-256 in hex of everything that decides about the pixels."""
    digest = hashlib.sha256()
    for kind, data in _pixel_data(png):
        digest.update(kind)
        digest.update(data)
    return digest.hexdigest()


def _vouched(png: bytes, shot: bytes) -> bool:
    if _SHOT not in png:  # a search is much cheaper than a walk over all chunks
        return False
    recorded = texts(png)
    return (
        "shot" in recorded
        and recorded.get("data") == data_digest(png)
        and recorded["shot"] == data_digest(shot)
    )


def _same_chunk(one: tuple[bytes, memoryview], other: tuple[bytes, memoryview]) -> bool:
    # Views are compared item by item, bytes all at once.
    return one[0] == other[0] and len(one[1]) == len(other[1]) and bytes(one[1]) == bytes(other[1])


def _pixel_data(png: bytes) -> Iterator[tuple[bytes, memoryview]]:
    return ((chunk.kind, chunk.data) for chunk in chunks(png) if chunk.kind in _PIXEL_CHUNKS)


def with_text(png: bytes, texts: Mapping[str, str]) -> bytes:
    """The same file with these provenance texts in place of all earlier ones."""
    header, *rest = [
        png[chunk.start : chunk.end] for chunk in chunks(png) if _text_of(chunk) is None
    ]
    ours = [_text_chunk(PREFIX + key, value) for key, value in texts.items()]
    return b"".join([SIGNATURE, header, *ours, *rest])


def pixels_only(png: bytes) -> bytes:
    """The file with nothing but what decides about its pixels: no text, profile or animation."""
    kept = (png[one.start : one.end] for one in chunks(png) if one.kind in _KEPT_CHUNKS)
    return b"".join([SIGNATURE, *kept])


def texts(png: bytes) -> dict[str, str]:
    """The provenance texts of a PNG; empty if it has none."""
    entries = filter(None, map(_text_of, chunks(png)))
    return {key.removeprefix(PREFIX): value for key, value in entries}


def written(width: int, height: int, channels: int, data: bytes) -> bytes:
    """A whole 8-bit RGB or RGBA file, made of compressed rows."""
    header = struct.pack(">IIBBBBB", width, height, 8, {3: 2, 4: 6}[channels], 0, 0, 0)
    parts = (b"IHDR", header), (b"IDAT", data), (b"IEND", b"")
    return SIGNATURE + b"".join(chunk(kind, body) for kind, body in parts)


def digest(data: bytes) -> str:
    """SHA-256 of a file's bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def _text_chunk(keyword: str, value: str) -> bytes:
    # iTXt, uncompressed, no language: keyword NUL flag method language NUL translated NUL text.
    text = value.encode("utf-8", "backslashreplace")  # a page's text may hold lone surrogates
    return chunk(b"iTXt", keyword.encode("latin-1") + b"\0\0\0\0\0" + text)


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk as it stands in a file."""
    checksum = zlib.crc32(data, zlib.crc32(kind))
    return b"".join((_LENGTH.pack(len(data)), kind, data, _LENGTH.pack(checksum)))


def _text_of(chunk: Chunk) -> tuple[str, str] | None:
    if chunk.kind != b"iTXt":
        return None
    keyword, _, rest = bytes(chunk.data).partition(b"\0")
    if not keyword.startswith(PREFIX.encode()):
        return None
    return keyword.decode("latin-1"), rest[4:].decode("utf-8", "replace")


def describe(data: bytes) -> str:
    """What bytes are, in words, if they are not a usable PNG."""
    if data.startswith(SIGNATURE):
        return "a PNG of an unknown kind"
    if not data:
        return "not a PNG: the file is empty"
    if data.startswith(b"version https://git-lfs"):
        return "not a PNG but a Git LFS pointer: run 'git lfs pull' to fetch the image"
    return f"not a PNG: it starts with {data[:8]!r}"
