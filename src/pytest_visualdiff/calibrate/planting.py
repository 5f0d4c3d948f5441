"""Synthetic changes of growing strength, planted into a shot of the very page.

Each is what a real regression does: another colour, one wrong pixel, a move by parts of a pixel,
something gone, another opacity, a letter less.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from pytest_visualdiff.calibrate.noise import distance, part
from pytest_visualdiff.calibrate.places import FLAT, Page
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from pytest_visualdiff.model import Array


class Change(NamedTuple):
    """One kind of change: its strengths in rising order, where it fits, and how it is planted.

    ``plant(page, box, strength)`` gives a changed copy and the box that holds all of the change.
    """

    name: str
    unit: str
    strengths: tuple[float, ...]
    find: Callable[[Page], tuple[Box, ...]]
    plant: Callable[[Page, Box, float], tuple[Array, Box]]


def recolour(page: Page, box: Box, strength: float) -> tuple[Array, Box]:
    """The box in a colour ``strength`` CIEDE2000 units away from that of its middle."""
    old = page.pixels[box.y + box.height // 2, box.x + box.width // 2]
    changed = page.pixels.copy()
    area = part(changed, box)
    area[:] = np.clip(area.astype(np.int16) + (_stepped(old, strength) - old), 0, 255)
    return changed, box


def speck(page: Page, box: Box, strength: float) -> tuple[Array, Box]:
    """One pixel in the middle of the box, so many CIEDE2000 units away from what it was."""
    middle = Box(box.x + box.width // 2, box.y + box.height // 2, 1, 1)
    return recolour(page, middle, strength)


def _stepped(old: Array, strength: float) -> npt.NDArray[np.int16]:
    """The nearest of the colours on the way to black or white that is far enough away."""
    goal = np.full(3, 0 if int(old.sum()) > 3 * 128 else 255)
    way = np.linspace(0, 1, 256)[:, None]
    colours = np.rint(old * (1 - way) + goal * way).astype(np.uint8)
    far = distance(np.broadcast_to(old, colours.shape), colours) >= strength
    at = int(np.argmax(far)) if far.any() else len(colours) - 1
    colour: npt.NDArray[np.int16] = colours[at].astype(np.int16)
    return colour


def shift(page: Page, box: Box, strength: float) -> tuple[Array, Box]:
    """What is drawn in the box, ``strength`` pixels further right (bilinear in between)."""
    height, width = page.pixels.shape[:2]
    frame = box.grown(2 + int(np.ceil(strength))).clipped(width, height)
    changed = page.pixels.copy()
    move = np.array([[1, 0, strength], [0, 1, 0]], np.float64)
    drawn = cv2.warpAffine(
        np.ascontiguousarray(part(page.pixels, frame)),
        move,
        (frame.width, frame.height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    part(changed, frame)[:] = drawn
    return changed, frame


def remove(page: Page, box: Box, strength: float) -> tuple[Array, Box]:
    """A square of ``strength`` pixels around the box, painted over with its background."""
    side, (height, width) = int(strength), page.pixels.shape[:2]
    square = Box(box.x - side // 2, box.y - side // 2, side, side).clipped(width, height)
    changed = page.pixels.copy()
    part(changed, square)[:] = part(page.background, square)
    return changed, square


def fade(page: Page, box: Box, strength: float) -> tuple[Array, Box]:
    """The box, ``strength`` per cent more transparent over its background."""
    changed = page.pixels.copy()
    old, behind = (part(layer, box).astype(np.float32) for layer in (page.pixels, page.background))
    part(changed, box)[:] = np.rint(old + (behind - old) * (strength / 100))
    return changed, box


CHANGES = (
    Change("another colour ({}x{} px)".format(*FLAT), "ΔE",
           (0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10), Page.flat, recolour),
    Change("one pixel of another colour", "ΔE",
           (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30), Page.flat, speck),
    Change("a word or icon moves", "px", (0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3),
           Page.words, shift),
    Change("a word or icon turns paler", "%", (2, 5, 10, 15, 20, 30, 50, 75), Page.words, fade),
    Change("a square of ink is gone", "px", (1, 2, 3, 4, 6, 8, 12, 16, 24), Page.specks, remove),
    Change("one letter fades away", "%", (5, 10, 20, 30, 40, 60, 80, 100), Page.glyphs, fade),
)  # fmt: skip
"""All kinds of planted changes."""
