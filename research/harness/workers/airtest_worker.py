"""Finds templates with Airtest for the process that started this one: JSON lines in and out.

Runs in an environment of its own and knows nothing of this project. Three of Airtest's methods:
``template`` (its "tpl"), ``multiscale`` (its "gmstpl", every scale), and ``known`` (its "mstpl",
told that the template comes from a screen of the same size). Settings are Airtest's defaults:
threshold 0.7, and no check of colours.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from functools import lru_cache
from typing import Any

from airtest import aircv
from airtest.aircv.error import BaseError
from airtest.aircv.multiscale_template_matching import (
    MultiScaleTemplateMatching,
    MultiScaleTemplateMatchingPre,
)
from airtest.aircv.template_matching import TemplateMatching

THRESHOLD = 0.7


@lru_cache(maxsize=4)
def kept(file: str) -> Any:
    """Read a picture once."""
    return aircv.imread(file)


def find(job: dict[str, str]) -> dict[str, Any]:
    """Read both pictures, look, and time it."""
    read = kept if job["loaded"] else aircv.imread
    if job["loaded"]:
        _ = kept(job["template"]), kept(job["screen"])
    worked, start = time.process_time(), time.perf_counter()
    template, screen = read(job["template"]), read(job["screen"])
    height, width = screen.shape[:2]
    try:
        if job["method"] == "template":
            found = TemplateMatching(template, screen, THRESHOLD, rgb=False).find_best_result()
        elif job["method"] == "multiscale":
            found = MultiScaleTemplateMatching(
                template, screen, THRESHOLD, rgb=False
            ).find_best_result()
        else:
            found = MultiScaleTemplateMatchingPre(
                template, screen, THRESHOLD, rgb=False, resolution=(width, height)
            ).find_best_result()
    except BaseError:
        found = None
    spent = {
        "milliseconds": 1000 * (time.perf_counter() - start),
        "cpu": 1000 * (time.process_time() - worked),
    }
    if not found:
        return {"box": None, "score": 0.0, **spent}
    (left, top), _, (right, bottom), _ = found["rectangle"]
    box = [left, top, right - left, bottom - top]
    return {"box": box, "score": float(found["confidence"]), **spent}


def main() -> None:
    """Answer each line with one line."""
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        answer = find(json.loads(line))
        print(json.dumps(answer), file=sys.__stdout__, flush=True)


if __name__ == "__main__":
    main()
