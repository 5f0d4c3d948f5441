"""The records are the schema: what is read is checked; the page and JSON Schema say the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import run_json_page
from pytest_visualdiff.model import Box, Difference, Kind, Status, Verdict
from pytest_visualdiff.runs import schema
from pytest_visualdiff.runs.record import JourneyRecord, RunRecord, StepRecord, run_schema
from pytest_visualdiff.runs.schema import NotOfSchema

PAGE = Path(__file__).parents[3] / "docs" / "run-json.md"

MOVED = Difference(Kind.MOVED, Box(1, 2, 3, 4), 0.5, {"offset": [0, 12]}, "moved")
LIMITS = {"max_move": {"value": 0, "origin": "ini"}}
VERDICT = Verdict(
    Status.MISMATCH, "t.py::test", "home", "k.png", "v", "m", differences=(MOVED,), limits=LIMITS
)


def whole() -> RunRecord:
    """A record with something in most entries."""
    journey = JourneyRecord(
        "t", "chrome", steps=(StepRecord(1, "press", "Save", box=Box(1, 2, 3, 4)),)
    )
    return RunRecord.of(
        "r", [VERDICT], baseline_dir="../baselines", counts={"mismatch": 1}, flaky=["x"],
        approvals={"x": {"written": True, "error": ""}}, merged=["a"],
        journeys=[{"test": "t", "browser": "chrome", "steps": journey_steps(journey)}],
        collected={"root": "..", "tests": {"t": "passed"}, "partial": []},
    )  # fmt: skip


def journey_steps(journey: JourneyRecord) -> list[dict[str, Any]]:
    return [{"number": one.number, "box": [1, 2, 3, 4]} for one in journey.steps]


def test_a_record_is_the_same_after_writing_and_reading() -> None:
    record = whole()
    assert RunRecord.from_dict(json.loads(json.dumps(record.to_dict()))) == record


def test_what_is_written_is_what_the_json_schema_says() -> None:
    """Each entry of each object has a property of that name; none that is required is missing."""
    described = run_schema()
    fits(described, described["$defs"], whole().to_dict(), "run")


def fits(rule: dict[str, Any], known: dict[str, Any], data: Any, where: str) -> None:
    """Check data against the parts of JSON Schema that are used here."""
    if "$ref" in rule:
        rule = known[rule["$ref"].rpartition("/")[2]]
    if "anyOf" in rule:
        rule = {"type": "null"} if data is None else rule["anyOf"][0]
        fits(rule, known, data, where)
        return
    kinds = {"string": str, "boolean": bool, "integer": int, "number": (int, float),
             "object": dict, "array": list, "null": type(None)}  # fmt: skip
    if "type" in rule:
        assert isinstance(data, kinds[rule["type"]]), where
    assert data in rule.get("enum", [data]), where
    assert data == rule.get("const", data), where
    for name in rule.get("required", ()):
        assert name in data, f"{where}.{name}"
    if "properties" in rule:
        assert {*data} <= {*rule["properties"]}, where
        for name, one in data.items():
            fits(rule["properties"][name], known, one, f"{where}.{name}")
    for one in data if isinstance(data, list) and "items" in rule else ():
        fits(rule["items"], known, one, f"{where}[]")


def test_the_page_is_made_from_the_records() -> None:
    text = PAGE.read_text(encoding="utf-8")
    again = "run: python tests/support/run_json_page.py > docs/run-json.md"
    assert text == run_json_page.page(), again


def test_the_record_says_limit_and_place_in_words() -> None:
    """So that no reader works out again which option bounds a difference."""
    (difference,) = whole().to_dict()["checks"][0]["differences"]
    assert difference["limit"] == "max_move"
    assert difference["words"] == "at (1, 2) 3×4 · allowed 0 (max_move, from ini)"


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        (str, 5, "must be a text, not 5"),
        (str, "a\0", "NUL"),
        (int, True, "must be a whole number"),
        (int, 2**70, "must be a number up to"),
        (float, float("nan"), "must be a number up to"),
        (float, "1", "must be a number"),
        (bool, 1, "must be true or false"),
        (tuple[str, ...], "abc", "must be a list"),
        (tuple[int, int], [1], "must be a list of 2"),
        (Box, [1, 2, 3], "must be a list of 4"),
        (dict[str, int], {"a": "b"}, r"x\.a must be a whole number"),
        (Status, "odd", "must be one of match"),
        (StepRecord, {}, "number is missing"),
        (Any, [[[[{"a": float("inf")}]]]], "must be a number"),
    ],
)
def test_another_type_is_told_with_its_place(kind: Any, data: Any, words: str) -> None:
    with pytest.raises(NotOfSchema, match=words):
        schema.decode(kind, data, "x")


def test_half_a_character_becomes_its_escape() -> None:
    assert schema.decode(str, "a\ud800", "x") == "a\\ud800"
