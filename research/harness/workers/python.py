"""Peers written in Python: ``python python.py PEER``, in an environment that has them.

Reads jobs as JSON lines, answers each with one line. The clock runs from the file names to the
verdict; what only the report needs is computed after it.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    Reply: TypeAlias = dict[str, Any]
    Compare: TypeAlias = Callable[[dict[str, Any]], Reply]

OTHER_SIZE = 1e9
"""Ranks pictures of two sizes as the most different ones."""

SSIM_SAME = 0.99
"""Structural similarity from which two pictures count as the same."""


class Clock:
    """Milliseconds from its making until it is stopped; stopping twice keeps the first time."""

    def __init__(self) -> None:
        self.start = time.perf_counter()
        self.milliseconds: float | None = None

    def stop(self) -> float:
        """Return the milliseconds so far, once and for all."""
        if self.milliseconds is None:
            self.milliseconds = (time.perf_counter() - self.start) * 1000
        return self.milliseconds


def blazediff() -> Compare:
    """The native library, with its detection of antialiasing."""
    library = importlib.import_module("blazediff")

    def compare(job: dict[str, Any]) -> Reply:
        clock = Clock()
        found = library.compare(job["expected"], job["actual"], antialiasing=True)
        clock.stop()
        size = OTHER_SIZE if found.reason == "layout-diff" else 0.0
        score = size + (found.diff_percentage or 0.0)
        return {"same": found.match_result, "score": score, "milliseconds": clock.stop()}

    return compare


def ssim() -> Compare:
    """scikit-image's structural similarity of the gray pictures."""
    cv2 = importlib.import_module("cv2")
    metrics = importlib.import_module("skimage.metrics")

    def compare(job: dict[str, Any]) -> Reply:
        clock = Clock()
        colour = [cv2.imread(job[name], cv2.IMREAD_COLOR) for name in ("expected", "actual")]
        one, other = (cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) for picture in colour)
        if one.shape != other.shape:
            return {"same": False, "score": OTHER_SIZE, "milliseconds": clock.stop()}
        similarity = float(metrics.structural_similarity(one, other))
        same = similarity >= SSIM_SAME
        return {"same": same, "score": 1 - similarity, "milliseconds": clock.stop()}

    return compare


def absdiff() -> Compare:
    """OpenCV's plain difference: the pictures are the same when no pixel differs at all."""
    cv2 = importlib.import_module("cv2")

    def compare(job: dict[str, Any]) -> Reply:
        clock = Clock()
        one, other = (cv2.imread(job[name], cv2.IMREAD_COLOR) for name in ("expected", "actual"))
        if one.shape != other.shape:
            return {"same": False, "score": OTHER_SIZE, "milliseconds": clock.stop()}
        difference = cv2.absdiff(one, other)
        same = not difference.any()
        clock.stop()
        mask = difference.max(axis=2)
        contours, _ = cv2.findContours(
            cv2.dilate((mask > 0).astype("uint8"), None, iterations=5),
            cv2.RETR_EXTERNAL,
            cv2.CHAIN_APPROX_SIMPLE,
        )
        return {
            "same": same,
            "score": float((mask > 0).mean()),
            "boxes": [list(cv2.boundingRect(contour)) for contour in contours],
            "milliseconds": clock.stop(),
        }

    return compare


def doctest() -> Compare:
    """robotframework-doctestlibrary's keyword, called without Robot Framework."""
    module = importlib.import_module("DocTest.VisualTest")
    pages = importlib.import_module("DocTest.DocumentRepresentation")
    library = module.VisualTest()
    measured: dict[str, Any] = {}
    original = pages.Page.compare_with

    def watched(*args: Any, **options: Any) -> Any:
        result = original(*args, **options)
        measured.update(difference=result[3], score=result[4])
        return result

    pages.Page.compare_with = watched

    def compare(job: dict[str, Any]) -> Reply:
        measured.clear()
        options = {"move_tolerance": job["move_tolerance"]} if "move_tolerance" in job else {}
        clock = Clock()
        note = ""
        try:
            library.compare_images(job["expected"], job["actual"], **options)
        except AssertionError as error:
            note = str(error)
        clock.stop()
        return _doctest_reply(library, note, measured) | {"milliseconds": clock.stop()}

    return compare


def _doctest_reply(library: Any, note: str, measured: dict[str, Any]) -> Reply:
    difference = measured.get("difference")
    boxes = None
    if note and difference is not None:
        found = library.get_diff_rectangles(difference)
        boxes = [[box[name] for name in ("x", "y", "width", "height")] for box in found]
    score = measured.get("score")
    different = OTHER_SIZE if score is None else float(score)
    return {"same": not note, "score": different if note else 0.0, "boxes": boxes, "note": note}


PEERS: dict[str, Callable[[], Compare]] = {
    "blazediff": blazediff,
    "ssim": ssim,
    "absdiff": absdiff,
    "doctest": doctest,
}


def main() -> None:
    """Answer until the input ends, whatever the peers print and wherever they leave files."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints must not end up between the answers
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        compare = PEERS[sys.argv[1]]()
        for line in sys.stdin:
            try:
                reply: Reply = {"boxes": None, **compare(json.loads(line))}
            except Exception as error:  # noqa: BLE001 - the failure is the answer
                reply = {"error": f"{type(error).__name__}: {error}"}
            print(json.dumps(reply), file=channel, flush=True)
            _swept(Path(scratch))
        os.chdir("/")


def _swept(folder: Path) -> None:
    """Remove the pictures that a peer left, which would fill the disk."""
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


if __name__ == "__main__":
    main()
