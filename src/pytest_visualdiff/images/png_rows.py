"""Rows of a PNG in their filtered form: compared without decoding, decoded where they differ.

A PNG stores each row as its difference from pixels to the left or above (a filter). Undoing the
filters is most of the work of reading a screenshot. Doing them is cheap, so a decoded picture is
filtered like the other file and the filtered rows are compared: outside the band of rows that
differ the two pictures are the same.

Filters: Portable Network Graphics (PNG) Specification, Third Edition, W3C 2025, clause 9.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytest_visualdiff.errors import BrokenImage
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.images.codec import MAX_PIXELS
from pytest_visualdiff.images.png import AVERAGE, NONE, PAETH, SUB, UP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.model import Array

    Band = tuple[int, int]
    Levels = npt.NDArray[Any]

try:  # the extra "fast": inflates screenshots twice as fast as zlib, small files ten times
    from deflate import deflate_decompress as _libdeflate
except ImportError:
    _libdeflate = None

_CHANNELS = {2: 3, 6: 4}  # colour type -> channels: true colour, without and with alpha
_BLOCK = 64  # rows handled at once, so that they stay in the cache
_RATIO = 1032  # DEFLATE expands a byte to at most 1032 bytes
_AT_ONCE = 1 << 30  # bytes: what the largest allowed picture takes anyway
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Rows:
    """The filtered rows of an opaque 8-bit picture, before unfiltering."""

    kinds: Levels
    """Filter of each row, shape (height,)."""
    data: Levels
    """Filtered levels, shape (height, 3 * width)."""
    stream: Levels
    """The rows as in the file: the filter's byte, then the levels, maybe with alpha."""

    @property
    def simple(self) -> bool:
        """Whether every filter is one that numpy undoes fast."""
        return bool((self.kinds <= UP).all())


def read(png: bytes) -> Rows | None:
    """The filtered rows of a PNG; None for one that only a decoder can read.

    None means: another format, palette, gray or 16 bits, interlaced, transparent, or damaged.
    """
    if not png.startswith(png_file.SIGNATURE):
        return None
    try:
        png_file.verify(png)
        return _read(png)
    except (BrokenImage, zlib.error):
        return None


def _read(png: bytes) -> Rows | None:
    found = packed(png)
    stream = None if found is None else _inflate(b"".join(found.parts), found.layout.length)
    if found is None or stream is None:
        return None
    rows = np.frombuffer(stream, np.uint8).reshape(found.layout.height, -1)
    return rows_of(rows, found.layout.channels)


class Layout(NamedTuple):
    """Size in pixels of a picture of 8-bit colour, and its 3 or 4 channels."""

    width: int
    height: int
    channels: int

    @property
    def length(self) -> int:
        """Bytes of all rows, each with its filter."""
        return self.height * (1 + self.width * self.channels)


class Packed(NamedTuple):
    """The rows of a file, not yet inflated."""

    layout: Layout
    parts: list[memoryview]


def packed(png: bytes) -> Packed | None:
    """Layout and compressed data of a PNG; None unless it is 8-bit colour. Checks no checksum."""
    header, parts = b"", []
    for chunk in png_file.chunks(png):
        if chunk.kind == b"IHDR":
            header = bytes(chunk.data)
        elif chunk.kind == b"IDAT":
            parts.append(chunk.data)
        elif chunk.kind in (b"tRNS", b"acTL"):
            return None
    width, height, depth, colour, *others = struct.unpack(">IIBBBBB", header)
    channels = _CHANNELS.get(colour, 0)
    if depth != 8 or not channels or any(others) or not 0 < width * height <= MAX_PIXELS:
        return None
    return Packed(Layout(width, height, channels), parts)


def _inflate(data: bytes, length: int) -> Any:
    """So many bytes out of a zlib stream, whose checksum is left to that of the chunks."""
    if len(data) < 6 or data[0] & 15 != zlib.DEFLATED or data[1] & 32:
        return None
    if _libdeflate is not None:
        try:
            stream = _libdeflate(data[2:], length)
        except ValueError:
            return None
        return stream if len(stream) == length else None
    if len(data) * _RATIO <= _AT_ONCE:
        stream = zlib.decompress(data[2:], -zlib.MAX_WBITS, length)
        return stream if len(stream) == length else None
    return _inflate_bounded(data[2:], length)


