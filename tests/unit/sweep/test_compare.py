"""Each kind of difference is found where it is, in words, and one cause is one finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_visualdiff import compare_layouts
from pytest_visualdiff.errors import InvalidValue, NothingCompared
from sweep_support import Page, Rect

if TYPE_CHECKING:
    from pytest_visualdiff.sweep.findings import Finding


def both() -> tuple[Page, Page]:
    return Page("firefox"), Page("chrome")


def column(page: Page, heights: dict[int, float] | None = None, count: int = 6) -> list[int]:
    """Paragraphs below each other; some with another height."""
    found, top = [], 0.0
    for number in range(count):
        height = (heights or {}).get(number, 40.0)
        found.append(page.add("p", (0, top, 1000, height), f"text {number}", id=f"p{number}"))
        top += height
    return found


def only(a: Page, b: Page) -> Finding:
    (found,) = compare_layouts(a.layout(), b.layout())
    return found


def test_the_same_layout_has_no_finding() -> None:
    a, b = both()
    column(a), column(b)
    assert compare_layouts(a.layout(), b.layout()) == ()


def test_the_widths_of_two_font_engines_are_no_finding() -> None:
    a, b = both()
    for page, letter in ((a, 8.0), (b, 8.3)):
        left = 0.0
        for number in range(8):
            wide = letter * 12
            text_box = (left, 10, wide, 20)
            page.add("a", (left, 10, wide, 20), "twelve chars", style={"display": "inline-block"},
                     text_box=Rect(*text_box), id=f"a{number}")  # fmt: skip
            left += wide + 10
    assert compare_layouts(a.layout(), b.layout()) == ()


def test_what_is_larger_is_the_cause_and_what_it_pushes_down_is_counted() -> None:
    a, b = both()
    column(a), column(b, {1: 60.0})
    found = only(a, b)
    assert (found.kind, found.selector, found.browser) == ("larger", "#p1", "chrome")
    assert found.message == (
        "`#p1` is 50 % higher in Chrome than in Firefox; 4 elements after it are pushed down"
    )
    assert found.consequences == 4
    assert (found.box.y, found.box.height) == (40, 60)
    assert found.partner_box is not None
    assert found.partner_box.height == 40


def test_what_reaches_out_of_the_viewport_says_by_how_much() -> None:
    a, b = both()
    a.add("button", (800, 0, 160, 40), "Buy", id="buy")
    b.add("button", (800, 0, 248, 40), "Buy", id="buy")
    found = only(a, b)
    assert found.message == (
        "`#buy` is 55 % wider in Chrome than in Firefox and reaches 48 px past the right edge of"
        " the viewport"
    )


def test_a_container_that_grows_with_its_child_is_no_finding_of_its_own() -> None:
    a, b = both()
    for page, height in ((a, 100.0), (b, 150.0)):
        outer = page.add("div", (0, 0, 500, height + 40), id="outer")
        page.add("img", (20, 20, 300, height), parent=outer, id="picture", picture=1)
    assert only(a, b).selector == "#picture"


def test_a_child_that_fills_its_container_is_no_finding_of_its_own() -> None:
    a, b = both()
    for page, width in ((a, 400.0), (b, 500.0)):
        outer = page.add("div", (0, 0, width, 100), id="outer")
        page.add("p", (0, 0, width, 100), "text", parent=outer, id="inner")
    assert only(a, b).selector == "#outer"


def test_missing_names_the_browser_that_does_not_show_it() -> None:
    a, b = both()
    column(a), column(b, count=5)
    found = only(a, b)
    assert (found.kind, found.selector, found.browser) == ("missing", "#p5", "chrome")
    assert found.message == "`#p5` is not to be seen in Chrome, but is in Firefox"
    (other,) = compare_layouts(b.layout(), a.layout())
    assert (other.kind, other.browser) == ("missing", "chrome")


def test_missing_counts_all_that_is_in_it_once() -> None:
    a, b = both()
    outer = a.add("nav", (0, 0, 400, 40), id="menu")
    for number in range(4):
        a.add("a", (number * 90, 0, 80, 40), f"Entry {number}", parent=outer)
    b.add("p", (0, 0, 10, 10))
    assert {one.selector for one in compare_layouts(a.layout(), b.layout())} == {"#menu"}


def test_misaligned_is_relative_to_what_is_around() -> None:
    a, b = both()
    for page, shift in ((a, 0.0), (b, 12.0)):
        for number in range(3):
            left = 40 + shift * (number == 1)
            page.add("p", (left, 50 * number, 300, 40), f"row {number}", id=f"p{number}")
    found = only(a, b)
    assert (found.kind, found.selector) == ("misaligned", "#p1")
    assert "lies 12 px further right in Chrome than in Firefox" in found.message


def test_a_label_that_wraps() -> None:
    a, b = both()
    a.add(
        "a", (0, 0, 160, 20), "Sign in here now", id="in", role="link", style={"display": "block"}
    )
    b.add("a", (0, 0, 160, 40), "Sign in here now", id="in", role="link", lines=2,
          style={"display": "block"})  # fmt: skip
    found = only(a, b)
    assert found.kind == "wrapped"
    assert "takes 2 lines of text in Chrome, 1 in Firefox" in found.message


def test_reordered() -> None:
    a, b = both()
    for page, order in ((a, [0, 1, 2]), (b, [1, 0, 2])):
        for place, number in enumerate(order):
            page.add("p", (0, 50 * place, 300, 40), f"row {number}", id=f"p{number}")
    assert only(a, b).kind == "reordered"


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("color", "rgb(255, 0, 0)", "text colour"),
        ("background-color", "rgb(0, 128, 0)", "background colour"),
        ("box-shadow", "rgb(0, 0, 0) 0px 4px 8px 0px", "shadow"),
        ("font-family", "monospace", "font"),
    ],
)
def test_restyled_says_what_and_why(name: str, value: str, word: str) -> None:
    a, b = both()
    a.add("p", (0, 0, 300, 40), "text", id="p")
    b.add("p", (0, 0, 300, 40), "text", id="p", style={name: value})
    found = only(a, b)
    assert found.kind == "restyled"
    assert f"has another {word} in Chrome than in Firefox" in found.message
    assert f"{name}: {Page().elements and a.layout().style(2)[name]} in Firefox" in found.message


def test_a_colour_is_told_of_the_element_that_hands_it_down() -> None:
    a, b = both()
    for page, colour in ((a, "rgb(0, 0, 0)"), (b, "rgb(0, 0, 255)")):
        outer = page.add("div", (0, 0, 300, 80), "outer", id="outer", style={"color": colour})
        page.add("p", (0, 20, 300, 40), "text", parent=outer, style={"color": colour})
    assert only(a, b).selector == "#outer"


def test_covered_names_what_lies_on_it() -> None:
    a, b = both()
    for page, cover in ((a, -1), (b, 3)):
        page.add("p", (0, 0, 300, 40), "text", id="p", cover=cover)
        page.add("div", (0, 0, 300, 40), "other", id="banner", style={"position": "absolute"})
    found = only(a, b)
    assert (found.kind, found.browser) == ("overlapped", "chrome")
    assert found.message == "`#p` is covered by `#banner` in Chrome"


def test_clipped_says_how_much() -> None:
    a, b = both()
    a.add("div", (0, 0, 300, 40), "text", id="box", style={"overflow": "hidden"})
    b.add("div", (0, 0, 300, 40), "text", id="box", style={"overflow": "hidden"}, hidden=(0, 24))
    found = only(a, b)
    assert found.kind == "clipped"
    assert "cuts off 24 px of what it holds in Chrome" in found.message


def test_a_broken_picture() -> None:
    a, b = both()
    a.add("img", (0, 0, 300, 40), id="i", picture=1, source="a.png")
    b.add("img", (0, 0, 300, 40), id="i", picture=2, source="a.png")
    found = only(a, b)
    assert (found.kind, found.browser) == ("broken", "chrome")


def test_sideways_overflow_names_what_reaches_out() -> None:
    a, b = both()
    b.page = (1200, 800)
    for page in (a, b):
        page.add("pre", (0, 0, 1200, 40), id="code")
    found = only(a, b)
    assert (found.kind, found.selector) == ("overflow", "#code")
    assert "reaches 200 px past the right edge" in found.message


def test_the_fingerprint_does_not_change_with_the_amount() -> None:
    a, b = both()
    column(a), column(b, {1: 60.0})
    c = Page("chrome")
    column(c, {1: 62.0})
    assert only(a, b).fingerprint == only(a, c).fingerprint


def test_what_a_person_sees_first_comes_first() -> None:
    a, b = both()
    a.add("h1", (0, 0, 900, 200), "Heading", id="h")
    for page, colour in ((a, "rgb(0, 0, 0)"), (b, "rgb(200, 0, 0)")):
        page.add("p", (0, 700, 30, 12), "text", id="p", style={"color": colour})
    assert [one.selector for one in compare_layouts(a.layout(), b.layout())] == ["#h", "#p"]


def test_an_unknown_option_is_named() -> None:
    a, b = both()
    with pytest.raises(InvalidValue, match="known: move, size, text, colour"):
        compare_layouts(a.layout(), b.layout(), pixels=3)


def test_an_empty_layout_is_never_the_same() -> None:
    a, b = both()
    b.elements = [one._replace(visible=False) for one in b.elements]
    with pytest.raises(NothingCompared, match="shows no element in chrome"):
        compare_layouts(a.layout(), b.layout())


def test_a_third_colour_is_another_finding() -> None:
    a, b = both()
    c = Page("chrome")
    for page, colour in ((a, "rgb(0, 0, 0)"), (b, "rgb(255, 0, 0)"), (c, "rgb(0, 0, 255)")):
        page.add("p", (0, 0, 300, 40), "text", id="p", style={"color": colour})
    assert only(a, b).fingerprint != only(a, c).fingerprint


def test_what_jumps_over_its_neighbour_lies_elsewhere() -> None:
    """The neighbour stays where it was, so nobody has changed places."""
    a, b = both()
    for page, left in ((a, 0), (b, 400)):
        page.add("p", (left, 0, 100, 40), "jumps", id="p", style={"position": "relative"})
        page.add("b", (200, 0, 100, 40), "stays", id="b", style={"display": "block"})
    assert (only(a, b).kind, only(a, b).selector) == ("misaligned", "#p")


def test_a_font_that_one_browser_replaces_is_told_once() -> None:
    """All texts of it are wider, though both browsers were asked for the same font."""
    a, b = both()
    for page, letter in ((a, 8.0), (b, 9.2)):
        for number in range(5):
            top = 40.0 * number
            page.add("p", (0, top, 900, 40), f"some text {number}", id=f"p{number}",
                     text_box=Rect(0, top, letter * 11, 20))  # fmt: skip
    found = only(a, b)
    assert (found.kind, found.selector) == ("restyled", "#p0")
    assert found.message == (
        "`#p0` has another font in Chrome than in Firefox; 4 elements are affected (each browser"
        " has taken another font for font-family: Arial)"
    )


def rows(page: Page, size: float, count: int = 15) -> None:
    for number in range(count):
        row = page.add("tr", (0, 40 * number, 1000, 40), style={"display": "table-row"})
        page.add("td", (0, 40 * number, 500, 40), f"row {number}", parent=row)
        cell = page.add("td", (500, 40 * number, 500, 40), parent=row)
        box = (510, 40 * number + 10, size, size)
        page.add("span", box, parent=cell, style={"background-color": "rgb(9, 9, 9)"})


def test_the_same_change_in_each_row_is_one_finding_with_a_count() -> None:
    a, b = both()
    rows(a, 20.0), rows(b, 10.0)
    found = only(a, b)
    assert found.message.endswith("; and 14 more like it")
    assert len(found.detail["also"]) == 14
    assert found.selector not in found.detail["also"]
