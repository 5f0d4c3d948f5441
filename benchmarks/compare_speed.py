"""How long it takes from two files to a verdict: this project beside the fastest of its field.

Real screenshots, four kinds of pairs, several sizes, with and without a diff image. Each tool
runs in a process of its own and times itself there; the tools take turns.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.pages import CACHE, tool
from benchmarks.speed_pictures import BROWSERS, PAIRS, SIZES, Set, make
from benchmarks.tools import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Self

HOME = CACHE / "speed"
NPM = ("pixelmatch@7.2.0", "pngjs@7.0.0", "sharp", "looks-same@10.0.1", "odiff-bin@4.5.0",
       "playwright-core@1.65.1")  # fmt: skip
PYPI = ("blazediff==6.0.2", "deflate==0.9.0", "isal==1.9.1")
OURS = "ours"
SLOW = {"pixelmatch-pngjs", "playwright", "looks-same"}


@dataclass(frozen=True)
class Peer:
    """One tool: how its process is started."""

    words: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


def _python(*words: str, path: str = "", **environment: str) -> Peer:
    program = (sys.executable, str(TEMPLATES / "speed_worker.py"), *words)
    return Peer(program, {**environment, **({"PYTHONPATH": path} if path else {})})


def _node(name: str) -> Peer:
    return Peer((tool("node"), str(TEMPLATES / "speed_worker.mjs"), name, str(HOME / "node")))


def peers(scratch: Path) -> dict[str, Peer]:
    """All tools, by the name of their column; ours first."""
    packages, cache = str(HOME / "py"), str(scratch / "cache")
    return {
        OURS: _python("visualdiff"),
        "ours, cached": _python("visualdiff", cache),
        "ours, cached, fast": _python("visualdiff", cache, path=packages),
        "blazediff": _python("blazediff", path=packages),
        "blazediff, own codec": _python("blazediff", path=packages, BLAZEDIFF_PNG_ENABLED="1"),
        "odiff": _node("odiff"),
        "pixelmatch-sharp": _node("pixelmatch-sharp"),
        "pixelmatch-pngjs": _node("pixelmatch-pngjs"),
        "playwright": _node("playwright"),
        "looks-same": _node("looks-same"),
        "cv2": _python("cv2"),
    }


def install() -> None:
    """Bring the peers into the cache, once."""
    if not (HOME / "py" / "blazediff").is_dir():
        words = [sys.executable, "-m", "pip", "install", "-q", "--target", str(HOME / "py"), *PYPI]
        subprocess.run(words, check=True)
    if not (HOME / "node" / "node_modules" / "looks-same").is_dir():
        (HOME / "node").mkdir(parents=True, exist_ok=True)
        (HOME / "node" / "package.json").write_text('{"private": true}', encoding="utf-8")
        environment = {**os.environ, "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"}
        words = [tool("npm"), "install", "--no-audit", "--no-fund", *NPM]
        subprocess.run(words, cwd=HOME / "node", check=True, env=environment)


class Worker:
    """A running tool."""

    def __init__(self, peer: Peer) -> None:
        self._process = subprocess.Popen(
            peer.words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **peer.environment},
        )

    def compare(self, pair: tuple[Path, Path], diff: Path | None) -> dict[str, Any]:
        """Compare two files; gives ``same``, ``milliseconds``, ``peak`` (KiB) or ``error``."""
        job = {"expected": str(pair[0]), "actual": str(pair[1]), "scratch": str(HOME / "o.png")}
        if diff is not None:
            job["diff"] = str(diff)
        assert self._process.stdin is not None  # noqa: S101 - for the type checker
        assert self._process.stdout is not None  # noqa: S101
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        return dict(json.loads(line)) if line else {"error": "the process has ended"}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()  # type: ignore[union-attr]
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()


@dataclass(frozen=True)
class Case:
    """One pair, compared by all tools."""

    browser: str
    size: str
    pair: str
    diff: bool
    milliseconds: dict[str, float | str]
    """Median by tool, or what went wrong."""
    cpu: dict[str, float]
    """CPU time of the tool's process: what a busy machine disturbs less."""

    def row(self, columns: list[str]) -> str:
        """Return the row of the Markdown table: elapsed and CPU time."""
        what = f"{self.browser} {self.size}, {self.pair}{', diff image' if self.diff else ''}"
        return f"| {what} | {' | '.join(map(self._cell, columns))} |"

    def _cell(self, column: str) -> str:
        value = self.milliseconds.get(column, "")
        if isinstance(value, str):
            return value
        return f"{_short(value)} / {_short(self.cpu.get(column))}"


def _short(value: float | None) -> str:
    if value is None:
        return "?"
    return f"{value:.0f}" if value >= 99.5 else f"{value:.2g}"


