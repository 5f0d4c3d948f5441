"""What is each browser's own way, or seen by nobody, is no finding."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_visualdiff import compare_layouts
from sweep_support import Page, Rect


def kinds(a: Page, b: Page) -> list[str]:
    return [one.kind for one in compare_layouts(a.layout(), b.layout())]


def both() -> tuple[Page, Page]:
    return Page("firefox"), Page("chrome")


def test_what_differs_under_a_replaced_font_is_a_consequence_of_that() -> None:
    """A box that is wider for no other reason is not told beside the font."""
    a, b = both()
    for page, letter, card in ((a, 8.0, 300), (b, 9.6, 340)):
        for number in range(4):
            top, wide = 30.0 * number, letter * 12
            page.add("p", (0, top, 400, 20), "twelve chars", id=f"p{number}",
                     style={"font-family": "Roboto"}, text_box=Rect(0, top, wide, 20))  # fmt: skip
        page.add("div", (0, 200, card, 80), id="card", style={"background-color": "rgb(0, 0, 9)"})
    (found,) = compare_layouts(a.layout(), b.layout())
    assert (found.kind, found.selector) == ("restyled", "#p0")
    assert found.consequences >= 4


def test_a_border_that_only_the_second_browser_has_is_seen() -> None:
    a, b = both()
    a.add("div", (0, 0, 200, 40), "text", id="box")
    edge = {f"border-{side}-width": "3px" for side in ("top", "right", "bottom", "left")}
    b.add("div", (0, 0, 200, 40), "text", id="box", style=edge | {"border-color": "rgb(200, 0, 0)"})
    assert kinds(a, b) == ["restyled"]


@pytest.mark.parametrize(("family", "told"), [("sans-serif", []), ("Georgia, serif", ["restyled"])])
def test_the_font_of_a_control_is_compared_where_the_page_chooses_it(
    family: str, told: list[str]
) -> None:
    a, b = both()
    a.add("button", (0, 0, 80, 30), "Buy", id="buy", style={"font-family": "Arial"})
    b.add("button", (0, 0, 80, 30), "Buy", id="buy", style={"font-family": family})
    assert kinds(a, b) == told


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ({"margin": "0px 0px 0px 8.33333%"}, {"margin": "0px 0px 0px 84.5px"}),
        ({"line-height": "18.5667px"}, {"line-height": "18.5718px"}),
    ],
)
def test_what_each_browser_writes_in_its_own_way_is_no_evidence(
    was: dict[str, Any], now: dict[str, Any]
) -> None:
    a, b = both()
    a.add("p", (0, 0, 400, 20), "text", id="p", style=was)
    b.add("p", (0, 0, 400, 22), "text", id="p", style=now)
    assert kinds(a, b) == []


def test_an_inline_element_around_a_block_does_not_excuse_its_place() -> None:
    """The box of the link follows what it holds, so it explains nothing."""
    a, b = both()
    for page, top in ((a, 0.0), (b, 40.0)):
        card = page.add("div", (0, 0, 400, 200), id="card")
        link = page.add("a", (0, top, 400, 40), parent=card, style={"display": "inline"})
        page.add("h2", (0, top, 400, 40), "Title", parent=link, id="title",
                 style={"position": "relative" if top else "static"})  # fmt: skip
    (found,) = compare_layouts(a.layout(), b.layout())
    assert (found.kind, found.selector) == ("misaligned", "#title")


@pytest.mark.parametrize(("left", "told"), [(-40, []), (10, ["missing"])])
def test_what_lies_out_of_the_page_is_missed_by_nobody(left: int, told: list[str]) -> None:
    """A drawer that waits beyond the left edge, drawn in one browser, transparent in the other."""
    a, b = both()
    for page, seen in ((a, True), (b, False)):
        page.add("img", (left, 10, 30, 30), id="rail", visible=seen,
                 style={"opacity": "1" if seen else "0"})  # fmt: skip
    assert kinds(a, b) == told


@pytest.mark.parametrize(("edge", "told"), [(112, []), (150, ["overlapped"])])
def test_a_cover_that_ends_where_the_middle_is_covers_by_chance(edge: int, told: list[str]) -> None:
    """The middle of the text, at (140, 110), lies 2 px within the cover, or well within it."""
    a, b = both()
    for page in (a, b):
        name = page.add("p", (100, 100, 400, 20), "ten chars.", id="name")
        bar = page.add("div", (0, 60, 1000, edge - 60), id="bar", fixed=True,
                       style={"background-color": "rgb(9, 9, 9)"})  # fmt: skip
        if page is b:
            page.elements[name] = page.elements[name]._replace(cover=bar)
    assert kinds(a, b) == told


def test_the_box_of_a_slider_is_not_what_is_drawn() -> None:
    a, b = both()
    for page, role, high in ((a, "slider", 15), (b, "slider", 2)):
        page.add("input", (0, 0, 160, high), id="range", role=role)
    assert kinds(a, b) == []


def test_what_stands_in_a_line_with_controls_breaks_where_the_engine_likes() -> None:
    """The second field of a line of inputs without any style falls down in the wider engine."""
    a, b = both()
    inline = {"display": "inline-block"}
    for page, wide, place in ((a, 180, (185.0, 0.0)), (b, 262, (0.0, 25.0))):
        form = page.add("form", (0, 0, 400, 50))
        page.add("input", (0, 0, wide, 23), "Mail", form, inline, role="textbox")
        page.add("span", (*place, 80, 23), "Send", form, inline, id="send")
    assert kinds(a, b) == []


def test_a_field_that_lost_its_border_is_told_although_controls_differ() -> None:
    a, b = both()
    edge = {f"border-{side}-width": "2px" for side in ("top", "right", "bottom", "left")}
    for page, colour in ((a, "rgb(118, 118, 118)"), (b, "rgba(0, 0, 0, 0)")):
        page.add("input", (0, 0, 180, 23), "Mail", id="mail",
                 style=edge | {"border-style": "solid", "border-color": colour})  # fmt: skip
    assert kinds(a, b) == ["restyled"]


@pytest.mark.parametrize(
    ("now", "told"),
    [("matrix(0.4, 0, 0, 0.4, -10, -54)", []), ("matrix(0.5, 0, 0, 0.4, -10, -42)", ["wrapped"])],
)
def test_a_move_by_a_part_of_a_box_follows_from_its_size(now: str, told: list[str]) -> None:
    """The text takes another line, so a box that is centred on itself is moved further."""
    a, b = both()
    was = "matrix(0.4, 0, 0, 0.4, -10, -42)"
    for page, transform, lines in ((a, was, 3), (b, now, 4)):
        box = Rect(0, 0, 200, 20 * lines)
        page.add("section", box, "some words that fill lines", id="slide", lines=lines,
                 text_box=box, style={"transform": transform})  # fmt: skip
    assert kinds(a, b) == told


@pytest.mark.parametrize(("more", "told"), [(5, []), (40, ["overflow"])])
def test_a_page_that_is_wider_by_the_width_of_a_letter_is_not_told(
    more: int, told: list[str]
) -> None:
    """The line is as long in both, but one of them lets the page scroll to its end."""
    a, b = both()
    b.page = (1000 + more, 800)
    for page in (a, b):
        page.add("pre", (0, 0, 1000 + more, 20), "code", id="code")
    assert kinds(a, b) == told


EDGE = {f"border-{side}-width": "0px" for side in ("top", "right", "left")}


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("rgb(9, 9, 9) rgb(9, 9, 9) rgb(200, 0, 0)", []),
        ("rgb(200, 0, 0)", []),
        ("rgb(0, 0, 200)", 1),
    ],
)
def test_the_colour_of_a_border_counts_on_the_sides_that_are_drawn(now: str, told: object) -> None:
    """Only the lower border is drawn, red in the first browser."""
    a, b = both()
    edge = EDGE | {"border-bottom-width": "2px", "border-style": "solid"}
    for page, colour in ((a, "rgb(200, 0, 0)"), (b, now)):
        page.add("div", (0, 0, 200, 40), "text", id="box", style=edge | {"border-color": colour})
    assert kinds(a, b) == (["restyled"] if told else [])


@pytest.mark.parametrize(("role", "told"), [("radio", []), ("textbox", ["restyled"])])
def test_a_radio_button_is_round_without_saying_so(role: str, told: list[str]) -> None:
    a, b = both()
    for page, radius in ((a, "0px"), (b, "50%")):
        look = {"border-radius": radius, "background-color": "rgb(9, 9, 9)"}
        page.add("input", (0, 0, 13, 13), id="one", role=role, style=look)
    assert kinds(a, b) == told


def test_the_sign_of_an_icon_font_is_as_wide_as_the_font() -> None:
    a, b = both()
    for page, wide in ((a, 8.0), (b, 14.0)):
        page.add("i", (0, 0, wide, 16), style={"display": "inline"})
    assert kinds(a, b) == []


@pytest.mark.parametrize(("more", "told"), [(9, []), (60, ["larger"])])
def test_neighbours_in_a_row_may_give_each_other_some_room(more: int, told: list[str]) -> None:
    """What one column gains is what the other loses; both hold what they held."""
    a, b = both()
    for page, edge in ((a, 100), (b, 100 + more)):
        row = page.add("div", (0, 0, 400, 40), style={"display": "flex"})
        page.add("div", (0, 0, edge, 40), parent=row, id="one")
        page.add("div", (edge, 0, 400 - edge, 40), parent=row, id="two")
    assert kinds(a, b) == told


def test_a_row_that_is_aligned_at_its_end_ends_before_its_neighbour() -> None:
    """Both labels are narrower, so the first lies further right by what both have lost."""
    a, b = both()
    for page, first, last in ((a, 79, 134), (b, 75, 123)):
        row = page.add("div", (0, 0, 600, 40), style={"display": "flex"})
        for name, left, wide in (("one", 590 - last - first, first), ("two", 600 - last, last)):
            text = Rect(left + 15, 10, wide - 30, 20)
            page.add("a", (left, 0, wide, 40), "Delete it", row, id=name, text_box=text)
    assert kinds(a, b) == []


def test_what_stands_behind_its_containers_text_moves_with_it() -> None:
    """A star behind the label of a field, in a flex row: the label is wider in one engine."""
    a, b = both()
    for page, wide in ((a, 76.0), (b, 68.0)):
        row = page.add("label", (0, 0, 450, 20), "Last name", style={"display": "flex"},
                       text_box=Rect(0, 0, wide, 20))  # fmt: skip
        page.add("span", (wide, 0, 6, 20), "*", row, id="star", text_box=Rect(wide, 0, 6, 20))
    assert kinds(a, b) == []


@pytest.mark.parametrize(("more", "told"), [(10, []), (60, ["larger"])])
def test_what_holds_a_control_is_larger_by_what_the_control_is(more: int, told: list[str]) -> None:
    """A card with a button in it: the button is as large as its browser likes, the card is not."""
    a, b = both()
    inline = {"display": "inline-block"}
    for page, wide, own in ((a, 200, 50), (b, 200 + more, 56)):
        card = page.add("div", (0, 0, wide, 60), id="card", style=inline)
        page.add("button", (10, 20, own, 21), "Buy", card, inline)
    assert kinds(a, b) == told
