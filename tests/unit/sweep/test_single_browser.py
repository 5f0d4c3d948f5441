"""What is at fault in one browser by itself, without a partner or a baseline."""

from __future__ import annotations

import pytest

from pytest_visualdiff.sweep.single_browser import examine_layout
from sweep_support import Page, Rect


def kinds(page: Page, *others: Page) -> list[tuple[str, str]]:
    found = examine_layout(page.layout(), *(one.layout() for one in others))
    return [(one.kind, one.selector) for one in found]


def test_a_plain_page_is_quiet() -> None:
    page = Page()
    page.add("p", (0, 0, 500, 20), "text", id="p")
    assert kinds(page) == []


def test_sideways_overflow_names_the_outermost_that_makes_it() -> None:
    page = Page(page=(1200, 800))
    outer = page.add("table", (0, 0, 1200, 20), id="wide")
    page.add("td", (1000, 0, 200, 20), "cell", parent=outer)
    assert kinds(page) == [("overflow", "#wide")]


def test_a_broken_picture() -> None:
    page = Page()
    page.add("img", (0, 0, 50, 20), id="i", picture=2, source="logo.png")
    (found,) = examine_layout(page.layout())
    assert (found.kind, found.partner) == ("broken", "")
    assert found.message == "`#i` shows no picture (logo.png) in Firefox"


CUT = {"hidden": (0, 30), "text_box": Rect(0, 0, 90, 60)}


def test_text_that_is_cut_off() -> None:
    page = Page()
    page.add("p", (0, 0, 100, 30), "text", id="p", **CUT)
    assert kinds(page) == [("clipped", "#p")]


@pytest.mark.parametrize("style", [{"text-overflow": "ellipsis"}, {"-webkit-line-clamp": "2"}])
def test_text_that_is_cut_off_with_an_ellipsis_is_meant(style: dict[str, str]) -> None:
    page = Page()
    page.add("p", (0, 0, 100, 30), "text", style=style, **CUT)
    assert kinds(page) == []


def test_text_that_runs_out_of_a_page_that_does_not_scroll() -> None:
    page = Page()
    page.add("p", (900, 0, 100, 30), "text", id="p", text_box=Rect(950, 0, 80, 20))
    assert kinds(page) == [("off-screen", "#p")]


def test_text_in_a_box_that_scrolls_is_not_lost() -> None:
    page = Page()
    outer = page.add("div", (0, 0, 1000, 30), style={"overflow": "auto"})
    page.add("p", (900, 0, 100, 30), "text", parent=outer, text_box=Rect(950, 0, 80, 20))
    assert kinds(page) == []


def test_text_for_screen_readers_alone_is_not_lost() -> None:
    page = Page()
    page.add("a", (-9999, 0, 100, 30), "Skip to content")
    page.add("p", (0, 0, 1, 1), "text", hidden=(80, 20))
    assert kinds(page) == []


def test_text_that_something_lies_on() -> None:
    page = Page()
    page.add("p", (0, 0, 100, 30), "text", id="p", cover=3)
    page.add("div", (0, 0, 100, 30), id="box", style={"background-color": "rgb(9, 9, 9)"})
    assert kinds(page) == [("overlapped", "#p")]


def test_text_below_something_transparent_is_seen() -> None:
    page = Page()
    page.add("p", (0, 0, 100, 30), "text", cover=3)
    page.add("div", (0, 0, 100, 30))
    assert kinds(page) == []


def test_what_is_the_same_at_every_width_is_design() -> None:
    """Unless it is certainly a fault."""

    def page(width: int, *, cut: bool) -> Page:
        made = Page(viewport=(width, 800), page=(width, 800))
        made.add("p", (0, 0, 100, 30), "text", id="p", **(CUT if cut else {}))
        made.add("img", (0, 50, 50, 20), id="i", picture=2)
        return made

    broken = [("broken", "#i")]
    assert kinds(page(400, cut=True), page(1000, cut=True)) == broken
    assert sorted(kinds(page(400, cut=True), page(1000, cut=False))) == [*broken, ("clipped", "#p")]
