"""Contact sheets of a split, to look for wrong labels: the page as it is, and with the fault.

``python -m research.sweep.sheet --split tuning``: one picture for each kind; the element at
fault is framed in red, where it was and where it is.
"""

from __future__ import annotations

import argparse
from itertools import groupby
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from research.harness.studio import decode
from research.sweep.corpus import rows
from research.sweep.pages import ROOT
from research.sweep.studio import State

if TYPE_CHECKING:
    from pathlib import Path

    from research.sweep.studio import Box

    from pytest_visualdiff.model import Array

TILE = (440, 240)
RED = (220, 0, 0)


def sheets(split: str, each: int) -> list[Path]:
    """Draw one sheet for each kind; their files."""
    folder = ROOT / split / "sheets"
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    faults = sorted(
        (row for row in rows(split) if row["fault"]), key=lambda row: row["fault"]["kind"]
    )
    for kind, group in groupby(faults, key=lambda row: row["fault"]["kind"]):
        found = list(group)
        chosen = found[:: max(1, len(found) // each)][:each]
        path = folder / f"{kind}.png"
        cv2.imwrite(str(path), np.vstack([tile(ROOT / split, row) for row in chosen])[..., ::-1])
        files.append(path)
    return files


def tile(folder: Path, row: dict[str, Any]) -> Array:
    """One case: before and after beside each other, with its name above."""
    clean = f"{row['scene']}/{row['browser']}-clean"
    boxes = [State.load(folder / f"{name}.json.gz").boxes for name in (clean, row["state"])]
    marks = [one[path] for one in boxes for path in row["fault"]["targets"] if path in one]
    pictures = [decode((folder / f"{name}.png").read_bytes()) for name in (clean, row["state"])]
    pair = np.hstack([crop(one, marks) for one in pictures])
    label = np.full((16, pair.shape[1], 3), 255, np.uint8)
    text = f"{row['state']} ({row['fault']['note']}) {row['fault']['path'][-60:]}"
    cv2.putText(label, text.encode("ascii", "replace").decode(), (2, 12), 0, 0.4, (0, 0, 0), 1)
    return np.vstack([label, pair])


def crop(picture: Array, marks: list[Box], tile: tuple[int, int] = TILE) -> Array:
    """The place of the marks and the room around it, framed."""
    height, width = picture.shape[:2]
    left, top = (int(max(0, min(box[axis] for box in marks) - 60)) for axis in (0, 1))
    right, bottom = (int(max(box[axis] + box[axis + 2] for box in marks) + 60) for axis in (0, 1))
    left, top = min(left, width - 40), min(top, height - 40)
    right, bottom = min(max(right, left + 40), width), min(max(bottom, top + 40), height)
    part = picture[top:bottom, left:right].copy()
    for x, y, w, h in marks:
        start, end = (
            (int(x) - left - 2, int(y) - top - 2),
            (int(x + w) - left + 2, int(y + h) - top + 2),
        )
        cv2.rectangle(part, start, end, RED, 1)
    scale = min((tile[0] - 4) / part.shape[1], (tile[1] - 4) / part.shape[0], 3)
    small = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    whole = np.full((tile[1], tile[0], 3), 128, np.uint8)
    whole[2 : 2 + small.shape[0], 2 : 2 + small.shape[1]] = small
    return whole


def main() -> None:
    """Draw the contact sheets of a split."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--split", choices=("tuning", "untouched"), required=True)
    parser.add_argument("--each", type=int, default=6, help="cases of each kind")
    options = parser.parse_args()
    for path in sheets(options.split, options.each):
        print(path)


if __name__ == "__main__":
    main()
