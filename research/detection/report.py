"""The tables of the report, as Markdown."""

from __future__ import annotations

import math
from operator import attrgetter
from typing import TYPE_CHECKING

from research.detection.score import (
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

    from research.detection.cases import Case

Results = dict[str, list[Outcome]]
"""Outcomes by the label of the engine, ours first."""


Times = dict[str, list[float]]
"""Milliseconds by the label of the engine."""


def short(label: str) -> str:
    """Return the label without the release."""
    return label.rpartition(" ")[0] or label


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


def main_table(results: Results, times: Times | None = None) -> str:
    """One row for each engine; times are those of the answers unless they are given."""
    rows = [
        main_row(label, summarise(outcomes, (times or {}).get(label)))
        for label, outcomes in results.items()
    ]
    return markdown(MAIN, rows)


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
    return markdown((name, "cases", *map(short, columns)), rows)


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


SMALL_COLOURS = {("background", 1), ("background", 2), ("hue", 1), ("text-colour", 1)}
"""Kinds and strengths that change a colour by 3 to 7 units of CIEDE2000."""


def goals_table(outcomes: Sequence[Outcome]) -> str:
    """What one engine should reach, and what it does."""
    found = summarise(outcomes)
    mutated = [o for o in outcomes if o.case.mutated]
    groups = {name: [o for o in mutated if o.case.group == name] for name in ("text", "layout")}
    small = [o for o in mutated if (o.case.kind, o.case.strength) in SMALL_COLOURS]
    rows = [
        _goal("recall", found.recall, 0.97),
        *(_goal(f"recall, {name}", alarm_share(part), 0.99) for name, part in groups.items()),
        _goal("recall, ΔE 3–7", alarm_share(small), 0.90),
        _goal("false alarms", found.alarms, -0.03),
        _goal("false alarms of visible", found.visible_alarms, -0.05),
        _goal("AUC", found.auc, 0.99),
        _goal("hit", found.hit, 0.94),
        _goal("elsewhere", found.elsewhere, -0.05),
    ]
    return markdown(("goal", "limit", "is", "reached"), rows)


def _goal(name: str, value: float, limit: float) -> list[str]:
    """A negative limit is one that must not be exceeded."""
    reached = value >= limit if limit > 0 else value <= -limit
    sign = "≥" if limit > 0 else "≤"
    told = "–" if math.isnan(value) else ("yes" if reached else "NO")
    return [name, f"{sign} {abs(limit):.2f}", share(value), told]
