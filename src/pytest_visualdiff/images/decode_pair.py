"""Two encoded pictures as arrays, with no more decoding than it takes to compare them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pytest_visualdiff.images import png_rows, png_stream
from pytest_visualdiff.images.codec import decode, opaque

if TYPE_CHECKING:
    from pytest_visualdiff.images.decoded_cache import RawCache
    from pytest_visualdiff.images.png_rows import Band, Rows
    from pytest_visualdiff.images.png_stream import Changed
    from pytest_visualdiff.model import Array

_WORTH_A_THREAD = 1 << 16  # bytes of a file
_MOSTLY = 0.5  # share of the rows from which on a copy of the other picture saves nothing


class Pair(NamedTuple):
    """Two decoded pictures."""

    expected: Array
    actual: Array
    rows: Band | None = None
    """Outside of these rows they are surely equal; None where nothing is known."""


class Seen(NamedTuple):
    """What comparing with what is kept has told: a pair, or None for equal pixels."""

    pair: Pair | None


def pixels(
    expected: bytes,
    actual: bytes,
    names: tuple[str, str] = ("the image", "the image"),
    cache: RawCache | None = None,
) -> Pair | None:
    """The two pictures as RGB or RGBA arrays; None for two PNGs of surely the same pixels.

    The arrays may be read-only. ``names`` are for the errors, which are those of ``to_array``;
    ``cache`` keeps decoded what is expected.
    """
    seen = None if cache is None else _seen(expected, actual, cache)
    if seen is not None:
        return seen.pair
    base = None if cache is None else cache.load(expected)
    old, new = (None, png_rows.read(actual)) if base is not None else _read(expected, actual)
    if base is None and (old is None or new is None or old.data.shape != new.data.shape):
        base = _decoded(old, expected, names[0])
        _keep(cache, expected, base)
    if base is not None:
        return _beside(base, new, (expected, actual), names[1], cache)
    assert old is not None  # noqa: S101 - for the type checker
    assert new is not None  # noqa: S101
    return _filtered(old, new, expected, cache)


def _seen(expected: bytes, actual: bytes, cache: RawCache) -> Seen | None:
    """The pair by means of the rows that are kept; None where they are of no use."""
    packed = png_stream.layout(actual)
    kept = None if packed is None else cache.rows(expected, packed.layout)
    if packed is None or kept is None:
        return None
    with kept:
        pieces = png_stream.differing(packed, kept)
        if pieces is None:
            return None
        if not pieces:
            return Seen(None)
        pictures = cache.twice(expected)
        found = None
        if pictures is not None and pictures[0].shape == (*packed.layout[1::-1], 3):
            found = png_stream.changed(pieces, packed.layout, kept, pictures[0])
    if pictures is None or found is None:
        cache.forget_rows(expected, packed.layout)
        return None
    return _written(*pictures, found)


def _written(expected: Array, actual: Array, found: Changed) -> Seen | None:
    """The pair once the band is drawn on the second array, which shows what is expected."""
    top, bottom = found.band
    actual[top:bottom] = png_rows.unfiltered(found.now, above=actual[top - 1] if top else None)
    if found.builds and not np.array_equal(actual[bottom - 1], expected[bottom - 1]):
        return None  # all that follows builds on another row
    return Seen(Pair(expected, actual, found.band))


def _read(expected: bytes, actual: bytes) -> tuple[Rows | None, Rows | None]:
    """Both files inflated, at once: zlib lets other threads run."""
    if len(expected) < _WORTH_A_THREAD:
        return png_rows.read(expected), png_rows.read(actual)
    found: list[Rows | None] = []
    thread = threading.Thread(target=lambda: found.append(png_rows.read(expected)))
    thread.start()
    new = png_rows.read(actual)
    thread.join()
    return (found[0] if found else None), new


def _decoded(rows: Rows | None, encoded: bytes, name: str) -> Array:
    if rows is not None:
        return png_rows.unfiltered(rows)
    return np.ascontiguousarray(opaque(decode(encoded, name)))


def _keep(cache: RawCache | None, encoded: bytes, picture: Array) -> None:
    if cache is not None:
        cache.store(encoded, picture)


def _beside(
    base: Array, rows: Rows | None, files: tuple[bytes, bytes], name: str, cache: RawCache | None
) -> Pair | None:
    """What is expected is decoded: decode of the actual picture what differs from it."""
    if rows is None or base.shape != (len(rows.kinds), rows.data.shape[1] // 3, 3):
        return Pair(base, _decoded(rows, files[1], name))
    band = png_rows.differing_from(rows, base)
    if cache is not None:
        channels = (rows.stream.shape[1] - 1) // base.shape[1]
        layout = png_rows.Layout(base.shape[1], base.shape[0], channels)
        cache.store_rows(files[0], layout, lambda: png_stream.stream(rows, channels, base, band))
    return None if band is None else Pair(base, _patched(rows, base, band))


def _filtered(old: Rows, new: Rows, expected: bytes, cache: RawCache | None) -> Pair | None:
    """Neither is decoded: decode the easier one, and of the other what differs."""
    alike = np.array_equal(old.kinds, new.kinds)
    if alike:
        band = png_rows.differing(old, new)
        if band is None:
            return None
    if old.simple or not new.simple:
        before = png_rows.unfiltered(old)
        if not alike:
            band = png_rows.differing_from(new, before)
        after = before if band is None else _patched(new, before, band)
    else:
        after = png_rows.unfiltered(new)
        band = png_rows.differing_from(old, after)
        before = after if band is None else _patched(old, after, band)
    _keep(cache, expected, before)
    return None if band is None else Pair(before, after)


def _patched(rows: Rows, picture: Array, band: Band) -> Array:
    if band[1] - band[0] > _MOSTLY * len(picture):
        return png_rows.unfiltered(rows)
    return png_rows.patched(rows, picture, band)
