"""A layout lies in the PNG of its picture; damage to it never costs the picture."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pytest

from pytest_visualdiff.errors import LayoutUnreadable
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.layouts import storage
from sweep_support import Page

if TYPE_CHECKING:
    from pytest_visualdiff.layouts.page_layout import PageLayout


def layout(text: str = "hello") -> PageLayout:
    page = Page()
    page.add("p", (1.25, 2, 300, 20), text, id="p")
    return page.layout()


PNG = png_file.written(1, 1, 3, zlib.compress(b"\0\1\2\3"))


def test_a_layout_comes_back_as_it_was() -> None:
    kept = storage.with_layout(PNG, layout())
    assert storage.layout_of(kept) == layout()


def test_the_picture_stays_the_same() -> None:
    kept = storage.with_layout(PNG, layout())
    assert png_file.same_data(PNG, kept)
    assert png_file.verify(kept) == (1, 1)
    assert storage.with_layout(kept, None) == PNG


def test_a_picture_has_one_layout() -> None:
    twice = storage.with_layout(storage.with_layout(PNG, layout("old")), layout("new"))
    assert storage.layout_of(twice) == layout("new")


def test_a_picture_without_a_layout_has_none() -> None:
    assert storage.layout_of(PNG) is None


@pytest.mark.parametrize("text", ["\ud800", "\x1b[31m", "<b>", "'\"\\", "x" * 100_000])
def test_any_text_can_be_kept(text: str) -> None:
    kept = storage.layout_of(storage.with_layout(PNG, layout(text)))
    assert kept is not None
    assert len(kept.elements) == len(layout().elements)


def chunked(data: bytes) -> bytes:
    end = png_file.chunk(b"IEND", b"")
    return PNG.removesuffix(end) + png_file.chunk(storage.CHUNK, data) + end


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not compressed",
        zlib.compress(b"{"),
        zlib.compress(b"[]"),
        zlib.compress(b'{"elements":[],"styles":[]}'),
        zlib.compress(b"[" * 100_000),
        storage.encode(layout())[:-20],
    ],
    ids=["empty", "plain", "no JSON", "a list", "no columns", "nested", "cut off"],
)
def test_a_damaged_layout_is_a_typed_error(data: bytes) -> None:
    with pytest.raises(LayoutUnreadable):
        storage.layout_of(chunked(data))


def test_a_layout_of_too_many_bytes_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "MOST_BYTES", 100)
    with pytest.raises(LayoutUnreadable, match="more than 100 bytes"):
        storage.layout_of(storage.with_layout(PNG, layout()))
