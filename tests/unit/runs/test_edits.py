"""One edit is recognised on whichever elements of whichever pages it shows."""

from __future__ import annotations

import pytest

from pytest_visualdiff.model import Cause
from pytest_visualdiff.runs.edits import changed_parts, edits, marks


def text(selector: str, before: str, after: str) -> Cause:
    return Cause(selector, "text", "", before, after)


def style(selector: str, name: str, before: str, after: str) -> Cause:
    return Cause(selector, "style", name, before, after)


SAME = {
    "another currency sign in other prices": (
        text(".a", "€9", "$9"),
        text(".b", "€1,200.00 or €12 a month", "$1,200.00 or $12 a month"),
    ),
    "one word in other sentences": (
        text("h1", "Northwind Ltd", "Northwind Limited"),
        text("footer p", "© 2026 Northwind Ltd, Ghent", "© 2026 Northwind Limited, Ghent"),
    ),
    "a colour of a token, as text, border and shadow": (
        style("a", "color", "rgb(1, 2, 3)", "rgb(9, 2, 3)"),
        style("#buy", "box-shadow", "rgb(1, 2, 3) 0px 1px", "rgb(9, 2, 3) 0px 1px"),
    ),
    "a web font that was not loaded": (
        style("h1", "font-family", '"Inter", serif', '"Inter", serif'),
        style(".lead", "font-family", '"Inter", serif', '"Inter", serif'),
    ),
    "a rule in two windows, by as much": (
        style(".card", "padding-top", "8px", "12px"),
        style(".card", "padding-top", "16px", "20px"),
    ),
    "a rule in two windows, by the same factor": (
        style("h1", "font-size", "40px", "50px"),
        style("h1", "font-size", "24px", "30px"),
    ),
    "the cells of a column": (
        Cause("tr:nth-child(1) > td:nth-child(4)", "removed", before="11 Apr"),
        Cause("tr:nth-child(7) > td:nth-child(4)", "removed", before="10 Apr"),
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_the_same_edit_shares_a_mark(case: str) -> None:
    one, other = SAME[case]
    assert {*marks(one)} & {*marks(other)}


OTHER = {
    "the same letter in another word": (text("a", "cat", "cot"), text("b", "Bay", "Boy")),
    "another price": (text("a", "€9", "€19"), text("a", "€12", "€15")),
    "another colour": (
        style("a", "color", "#010203", "#090203"),
        style("a", "color", "#010203", "#010209"),
    ),
    "another property": (
        style("a", "margin-top", "0px", "4px"),
        style("a", "margin-left", "0px", "4px"),
    ),
    "another drawing": (Cause("#one", "image"), Cause("#two", "image")),
    "another element that only moved": (Cause("#one", "moved"), Cause("#two", "moved")),
}


@pytest.mark.parametrize("case", OTHER)
def test_another_edit_shares_none(case: str) -> None:
    one, other = OTHER[case]
    assert not {*marks(one)} & {*marks(other)}


def test_what_only_moved_says_nothing_where_an_edit_is_known() -> None:
    edit, moved = text("h1", "Buy now", "Buy nwo"), Cause("#late", "moved")
    assert edits([moved, edit]) == marks(edit)[:1]
    assert edits([moved]) == marks(moved)[:1]
    assert edits([]) == []


def test_sizes_follow_from_a_font_that_was_not_loaded() -> None:
    font = style("h1", "font-family", "Inter", "Inter")
    margin = style("main", "margin", "123.5px 0px", "104px 0px")
    buy = text("#buy", "Buy now", "Buy nwo")
    assert edits([margin, font]) == marks(font)[:1]
    assert len(edits([margin, font, buy])) == 2
    assert edits([margin]) == marks(margin)[:1]


def test_the_same_picture_on_another_port_is_no_edit() -> None:
    one, other = (f'url("http://127.0.0.1:{port}/a.jpg")' for port in (4000, 5000))
    assert edits([style("main", "background-image", one, other)]) == []
    assert edits([style("main", "background-image", one, other.replace("a.jpg", "b.jpg"))])


def test_a_hostile_text_takes_no_time() -> None:
    assert changed_parts("a" * 1_000_000, "b" * 1_000_000)
