"""Two encoded pictures as arrays, decoded only as far as a comparison needs.

``decode_pair`` is the one function that others use. Its fast path reads the rows of PNGs
and keeps decoded baselines. Its plain path decodes both files in full. Both give the same pictures.
``FAST`` turns the fast path off.
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
    """Outside of these rows the pictures are certainly equal; None if that is not known."""


class CachedResult(NamedTuple):
    """Result of comparing with the cached rows: both pictures, or None if all pixels are equal."""

    pair: Pair | None


def decode_pair(
    expected: bytes,
    actual: bytes,
    names: tuple[str, str] = ("the image", "the image"),
    cache: DecodedCache | None = None,
) -> Pair | None:
    """The two pictures as RGB or RGBA arrays; None for two PNGs with certainly equal pixels.

    The arrays may be read-only. ``names`` name the pictures in errors, which are those of
    ``to_array``. ``cache`` keeps the decoded expected picture.
    """
    if not FAST:
        return _decode_plainly(expected, actual, names)
    cached = None if cache is None else _from_cached_rows(expected, actual, cache)
    if cached is not None:
        return cached.pair
    base = None if cache is None else cache.load(expected)
    expected_rows, actual_rows = (
        (None, png_rows.read(actual)) if base is not None else _read(expected, actual)
    )
    if base is None and (
        expected_rows is None
        or actual_rows is None
        or expected_rows.data.shape != actual_rows.data.shape
    ):
        base = _decoded(expected_rows, expected, names[0])
        _store(cache, expected, base)
    if base is not None:
        return _decode_beside(base, actual_rows, (expected, actual), names[1], cache)
    assert expected_rows is not None  # noqa: S101 - for the type checker
    assert actual_rows is not None  # noqa: S101
    return _filtered(expected_rows, actual_rows, expected, cache)


def _decode_plainly(expected: bytes, actual: bytes, names: tuple[str, str]) -> Pair | None:
    """Both files decoded in full; None for equal pixels."""
    pair = Pair(_decoded(None, expected, names[0]), _decoded(None, actual, names[1]))
    return None if np.array_equal(pair.expected, pair.actual) else pair


def _from_cached_rows(expected: bytes, actual: bytes, cache: DecodedCache) -> CachedResult | None:
    """The pair, decoded with the cached rows; None if there are none, or they do not help."""
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
        changed = None
        if pictures is not None and pictures[0].shape == (*packed.layout[1::-1], 3):
            changed = png_stream.changed(pieces, packed.layout, kept, pictures[0])
    if pictures is None or changed is None:
        cache.forget_rows(expected, packed.layout)
        return None
    return _patched_copy(*pictures, changed)


def _patched_copy(expected: Array, actual: Array, changed: Changed) -> CachedResult | None:
    """The pair, with the changed band written into the second copy of the expected picture."""
    top, bottom = changed.band
    actual[top:bottom] = png_rows.unfiltered(changed.now, above=actual[top - 1] if top else None)
    if changed.builds and not np.array_equal(actual[bottom - 1], expected[bottom - 1]):
        return None  # the rows below are decoded from this row, so they differ, too
    return CachedResult(Pair(expected, actual, changed.band))


def _read(expected: bytes, actual: bytes) -> tuple[Rows | None, Rows | None]:
    """Both files inflated in parallel: zlib releases the interpreter lock."""
    if len(expected) < _MIN_THREAD_BYTES:
        return png_rows.read(expected), png_rows.read(actual)
    inflated: list[Rows | None] = []
    thread = threading.Thread(target=lambda: inflated.append(png_rows.read(expected)))
    thread.start()
    actual_rows = png_rows.read(actual)
    thread.join()
    return (inflated[0] if inflated else None), actual_rows


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
    """The expected picture is decoded; decode only the rows of the actual one that differ."""
    if rows is None or base.shape != (len(rows.kinds), rows.data.shape[1] // 3, 3):
        return Pair(base, _decoded(rows, files[1], name))
    band = png_rows.differing_from(rows, base)
    if cache is not None:
        channels = (rows.stream.shape[1] - 1) // base.shape[1]
        layout = png_rows.Layout(base.shape[1], base.shape[0], channels)
        cache.store_rows(files[0], layout, lambda: png_stream.stream(rows, channels, base, band))
    return None if band is None else Pair(base, _patched(rows, base, band))


def _filtered(
    expected_rows: Rows, actual_rows: Rows, expected: bytes, cache: DecodedCache | None
) -> Pair | None:
    """Neither is decoded: decode the one with simpler filters, then the other's differing rows."""
    alike = np.array_equal(expected_rows.kinds, actual_rows.kinds)
    if alike:
        band = png_rows.differing(expected_rows, actual_rows)
        if band is None:
            return None
    if expected_rows.simple or not actual_rows.simple:
        expected_picture = png_rows.unfiltered(expected_rows)
        if not alike:
            band = png_rows.differing_from(actual_rows, expected_picture)
        actual_picture = (
            expected_picture if band is None else _patched(actual_rows, expected_picture, band)
        )
    else:
        actual_picture = png_rows.unfiltered(actual_rows)
        band = png_rows.differing_from(expected_rows, actual_picture)
        expected_picture = (
            actual_picture if band is None else _patched(expected_rows, actual_picture, band)
        )
    _store(cache, expected, expected_picture)
    return None if band is None else Pair(expected_picture, actual_picture)


def _patched(rows: Rows, picture: Array, band: Band) -> Array:
    if band[1] - band[0] > _MAX_CHANGED_ROWS * len(picture):
        return png_rows.unfiltered(rows)
    return png_rows.patched(rows, picture, band)
