"""Compares a new PNG with the cached rows of the approved picture, which have the same filters.

The rows are inflated a piece at a time, compared with the cached rows, and dropped if they are
equal. They stay in the processor's cache, and no memory for a whole picture is allocated.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pytest_visualdiff.errors import BrokenImage
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.images import png_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from pytest_visualdiff.images.png_rows import Band, Layout, Packed, Rows
    from pytest_visualdiff.model import Array

_STEP = 1 << 14  # bytes inflated at once; of a screenshot they become 30 times as many
_PIECE = 1 << 17
_BLOCK = 16  # rows compared at once, so that their memory is reused
_MARGIN = 64  # rows around a band in which cached rows and pixels must agree
_MOSTLY = 2  # the share of the file (one in so many) that may differ

try:  # the extra "fast": inflates pieces in half of the time
    from isal import isal_zlib as _inflate
except ImportError:
    _inflate = zlib

Pieces = list[tuple[int, bytes]]


class Changed(NamedTuple):
    """The band of rows that differ, with the new rows."""

    band: Band
    now: Rows
    builds: bool
    """Whether the row below the band is decoded from the last row of the band."""


def layout(png: bytes) -> Packed | None:
    """The compressed rows of a PNG; None if only a full decoder can read it."""
    try:
        png_file.verify(png)
        return png_rows.packed(png)
    except BrokenImage:
        return None


def differing(found: Packed, kept: BinaryIO) -> Pieces | None:
    """The pieces of the inflated rows that differ from a file, with their offsets.

    None if most pieces differ, or if the stream is damaged, or longer or shorter than the picture.
    """
    try:
        return _differing(found, kept)
    except (zlib.error, _inflate.error, OSError):
        return None


def _differing(found: Packed, kept: BinaryIO) -> Pieces | None:
    length, at, other, pieces = found.layout.length, 0, 0, []
    for piece in _inflated(found.parts):
        if at + len(piece) > length:
            return None
        if kept.read(len(piece)) != piece:
            pieces.append((at, piece))
            other += len(piece)
        if other * _MOSTLY > length:
            return None
        at += len(piece)
    return pieces if at == length else None


def _inflated(parts: list[memoryview]) -> Iterator[bytes]:
    """The contents of a deflate stream, in pieces so small that their memory is reused."""
    inflater = _inflate.decompressobj(-zlib.MAX_WBITS)
    for part in _parts(parts):
        left: bytes | memoryview = part
        while len(left) and not inflater.eof:
            yield inflater.decompress(left, _PIECE)
            left = inflater.unconsumed_tail
    if not inflater.eof:
        raise zlib.error("the stream is not whole")


def _parts(parts: list[memoryview]) -> Iterator[memoryview]:
    """The raw deflate stream without its two bytes of header, in steps."""
    first, *others = parts or [memoryview(b"")]
    if len(first) < 2 or first[0] & 15 != zlib.DEFLATED or first[1] & 32:
        raise zlib.error("not a zlib stream")
    for part in (first[2:], *others):
        for start in range(0, len(part), _STEP):
            yield part[start : start + _STEP]


def changed(pieces: Pieces, layout: Layout, kept: BinaryIO, picture: Array) -> Changed | None:
    """The rows that differ; None if the cached rows do not belong to the picture.

    Rows and pixels are in two files that are made at different times. If they agree around the
    difference, neither is damaged there.
    """
    length = layout.length // layout.height
    first, last = pieces[0][0] // length, (pieces[-1][0] + len(pieces[-1][1]) - 1) // length + 1
    around = max(0, first - _MARGIN), min(layout.height, last + _MARGIN)
    if not _belong(kept, picture, layout, around):
        return None
    top, bottom = first, min(layout.height, last + 1)
    kept.seek(top * length)
    before = kept.read((bottom - top) * length)
    if len(before) != (bottom - top) * length:
        return None
    now = np.frombuffer(bytearray(before), np.uint8)
    for at, piece in pieces:
        start = at - top * length
        now[start : start + len(piece)] = np.frombuffer(piece, np.uint8)
    old, new = (rows.reshape(bottom - top, -1) for rows in (np.frombuffer(before, np.uint8), now))
    differ = np.flatnonzero((old != new).any(axis=1))
    start, stop = int(differ[0]), int(differ[-1]) + 1
    rows = png_rows.rows_of(new[start:stop], layout.channels, top + start)
    builds = stop < len(new) and new[stop, 0] >= png_file.UP
    return None if rows is None else Changed((top + start, top + stop), rows, builds)


def _belong(kept: BinaryIO, picture: Array, layout: Layout, band: Band) -> bool:
    """Whether the cached rows are those of the picture, inside a band."""
    levels, length = picture.reshape(len(picture), -1), layout.length // layout.height
    kept.seek(band[0] * length)
    for top in range(*band, _BLOCK):
        count = min(_BLOCK, band[1] - top)
        read = np.frombuffer(kept.read(count * length), np.uint8)
        if read.size != count * length:
            return False
        rows = png_rows.rows_of(read.reshape(count, -1), layout.channels, top)
        if rows is None:
            return False
        if not np.array_equal(png_rows.refiltered(rows.kinds, levels, top), rows.data):
            return False
    return True


def stream(rows: Rows, channels: int, picture: Array, band: Band | None) -> Array:
    """The rows of a picture, with the filters of another one that differs from it inside a band."""
    result: Array = rows.stream
    if band is not None:
        result = result.copy()
        levels = picture.reshape(len(picture), -1)
        part = result[slice(*band), 1:].reshape(band[1] - band[0], -1, channels)
        filtered = png_rows.refiltered(rows.kinds[slice(*band)], levels, band[0])
        part[..., :3] = filtered.reshape(*part.shape[:2], 3)
        result[slice(*band), 1:] = part.reshape(len(part), -1)
    return result
