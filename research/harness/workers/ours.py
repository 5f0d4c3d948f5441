"""Our engine: reads jobs as JSON lines, answers each with one line."""

from __future__ import annotations

import json
import math
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest_visualdiff as vd

if TYPE_CHECKING:
    from pathlib import Path

_LEAST = 1e-300  # keeps the logarithm of a confidence finite


def compare(expected: Path | str, actual: Path | str) -> dict[str, Any]:
    """Compare two files with default options; the clock stops at the verdict."""
    start = time.perf_counter()
    result = vd.compare(str(expected), str(actual))
    same, confidence = result.same, result.confidence
    milliseconds = (time.perf_counter() - start) * 1000
    boxes = [(d.box.x, d.box.y, d.box.width, d.box.height) for d in result.differences]
    return {
        "same": same,
        # Confidence falls exponentially; its logarithm still tells the hopeless from the bad.
        "score": abs(math.log(max(confidence, _LEAST))),
        "boxes": boxes,
        "milliseconds": milliseconds,
        "confidence": confidence,
        "note": result.explain(),
    }


def main() -> None:
    """Answer until the input ends."""
    for line in sys.stdin:
        job = json.loads(line)
        try:
            reply = compare(job["expected"], job["actual"])
        except Exception as error:  # noqa: BLE001 - the failure is the answer
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
