"""The page ``docs/run-json.md`` and the JSON Schema in it, made from the records.

python tests/support/run_json_page.py > docs/run-json.md
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from dataclasses import is_dataclass
from typing import Any, get_args, get_origin

from pytest_visualdiff.model import Box, Cause, Difference, Verdict
from pytest_visualdiff.runs import record, schema

HEAD = """# run.json

Each run writes `run.json` into its folder, `.visualdiff/<run>/`. Reports, the review page and the
command read nothing else; a program of yours can, too. The page is made from the records that
`pytest_visualdiff.runs.record` reads and writes through.

Paths of pictures are relative to the run's folder, `baseline_dir` to the output folder that holds
it, and `key` to the folder of baselines. `schema` is 1. Entries that are not required may be
missing in files of earlier versions; later versions may add entries. A check that does not fit the
schema is refused alone, with the reason: the others can be decided on.
"""

RECORDS = (
    (record.RunRecord, "The file"),
    (Verdict, "A check"),
    (Difference, "A difference"),
    (Cause, "A cause of a difference"),
    (record.LimitRecord, "A limit, in `limits` by the name of the option"),
    (record.ApprovalRecord, "An approval, in `approvals` by the id of the check"),
    (record.JourneyRecord, "A journey on a screen"),
    (record.StepRecord, "A step of a journey"),
    (record.SweepRecord, "What a sweep saw, in `sweep` of a check"),
    (record.SweepPageRecord, "A page of a sweep in one browser"),
    (record.FindingRecord, "A finding of a sweep"),
    (record.PartnerRecord, "The element that a finding's element was compared with"),
    (record.CollectedRecord, "The tests that were collected"),
)

ALSO = {
    "Verdict": (("id", "text", True, "What commands and pages know the check by."),),
    "Difference": (
        ("limit", "text", True, "The option that bounds such a difference."),
        ("words", "text", True, "Place and limit, in words."),
    ),
    "RunRecord": (("schema", "1", True, "Number of the shape of the file."),),
}
"""Entries that are made when the record is written."""


def page() -> str:
    """The page as Markdown."""
    parts = [HEAD]
    parts += [_table(kind, title) for kind, title in RECORDS]
    text = json.dumps(record.run_schema(), indent=1, sort_keys=True)
    parts.append(f"## JSON Schema\n\n```json\n{text}\n```\n")
    return "\n".join(parts)


def _table(kind: Any, title: str) -> str:
    doc = inspect.getdoc(kind) or ""
    rows = ["| entry | type | required | |", "|---|---|---|---|"]
    notes = _notes(kind)
    given = [
        (name, _words(hint), required, notes.get(name, ""))
        for name, hint, required in schema.entries(kind)
        if name != "refused"
    ]
    for name, words, required, note in (*ALSO.get(kind.__name__, ()), *given):
        rows.append(f"| `{name}` | {words} | {'yes' if required else ''} | {note} |")
    return f"## {title}\n\n{doc}\n\n" + "\n".join(rows) + "\n"


def _notes(kind: Any) -> dict[str, str]:
    """Name of a field -> the text that stands below it in the source."""
    source = inspect.getsource(kind)
    pairs = re.findall(r'^    (\w+): [^\n]+\n    """(.*?)"""', source, re.MULTILINE | re.DOTALL)
    return {name: " ".join(text.split()) for name, text in pairs}


NAMES = {
    str: "text", bool: "true or false", int: "whole number", float: "number", Any: "any",
    Box: "x, y, width, height", record.CheckRecord: "check",
}  # fmt: skip


def _words(kind: Any) -> str:
    """A type in words."""
    if kind in NAMES:
        return NAMES[kind]
    inner = [one for one in get_args(kind) if one is not Ellipsis]
    if get_origin(kind) is tuple:
        return f"list of {_words(inner[0])}"
    if type(None) in inner:
        return f"{_words(inner[0])} or null"
    if inner:
        return f"object of {_words(inner[-1])}"
    name = str(getattr(kind, "__name__", "text"))
    return name.removesuffix("Record").lower() if is_dataclass(kind) else "text"


if __name__ == "__main__":
    sys.stdout.write(page())
