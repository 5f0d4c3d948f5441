"""Keeps a layout in the PNG file of its picture, so that both are approved and moved as one.

The layout is a chunk of its own: compressed JSON, column by column. A file without our chunk, and a
chunk that cannot be read, are no reason to refuse the picture.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

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
    data = layout.to_dict()
    data["elements"] = [list(column) for column in zip(*data["elements"], strict=True)]
    data["styles"] = [list(column) for column in zip(*data["styles"], strict=True)]
    data["milliseconds"] = {}
    text = json.dumps(_short(data), separators=(",", ":"), ensure_ascii=False)
    return zlib.compress(text.encode("utf-8", "backslashreplace"), 9)


def decode(packed: bytes) -> PageLayout:
    """What ``encode`` wrote; raises ``LayoutUnreadable`` for anything else."""
    try:
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(packed, MOST_BYTES)
        if unpacker.unconsumed_tail:
            raise LayoutUnreadable(f"a page layout of more than {MOST_BYTES:,} bytes")
        data = json.loads(text)
        columns = [_index_column(data["elements"]), *data["elements"][1:]]
        data["elements"] = list(zip(*columns, strict=True))
        data["styles"] = list(zip(*data["styles"], strict=True))
    except (zlib.error, ValueError, KeyError, TypeError, RecursionError, IndexError) as error:
        raise LayoutUnreadable(f"not a page layout: {error!r:.200}") from error
    return PageLayout.from_dict(data)


def _index_column(columns: list[Any]) -> list[int]:
    return list(range(len(columns[1])))


def _short(data: dict[str, Any]) -> dict[str, Any]:
    """The data with numbers as short as they can be written."""
    names = Element._fields
    columns = data["elements"]
    data["elements"] = [
        [] if name == "index" else [_number(value) for value in column]
        for name, column in zip(names, columns, strict=True)
    ]
    return data


def _number(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float):
        return int(value) if value.is_integer() else round(value, 2)
    if isinstance(value, tuple):
        return [_number(one) for one in value]
    return value