def _inflate_bounded(data: bytes, length: int) -> bytearray | None:
    """Stops at the length: a decompression bomb would go on."""
    whole, at = bytearray(length), 0
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    while at < length and not inflater.eof:
        piece = inflater.decompress(data, min(_PIECE, length - at))
        whole[at : at + len(piece)] = piece
        at, data = at + len(piece), inflater.unconsumed_tail
        if not piece and not data:
            break
    return whole if at == length else None


def rows_of(stream: Levels, channels: int, top: int = 0) -> Rows | None:
    """Rows from ``top`` on, as RGB; None for a transparent picture, or an unknown filter."""
    kinds, data = stream[:, 0], stream[:, 1:]
    highest = kinds.max()
    if highest > PAETH:
        return None
    if channels == 3:
        return Rows(kinds, data, stream)
    if highest > UP or not _opaque(kinds, _pixels(data, 4), starts_picture=top == 0):
        return None
    import cv2

    levels = cv2.cvtColor(_pixels(data, 4), cv2.COLOR_RGBA2RGB).reshape(len(data), -1)
    return Rows(kinds, levels, stream)


def _pixels(data: Levels, channels: int) -> Levels:
    """Rows with their pixels as an axis, without copying them."""
    return data.reshape(len(data), -1, channels)


def _opaque(kinds: Levels, pixels: Levels, *, starts_picture: bool) -> bool:
    """Whether filtered alpha is that of an opaque picture: 255 where it starts, then nothing."""
    import cv2

    alpha = cv2.extractChannel(pixels, 3)
    starts = alpha[:, 0].copy()
    alpha[:, 0] = 0
    first, plain = int(kinds[0]), kinds == NONE
    if starts_picture and first == UP:  # there is nothing above: the row is as it is
        starts[0] = 255 if (pixels[0, :, 3] == 255).all() else 1
        alpha[0] = 0
    if plain.any():
        if (alpha[plain, 1:] != 255).any():
            return False
        alpha[plain] = 0
    wanted = np.where(kinds == UP, 0, 255)
    if starts_picture:
        wanted[0] = 255
    return not cv2.countNonZero(alpha) and bool((starts == wanted).all())


def differing(first: Rows, second: Rows) -> Band | None:
    """The rows from the first to behind the last that differ, of two that are filtered alike."""
    changed = [
        start + row
        for start in range(0, len(first.data), _BLOCK)
        for row in _ends(first.data[start : start + _BLOCK] != second.data[start : start + _BLOCK])
    ]
    return (changed[0], changed[-1] + 1) if changed else None


def differing_from(rows: Rows, picture: Array) -> Band | None:
    """The rows from the first to behind the last that differ from an RGB picture, filtered."""
    levels = picture.reshape(len(picture), -1)
    changed = [
        start + row
        for start in range(0, len(levels), _BLOCK)
        for row in _ends(_block_differs(rows, levels, start, min(len(levels), start + _BLOCK)))
    ]
    return (changed[0], changed[-1] + 1) if changed else None


def _ends(differs: Levels) -> tuple[int, ...]:
    """The first and the last row of a block that differ."""
    if not differs.any():
        return ()
    rows = np.flatnonzero(differs.any(axis=1))
    return int(rows[0]), int(rows[-1])


def _block_differs(rows: Rows, levels: Levels, start: int, stop: int) -> Levels:
    filtered = refiltered(rows.kinds[start:stop], levels, start)
    differing: Levels = filtered != rows.data[start:stop]
    return differing


def refiltered(kinds: Levels, levels: Levels, start: int) -> Levels:
    """Rows of RGB levels from ``start`` on, as a PNG with these filters has them."""
    stop = start + len(kinds)
    if start and (kinds == kinds[0]).all():
        return _filter(int(kinds[0]), levels[start:stop], levels[start - 1 : stop - 1])
    above = np.zeros((stop - start, levels.shape[1]), np.uint8)
    above[0 if start else 1 :] = levels[max(0, start - 1) : stop - 1]
    result = np.empty_like(above)
    for kind in np.unique(kinds):
        chosen = np.flatnonzero(kinds == kind)
        result[chosen] = _filter(int(kind), levels[start + chosen], above[chosen])
    return result


