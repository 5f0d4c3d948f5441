"""Causes are told from two layouts alone: what was changed is told from what only follows."""

from __future__ import annotations

import json
from typing import Any

from pytest_visualdiff.causes.explain import explain_layouts
from pytest_visualdiff.causes.ignoring import is_ignored
from pytest_visualdiff.model import Box, Cause, Difference, Kind
from sweep_support import Page


def column(heights: dict[int, float] | None = None, **values: Any) -> Page:
    """Six paragraphs below each other; the values are those of the second."""
    page, top = Page("chrome"), 0.0
    for number in range(6):
        height = (heights or {}).get(number, 40.0)
        more = values if number == 1 else {}
        text = more.get("text", f"text {number}")
        rest = {name: value for name, value in more.items() if name != "text"}
        page.add("p", (0, top, 1000, height), text, id=f"p{number}", **rest)
        top += height
    return page


def test_equal_layouts_have_no_causes() -> None:
    assert explain_layouts(column().layout(), column().layout()) == ()


def test_a_style_is_named_and_what_it_pushes_down_is_counted() -> None:
    before, after = column(), column({1: 64.0}, style={"padding": "12px"})
    (cause,) = explain_layouts(before.layout(), after.layout())
    assert (cause.selector, cause.kind, cause.name, cause.after) == (
        "#p1", "style", "padding", "12px")  # fmt: skip
    assert cause.consequences == 4
    assert cause.message.endswith("; 4 elements after it are pushed down")


def test_a_relative_position_is_told_with_what_it_moves_by() -> None:
    style = {"position": "relative", "inset": "12px 0px -12px 0px"}
    (cause,) = explain_layouts(column().layout(), column(style=style).layout())
    assert (cause.name, cause.before, cause.after) == (
        "position", "static", "relative (top 12px)")  # fmt: skip


def test_what_nothing_explains_is_resized_itself() -> None:
    (cause,) = explain_layouts(column().layout(), column({1: 64.0}).layout())
    assert (cause.selector, cause.kind, cause.name) == ("#p1", "resized", "height")
    assert (cause.before, cause.after) == ("40px", "64px")


def test_a_text_is_told_with_both_versions() -> None:
    (cause,) = explain_layouts(column().layout(), column(text="text l").layout())
    assert (cause.kind, cause.before, cause.after) == ("text", "text 1", "text l")
    assert "“text 1” → “text l”" in cause.message


def test_what_no_difference_shows_is_left_out() -> None:
    before, after = column(), column(text="other")
    far = Difference(Kind.CHANGED, Box(0, 200, 50, 20), 0.1)
    near = Difference(Kind.CHANGED, Box(0, 45, 50, 20), 0.1)
    assert explain_layouts(before.layout(), after.layout(), [far]) == ()
    assert len(explain_layouts(before.layout(), after.layout(), [near])) == 1


def test_hostile_texts_are_safe_to_print() -> None:
    hostile = "\x1b[31m<b>&\n" + "x" * 100_000
    (cause,) = explain_layouts(column().layout(), column(text=hostile).layout())
    assert cause.message.isprintable()
    assert len(cause.message) < 400
    assert Cause.from_dict(json.loads(json.dumps(cause.to_dict()))) == cause


def test_causes_are_ignored_by_kind_by_property_and_below_an_element() -> None:
    before, after = column(), column(text="other", classes="clock big")
    (cause,) = explain_layouts(before.layout(), after.layout())
    layouts = (after.layout(), before.layout())
    for entry in ("text", "text in .clock", "* in p.clock", "text in #p1", "text in body"):
        assert is_ignored(cause, [entry], layouts), entry
    for entry in ("style", "box-shadow", "text in .other", "text in #p2", "text in .clo"):
        assert not is_ignored(cause, [entry], layouts), entry


def beside(margin: str, left: float, width: float) -> Page:
    """Two elements beside each other in a bar; margin and place of the second."""
    page = Page("chrome")
    bar = page.add("nav", (0, 0, 1000, 40), id="bar", style={"display": "flex"})
    page.add("b", (0, 0, 200, 40), "brand", parent=bar, id="brand")
    page.add("ul", (left, 0, width, 40), "links", parent=bar, id="links",
             style={"margin": margin})  # fmt: skip
    return page


def test_a_margin_that_moves_its_own_edge_is_told_and_one_that_follows_is_not() -> None:
    before = beside("0px 0px 0px 8px", 208, 792)
    (cause,) = explain_layouts(before.layout(), beside("0px 0px 0px 22px", 222, 778).layout())
    assert (cause.selector, cause.name, cause.after) == ("#links", "margin-left", "22px")
    pushed = beside("0px 0px 0px 60px", 260, 700)
    causes = explain_layouts(pushed.layout(), beside("0px 0px 0px 46px", 260, 686).layout())
    assert "margin-left" not in [one.name for one in causes]
