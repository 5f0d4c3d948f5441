"""Compares pictures with one tool of Python: JSON lines in and out, timed in this process.

python speed_worker.py TOOL [CACHE]
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Compare = Callable[[str, str, str | None], bool]


def visualdiff(cache: str | None) -> Compare:
    """Verdict, diagnosis and diff image of this project; the folder keeps decoded baselines."""
    import pytest_visualdiff as vd

    def compare(expected: str, actual: str, diff: str | None) -> bool:
        found = vd.compare(expected, actual, cache=cache)
        if diff and not found.same:
            from pytest_visualdiff.images.codec import encode

            Path(diff).write_bytes(encode(found.diff_image()))
        return found.same

    return compare


def blazediff(_: str | None) -> Compare:
    """Blazediff's native library; its codec is chosen by the environment."""
    from blazediff import compare as blaze

    def compare(expected: str, actual: str, diff: str | None) -> bool:
        return bool(blaze(expected, actual, diff, antialiasing=True).match_result)

    return compare


def opencv(_: str | None) -> Compare:
    """Decode and subtract: what everyone writes first."""
    import cv2

    def compare(expected: str, actual: str, diff: str | None) -> bool:
        first: Any = cv2.imread(expected)
        second: Any = cv2.imread(actual)
        difference = cv2.absdiff(first, second)
        if diff:
            cv2.imwrite(diff, difference)
        return not difference.any()

    return compare


TOOLS: dict[str, Callable[[str | None], Compare]] = {
    "visualdiff": visualdiff,
    "blazediff": blazediff,
    "cv2": opencv,
}


def answer(compare: Compare, job: dict[str, Any]) -> dict[str, Any]:
    """Compare once."""
    start, busy = time.perf_counter(), time.process_time()
    try:
        same = compare(job["expected"], job["actual"], job.get("diff"))
        result: dict[str, Any] = {"same": same}
    except Exception as error:  # noqa: BLE001 - the table shows it
        result = {"error": repr(error)}
    result["milliseconds"] = 1000 * (time.perf_counter() - start)
    result["cpu"] = 1000 * (time.process_time() - busy)
    result["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return result


def main() -> None:
    """Answer each line with one line."""
    tool, cache = sys.argv[1], (sys.argv[2] if len(sys.argv) > 2 else None)
    compare = TOOLS[tool](cache)
    for line in sys.stdin:
        print(json.dumps(answer(compare, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
