"""Sweep benchmark: real pages in two browsers, with a fault in one of them or in none.

``python -m research.sweep`` scores the untouched split and writes ``docs/sweep-benchmark.md``.
While working on the engine: ``python -m research.sweep --split tuning --engines ours --wrong``.
"""

from __future__ import annotations

import argparse
import time

from research.harness.engine import PROJECT
from research.sweep import corpus, document, report
from research.sweep.engine import ENGINES, PICTURES, STRUCTURE
from research.sweep.pages import ROOT
from research.sweep.run import run

USUAL = ",".join(name for name in ENGINES if name != "vd.compare")
SAMPLE = 12
"""Comparisons of pictures see the pairs of every so manieth scene: they take long."""


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--split",
        default="untouched",
        help="tuning, fonts, controls, templates, demos, untouched; also with -SEED, or -machine",
    )
    parser.add_argument("--engines", default=USUAL, metavar="A,B", help=",".join(ENGINES))
    parser.add_argument("--wrong", action="store_true", help="tell what is wrong, pair by pair")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="pairs at a time")
    return parser.parse_args()


def main() -> None:
    """Score, print, and write the report."""
    options = arguments()
    if not (ROOT / options.split / "chrome.jsonl").is_file():
        corpus.make(options.split)
    results = {}
    for name in options.engines.split(","):
        start = time.monotonic()
        step = SAMPLE if name in PICTURES else 1
        results[name] = run(options.split, name, options.jobs, step)
        print(f"{name}: {len(results[name])} pairs in {time.monotonic() - start:.1f} s", flush=True)
    if options.wrong:
        print("\n".join(report.wrong(next(iter(results.values())))))
    structure = {name: some for name, some in results.items() if name in STRUCTURE}
    print(report.main_table(structure), report.kinds_table(structure), sep="\n\n")
    if options.split == "untouched" and set(STRUCTURE) <= set(results):
        print(f"report: {document.write(PROJECT / 'docs', options.split, results)}")


if __name__ == "__main__":
    main()
