"""The named levels: one table, ordered, and documented by itself."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pytest_visualdiff.comparison import Limits
from pytest_visualdiff.options.strictness import DEFAULT, LEVELS, NORMAL, markdown
from pytest_visualdiff.options.table import OPTIONS, Layer, parse


def test_a_row_has_a_value_for_each_option_of_the_comparison() -> None:
    rows = [name for name, option in OPTIONS.items() if option.group == "compare"]
    for level in LEVELS.values():
        assert list(level.values()) == rows


@pytest.mark.parametrize("name", LEVELS)
def test_what_a_level_writes_a_user_could_write(name: str) -> None:
    """Each value is inside the range of its option, and usable as a limit."""
    values = LEVELS[name].values()
    assert {key: parse(key, value, Layer.CALL) for key, value in values.items()} == values
    assert Limits(**values)


def test_the_defaults_are_one_of_the_levels() -> None:
    assert OPTIONS["strictness"].default == DEFAULT
    assert Limits() == Limits(**NORMAL.values())
    assert {name: OPTIONS[name].default for name in NORMAL.values()} == NORMAL.values()


def test_each_level_allows_at_least_what_the_one_before_does() -> None:
    """Up to relaxed; layout is of another sort: lax about colours, awake to shapes."""
    for stricter, laxer in pairwise(LEVELS.values()):
        assert stricter.threshold < laxer.threshold
        assert stricter.confidence > laxer.confidence or laxer is LEVELS["layout"]
        assert stricter.antialiasing <= laxer.antialiasing
        assert stricter.max_recolour <= laxer.max_recolour


def test_the_table_is_written_for_people() -> None:
    head, _, *rows = markdown().splitlines()
    assert [row.split("|")[1].strip(" `") for row in rows] == list(LEVELS)
    assert all(row.count("|") == head.count("|") for row in rows)
    assert "| `exact` | 0.001 | 1 | false | 0 |" in markdown()
