"""Contact sheets of a split, to look for wrong labels: expected, actual, where they differ.

``python -m research.detection.sheet --split tuning``: one picture for each kind. The truth is
framed in red, what else is affected in orange; benign pairs show their busiest place, magnified.
"""

from __future__ import annotations

import argparse
from itertools import groupby
from typing import TYPE_CHECKING

import cv2
import numpy as np
from research.detection.cases import ROOT, SPLITS, load
from research.detection.mutations import differing
from research.harness.studio import decode

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt
    from research.detection.cases import Case

    from pytest_visualdiff.model import Array

    Mask = npt.NDArray[np.bool_]

TILE = (420, 200)
RED, ORANGE, BLACK = (220, 0, 0), (255, 150, 0), (0, 0, 0)


def sheets(split: str, each: int) -> list[Path]:
    """Draw one sheet for each kind; their files."""
    folder = ROOT / split / "sheets"
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    order = sorted(load(split), key=lambda case: (case.sort, case.kind, case.strength, case.id))
    for (sort, kind), group in groupby(order, key=lambda case: (case.sort, case.kind)):
        cases = list(group)
        chosen = cases[:: max(1, len(cases) // each)][:each]
        path = folder / f"{sort}-{kind}.png"
        cv2.imwrite(str(path), np.vstack([row(case) for case in chosen])[..., ::-1])
        files.append(path)
    return files


def row(case: Case) -> Array:
    """The three crops of one case beside each other, with its name above."""
    expected, actual = decode(case.expected.read_bytes()), decode(case.actual.read_bytes())
    delta = differing(expected, actual)
    window = _window(case, delta)
    marked = np.where(delta[..., None], 255 - actual // 3, actual // 4 + 190).astype(np.uint8)
    for boxes, colour in ((case.affected, ORANGE), (case.truth, RED)):
        for x, y, w, h in boxes:
            cv2.rectangle(marked, (x - 1, y - 1), (x + w, y + h), colour, 1)
    tiles = np.hstack([_tile(picture, window) for picture in (expected, actual, marked)])
    label = np.full((16, tiles.shape[1], 3), 255, np.uint8)
    text = f"{case.id} {case.note} px={case.pixels}"
    cv2.putText(label, text.encode("ascii", "replace").decode(), (2, 12), 0, 0.42, BLACK, 1)
    return np.vstack([label, tiles])


def _window(case: Case, delta: Mask) -> tuple[int, int, int, int]:
    """What to show: the truth and some room around it, or the busiest place."""
    height, width = delta.shape[:2]
    if case.truth:
        left = min(box[0] for box in case.truth) - 12
        top = min(box[1] for box in case.truth) - 12
        right = max(box[0] + box[2] for box in case.truth) + 12
        bottom = max(box[1] + box[3] for box in case.truth) + 12
        left, top = max(0, left), max(0, top)
        return left, top, max(40, min(right, width) - left), max(20, min(bottom, height) - top)
    busy = cv2.GaussianBlur(delta.astype(np.float32), (0, 0), 15)
    _, _, _, (x, y) = cv2.minMaxLoc(busy)
    return min(max(0, x - 52), width - 105), min(max(0, y - 25), height - 50), 105, 50


def _tile(picture: Array, window: tuple[int, int, int, int]) -> Array:
    x, y, w, h = window
    scale = min((TILE[0] - 6) / w, (TILE[1] - 6) / h, 6)
    how = cv2.INTER_NEAREST if scale > 1 else cv2.INTER_AREA
    crop = picture[y : y + h, x : x + w]
    part = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=how)
    tile = np.full((TILE[1], TILE[0], 3), 128, np.uint8)
    tile[3 : 3 + part.shape[0], 3 : 3 + part.shape[1]] = part[: TILE[1] - 3, : TILE[0] - 3]
    return tile


def main() -> None:
    """Draw the contact sheets of a split."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--split", choices=SPLITS, required=True)
    parser.add_argument("--each", type=int, default=6, help="cases of each kind")
    options = parser.parse_args()
    for path in sheets(options.split, options.each):
        print(path)


if __name__ == "__main__":
    main()
