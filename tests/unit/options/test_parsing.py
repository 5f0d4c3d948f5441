"""How values of options are written: what each kind accepts, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_visualdiff import text
from pytest_visualdiff.errors import InvalidValue
from pytest_visualdiff.model import Box
from pytest_visualdiff.options import parsing
from pytest_visualdiff.options.parsing import (
    AREA,
    AREAS,
    CAUSES,
    MAPPING,
    NAMES,
    PATH,
    SELECTORS,
    TEXT,
    TRUTH,
    URL,
    VIEWPORT,
    VIEWPORTS,
    OptionType,
)
from pytest_visualdiff.options.table import OPTIONS, Layer, parse

NUMBER = parsing.number(0, 10)
INTEGER = parsing.integer(1, 9)
CHOICE = parsing.choice("freeze", "allow")
CHOICES = parsing.choices("chrome", "firefox")


class Element:
    """Like Selenium's: reading the property asks the browser, which may have gone."""

    @property
    def tag_name(self) -> str:
        raise RuntimeError("the browser was asked")


ELEMENT = Element()
BOX = Box(1, 2, 3, 4)
NAN, INFINITY = float("nan"), float("inf")

ACCEPTED: list[tuple[OptionType, Any, Any]] = [
    (NUMBER, 0, 0.0),
    (NUMBER, 10, 10.0),
    (NUMBER, "2.5", 2.5),
    (NUMBER, " 3 ", 3.0),
    (INTEGER, 1, 1),
    (INTEGER, "9", 9),
    (CHOICE, "allow", "allow"),
    (CHOICES, "chrome", ("chrome",)),
    (CHOICES, "chrome, firefox", ("chrome", "firefox")),
    (CHOICES, ["firefox", "chrome", "firefox"], ("firefox", "chrome")),
    (CHOICES, ["chrome,firefox"], ("chrome", "firefox")),
    (NAMES, "html junit", ("html", "junit")),
    (CAUSES, "text in  .clock, box-shadow", ("text in .clock", "box-shadow")),
    (CAUSES, [], ()),
    (NAMES, ["html", "junit,github"], ("html", "junit", "github")),
    (TRUTH, True, True),
    (TRUTH, False, False),
    (TRUTH, " Yes ", True),
    (TRUTH, "on", True),
    (TRUTH, 1, True),
    (TRUTH, "true", True),
    (TRUTH, "0", False),
    (TRUTH, "no", False),
    (TRUTH, "FALSE", False),
    (TRUTH, "off", False),
    (TEXT, "diagnosis", "diagnosis"),
    (PATH, "baselines", "baselines"),
    (PATH, Path("a") / "b", str(Path("a") / "b")),
    (URL, "", ""),
    (URL, "http://grid:4444/wd/hub", "http://grid:4444/wd/hub"),
    (URL, "https://grid", "https://grid"),
    (VIEWPORT, "1280x800", (1280, 800)),
    (VIEWPORT, [390, 844], (390, 844)),
    (VIEWPORTS, "1280x800", ((1280, 800),)),
    (VIEWPORTS, "1280X800, 390x844", ((1280, 800), (390, 844))),
    (VIEWPORTS, (1280, 800), ((1280, 800),)),
    (VIEWPORTS, [(1280, 800), [390, 844]], ((1280, 800), (390, 844))),
    (VIEWPORTS, ["1280x800 390x844", "1280x800"], ((1280, 800), (390, 844))),
    (VIEWPORTS, [(50, 20_000)], ((50, 20_000),)),
    (MAPPING, '{"a": {"b": [1]}}', {"a": {"b": [1]}}),
    (MAPPING, {"a": 1}, {"a": 1}),
    (MAPPING, {}, {}),
    (SELECTORS, "#clock, .ad", ("#clock, .ad",)),
    (SELECTORS, ["#clock", ".ad"], ("#clock", ".ad")),
    (SELECTORS, [], ()),
    (AREA, None, None),
    (AREA, "#clock", "#clock"),
    (AREA, ELEMENT, ELEMENT),
    (AREA, BOX, BOX),
    (AREA, (1, 2, 3, 4), BOX),
    (AREA, [1.2, 2.9, 2.8, 3.1], BOX),
    (AREAS, (), ()),
    (AREAS, "#clock, .ad", ("#clock, .ad",)),
    (AREAS, ["#clock", ".ad"], ("#clock", ".ad")),
    (AREAS, (1, 2, 3, 4), (BOX,)),
    (AREAS, [(1, 2, 3, 4), BOX, "#a"], (BOX, BOX, "#a")),
    (AREAS, ELEMENT, (ELEMENT,)),
    (AREAS, [ELEMENT, ELEMENT], (ELEMENT, ELEMENT)),
]

