"""Writes docs/tuning.md: every tuning value, and how far recall and false alarms depend on it.

``python -m research.tuning_page VALUES MECHANISMS`` takes what ``research.sensitivity --json``
wrote for the values and for the mechanisms; without them the figures of the present page stay.
"""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from research.harness.engine import PROJECT

from pytest_visualdiff.comparison import tuning

PAGE = PROJECT / "docs" / "tuning.md"
HEAD = """# Tuning values of the comparison

Every number behind [how a comparison decides](comparing.md#how-it-decides) is one row in
`comparison/tuning.py`. This page is made from it by `python -m research.tuning_page`.

**Origin.** *standard*: a published formula, filter or format. *fitted*: chosen on the training
pages, where it separates changes from rendering noise best. *geometry*: follows from the size of
glyphs, pixels or blocks. *cost*: how much work is done; no verdict depends on it.

**Sensitivity.** The last two columns say what happens to recall and to false alarms, in percentage
points, if the value is made 20 % smaller and 20 % larger (whole numbers move by at least one).
"""
STAGE_HEAD = """\
| value | now | unit | origin | meaning | −20 %: recall, alarms | +20 % |
|---|---|---|---|---|---|---|"""


def stages() -> dict[str, Any]:
    """The tuning of each stage by the name that the code uses."""
    return {
        name: stage
        for name, stage in vars(tuning).items()
        if any(stage is known for known in tuning.STAGES)
    }


def present() -> dict[str, list[str]]:
    """The sensitivity columns of the page as it is."""
    if not PAGE.is_file():
        return {}
    rows = re.findall(r"^\| `([A-Z]+\.\w+)` \|(.*)\|$", PAGE.read_text("utf-8"), re.MULTILINE)
    return {name: [cell.strip() for cell in rest.split("|")][-2:] for name, rest in rows}


def measured(file: Path) -> tuple[str, dict[str, list[str]]]:
    """What was measured: a sentence about the pairs, and both columns of each value."""
    data = json.loads(file.read_text("utf-8"))
    columns: dict[str, list[str]] = {}
    for row in data["rows"]:
        cell = f"{row['recall']:+.2f}, {row['alarms']:+.2f}"
        columns.setdefault(row["label"], []).append(cell)
    return data["pairs"], columns


def written(about: str, columns: dict[str, list[str]], mechanisms: str) -> str:
    """The page."""
    parts = [HEAD, about]
    for name, stage in stages().items():
        doc = " ".join((type(stage).__doc__ or "").split())
        parts += ["", f"## {name}", "", doc, "", STAGE_HEAD]
        for row in fields(stage):
            about_it = row.metadata
            cells = [
                f"`{name}.{row.name}`",
                tuning.told(getattr(stage, row.name)),
                *(about_it["unit"], about_it["origin"], about_it["meaning"]),
                *columns.get(f"{name}.{row.name}", ["", ""]),
            ]
            parts.append(f"| {' | '.join(cells)} |")
    return "\n".join([*parts, "", mechanisms.strip(), ""])


def mechanism_table(file: Path) -> str:
    """What each mechanism is worth."""
    data = json.loads(file.read_text("utf-8"))
    rows = [
        f"| {row['label']} | {row['recall']:+.2f} | {row['alarms']:+.2f} |" for row in data["rows"]
    ]
    head = "| switched off | recall | false alarms |\n|---|---:|---:|"
    return "\n".join(["## What each mechanism is worth", "", data["pairs"], "", head, *rows])


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("values", nargs="?", type=Path)
    parser.add_argument("mechanisms", nargs="?", type=Path)
    options = parser.parse_args()
    page = PAGE.read_text("utf-8") if PAGE.is_file() else ""
    about, columns = measured(options.values) if options.values else ("", present())
    if not about and (kept := re.search(r"^Measured .*$", page, re.MULTILINE)):
        about = kept.group()
    table = page[page.index("## What each") :] if "## What each" in page else ""
    table = mechanism_table(options.mechanisms) if options.mechanisms else table
    PAGE.write_text(written(about, columns, table), "utf-8")


if __name__ == "__main__":
    main()
