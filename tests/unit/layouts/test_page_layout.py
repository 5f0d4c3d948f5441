"""A layout goes to JSON and back, names its elements, and says what it does not read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff import PageLayout
from pytest_visualdiff.errors import CaptureError, LayoutUnreadable
from pytest_visualdiff.layouts.page_layout import PROPERTIES
from pytest_visualdiff.layouts.reader import parse
from sweep_support import Page, Rect

if TYPE_CHECKING:
    from pathlib import Path


def page() -> PageLayout:
    made = Page()
    main = made.add("main", (0, 0, 500, 500), id="main")
    made.add("p", (0, 0, 500, 20), "first", parent=main)
    made.add("p", (0, 20, 500, 20), "second", parent=main)
    host = made.add("x-box", (0, 40, 500, 20), parent=main, id="1 strange id")
    made.add("b", (0, 40, 50, 20), "inner", parent=host, root=1)
    return made.layout()


def test_a_layout_comes_back_from_its_file(tmp_path: Path) -> None:
    page().save(tmp_path / "page.json")
    assert PageLayout.load(tmp_path / "page.json") == page()


@pytest.mark.parametrize("change", [{"schema": 2}, {"columns": []}, {"elements": [[1]]}])
def test_another_shape_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(LayoutUnreadable):
        PageLayout.from_dict({**page().to_dict(), **change})


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": 1}'])
def test_a_file_that_is_no_layout_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "page.json"
    path.write_text(text)
    with pytest.raises(LayoutUnreadable):
        PageLayout.load(path)
    with pytest.raises(LayoutUnreadable, match="nowhere"):
        PageLayout.load(tmp_path / "nowhere.json")


def test_selectors_are_short_and_enter_shadow_roots() -> None:
    layout = page()
    assert layout.selector(2) == "#main"
    assert layout.selector(4) == "#main > p:nth-of-type(2)"
    assert layout.selector(6) == "#main > x-box:nth-of-type(1) >>> b:nth-of-type(1)"


def test_it_is_json_that_others_can_read() -> None:
    data = json.loads(json.dumps(page().to_dict()))
    assert data["columns"][:3] == ["index", "parent", "tag"]
    assert data["properties"] == list(PROPERTIES)


def test_a_page_that_is_too_large_says_by_how_much() -> None:
    with pytest.raises(CaptureError, match="has 60,000 elements, more than 25,000 are not read"):
        parse({"total": 60_000, "url": "http://site/"}, browser="chrome", version="1")


@pytest.mark.parametrize("raw", [None, {}, [], {"total": "many"}, {"total": 1, "numbers": "x"}])
def test_an_answer_that_the_page_spoilt_is_no_layout(raw: Any) -> None:
    with pytest.raises(CaptureError, match="own scripts changed"):
        parse(raw, browser="chrome", version="1")


@pytest.mark.parametrize(
    ("lines", "place"), [(0, (50.0, 40.0)), (1, (30.0, 15.0)), (2, (30.0, 10.0))]
)
def test_a_text_is_touched_in_its_first_line(lines: int, place: tuple[float, float]) -> None:
    page = Page()
    at = page.add("p", (0, 0, 100, 80), lines=lines, text_box=Rect(10, 5, 40, 20))
    assert page.layout().elements[at].touched == place
