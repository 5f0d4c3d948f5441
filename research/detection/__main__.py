"""Detection benchmark: this engine and its peers over the same pairs of screenshots.

``python -m research.detection`` compares on the untouched split and writes the report.
While working on the engine:
``python -m research.detection --split tuning --engines ours --misses misses.jsonl``
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
from pathlib import Path

from research.detection import document, misses, report
from research.detection.cases import ROOT, SPLITS, Case, load, spread
from research.detection.peers import ENGINES, SETTINGS
from research.detection.run import run, timed
from research.harness.engine import PROJECT, Command, EngineError


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=SPLITS, default="untouched")
    parser.add_argument("--engines", default="all", metavar="A,B", help="names, or all")
    parser.add_argument("--limit", type=int, metavar="N", help="N cases spread over the split")
    parser.add_argument("--kinds", metavar="A,B", help="only cases of these kinds")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="pairs at a time")
    parser.add_argument("--times", type=int, default=60, metavar="N", help="time N cases in turns")
    parser.add_argument("--fresh", action="store_true", help="ask again what was answered before")
    parser.add_argument("--misses", type=Path, metavar="FILE", help="JSON lines of what is wrong")
    parser.add_argument("--sheet", type=Path, metavar="PNG", help="pictures of what is wrong")
    parser.add_argument("--no-locations", action="store_true", help="compare only, locate nothing")
    parser.add_argument(
        "--docs",
        type=Path,
        metavar="FOLDER",
        help="where to write detection.md (default: docs, if all of untouched was run)",
    )
    return parser.parse_args()


def selected(options: argparse.Namespace) -> list[Case]:
    """Make the corpus when it is missing (or stale, for the project's report); choose cases."""
    if is_whole(options) or not (ROOT / options.split / "cases.jsonl").is_file():
        importlib.import_module("research.detection.corpus").make(options.split)
    cases = load(options.split)
    if options.kinds:
        kinds = set(options.kinds.split(","))
        cases = [case for case in cases if case.kind in kinds]
    cases = spread(cases, options.limit)
    if not cases:
        raise SystemExit(f"no case of {options.split} is left to compare")
    if lost := [case for case in cases if not (case.expected.is_file() and case.actual.is_file())]:
        raise SystemExit(
            f"{len(lost)} pairs are not there (is the corpus being made?): {lost[0].id}"
        )
    return cases


def engines(names: str) -> list[Command]:
    """Install and name the engines; one that cannot be had is told about and left out."""
    wanted = list(ENGINES) if names == "all" else names.split(",")
    if unknown := set(wanted) - set(ENGINES):
        raise SystemExit(f"unknown: {', '.join(unknown)}; known: {', '.join(ENGINES)}")
    found = []
    for name in wanted:
        try:
            found.append(ENGINES[name]())
        except EngineError as error:
            print(f"{name}: left out: {error}", file=sys.stderr, flush=True)
    return found


def tell_misses(options: argparse.Namespace, results: report.Results) -> None:
    """Print, write and draw what the first engine got wrong."""
    outcomes = next(iter(results.values()))
    rows = misses.listed(outcomes)
    print(f"\n{report.kinds_table(outcomes)}\n\n{report.goals_table(outcomes)}\n")
    for row in rows:
        print(misses.told(row))
    if options.misses:
        misses.write(options.misses, rows)
    if options.sheet and rows:
        misses.sheet(options.sheet, outcomes, rows)


def main() -> None:
    """Compare, print, and write the report."""
    options = arguments()
    cases = selected(options)
    commands = engines(options.engines)
    results = {
        command.label: run(command, cases, options.jobs, fresh=options.fresh)
        for command in commands
    }
    if options.misses or options.sheet:
        tell_misses(options, results)
    else:
        print("\n" + report.goals_table(next(iter(results.values()))))
    times = timed(commands, spread(cases, options.times)) if commands[1:] else None
    print(f"\n{report.corpus_lines(cases)}\n\n{report.main_table(results, times)}\n")
    for line in report.failures(results):
        print(line)
    folder = options.docs or (PROJECT / "docs" if is_whole(options) else None)
    if folder:
        settings = {command.label: SETTINGS[command.name] for command in commands}
        setup = document.Setup(options.split, settings, times, locations(options))
        print(f"{setup.locations}\nreport: {document.write(folder, results, setup)}")


def is_whole(options: argparse.Namespace) -> bool:
    """Whether this run is one that the project's own report may be written from."""
    part = options.limit or options.kinds or options.split != "untouched"
    return options.engines == "all" and not part


def locations(options: argparse.Namespace) -> str:
    """Return the section of the location benchmark, where that is there and wanted."""
    name = "research.location"
    if options.no_locations or importlib.util.find_spec(name) is None:
        return ""
    return "\n".join(importlib.import_module(name).table(options.split))


if __name__ == "__main__":
    main()
