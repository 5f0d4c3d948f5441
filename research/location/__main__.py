"""Location benchmark: this locator and its peers look for the same templates on the same screens.

``python -m research.location --split untouched`` makes the cases when they are missing
(real pages in Chromium and Firefox) and prints tables; see ``location_cases`` for what a case is
and ``location_score`` for which place counts as right. While working on the locator:
``python -m research.location --split tuning --finders ours --misses misses.jsonl``
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from research.detection.cases import ROOT, SPLITS
from research.harness.engine import EngineError, Found
from research.location.cases import Case, Draw, load, make
from research.location.finders import finders
from research.location.score import (
    Outcome,
    finders_table,
    kinds_table,
    mistakes,
    sheet,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from research.location.finders import Finder

OURS = "ours"
SAMPLE = 12
"""How many cases of each kind a sheet of the cases shows."""


def ask(finder: Finder, cases: Sequence[Case], *, fresh: bool = False) -> list[Outcome]:
    """Let a finder look for every template; answers that are still good are taken from a file."""
    if not cases:
        return []
    file = ROOT / cases[0].split / f"found-{finder.name}.json"
    known = json.loads(file.read_text("utf-8")) if file.is_file() and not fresh else {}
    version = our_version() if finder.name == OURS else finder.label
    outcomes = []
    try:
        for case in cases:
            key = f"{version}-{_digest(_file(case, 'template'))}-{_digest(_file(case, 'screen'))}"
            known[key] = known.get(key) or asdict(_look(finder, case))
            outcomes.append(Outcome(case, Found(**known[key])))
    finally:
        finder.close()
        file.write_text(json.dumps(known), encoding="utf-8")
    return outcomes


def our_version() -> str:
    """Digest the source that decides what our locator answers."""
    import pytest_visualdiff

    root = Path(pytest_visualdiff.__file__).parent
    files = [*sorted(root.glob("locator/*.py")), root / "core.py", root / "image.py"]
    return hashlib.blake2b(b"".join(file.read_bytes() for file in files), digest_size=8).hexdigest()


def _look(finder: Finder, case: Case) -> Found:
    return finder.locate(_file(case, "template"), _file(case, "screen"))


def _file(case: Case, name: str) -> Path:
    path: str = getattr(case, name)
    return ROOT / case.split / path


@cache
def _digest(file: Path) -> str:
    return hashlib.blake2b(file.read_bytes(), digest_size=12).hexdigest()


def results(
    cases: Sequence[Case], names: Sequence[str] | None = None, *, fresh: bool = False
) -> dict[str, Sequence[Outcome]]:
    """Ask the finders of these names (all without names) in turn; by their labels."""
    known = finders()
    if unknown := set(names or ()) - set(known):
        raise SystemExit(f"unknown: {', '.join(unknown)}; known: {', '.join(known)}")
    found: dict[str, Sequence[Outcome]] = {}
    for name in names or known:
        try:
            found[known[name].label] = ask(known[name], cases, fresh=fresh)
        except (EngineError, ImportError, AttributeError) as error:
            print(f"{name}: left out: {error}", file=sys.stderr, flush=True)
    return found


def table(split: str) -> list[str]:
    """Ask every finder about every case of a split; return the section as Markdown lines."""
    cases = load(Draw.of(split))
    found = results(cases)
    pages = len({case.page for case in cases})
    lines = [
        f"{len(cases)} templates, cut from {pages} real pages; the split is *{split}*.",
        "",
        *finders_table(found),
    ]
    first = next(iter(found))
    return [
        *lines,
        "",
        f"{first}, by kind:",
        "",
        *kinds_table(found[first]),
        "",
        "A place is right when its centre lies inside the true box and the two overlap by at least",
        "half (intersection over union). Right and wrong are shares of the templates that are on",
        "the screen, *found although absent* is a share of those that are not.",
    ]


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=SPLITS, default="untouched")
    parser.add_argument("--seed", type=int, metavar="N", help="other cases of the same pages")
    parser.add_argument("--each", type=int, metavar="N", help="so many cases of each kind")
    parser.add_argument("--finders", metavar="A,B", help=f"of {', '.join(finders())}")
    parser.add_argument("--kinds", metavar="A,B", help="only cases of these kinds")
    parser.add_argument("--limit", type=int, metavar="N", help="N cases, taken at random")
    parser.add_argument("--fresh", action="store_true", help="ask again what was answered before")
    parser.add_argument("--make", action="store_true", help="make the cases anew, and stop")
    parser.add_argument("--misses", type=Path, metavar="FILE", help="JSON lines of what is wrong")
    parser.add_argument("--sheet", type=Path, metavar="PNG", help="pictures of what is wrong")
    parser.add_argument("--cases", type=Path, metavar="PNG", help="pictures of cases, and stop")
    return parser.parse_args()


def main() -> None:
    """Make cases, ask finders, print tables."""
    options = arguments()
    if options.make:
        print(f"{len(make(_draw(options)))} cases")
        return
    cases = _chosen(options)
    if options.cases:
        sheet(options.cases, [(case, None) for case in _few(cases)])
        return
    found = results(cases, options.finders and options.finders.split(","), fresh=options.fresh)
    for label, outcomes in found.items():
        print("\n".join(["", f"{label}:", "", *kinds_table(outcomes)]))
    print("\n" + "\n".join(finders_table(found)))
    _tell_mistakes(options, next(iter(found.values())))


def _draw(options: argparse.Namespace) -> Draw:
    return Draw.of(options.split, options.seed, options.each)


def _chosen(options: argparse.Namespace) -> list[Case]:
    cases = load(_draw(options))
    if options.kinds:
        cases = [case for case in cases if case.kind in options.kinds.split(",")]
    if options.limit and options.limit < len(cases):
        chance = random.Random(options.limit)  # noqa: S311 - repeatable, not secret
        cases = chance.sample(cases, options.limit)
    return cases


def _few(cases: Sequence[Case]) -> list[Case]:
    kinds = dict.fromkeys(case.kind for case in cases)
    return [c for kind in kinds for c in [one for one in cases if one.kind == kind][:SAMPLE]]


def _tell_mistakes(options: argparse.Namespace, outcomes: Sequence[Outcome]) -> None:
    rows = mistakes(outcomes)
    if options.misses:
        text = "".join(json.dumps(row) + "\n" for row in rows)
        options.misses.write_text(text, encoding="utf-8")
    if options.sheet:
        ids = {row["id"] for row in rows}
        sheet(options.sheet, [(one.case, one.found) for one in outcomes if one.case.id in ids])


if __name__ == "__main__":
    main()
