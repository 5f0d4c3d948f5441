"""Each tuned value says what it is, is used, and stands in the docs as it is."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from pytest_visualdiff.comparison import tuning

ROOT = Path(__file__).parents[3]
STAGES = {
    name: stage
    for name, stage in vars(tuning).items()
    if any(stage is known for known in tuning.STAGES)
}
ROWS = [(name, stage, row) for name, stage in STAGES.items() for row in fields(stage)]
IDS = [f"{name}.{row.name}" for name, _, row in ROWS]


def test_every_stage_is_listed() -> None:
    assert len(STAGES) == len(tuning.STAGES) > 10


@pytest.mark.parametrize("row", [row for _, _, row in ROWS], ids=IDS)
def test_a_value_has_unit_origin_and_meaning(row: Any) -> None:
    origins = {tuning.STANDARD, tuning.FITTED, tuning.GEOMETRY, tuning.COST}
    assert row.metadata["origin"] in origins
    assert row.metadata["unit"]
    assert len(row.metadata["meaning"].split()) > 1


@pytest.mark.parametrize(("name", "row"), [(name, row) for name, _, row in ROWS], ids=IDS)
def test_a_value_is_used_by_its_stage(name: str, row: Any) -> None:
    sources = (ROOT / "src" / "pytest_visualdiff" / "comparison").glob("*.py")
    use = re.compile(rf"\b{name}\.{row.name}\b")
    assert any(use.search(source.read_text(encoding="utf-8")) for source in sources)


@pytest.mark.parametrize(("name", "stage", "row"), ROWS, ids=IDS)
def test_a_value_stands_in_the_docs(name: str, stage: Any, row: Any) -> None:
    """With its value, unit and origin: run ``script/bench tuning_page`` after a change."""
    page = (ROOT / "docs" / "tuning.md").read_text(encoding="utf-8")
    value = tuning.told(getattr(stage, row.name))
    assert f"| `{name}.{row.name}` | {value} | {row.metadata['unit']} |" in page
