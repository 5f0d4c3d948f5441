"""The cost of this plugin by itself: of one check, and of being loaded.

One check of an unchanged page is timed against a bare Selenium screenshot of the same page in the
same browser, in turns. Starting pytest with the plugin is timed against starting it without, in
turns as well.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.pages import CACHE, EXAMPLE, VIEWPORT, Server, fetch
from benchmarks.tools import TEMPLATES, Command, ToolError, png_size, tail

BROWSERS = ("chrome", "firefox")
PLAYWRIGHT = "playwright"
"""Chromium through Playwright: its bare ``page.screenshot()``, and a check of its page."""
SHOTS = (*BROWSERS, PLAYWRIGHT)
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")


@dataclass(frozen=True)
class Pair:
    """Two things timed in turns, in milliseconds: the plain one and ours."""

    what: str
    plain: list[float]
    ours: list[float]

    @property
    def medians(self) -> tuple[float, float]:
        """The median of each."""
        return statistics.median(self.plain), statistics.median(self.ours)

    @property
    def difference(self) -> float:
        """The median of the differences of neighbours, which a machine's load shifts alike."""
        return statistics.median(b - a for a, b in zip(self.plain, self.ours, strict=True))

    def row(self) -> str:
        """Return the row of the Markdown table."""
        plain, ours = self.medians
        numbers = f"{plain:.1f} | {ours:.1f} | {self.difference:+.1f} | {ours / plain:.2f}"
        return f"| {self.what} | {numbers} | {len(self.plain)} |"


@dataclass(frozen=True)
class Failure:
    """Something that could not be timed, and why."""

    what: str
    error: str

    def row(self) -> str:
        """Return the row of the Markdown table."""
        return f"| {self.what} | FAILED: {self.error.replace('|', '/')} | | | | |"


def capture(browser: str, shots: int, folder: Path) -> Pair:
    """Approve as many baselines as there will be shots, then time the same test again."""
    by_playwright = browser == PLAYWRIGHT
    template = "test_capture_playwright.py" if by_playwright else "test_capture.py"
    shutil.copy(TEMPLATES / template, folder)
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    result, log = folder / "result.json", folder / "output.txt"
    words = [*PYTEST, *([] if by_playwright else [f"--visualdiff-browser={browser}"])]
    with Server([EXAMPLE]) as server:
        environment = {
            "BENCH_URL": server.url(EXAMPLE),
            "BENCH_SHOTS": str(shots),
            "BENCH_RESULT": str(result),
        }
        for more in (["--visualdiff-approve=new"], []):
            result.unlink(missing_ok=True)
            _, status = Command([*words, *more], environment).run(folder, log)
            if status or not result.is_file():
                raise ToolError(f"pytest ended with {status}: {tail(log)}")
    sizes = {png_size(path) for path in folder.glob("baselines/**/*.png")}
    if sizes != {VIEWPORT}:
        raise ToolError(f"baselines of sizes {sorted(sizes)}, expected {VIEWPORT}")
    times: dict[str, list[float]] = json.loads(result.read_text(encoding="utf-8"))
    return Pair(f"{browser}: bare screenshot, check", times["bare"], times["check"])


def start_up(runs: int, folder: Path) -> list[Pair]:
    """Start pytest on one empty test, without and with the plugin: wall time and CPU time."""
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "test_nothing.py").write_text("def test_nothing():\n    pass\n", encoding="utf-8")
    if b"visualdiff" not in _fixtures(folder):
        raise ToolError("pytest does not load the plugin here: there would be nothing to measure")
    wall: dict[str, list[float]] = {"without": [], "with": []}
    cpu: dict[str, list[float]] = {"without": [], "with": []}
    for _ in range(runs + 1):
        for name, more in (("without", ["-p", "no:visualdiff"]), ("with", [])):
            before = _cpu_of_children()
            seconds, status = Command([*PYTEST, *more]).run(folder, log := folder / "output.txt")
            if status:
                raise ToolError(f"pytest {name} the plugin ended with {status}: {tail(log)}")
            wall[name].append(1000 * seconds)
            cpu[name].append(1000 * (_cpu_of_children() - before))
    # The first of each brought the files into memory.
    return [
        Pair(f"pytest start, {what}: without, with", times["without"][1:], times["with"][1:])
        for what, times in (("wall", wall), ("CPU", cpu))
    ]


def _cpu_of_children() -> float:
    """Return the CPU seconds of all processes that this one has waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _fixtures(folder: Path) -> bytes:
    """Return what pytest says about the fixtures that it knows."""
    words = [*PYTEST, "--fixtures"]
    return subprocess.run(words, cwd=folder, capture_output=True, check=False).stdout


def attempt(what: str, number: int) -> list[Pair] | list[Failure]:
    """Measure one thing in a folder of its own; return its lines of the table."""
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        try:
            if what == "start":
                return start_up(number, Path(folder))
            return [capture(what, number, Path(folder))]
        except (ToolError, OSError, subprocess.TimeoutExpired) as error:
            return [Failure(what, str(error))]


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shots", type=int, default=60, metavar="N")
    parser.add_argument("--starts", type=int, default=15, metavar="N")
    parser.add_argument("--only", nargs="+", default=[*SHOTS, "start"],
                        choices=[*SHOTS, "start"])  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def main() -> None:
    """Measure and print one table."""
    options = arguments()
    fetch([EXAMPLE])
    results: list[Pair | Failure] = []
    for what in options.only:
        print(f"measuring {what} …", flush=True)
        results += attempt(what, options.starts if what == "start" else options.shots)
    width, height = VIEWPORT
    print(f"\nMilliseconds, medians; {EXAMPLE.name} at {width}×{height}.\n")
    print("| what | plain | ours | difference | ratio | times |\n|---|---:|---:|---:|---:|---:|")
    print("\n".join(result.row() for result in results))
    if options.json:
        records: list[dict[str, Any]] = [asdict(result) for result in results]
        options.json.write_text(json.dumps(records, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
