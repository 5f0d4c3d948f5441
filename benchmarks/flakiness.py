"""How often an unchanged check of a real page is wrong on a busy machine.

The pages of ``benchmarks.pages`` are approved once in Chrome and Firefox. Then the same suite runs
again and again, while other processes keep every core busy, and each round starts new workers and
browsers. Counted are checks by their status; a round that takes longer than its limit hangs.

    script/bench flakiness --checks 1000
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.pages import PAGES, Server, fetch

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


def run(folder: Path, workers: int, limit: float, *flags: str) -> dict[str, Any] | None:
    """The data of one run of the suite; None where it hung or recorded nothing."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", str(workers)]
    try:
        subprocess.run(
            [*command, *flags], cwd=folder, capture_output=True, timeout=limit, check=False
        )
        latest = (folder / ".visualdiff" / "latest").read_text(encoding="utf-8").strip()
        path = folder / ".visualdiff" / "runs" / latest / "run.json"
        if not path.exists():
            path = folder / ".visualdiff" / latest / "run.json"
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (subprocess.TimeoutExpired, OSError, ValueError):
        return None
    return data


def rounds(options: argparse.Namespace, folder: Path) -> tuple[Counter[str], list[str], int]:
    """Statuses of all checks, words for each that did not match, and how many rounds hung."""
    statuses: Counter[str] = Counter()
    wrong: list[str] = []
    hung = number = 0
    limit = SECONDS_PER_CHECK * options.pages * len(BROWSERS)
    while sum(statuses.values()) < options.checks and hung < 3:
        number += 1
        began = time.monotonic()
        data = run(folder, options.workers, limit)
        if data is None:
            hung += 1
            continue
        statuses.update(check["status"] for check in data["checks"])
        wrong += [
            f"{check['test']}: {check['status']}: {check['message'].splitlines()[0]}"
            for check in data["checks"]
            if check["status"] != "match"
        ]
        spent = time.monotonic() - began
        print(f"round {number}: {len(data['checks'])} checks in {spent:.0f} s", flush=True)
    return statuses, wrong, hung


def main() -> int:
    """Approve once, then repeat; 0 where every check matched."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checks", type=int, default=1000, help="checks at least (1000)")
    parser.add_argument("--pages", type=int, default=30, help="different pages (30)")
    parser.add_argument("--workers", type=int, default=2, help="workers of pytest-xdist (2)")
    parser.add_argument("--busy", type=int, default=2, help="cores kept busy by other work (2)")
    options = parser.parse_args()
    fetch()
    with Server() as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        chosen = PAGES[: options.pages]
        suite(folder, [{"name": page.name, "url": server.url(page)} for page in chosen])
        approved = run(folder, options.workers, 3600, "--visualdiff-approve=new")
        if approved is None:
            print("the first run recorded nothing", file=sys.stderr)
            return 2
        print(f"approved: {dict(Counter(one['status'] for one in approved['checks']))}")
        with busy_cores(options.busy):
            statuses, wrong, hung = rounds(options, folder)
    print(f"{sum(statuses.values())} checks: {dict(statuses)}; {hung} rounds hung")
    print("\n".join(wrong))
    return int(bool(wrong or hung))


if __name__ == "__main__":
    sys.exit(main())
