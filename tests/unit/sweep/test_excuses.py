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
