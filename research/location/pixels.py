"""What the making of location cases looks at in the pictures: contrast, doubles, masks."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from research.location.plans import Plan

    Box = tuple[int, int, int, int]
    Truth = tuple[float, float, float, float]

LEAST_CONTRAST = 6.0
"""Standard deviation of the gray levels of a template; less is next to flat."""
SAME_LOOK = 40.0
"""Mean squared difference of gray levels below which two places look the same."""

LEAST_KEPT = 0.2
"""Share of a template's contrast that its place keeps at least: a person must still see it."""
LEAST_CHANGE = 8.0
"""Mean difference of the three colours below which a theme has not changed an element."""

LEAST_OUTLINE = {"dark": 0.35, "recoloured": 0.75}
"""Correlation of edges below which another picture is shown, as on the button of the theme."""
LEAST_AGREEMENT = {"same": 0.95} | dict.fromkeys(("moved", "scaled", "pixel-ratio"), 0.35)
"""Correlation below which an element must have drawn itself anew: no case of these kinds."""
LEAST_TINT = 3.0
"""The same, of an element that was given another colour."""
LEAST_EDGES = 12
"""Pixels that differ clearly from a neighbour; fewer is next to flat."""
FRAME = 4
"""An element's own frame: what has nothing inside it is next to flat as well."""


@lru_cache(maxsize=24)
def read(file: Path) -> Any:
    """A picture as a BGR array."""
    image = cv2.imread(str(file), cv2.IMREAD_COLOR)
    if image is None:
        raise FileNotFoundError(file)
    return image


def gray(image: Any) -> Any:
    """Its gray levels."""
    return cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)


def cut(file: Path, box: Box) -> Any:
    """The pixels inside a box."""
    x, y, width, height = box
    return read(file)[y : y + height, x : x + width].copy()


def save(file: Path, image: Any) -> None:
    """Write a PNG."""
    cv2.imwrite(str(file), image)


def rounded(image: Any, radius: float) -> Any:
    """The picture with transparent black outside its rounded corners."""
    height, width = image.shape[:2]
    radius = min(radius, width / 2, height / 2)
    ys, xs = np.mgrid[0:height, 0:width] + 0.5
    beyond_x = np.maximum(radius - np.minimum(xs, width - xs), 0)
    beyond_y = np.maximum(radius - np.minimum(ys, height - ys), 0)
    # Pixels that the edge crosses show the old backdrop: they are left out as well.
    inside = np.hypot(beyond_x, beyond_y) <= radius - 0.75
    inside |= (beyond_x == 0) | (beyond_y == 0)
    alpha = np.where(inside, 255, 0).astype(np.uint8)
    return np.dstack([np.where(inside[..., None], image, 0).astype(np.uint8), alpha])


def at(file: Path, truth: Truth, size: tuple[int, int]) -> Any:
    """The pixels of a place with broken coordinates, at the size (width, height)."""
    x, y, width, height = truth
    across, down = width / size[0], height / size[1]
    matrix = np.array(
        [[across, 0, x + across / 2 - 0.5], [0, down, y + down / 2 - 0.5]], dtype=np.float64
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(read(file), matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)


def agreement(look: Any, file: Path, truth: Truth | None) -> float:
    """Normalised correlation of a template with its place, in [-1, 1]; 0 where it has none."""
    if truth is None:
        return 0.0
    there = at(file, truth, (look.shape[1], look.shape[0]))
    score = cv2.matchTemplate(gray(there), gray(look), cv2.TM_CCOEFF_NORMED)
    return round(float(score[0, 0]), 3)


def clear(
    look: Any, cuts: tuple[Box, int], files: tuple[Path, Path], truth: Truth | None, one: Plan
) -> bool:
    """Whether a template has contrast, here and there, and looks like nothing else."""
    crop, margin = cuts
    inner = look[FRAME + margin : -FRAME - margin, FRAME + margin : -FRAME - margin]
    flat = gray(look).std() < LEAST_CONTRAST or edges(inner) < LEAST_EDGES
    if flat or doubles(look, files[0], crop):
        return False
    if truth is None:
        return not doubles(look, files[1], None)
    if not changed(look, files[1], truth, one.kind):
        return False
    return one.scale != 1 or not doubles(look, files[1], truth)


def changed(look: Any, file: Path, truth: Truth, kind: str) -> bool:
    """Whether the place has contrast, and is another sight where the kind of case promises one."""
    there = at(file, truth, (look.shape[1], look.shape[0]))
    if gray(there).std() < max(0.6 * LEAST_CONTRAST, LEAST_KEPT * gray(look).std()):
        return False
    if outline(look, there) < LEAST_OUTLINE.get(kind, 0.0):
        return False
    if kind in LEAST_AGREEMENT and agreement(look, file, truth) < LEAST_AGREEMENT[kind]:
        return False
    least = {"dark": LEAST_CHANGE, "recoloured": LEAST_TINT}.get(kind, 0.0)
    return bool(np.abs(there.astype(int) - look).mean() >= least)


def outline(look: Any, there: Any) -> float:
    """Correlation of the strengths of edges, whatever their colours and signs, in [-1, 1]."""
    around = np.ones((3, 3), np.uint8)
    first, second = (
        cv2.morphologyEx(gray(image), cv2.MORPH_GRADIENT, around) for image in (look, there)
    )
    return float(cv2.matchTemplate(first, second, cv2.TM_CCOEFF_NORMED)[0, 0])


def edges(look: Any) -> int:
    """How many pixels differ clearly from their neighbour at the left or above."""
    levels = gray(look).astype(int)
    across, down = np.abs(np.diff(levels, axis=1)), np.abs(np.diff(levels, axis=0))
    return int((across > 20).sum() + (down > 20).sum())


def doubles(look: Any, file: Path, known: tuple[float, ...] | None) -> bool:
    """Whether a template's look occurs on a screen, other than at the known place."""
    screen = gray(read(file))
    height, width = look.shape[:2]
    if screen.shape[0] < height or screen.shape[1] < width:
        return False
    errors = cv2.matchTemplate(screen, gray(look), cv2.TM_SQDIFF) / (width * height)
    if known is not None:
        x, y = round(known[0]), round(known[1])
        dx, dy = max(2, width // 3), max(2, height // 3)
        errors[max(0, y - dy) : y + dy + 1, max(0, x - dx) : x + dx + 1] = np.inf
    return bool((errors < SAME_LOOK).any())
