"""Synthetic changes of growing strength, planted into a shot of the very page.

Each imitates a real regression: another colour, one wrong pixel, a move by parts of a pixel,
something missing, another opacity, a missing letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np

from pytest_visualdiff.calibrate.noise import distance
from pytest_visualdiff.comparison.arrays import crop
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

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
    area = crop(changed, box)
    area[:] = np.clip(area.astype(np.int16) + (_stepped(old, strength) - old), 0, 255)
    return changed, box


def speck(page: Page, box: Box, strength: float) -> tuple[Array, Box]:
    """One pixel in the middle of the box, in a colour ``strength`` CIEDE2000 units away."""
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
    """The contents of the box, ``strength`` pixels further right (bilinear interpolation)."""
    height, width = page.pixels.shape[:2]
    frame = box.grown(2 + int(np.ceil(strength))).clipped(width, height)
    changed = page.pixels.copy()
    move = np.array([[1, 0, strength], [0, 1, 0]], np.float64)
    drawn = cv2.warpAffine(
        np.ascontiguousarray(crop(page.pixels, frame)),
        move,
        (frame.width, frame.height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    crop(changed, frame)[:] = drawn
    return changed, frame


def remove(page: Page, box: Box, strength: float) -> tuple[Array, Box]:
    """A square of ``strength`` pixels around the box, painted over with its background."""
    side, (height, width) = int(strength), page.pixels.shape[:2]
    square = Box(box.x - side // 2, box.y - side // 2, side, side).clipped(width, height)
    changed = page.pixels.copy()
    crop(changed, square)[:] = crop(page.background, square)
    return changed, square


def fade(page: Page, box: Box, strength: float) -> tuple[Array, Box]:
    """The box, ``strength`` per cent more transparent over its background."""
    changed = page.pixels.copy()
    old, behind = (crop(layer, box).astype(np.float32) for layer in (page.pixels, page.background))
    crop(changed, box)[:] = np.rint(old + (behind - old) * (strength / 100))
    return changed, box


MOST = 5
"""Places for each planted change."""


FLAT = (40, 24)
"""Width and height of the flat areas: a small button."""


_DRAWS = 400  # boxes tried at random in search of flat areas


_WINDOW = 31  # pixels around a pixel whose median is its background


_INK = 40  # levels by which a pixel of a glyph or word differs from its background


_EDGE = 8  # pixels kept free at the picture's border


class Range(NamedTuple):
    """Least and most width, least and most height in pixels."""

    narrow: int
    wide: int
    low: int
    high: int

    def fits(self, box: Box) -> bool:
        """Whether a box is of such a size."""
        return self.narrow <= box.width <= self.wide and self.low <= box.height <= self.high


WORDS = Range(20, 260, 8, 80)


GLYPHS = Range(3, 24, 5, 28)


@dataclass(frozen=True)
class Page:
    """One shot in which places are looked for, away from ``taken`` boxes where that is possible."""

    pixels: Array
    taken: tuple[Box, ...] = ()
    seed: int = 0

    @cached_property
    def background(self) -> Array:
        """The background of each pixel: the median of a window, which drops thin things."""
        result: Array = cv2.medianBlur(np.ascontiguousarray(self.pixels), _WINDOW).astype(np.uint8)
        return result

    @cached_property
    def ink(self) -> npt.NDArray[np.bool_]:
        """The pixels that differ from their background."""
        result: npt.NDArray[np.bool_] = cv2.absdiff(self.pixels, self.background).max(axis=2) > _INK
        return result

    def flat(self) -> tuple[Box, ...]:
        """Areas of one colour; if there are none, the flattest areas."""
        height, width = self.pixels.shape[:2]
        wide, high = min(FLAT[0], max(1, width // 3)), min(FLAT[1], max(1, height // 3))
        drawn = self._random.integers(
            (0, 0), (max(1, width - wide), max(1, height - high)), (_DRAWS, 2)
        )
        boxes = [Box(int(x), int(y), wide, high) for x, y in drawn]
        order = sorted(boxes, key=lambda box: self._unevenness(box.grown(2)))
        return self._chosen(order)

    def words(self) -> tuple[Box, ...]:
        """Words, icons and other drawn things that stand alone."""
        joined = cv2.morphologyEx(
            self.ink.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 9), np.uint8)
        )
        return self._chosen(self._shuffled(_components(joined, WORDS)))

    def glyphs(self) -> tuple[Box, ...]:
        """Things of the size of one letter."""
        found = _components(self.ink.astype(np.uint8), GLYPHS)
        return self._chosen(self._shuffled(found))

    def specks(self) -> tuple[Box, ...]:
        """Single pixels of ink: centres of squares that may be removed."""
        rows, columns = np.nonzero(self.ink)
        if not rows.size:
            return ()
        drawn = self._random.integers(0, rows.size, 40)
        return self._chosen([Box(int(columns[n]), int(rows[n]), 1, 1) for n in drawn])

    @property
    def _random(self) -> np.random.Generator:
        return np.random.default_rng(self.seed)

    def _shuffled(self, boxes: Sequence[Box]) -> list[Box]:
        return [boxes[n] for n in self._random.permutation(len(boxes))]

    def _unevenness(self, box: Box) -> int:
        inside = crop(self.pixels, box.clipped(self.pixels.shape[1], self.pixels.shape[0]))
        levels = inside.reshape(-1, 3)
        return int((levels.max(axis=0) - levels.min(axis=0)).max())

    def _chosen(self, boxes: Iterable[Box]) -> tuple[Box, ...]:
        """The first few that keep away from ``taken`` boxes, else the first few of all."""
        inner = [box for box in boxes if self._inside(box)]
        clear = [box for box in inner if not any(box.grown(_EDGE).overlaps(t) for t in self.taken)]
        chosen: list[Box] = []
        for box in clear or inner:
            if len(chosen) < MOST and not any(box.grown(_EDGE).overlaps(one) for one in chosen):
                chosen.append(box)
        return tuple(chosen)

    def _inside(self, box: Box) -> bool:
        height, width = self.pixels.shape[:2]
        edge = min(_EDGE, width // 8, height // 8)
        return box.grown(edge).clipped(width, height).area == box.grown(edge).area


def _components(ink: Any, sizes: Range) -> list[Box]:
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    boxes = [Box(*(int(value) for value in stats[label][:4])) for label in range(1, count)]
    return [box for box in boxes if sizes.fits(box)]


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
