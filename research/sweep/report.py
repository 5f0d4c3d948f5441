"""Tables of outcomes, and what is wrong in words."""

from __future__ import annotations

import math
from collections import Counter
from statistics import mean, median
from typing import TYPE_CHECKING

from research.sweep.score import by_kind, fresh, summarise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TypeAlias

    from research.sweep.score import Named, Outcome

    Results: TypeAlias = Mapping[str, Sequence[Outcome]]


def main_table(results: Results) -> str:
    """One row for each engine that names elements."""
    heads = (
        *("engine", "recall", "precision", "quiet pairs", "right element", "right findings"),
        *("findings per fault", "findings per clean pair", "ms", "errors"),
    )
    return markdown(heads, [_row(name, outcomes) for name, outcomes in results.items()])


def _row(name: str, outcomes: Sequence[Outcome]) -> list[str]:
    one = summarise(outcomes)
    shares = (one.recall, one.precision, one.quiet, one.right, one.right_findings)
    spent = median(outcome.milliseconds for outcome in outcomes)
    counts = (f"{one.per_fault:.2f}", f"{one.per_clean:.2f}", f"{spent:.0f}", f"{one.failures}")
    return [name, *map(share, shares), *counts]


def alarms_table(results: Results) -> str:
    """Which pairs each engine calls different, wherever it sees the difference."""
    heads = ("engine", "pairs with a fault", "clean pairs", "of all it calls different", "ms")
    rows = []
    for name, outcomes in results.items():
        loud = [one for one in outcomes if one.counted or one.failed]
        faulty = [one for one in outcomes if one.truth is not None]
        right = sum(one.truth is not None for one in loud)
        shares = (
            right / len(faulty),
            (len(loud) - right) / (len(outcomes) - len(faulty)),
            right / len(loud) if loud else math.nan,
        )
        spent = median(one.milliseconds for one in outcomes)
        rows.append([name, *map(share, shares), f"{spent:.0f}"])
    return markdown(heads, rows)


def kinds_table(results: Results) -> str:
    """Recall of each engine by kind of fault, and of ours also where and how much it says."""
    ours = by_kind(next(iter(results.values())))
    heads = ("fault", "pairs", *results, "right element", "findings per fault", "called")
    rows = []
    for kind, outcomes in ours.items():
        recalls = [summarise(by_kind(every)[kind]).recall for every in results.values()]
        one = summarise(outcomes)
        numbers = [share(one.right), f"{mean(map(fresh, outcomes)):.2f}"]
        rows.append([kind, str(one.faults), *map(share, recalls), *numbers, called(outcomes)])
    return markdown(heads, rows)


def called(outcomes: Sequence[Outcome]) -> str:
    """The kinds of the first findings that are due to the fault, the most usual first."""
    counts = Counter(named.kind for one in outcomes for named in due(one)[:1])
    return ", ".join(f"{kind} {count}" for kind, count in counts.most_common(3))


def due(one: Outcome) -> list[Named]:
    """The findings that are due to the fault, in the engine's order."""
    told = zip(one.counted, one.relations, strict=True)
    return [named for named, relation in told if relation != "other"]


def wrong(outcomes: Sequence[Outcome], most: int = 5) -> Iterator[str]:
    """Every pair with something that should not be, in a few lines."""
    for one in sorted(outcomes, key=verdict):
        what = verdict(one)
        if not what:
            continue
        at = [tail(path) for path in one.truth.targets] if one.truth else []
        yield f"{what} {one.id} {' + '.join(at)} {one.failed}"
        told = list(zip(one.counted, one.relations, strict=True))
        for named, relation in told[:most]:
            words = named.text.rpartition("`")[2].strip()
            yield f"    {relation:9} {named.kind} {tail(named.paths[0])} {words[:200]}"
        if len(told) > most:
            yield f"    and {len(told) - most} more"


def verdict(one: Outcome) -> str:
    """What is wrong with an outcome; empty if nothing is."""
    if one.failed:
        return "FAILED"
    if one.truth is None:
        return "" if one.quiet else "LOUD"
    if not one.found:
        return "MISSED"
    if "other" in one.relations:
        return "FALSE"
    if not one.right:
        return "PLACE"
    return "MANY" if fresh(one) > 1 else ""


def tail(path: str) -> str:
    """The end of a path."""
    return "…" + path[-32:] if len(path) > 32 else path


def share(value: float) -> str:
    """A share as the tables show it."""
    return "–" if math.isnan(value) else f"{value:.3f}"


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose columns are aligned: the first and the last text of each row to the left."""
    widths = [max(len(row[at]) for row in (heads, *rows)) for at in range(len(heads))]
    return "\n".join(
        "| " + " | ".join(map(str.ljust, row, widths)) + " |"
        for row in (heads, ["-" * width for width in widths], *rows)
    )