REJECTED: dict[str, list[Any]] = {
    "ignore_causes": [3, None],
    "threshold": [0, 100.1, NAN, INFINITY, "", "two", None, True, [], 10**400],
    "keep_runs": [0, 10_001, 1.5, "1.5", "", None, True, INFINITY],
    "animations": ["", "Freeze", "stop", None, True, ["freeze"]],
    "browsers": ["", "opera", [], ["chrome", "opera"], 5, None],
    "report": ["", " , ", [], None, 5],
    "full_page": ["", "perhaps", None, 2, [], "tru"],
    "store": [None, 5, b"a", ["a"]],
    "baseline_dir": ["", None, 5, b"a", ["a"]],
    "remote": ["grid:4444", "ftp://grid", "javascript:alert(1)", None, 5],
    "screen_size": ["", "1280", "49x800", "1280x800 390x844", (1280,), None],
    "viewports": [
        "", "wide", "1280", "1280x", "1280x800x2", "49x800", "1280x20001", "-800x600", None, 1280,
        [], [1280, 800], (True, 800), (1280.5, 800), (1280, 800.5), [(1280, 800, 1)],
        [None], (1280, INFINITY),
    ],
    "capabilities": ["", "{", "[1]", "null", "5", 5, None, [1], "{'a': 1}"],
    "region": [
        "", "  ", 5, (1, 2, 3), (1, 2, 3, 4, 5), (1, 2, 0, 4), (1, 2, 3, 0), ("1", "2", "3", "4"),
        (1, 2, NAN, 4), (1, 2, INFINITY, 4), {}, b"#a",
    ],
    "hide": ["", None, 5, [" "], ["#a", None], [(1, 2, 3, 4)]],
    "mask": ["", None, 5, [1, 2, 3, 4], [""], ["#a", None], [(1, 2, 3)]],
}  # fmt: skip
"""Values that an option refuses, one option for each kind."""


@pytest.mark.parametrize(("kind", "value", "parsed"), ACCEPTED)
def test_a_kind_parses_text_and_python_values_into_one_form(
    kind: OptionType, value: Any, parsed: Any
) -> None:
    found = kind.parse(value)
    assert found == parsed
    assert isinstance(found, type(parsed))


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in REJECTED.items() for value in values]
)
def test_a_refused_value_is_a_typed_error_that_says_what_is_accepted(name: str, value: Any) -> None:
    option = OPTIONS[name]
    layer = next(one for one in reversed(Layer) if one in option.layers)
    with pytest.raises(InvalidValue) as caught:
        parse(name, value, layer)
    assert f"must be {option.kind.accepts}, not {value!r} (from {layer})" in str(caught.value)


def test_every_kind_of_the_option_table_is_tried_here() -> None:
    kinds_of_table = {option.kind.parse.__qualname__ for option in OPTIONS.values()}
    assert {kind.parse.__qualname__ for kind, _, _ in ACCEPTED} == kinds_of_table
    assert {OPTIONS[name].kind.parse.__qualname__ for name in REJECTED} == kinds_of_table


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (NUMBER, "a number from 0 to 10"),
        (INTEGER, "a whole number from 1 to 9"),
        (CHOICE, "one of freeze, allow"),
        (CHOICES, "some of chrome, firefox"),
    ],
)
def test_a_kind_says_what_it_accepts(kind: OptionType, words: str) -> None:
    assert kind.accepts == words


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("treshold", "did you mean 'threshold'?"),
        ("threshold ", "did you mean 'threshold'?"),
        ("zzz", ""),
        ("", ""),
    ],
)
def test_the_nearest_name_is_hinted_where_one_is_near(name: str, hint: str) -> None:
    assert text.nearest(name, iter(["mask", "threshold"])) == hint