def _filter(kind: int, levels: Levels, above: Levels) -> Levels:
    """Rows of RGB levels as a PNG filter writes them; ``above`` are the rows before each."""
    if kind == NONE:
        return levels
    if kind == UP:
        return levels - above
    left = np.zeros_like(levels)
    left[:, 3:] = levels[:, :-3]
    if kind == SUB:
        return levels - left
    if kind == AVERAGE:
        half: Levels = levels - (left & above) - ((left ^ above) >> 1)
        return half
    corner = np.zeros_like(levels)
    corner[:, 3:] = above[:, :-3]
    return levels - _paeth(left, above, corner)


def _paeth(left: Levels, above: Levels, corner: Levels) -> Levels:
    """Of three neighbours the one nearest to left + above - corner (clause 9.4)."""
    by_left, by_above = _distance(above, corner), _distance(left, corner)
    opposed = (above < corner) != (left < corner)
    # Steps of one direction add up, so that the corner is farther than either.
    by_corner = _distance(by_left, by_above) | ~_mask(opposed)
    not_left = (by_left > by_above) | (by_left > by_corner)
    other = _chosen(_mask(by_above > by_corner), corner, above)
    return _chosen(_mask(not_left), other, left)


def _distance(first: Levels, second: Levels) -> Levels:
    return np.maximum(first, second) - np.minimum(first, second)


def _mask(condition: Levels) -> Levels:
    """255 where it holds, else 0; with it a choice is ten times faster than ``np.where``."""
    return np.negative(condition.view(np.uint8))


def _chosen(mask: Levels, first: Levels, second: Levels) -> Levels:
    return second ^ ((first ^ second) & mask)


def patched(rows: Rows, picture: Array, band: Band) -> Array:
    """The picture that differs from another one in this band of filtered rows alone."""
    top, bottom = band
    result: Array = picture.copy()
    result[top:bottom] = unfiltered(rows, band, picture[top - 1] if top else None)
    builds = bottom < len(picture) and rows.kinds[bottom] >= UP
    if builds and not np.array_equal(result[bottom - 1], picture[bottom - 1]):
        # What follows builds on another row than in the other picture.
        result[bottom:] = unfiltered(rows, (bottom, len(picture)), result[bottom - 1])
    return result


def unfiltered(rows: Rows, band: Band | None = None, above: Levels | None = None) -> Array:
    """The picture, or a band of it below the row ``above``: RGB of shape (height, width, 3)."""
    chosen = slice(None) if band is None else slice(*band)
    kinds, data = rows.kinds[chosen], rows.data[chosen]
    before: Levels = np.zeros(data.shape[1], np.uint8) if above is None else above.reshape(-1)
    if (kinds > UP).any():
        return _decoded(kinds, data, before)
    result = _without_sub(kinds, data)
    for row, kind in enumerate(kinds.tolist()):
        if kind == UP:
            np.add(result[row], before, out=result[row])
        before = result[row]
    return _pixels(result, 3)


def _without_sub(kinds: Levels, data: Levels) -> Levels:
    """A copy of the rows, in which those that only look to the left are undone."""
    result: Levels = data.copy()
    for chosen in _blocks(np.flatnonzero(kinds == SUB)):
        result[chosen] = _running_sum(result[chosen])
    return result


def _blocks(indices: Levels) -> Iterator[Levels]:
    for start in range(0, len(indices), _BLOCK // 2):
        yield indices[start : start + _BLOCK // 2]


def _running_sum(levels: Levels) -> Levels:
    """Each level plus all to its left of the same channel, modulo 256, in log2(width) steps."""
    other, step = np.empty_like(levels), 3
    while step < levels.shape[1]:
        np.add(levels[:, step:], levels[:, :-step], out=other[:, step:])
        other[:, :step] = levels[:, :step]
        levels, other, step = other, levels, 2 * step
    return levels


def _decoded(kinds: Levels, data: Levels, above: Levels) -> Levels:
    """The rows decoded by OpenCV, as a PNG of their own that starts with the row above."""
    import cv2

    stream: Any = np.empty((len(data) + 1, data.shape[1] + 1), np.uint8)
    stream[0, 0], stream[0, 1:] = NONE, above
    stream[1:, 0], stream[1:, 1:] = kinds, data
    png = png_file.written(data.shape[1] // 3, len(stream), 3, zlib.compress(stream, 0))
    picture: Levels | None = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise BrokenImage("OpenCV cannot decode these PNG rows")
    return cv2.cvtColor(picture[1:], cv2.COLOR_BGR2RGB)
