"""The tables of the report, as Markdown."""

from __future__ import annotations

import math
from operator import attrgetter
from typing import TYPE_CHECKING

from benchmarks.detection.score import (
    Outcome,
    Summary,
    alarm_share,
    auc,
    boxes_hit_share,
    elsewhere_share,
    grouped,
    hit_share,
    summarise,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from benchmarks.detection.cases import Case

Results = dict[str, list[Outcome]]
"""Outcomes by the label of the engine, ours first."""


def by(name: str) -> Callable[[Case], Hashable]:
    """Return what looks a property of a case up by its name."""
    return attrgetter(name)


def share(value: float, digits: int = 3) -> str:
    """Return a share, or a dash where nothing was counted."""
    return "–" if math.isnan(value) else f"{value:.{digits}f}"


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table whose first column is left-aligned and padded to be read in a terminal too."""
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    lines = ["| " + " | ".join(_padded(row, widths)) + " |" for row in [heads, *rows]]
    rule = "|" + "|".join(
        "-" * (width + 2) if not column else "-" * (width + 1) + ":"
        for column, width in enumerate(widths)
    )
    return "\n".join([lines[0], rule + "|", *lines[1:]])


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [
        cell.rjust(width) if column else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]


MAIN = (
    "engine", "recall", "false alarms", "of visible", "precision", "balanced", "AUC",
    "hit", "boxes hit", "elsewhere", "ms", "p95 ms", "errors",
)  # fmt: skip


def main_table(results: Results) -> str:
    """One row for each engine."""
    return markdown(MAIN, [main_row(label, summarise(o)) for label, o in results.items()])


def main_row(label: str, found: Summary) -> list[str]:
    """Return the cells of one engine."""
    shares = (
        found.recall, found.alarms, found.visible_alarms, found.precision, found.balanced,
        found.auc, found.hit, found.boxes_hit, found.elsewhere,
    )  # fmt: skip
    times = (f"{found.milliseconds:.0f}", f"{found.slow_milliseconds:.0f}", str(found.failures))
    return [label, *map(share, shares), *times]


def recall_table(results: Results, name: str) -> str:
    """Recall by a property of the mutations, one column for each engine."""
    return _table(results, name, mutated=True)


def alarm_table(results: Results, name: str) -> str:
    """False-alarm rate by a property of the benign pairs, one column for each engine."""
    return _table(results, name, mutated=False)


def _table(results: Results, name: str, *, mutated: bool) -> str:
    columns = {
        label: grouped((o for o in outcomes if o.case.mutated is mutated), by(name))
        for label, outcomes in results.items()
    }
    first = next(iter(columns.values()))
    rows = [
        [str(value), str(len(cases)), *(share(alarm_share(c[value]), 2) for c in columns.values())]
        for value, cases in first.items()
    ]
    return markdown((name, "cases", *columns), rows)


def kinds_table(outcomes: Sequence[Outcome]) -> str:
    """Everything about one engine by kind: for whoever works on it."""
    heads = ("kind", "cases", "alarms", "s1", "s2", "s3", "hit", "boxes hit", "elsewhere", "AUC")
    benign = [o for o in outcomes if not o.case.mutated]
    rows = [
        _kind_row(str(kind), cases, benign)
        for mutated in (True, False)
        for kind, cases in grouped(
            (o for o in outcomes if o.case.mutated is mutated), by("kind")
        ).items()
    ]
    return markdown(heads, rows)


def _kind_row(kind: str, cases: Sequence[Outcome], benign: Sequence[Outcome]) -> list[str]:
    strengths = [[o for o in cases if o.case.strength == strength] for strength in (1, 2, 3)]
    cells = [share(alarm_share(part), 2) for part in ([*cases], *strengths)]
    if not cases[0].case.mutated:
        return [f"benign {kind}", str(len(cases)), *cells, "", "", "", ""]
    places = hit_share(cases), boxes_hit_share(cases), elsewhere_share(cases)
    rank = auc([o.answer.score for o in cases], [o.answer.score for o in benign])
    return [kind, str(len(cases)), *cells, *(share(place, 2) for place in places), share(rank)]


def corpus_lines(cases: Sequence[Case]) -> str:
    """Say in two sentences what was compared."""
    mutations = [case for case in cases if case.mutated]
    benign = [case for case in cases if not case.mutated]
    pages = {case.page for case in cases}
    visible = sum(case.pixels > 0 for case in benign)
    return (
        f"{len(mutations)} mutations of {len({case.kind for case in mutations})} kinds and"
        f" {len(benign)} benign pairs of {len({case.kind for case in benign})} kinds"
        f" ({visible} of them with differing pixels), on {len(pages)} pages in"
        f" {' and '.join(sorted({case.browser for case in cases}))}."
    )


def failures(results: Mapping[str, Sequence[Outcome]]) -> list[str]:
    """The first error of each engine that gave any."""
    lines = []
    for label, outcomes in results.items():
        notes = [o.answer.note for o in outcomes if o.answer.failed]
        if notes:
            lines.append(f"{label}: {len(notes)} errors, the first: {notes[0]}")
    return lines