def measure(one: Set, pair: str, *, diff: bool, workers: dict[str, Worker], rounds: int) -> Case:
    """Let the tools take turns on one pair; the first turn is not counted."""
    files, target = one.pair(pair), HOME / "diff.png" if diff else None
    times: dict[str, list[float]] = {name: [] for name in workers}
    busy: dict[str, list[float]] = {name: [] for name in workers}
    failures: dict[str, str] = {}
    for turn in range(rounds + 1):
        for name, worker in workers.items():
            if name in failures or (name in SLOW and turn > max(2, rounds // 3)):
                continue
            result = worker.compare(files, target)
            wrong = result.get("error") or _wrong(result, pair)
            if wrong:
                failures[name] = f"FAILED: {wrong}"
            elif turn:
                times[name].append(result["milliseconds"])
                busy[name] += [result["cpu"]] if "cpu" in result else []
    elapsed, cpu = _medians(times), _medians(busy)
    return Case(one.browser, one.size, pair, diff, {**elapsed, **failures}, cpu)


def _medians(times: dict[str, list[float]]) -> dict[str, float]:
    return {name: statistics.median(found) for name, found in times.items() if found}


def _wrong(result: dict[str, Any], pair: str) -> str:
    """A tool that calls equal pixels different has not measured what we ask."""
    return "" if result["same"] or not pair.startswith("same") else "equal pixels differ"


def memory(one: Set, pair: str, tools: dict[str, Peer]) -> dict[str, float]:
    """Peak MiB of a fresh process that compares one pair three times."""
    peaks = {}
    for name, peer in tools.items():
        with Worker(peer) as worker:
            results = [worker.compare(one.pair(pair), None) for _ in range(3)]
        peaks[name] = results[-1].get("peak", 0) / 1024
    return peaks


def imports() -> dict[str, float]:
    """Milliseconds that a fresh interpreter takes for what each kind of comparison loads."""
    found = {}
    for what, statement in (
        ("nothing", "pass"),
        ("import pytest_visualdiff and compare equal files", "import pytest_visualdiff.api"),
        ("numpy", "import numpy"),
        ("numpy and OpenCV", "import cv2"),
    ):
        runs = [_seconds([sys.executable, "-c", statement]) for _ in range(9)]
        found[what] = 1000 * statistics.median(runs)
    return found


def _seconds(words: list[str]) -> float:
    import time

    start = time.perf_counter()
    subprocess.run(words, check=True)
    return time.perf_counter() - start


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--browsers", nargs="+", default=BROWSERS, choices=BROWSERS)
    parser.add_argument("--sizes", nargs="+", default=list(SIZES), choices=list(SIZES))
    parser.add_argument("--pairs", nargs="+", default=PAIRS, choices=PAIRS)
    parser.add_argument("--tools", nargs="+", metavar="NAME", help="default: all")
    parser.add_argument("--rounds", type=int, default=15, metavar="N")
    parser.add_argument("--no-diff", action="store_true", help="leave diff images out")
    parser.add_argument("--no-memory", action="store_true")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def main() -> None:
    """Measure and print the tables."""
    options = arguments()
    sets = [Set(browser, size) for browser in options.browsers for size in options.sizes]
    make(sets)
    install()
    with tempfile.TemporaryDirectory(dir=HOME) as scratch:
        tools = peers(Path(scratch))
        chosen = {name: tools[name] for name in options.tools or tools}
        cases = _cases(options, sets, chosen)
        records: dict[str, Any] = {"cases": [asdict(case) for case in cases]}
        if not options.no_memory:
            records["memory"] = _memory(sets, chosen)
        records["imports"] = imports()
    print("\nfresh interpreter, ms:", {k: round(v) for k, v in records["imports"].items()})
    if options.json:
        options.json.write_text(json.dumps(records, indent=2) + "\n", encoding="utf-8")


def _cases(options: argparse.Namespace, sets: list[Set], tools: dict[str, Peer]) -> list[Case]:
    print("\nMilliseconds from two files to a verdict, medians: elapsed / CPU.\n")
    print(f"| pair | {' | '.join(tools)} |\n|---|{'---:|' * len(tools)}", flush=True)
    cases = []
    for one in sets:
        with ExitStack() as stack:
            workers = {name: stack.enter_context(Worker(peer)) for name, peer in tools.items()}
            for pair in options.pairs:
                for diff in (False,) if options.no_diff else (False, True):
                    if diff and pair.startswith("same"):
                        continue  # there is nothing to draw
                    rounds = options.rounds
                    case = measure(one, pair, diff=diff, workers=workers, rounds=rounds)
                    print(case.row(list(tools)), flush=True)
                    cases.append(case)
    return cases


def _memory(sets: list[Set], tools: dict[str, Peer]) -> dict[str, dict[str, float]]:
    print("\nPeak MiB of a process that compares one pair.\n")
    print(f"| pair | {' | '.join(tools)} |\n|---|{'---:|' * len(tools)}", flush=True)
    found = {}
    for one in sets:
        for pair in ("same bytes", "tiny", "different"):
            name = f"{one.browser} {one.size}, {pair}"
            found[name] = memory(one, pair, tools)
            print(f"| {name} | {' | '.join(f'{peak:.0f}' for peak in found[name].values())} |")
    return found


if __name__ == "__main__":
    main()
