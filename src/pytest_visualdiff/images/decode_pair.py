"""Two encoded pictures as arrays, with no more decoding than it takes to compare them.

``decode_pair`` is the one function that others use. It has a fast path, which reads the rows of
PNGs and remembers decoded baselines, and a plain one, which decodes both files in full. They give
the same pictures; ``FAST`` turns the fast path off.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pytest_visualdiff.images import png_rows, png_stream
from pytest_visualdiff.images.codec import decode, opaque

if TYPE_CHECKING:
    from pytest_visualdiff.images.decoded_cache import DecodedCache
    from pytest_visualdiff.images.png_rows import Band, Rows
    from pytest_visualdiff.images.png_stream import Changed
    from pytest_visualdiff.model import Array

FAST = True
"""Whether the fast path is taken."""

_MIN_THREAD_BYTES = 1 << 16  # a file of this size is inflated in a thread of its own
_MAX_CHANGED_ROWS = 0.5  # if a larger share of rows changed, the whole picture is decoded


class Pair(NamedTuple):
    """Two decoded pictures."""

    expected: Array
    actual: Array
    rows: Band | None = None
    """Outside of these rows they are surely equal; None where nothing is known."""


class CachedResult(NamedTuple):
    """Result of comparing with the cached rows: both pictures, or None if all pixels are equal."""

    pair: Pair | None


def decode_pair(
    expected: bytes,
    actual: bytes,
    names: tuple[str, str] = ("the image", "the image"),
    cache: DecodedCache | None = None,
) -> Pair | None:
    """The two pictures as RGB or RGBA arrays; None for two PNGs of surely the same pixels.

    The arrays may be read-only. ``names`` are for the errors, which are those of ``to_array``;
    ``cache`` keeps the decoded expected picture.
    """
    if not FAST:
        return _decode_plainly(expected, actual, names)
    seen = None if cache is None else _from_cached_rows(expected, actual, cache)
    if seen is not None:
        return seen.pair
    base = None if cache is None else cache.load(expected)
    old, new = (None, png_rows.read(actual)) if base is not None else _read(expected, actual)
    if base is None and (old is None or new is None or old.data.shape != new.data.shape):
        base = _decoded(old, expected, names[0])
        _store(cache, expected, base)
    if base is not None:
        return _decode_beside(base, new, (expected, actual), names[1], cache)
    assert old is not None  # noqa: S101 - for the type checker
    assert new is not None  # noqa: S101
    return _filtered(old, new, expected, cache)


def _decode_plainly(expected: bytes, actual: bytes, names: tuple[str, str]) -> Pair | None:
    """Both files decoded in full; None for equal pixels."""
    pair = Pair(_decoded(None, expected, names[0]), _decoded(None, actual, names[1]))
    return None if np.array_equal(pair.expected, pair.actual) else pair


def _from_cached_rows(expected: bytes, actual: bytes, cache: DecodedCache) -> CachedResult | None:
    """The pair by means of the cached rows; None where there are none, or they do not help."""
    packed = png_stream.layout(actual)
    kept = None if packed is None else cache.rows(expected, packed.layout)
    if packed is None or kept is None:
        return None
    with kept:
        pieces = png_stream.differing(packed, kept)
        if pieces is None:
            return None
        if not pieces:
            return CachedResult(None)
        pictures = cache.twice(expected)
        found = None
        if pictures is not None and pictures[0].shape == (*packed.layout[1::-1], 3):
            found = png_stream.changed(pieces, packed.layout, kept, pictures[0])
    if pictures is None or found is None:
        cache.forget_rows(expected, packed.layout)
        return None
    return _patched_copy(*pictures, found)


def _patched_copy(expected: Array, actual: Array, found: Changed) -> CachedResult | None:
    """The pair, with the changed band written into the second copy of the expected picture."""
    top, bottom = found.band
    actual[top:bottom] = png_rows.unfiltered(found.now, above=actual[top - 1] if top else None)
    if found.builds and not np.array_equal(actual[bottom - 1], expected[bottom - 1]):
        return None  # all that follows builds on another row
    return CachedResult(Pair(expected, actual, found.band))


def _read(expected: bytes, actual: bytes) -> tuple[Rows | None, Rows | None]:
    """Both files inflated, at once: zlib lets other threads run."""
    if len(expected) < _MIN_THREAD_BYTES:
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


def _store(cache: DecodedCache | None, encoded: bytes, picture: Array) -> None:
    if cache is not None:
        cache.store(encoded, picture)


def _decode_beside(
    base: Array,
    rows: Rows | None,
    files: tuple[bytes, bytes],
    name: str,
    cache: DecodedCache | None,
) -> Pair | None:
    """The expected picture is decoded: decode only those rows of the actual one that differ."""
    if rows is None or base.shape != (len(rows.kinds), rows.data.shape[1] // 3, 3):
        return Pair(base, _decoded(rows, files[1], name))
    band = png_rows.differing_from(rows, base)
    if cache is not None:
        channels = (rows.stream.shape[1] - 1) // base.shape[1]
        layout = png_rows.Layout(base.shape[1], base.shape[0], channels)
        cache.store_rows(files[0], layout, lambda: png_stream.stream(rows, channels, base, band))
    return None if band is None else Pair(base, _patched(rows, base, band))


def _filtered(old: Rows, new: Rows, expected: bytes, cache: DecodedCache | None) -> Pair | None:
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
    _store(cache, expected, before)
    return None if band is None else Pair(before, after)


def _patched(rows: Rows, picture: Array, band: Band) -> Array:
    if band[1] - band[0] > _MAX_CHANGED_ROWS * len(picture):
        return png_rows.unfiltered(rows)
    return png_rows.patched(rows, picture, band)
