"""How much recall and false alarms depend on each tuning value of the comparison.

``python -m research.sensitivity`` moves every value by 20 % down and up, ``--mechanisms`` switches
whole mechanisms off, and both print what that does to the two rates on the training splits, in
percentage points. Pictures come from the cached corpora of ``research.detection``; no browser is
needed.

Only pairs whose verdict can turn are compared again: those whose evidence lies within a factor
of the limit (``--near``), and every so many of the others as a control (``--control``). Where a
mechanism explains noise, its absence turns pairs far from the limit, too: with ``--benign`` all
benign pairs with differing pixels are compared again.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.pages import CACHE
from research.detection.cases import Case, load
from research.harness.engine import source_version

from pytest_visualdiff.comparison import Limits, compare_arrays, tuning
from pytest_visualdiff.images.codec import to_array

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_visualdiff.model import Array

STEP = 0.2
NEVER = 1e9
MECHANISMS: dict[str, dict[str, Any]] = {
    "a faint change of a whole line adds up": {"EVIDENCE.line_weight": 0.0},
    "a pixel counts less in a redrawn line": {"EVIDENCE.redrawn_line_weight": 1.0},
    "another shape in the same place, lost or gained ink": {"EVIDENCE.shape_weight": 0.0},
    "cap of another shape": {"EDGES.unlike": NEVER},
    "ink: only where extremes changed": {"EDGES.same_extreme": -1},
    "ink: another colour counts more": {"EDGES.recoloured_times": 1.0},
    "a move by about a pixel": {"EVIDENCE.step_weight": 0.0},
    "a blurred place": {"EVIDENCE.blur_weight": 0.0},
    "sub-pixel registration": {"SUBPIXEL.farthest": 0.0},
    "sub-pixel registration: second round": {"SUBPIXEL.rounds": 1},
    "what a shift could bring": {"EDGES.reach": 0.0},
    "blur before comparing edges": {"EDGES.blur": 0.01},
    "colour blurred across": {"EDGES.fringe": 1},
    "limit depends on contrast": {"EDGES.faintest": 1.0, "EDGES.strongest": 1.0},
    "limit lower at faint edges": {"EDGES.faintest": 1.0},
    "limit higher at strong edges": {"EDGES.strongest": 1.0},
    "a page drawn anew": {"RERENDER.blocks": int(NEVER)},
    "a page drawn anew: certain excess": {"EVIDENCE.rerendered_certain": 1.0},
    "a page drawn anew: spread over cells": {"RERENDER.cells": -1},
    "colour fringes": {"EVIDENCE.fringes_worth": NEVER},
    "colour fringes: outer pixels": {"FRINGES.untouched": -256},
    "colour fringes: visible at all": {"FRINGES.visible": 0.0},
    "colour fringes: shift": {"FRINGES.strong": int(NEVER)},
    "colour fringes: doubt": {"FRINGES.doubt": 1.0},
    "weak noise on flat ground": {"FLAT.weak": 0.0},
    "weak noise: agreement along a line": {"FLAT.faint": NEVER},
    "weak noise: line for faint ones as well": {"FLAT.faint": 0.0},
    "weak noise: company": {"FLAT.company": 1},
    "ringing beside edges": {"FLAT.ringing": 1},
    "carets": {"CARET.most": -1},
    "unrelated pictures": {"UNRELATED.smallest": int(NEVER)},
}
"""Values that switch a mechanism off."""


@dataclass(frozen=True)
class Answers:
    """The verdicts and confidences of some pairs, by id."""

    same: Mapping[str, bool]
    confidence: Mapping[str, float]


@dataclass(frozen=True)
class Rates:
    """Shares in [0, 1]."""

    recall: float
    alarms: float

    def __sub__(self, other: Rates) -> Rates:
        return Rates(self.recall - other.recall, self.alarms - other.alarms)

    def told(self) -> str:
        """Both in percentage points."""
        return f"{100 * self.recall:+.2f} | {100 * self.alarms:+.2f}"


# --- varying values ---------------------------------------------------------------------------


@contextmanager
def changed(values: Mapping[str, Any]) -> Iterator[None]:
    """Give tuning values, named ``STAGE.value``, other values for a while."""
    stages = {name: vars(tuning)[name.split(".")[0]] for name in values}
    before = {name: getattr(stages[name], name.split(".")[1]) for name in values}
    try:
        for name, value in values.items():
            object.__setattr__(stages[name], name.split(".")[1], value)
        yield
    finally:
        for name, value in before.items():
            object.__setattr__(stages[name], name.split(".")[1], value)


def names() -> Iterator[tuple[str, Any, Mapping[str, Any]]]:
    """Each value that may turn a verdict: its name, value and metadata.

    Those of DIAGNOSIS only choose between kinds.
    """
    for name, stage in vars(tuning).items():
        if stage in tuning.STAGES and name.isupper():
            for row in fields(stage):
                if name != "DIAGNOSIS" and row.metadata["origin"] != tuning.COST:
                    yield f"{name}.{row.name}", getattr(stage, row.name), row.metadata


def moved(value: Any, factor: float) -> Any:
    """The value times a factor; whole numbers move by at least one, and odd ones stay odd."""
    if isinstance(value, tuple):
        return tuple(moved(part, factor) for part in value)
    if isinstance(value, float):
        return value * factor
    whole = round(value * factor)
    least = 2 if value % 2 and value > 1 else 1
    if value % 2 and value > 1 and not whole % 2:
        whole += 1 if factor > 1 else -1
    step = max(abs(whole - value), least)
    return max(value + step if factor > 1 else value - step, 0)


# --- comparing --------------------------------------------------------------------------------


@cache
def pictures(case: Case) -> tuple[Array, Array]:
    """Both pictures of a pair, decoded once in each process."""
    return to_array(case.expected), to_array(case.actual)


def answer(cases: Sequence[Case], *, keep: bool) -> Answers:
    """Compare pairs with default options; decoded pictures are kept for the next time."""
    same, confidence = {}, {}
    for case in cases:
        pair = pictures(case) if keep else (to_array(case.expected), to_array(case.actual))
        found = compare_arrays(*pair)
        same[case.id], confidence[case.id] = found.same, found.confidence
    return Answers(same, confidence)


def baseline(splits: Sequence[str]) -> tuple[list[Case], Answers]:
    """All pairs of the splits, and what the engine says as it is; kept for this version of it."""
    cases = [case for split in splits for case in load(split)]
    file = CACHE / "detection" / f"sensitivity-{'-'.join(splits)}-{source_version()}.json"
    if not file.is_file():
        found = answer(cases, keep=False)
        rows = {one.id: (found.same[one.id], found.confidence[one.id]) for one in cases}
        file.write_text(json.dumps(rows), "utf-8")
    rows = json.loads(file.read_text("utf-8"))
    return cases, Answers(
        {name: row[0] for name, row in rows.items()}, {name: row[1] for name, row in rows.items()}
    )


def chosen(
    cases: Sequence[Case], found: Answers, options: argparse.Namespace
) -> tuple[list[Case], int]:
    """The pairs that are compared again, and how many of them could turn."""
    limit = -math.log(Limits().confidence)
    evidence = {one.id: -math.log(max(found.confidence[one.id], 1e-300)) for one in cases}
    near = options.near
    close = [
        one
        for one in cases
        if limit / near <= evidence[one.id] <= limit * near
        or (options.benign and not one.mutated and one.pixels)
    ]
    known = {one.id for one in close}
    others = [one for one in cases if one.id not in known]
    return close + others[:: max(1, options.control)], len(close)


def rates(cases: Sequence[Case], found: Answers, other: Answers | None = None) -> Rates:
    """Recall and false alarms over all pairs, some of which were answered anew."""
    same = {**found.same, **(other.same if other else {})}
    mutated = [not same[one.id] for one in cases if one.mutated]
    benign = [not same[one.id] for one in cases if not one.mutated]
    return Rates(sum(mutated) / len(mutated), sum(benign) / len(benign))


class _Job:
    """What one worker process compares; pictures stay decoded between jobs."""

    cases: Sequence[Case] = ()

    @classmethod
    def begin(cls, cases: Sequence[Case]) -> None:
        """Set the pairs of this process; one thread each, whatever else the machine does."""
        import cv2

        cv2.setNumThreads(1)
        cls.cases = cases


def _varied(values: Mapping[str, Any]) -> Answers:
    with changed(values):
        return answer(_Job.cases, keep=True)


# --- reporting --------------------------------------------------------------------------------


def trials(options: argparse.Namespace) -> list[tuple[str, dict[str, Any]]]:
    """What is tried: a label of the row, and the values of it."""
    if options.mechanisms:
        return list(MECHANISMS.items())
    wanted = options.names.split(",") if options.names else None
    return [
        (name, {name: moved(value, factor)})
        for name, value, _ in names()
        for factor in (1 - STEP, 1 + STEP)
        if wanted is None or name in wanted
    ]


def main() -> None:
    """Vary, and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--splits", default="tuning,templates", metavar="A,B")
    parser.add_argument("--mechanisms", action="store_true", help="switch mechanisms off instead")
    parser.add_argument("--names", metavar="STAGE.VALUE,…", help="only these values")
    parser.add_argument("--near", type=float, default=4.0, metavar="FACTOR")
    parser.add_argument("--benign", action="store_true", help="all benign pairs that differ")
    parser.add_argument("--control", type=int, default=20, metavar="N", help="every N-th other")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="for research.tuning_page")
    options = parser.parse_args()
    cases, found = baseline(options.splits.split(","))
    some, close = chosen(cases, found, options)
    start, now, tried = time.monotonic(), rates(cases, found), trials(options)
    pairs = (
        f"Measured on {len(cases)} pairs of {options.splits.replace(',', ' and ')}: recall"
        f" {now.recall:.4f}, false alarms {now.alarms:.4f}. Compared again were the {close} pairs"
        f" with evidence from 1/{options.near:g} of the limit to {options.near:g} times the limit"
        f"{' or benign with differing pixels' if options.benign else ''},"
        f" and {len(some) - close} of the others as a control."
    )
    print(pairs + "\n", flush=True)
    rows = []
    with get_context("spawn").Pool(options.jobs, _Job.begin, (some,)) as pool:
        for (label, values), other in zip(
            tried, pool.imap(_varied, [values for _, values in tried]), strict=True
        ):
            change = rates(cases, found, other) - now
            turned = sum(other.same[one.id] != found.same[one.id] for one in some[close:])
            row = {"label": label, "values": values, "control": turned}
            row |= {"recall": 100 * change.recall, "alarms": 100 * change.alarms}
            rows.append(row)
            setting = ", ".join(map(tuning.told, values.values()))
            print(f"| {label} | {setting} | {change.told()} | {turned} |", flush=True)
            if options.json:
                options.json.write_text(json.dumps({"pairs": pairs, "rows": rows}), "utf-8")
    print(f"{time.monotonic() - start:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
