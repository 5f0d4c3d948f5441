"""Keeps a layout in the PNG file of its picture, so that both are approved and moved as one.

The layout is a chunk of its own: compressed JSON, column by column. A file without our chunk, and a
chunk that cannot be read, are no reason to refuse the picture.
"""

from __future__ import annotations

import json
import zlib

from pytest_visualdiff.errors import LayoutUnreadable
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.layouts.page_layout import Element, PageLayout

CHUNK = b"vdLy"
"""The chunk's type: by its letters ancillary, private, and safe to copy."""

MOST_BYTES = 64_000_000
"""Size of the JSON that is unpacked at most."""


def with_layout(png: bytes, layout: PageLayout | None) -> bytes:
    """The same file with this layout, or without one."""
    kept = [
        (chunk.kind, png[chunk.start : chunk.end])
        for chunk in png_file.chunks(png)
        if chunk.kind != CHUNK
    ]
    ours = [png_file.chunk(CHUNK, encode(layout))] if layout else []
    *body, (_, end) = kept
    return b"".join([png_file.SIGNATURE, *(data for _, data in body), *ours, end])


def layout_of(png: bytes) -> PageLayout | None:
    """The layout in a file, None without one; raises ``LayoutUnreadable`` for a damaged one."""
    if CHUNK not in png:  # a search is much cheaper than a walk over all chunks
        return None
    found = [bytes(chunk.data) for chunk in png_file.chunks(png) if chunk.kind == CHUNK]
    return decode(found[0]) if found else None


def encode(layout: PageLayout) -> bytes:
    """A layout as compressed bytes."""
    data = {**layout.head(), "milliseconds": {}}
    columns = dict(zip(Element._fields, zip(*layout.elements, strict=True), strict=False))
    if columns:
        columns["index"] = ()
        for name in ("visible", "fixed"):
            columns[name] = tuple(map(int, columns[name]))
    data["elements"] = list(columns.values())
    data["styles"] = list(zip(*layout.styles, strict=True))
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return zlib.compress(text.encode("utf-8", "backslashreplace"), 6)


def decode(packed: bytes) -> PageLayout:
    """What ``encode`` wrote; raises ``LayoutUnreadable`` for anything else."""
    try:
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(packed, MOST_BYTES)
        if unpacker.unconsumed_tail:
            raise LayoutUnreadable(f"a page layout of more than {MOST_BYTES:,} bytes")
        data = json.loads(text)
        data["styles"] = list(zip(*data["styles"], strict=True))
    except (zlib.error, ValueError, KeyError, TypeError, RecursionError, IndexError) as error:
        raise LayoutUnreadable(f"not a page layout: {error!r:.200}") from error
    return PageLayout.from_columns(data)
