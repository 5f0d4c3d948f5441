"""Whole suites side by side: real pages, one check each, by this plugin and by its peers.

Every tool first makes its own baselines, untimed. Then, in turn and round after round, each is
timed as a whole process, from the shell's view: start-up, all checks, report, exit.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.pages import PAGES, VIEWPORT, Page, Server, fetch
from benchmarks.tools import TOOLS, Tool, ToolError, chromium

OURS = "visualdiff"


@dataclass
class Row:
    """What was measured of one tool with one number of workers."""

    tool: str
    version: str
    workers: int
    pages: int
    seconds: list[float] = field(default_factory=list)
    start_seconds: list[float] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    error: str = ""

    @property
    def total(self) -> float:
        """Seconds for the whole process, median of the rounds."""
        return statistics.median(self.seconds)

    @property
    def per_check(self) -> float:
        """Seconds for each check, start-up included."""
        return self.total / self.pages

    @property
    def marginal(self) -> float | None:
        """Seconds for each further check, once the tool is running."""
        if self.pages <= self.workers:
            return None
        start = statistics.median(self.start_seconds)
        return (self.total - start) / (self.pages - self.workers)

    def record(self, ours: Row | None) -> dict[str, Any]:
        """Return the row as the JSON file has it."""
        values = {
            "tool": self.tool,
            "version": self.version,
            "workers": self.workers,
            "pages": self.pages,
            "error": self.error or None,
        }
        if self.error:
            return values
        return values | {
            "seconds": self.total,
            "seconds_per_check": self.per_check,
            "seconds_per_further_check": self.marginal,
            "ratio": self.total / ours.total if ours else None,
            "false_alarms": self.alarms,
            "rounds": self.seconds,
            "start_rounds": self.start_seconds,
        }


def prepare(names: list[str], pages: list[dict[str, str]]) -> dict[str, Tool | ToolError]:
    """Install the tools and let each make its baselines; a tool that cannot stays, as its error."""
    ready: dict[str, Tool | ToolError] = {}
    for name in names:
        tool = TOOLS[name]()
        try:
            tool.prepare(pages)
            seconds, _ = tool.run(len(pages), 1, approve=True)
        except (ToolError, OSError, subprocess.TimeoutExpired) as error:
            ready[name] = error if isinstance(error, ToolError) else ToolError(str(error))
            print(f"{name}: FAILED: {ready[name]}", flush=True)
        else:
            ready[name] = tool
            print(f"{name} {tool.found}: baselines made in {seconds:.1f} s", flush=True)
    return ready


def measure(row: Row, tool: Tool) -> str:
    """Time one whole run, and one with a single page for each worker; return what came of it."""
    try:
        start, _ = tool.run(min(row.workers, row.pages), row.workers)
        seconds, outcome = tool.run(row.pages, row.workers)
    except (ToolError, OSError, subprocess.TimeoutExpired) as error:
        row.error = str(error)
        return f"FAILED: {error}"
    row.start_seconds.append(start)
    row.seconds.append(seconds)
    row.alarms += outcome.failed
    return f"{seconds:.1f} s, {len(outcome.failed)} false alarms"


def rounds(options: argparse.Namespace, tools: dict[str, Tool | ToolError]) -> list[Row]:
    """Run all tools in turn, as often as asked."""
    rows = {
        (workers, name): Row(name, getattr(tool, "found", ""), workers, options.pages)
        for workers in options.workers
        for name, tool in tools.items()
    }
    for number in range(options.rounds):
        for (workers, name), row in rows.items():
            tool = tools[name]
            if isinstance(tool, ToolError):
                row.error = str(tool)
            if isinstance(tool, ToolError) or row.error:
                continue
            what = measure(row, tool)
            print(f"round {number + 1}, {name}, {workers} workers: {what}", flush=True)
    return list(rows.values())


def table(rows: list[Row]) -> str:
    """Return the Markdown table."""
    heads = ("tool", "workers", "seconds", "s/check", "s/further check", "false alarms", "× ours")
    lines = [f"| {' | '.join(heads)} |", "|---|" + "---:|" * (len(heads) - 1)]
    for row in rows:
        head = f"| {row.tool} {row.version}".rstrip() + f" | {row.workers} |"
        if row.error:
            lines.append(f"{head} FAILED: {row.error.replace('|', '/')} | | | | |")
            continue
        further = "–" if row.marginal is None else f"{row.marginal:.3f}"
        ours = of_ours(rows, row.workers)
        ratio = f"{row.total / ours.total:.2f}" if ours else "–"
        alarms = f"{len(row.alarms)} of {row.pages * len(row.seconds)}"
        lines.append(
            f"{head} {row.total:.1f} | {row.per_check:.3f} | {further} | {alarms} | {ratio} |",
        )
    return "\n".join(lines)


def of_ours(rows: list[Row], workers: int) -> Row | None:
    """Find our own row with this number of workers, if it was measured."""
    same = (row for row in rows if (row.tool, row.workers) == (OURS, workers))
    return next((row for row in same if not row.error), None)


def machine() -> dict[str, Any]:
    """Describe where and when this was measured."""
    version = subprocess.run([chromium(), "--version"], capture_output=True, text=True, check=False)
    return {
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "browser": version.stdout.strip(),
        "platform": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def report(options: argparse.Namespace, rows: list[Row], place: dict[str, Any]) -> None:
    """Print what was measured, and write it where asked."""
    width, height = VIEWPORT
    print(f"\n{options.pages} pages at {width}×{height}, {options.rounds} round(s), median.")
    print(f"{place['browser']}, {place['cores']} cores, load {place['load']} at the start.\n")
    print(table(rows))
    print(
        "\nSeconds are those of the whole process, start-up and report included; `s/check` is"
        "\nthat divided by the number of pages. `s/further check` leaves out a run with a single"
        "\npage for each worker, measured in the same round.",
    )
    for row in rows:
        if row.alarms:
            print(f"false alarms of {row.tool}, {row.workers} workers: {', '.join(row.alarms)}")
    if options.json:
        records = [row.record(of_ours(rows, row.workers)) for row in rows]
        result = {"machine": place, "viewport": VIEWPORT, "rows": records}
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def names_of(text: str) -> list[str]:
    """Read a list of tools."""
    names = text.split(",")
    if unknown := set(names) - set(TOOLS):
        raise argparse.ArgumentTypeError(
            f"unknown: {', '.join(unknown)}; known: {', '.join(TOOLS)}"
        )
    return names


def numbers_of(text: str) -> list[int]:
    """Read a list of numbers of workers."""
    numbers = [int(word) for word in text.split(",")]
    if min(numbers) < 1:
        raise argparse.ArgumentTypeError("at least one worker")
    return numbers


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--pages",
        type=int,
        default=len(PAGES),
        choices=range(1, len(PAGES) + 1),
        metavar="N",
        help=f"use the first N of {len(PAGES)} pages",
    )
    parser.add_argument(
        "--tools",
        type=names_of,
        default=list(TOOLS),
        metavar="A,B",
        help=f"some of {','.join(TOOLS)}",
    )
    parser.add_argument("--workers", type=numbers_of, default=[1, 2], metavar="1,2")
    parser.add_argument("--rounds", type=int, default=1, metavar="N")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def main() -> None:
    """Fetch, prepare, measure, report."""
    options = arguments()
    pages: tuple[Page, ...] = PAGES[: options.pages]
    fetch(pages)
    place = machine()
    with Server(pages) as server:
        tools = prepare(options.tools, [{"name": p.name, "url": server.url(p)} for p in pages])
        rows = rounds(options, tools)
    report(options, rows, place)


if __name__ == "__main__":
    main()
