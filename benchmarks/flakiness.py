"""How often an unchanged check of a real page is wrong on a busy machine.

The pages of ``benchmarks.pages`` are approved once in Chrome and Firefox. Then the same suite runs
again and again, while other processes keep every core busy, and each round starts new workers and
browsers. Counted are checks by their status, and tests that failed without a check. A round that
takes longer than its limit hangs. With ``--keep``, rounds with anything wrong stay on disk.

    script/bench flakiness --checks 1000
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from benchmarks.pages import PAGES, SOURCES, Page, Server, fetch

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATE = Path(__file__).parent / "templates" / "test_pages.py"
BROWSERS = ("chrome", "firefox")
SECONDS_PER_CHECK = 20
"""A round that takes longer than this for each of its checks counts as a hang."""


def burn() -> None:
    """Keep one core busy."""
    while True:
        sum(number * number for number in range(10_000))


@contextmanager
def busy_cores(count: int) -> Iterator[None]:
    """As many busy processes as asked, until the block ends."""
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=burn, daemon=True) for _ in range(count)]
    for other in others:
        other.start()
    try:
        yield
    finally:
        for other in others:
            other.terminate()
            other.join()


def suite(folder: Path, urls: list[dict[str, str]]) -> None:
    """A project with one check for each page and browser."""
    shutil.copy(TEMPLATE, folder / "test_pages.py")
    (folder / "pages.json").write_text(json.dumps(urls), encoding="utf-8")
    browsers = "\n    ".join(BROWSERS)
    (folder / "pytest.ini").write_text(
        f"[pytest]\nvisualdiff_browsers =\n    {browsers}\n", encoding="utf-8"
    )


def varied(count: int) -> list[Page]:
    """So many pages, from as many packages as possible."""
    by_source = [[page for page in PAGES if page.source is source] for source in SOURCES]
    turns = zip_longest(*by_source)
    return [page for turn in turns for page in turn if page is not None][:count]


@dataclass
class Tally:
    """What all rounds together saw."""

    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    hung: int = 0

    def add(self, folder: Path, data: dict[str, Any]) -> bool:
        """Count one round; whether anything in it was wrong."""
        self.statuses.update(check["status"] for check in data["checks"])
        told = [
            f"{check['test']}: {check['status']}: {check['message']}"
            for check in data["checks"]
            if check["status"] != "match"
        ]
        told += failures(folder, {check["test"].rpartition("::")[2] for check in data["checks"]})
        for line in told:
            print(line, flush=True)
        self.wrong += told
        return bool(told)


def failures(folder: Path, checked: set[str]) -> list[str]:
    """Tests that failed and have no check in the record, with the first line of the failure."""
    cases = ET.parse(folder / "junit.xml").iter("testcase")  # noqa: S314 - our own file
    return [
        f"{case.get('name')}: failed without a check: {trouble.get('message', '').splitlines()[:1]}"
        for case in cases
        for trouble in (*case.iter("failure"), *case.iter("error"))
        if case.get("name") not in checked
    ]


def run(folder: Path, workers: int, limit: float, *flags: str) -> dict[str, Any] | None:
    """The data of one run of the suite; None where it hung or recorded nothing."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", str(workers)]
    command += ["--junitxml=junit.xml", *flags]
    with (folder / "output.txt").open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            command, cwd=folder, stdout=output, stderr=output, start_new_session=True
        )
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return None
    runs = folder / ".visualdiff"
    try:
        latest = (runs / "latest").read_text(encoding="utf-8").strip()
        data: dict[str, Any] = json.loads((runs / latest / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return data


def rounds(options: argparse.Namespace, folder: Path) -> Tally:
    """Repeat the suite until there are enough checks, or three rounds hung."""
    tally = Tally()
    number = 0
    limit = SECONDS_PER_CHECK * options.pages * len(BROWSERS)
    while sum(tally.statuses.values()) < options.checks and tally.hung < 3:
        number += 1
        began = time.monotonic()
        data = run(folder, options.workers, limit)
        tally.hung += data is None
        wrong = data is None or tally.add(folder, data)
        if wrong and options.keep:
            shutil.copytree(folder, options.keep / f"round-{number}", dirs_exist_ok=True)
        spent, load = time.monotonic() - began, os.getloadavg()[0]
        count = "hung" if data is None else f"{len(data['checks'])} checks"
        print(f"round {number}: {count} in {spent:.0f} s, load {load:.1f}", flush=True)
    return tally


def main() -> int:
    """Approve once, then repeat; 0 where every check matched."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checks", type=int, default=1000, help="checks at least (1000)")
    parser.add_argument("--pages", type=int, default=30, help="different pages (30)")
    parser.add_argument("--workers", type=int, default=2, help="workers of pytest-xdist (2)")
    parser.add_argument("--busy", type=int, default=2, help="cores kept busy by other work (2)")
    parser.add_argument("--keep", type=Path, help="folder for rounds with anything wrong")
    options = parser.parse_args()
    fetch()
    with Server() as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        chosen = varied(options.pages)
        suite(folder, [{"name": page.name, "url": server.url(page)} for page in chosen])
        approved = run(folder, options.workers, 3600, "--visualdiff-approve=new")
        if approved is None:
            print("the first run recorded nothing", file=sys.stderr)
            return 2
        print(f"approved: {dict(Counter(one['status'] for one in approved['checks']))}")
        with busy_cores(options.busy):
            tally = rounds(options, folder)
    checks, wrong = sum(tally.statuses.values()), len(tally.wrong)
    print(f"{checks} checks: {dict(tally.statuses)}; {wrong} wrong; {tally.hung} rounds hung")
    return int(bool(wrong or tally.hung))


if __name__ == "__main__":
    sys.exit(main())
