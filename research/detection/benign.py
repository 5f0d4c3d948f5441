"""Pairs of screenshots that differ, if at all, in ways that a person does not see.

Three sorts: the page is drawn a fraction of a pixel elsewhere (``noise.js``), the picture is stored
or rounded otherwise, or another process or configuration of the same browser drew it. Lettering
that registers more than ``FAR`` pixels away in any line is no noise, nor is anything that the page
drew a whole pixel elsewhere (``snapped.py``): such a pair is dropped.
"""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PIL import Image
from research.detection.mutations import differing
from research.detection.snapped import FAR, snapped
from research.harness.studio import Shot, decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy.typing as npt
    from research.detection.mutations import Rect
    from research.harness.pages import Scene
    from research.harness.studio import Studio

    from pytest_visualdiff.model import Array

DRAWN = (
    *("text-shift", "text-transform3d", "text-fraction", "text-layer", "text-rendering"),
    *("icon-shift", "image-shift", "image-resampled", "radius-antialias"),
)
"""Drawn again by the page, slightly elsewhere."""


@dataclass(frozen=True)
class Benign:
    """Two screenshots that a person takes for the same."""

    kind: str
    expected: Shot
    actual: Shot
    pixels: int
    note: str


def vary(studio: Studio, scene: Scene, base: Shot, kind: str, seed: int) -> Benign | None:
    """A benign variant of a photographed page; None where the page has nothing for it."""
    rng = np.random.default_rng([seed, zlib.crc32(kind.encode())])
    number = int(rng.integers(2**31))
    if kind in DRAWN:
        return _drawn(studio, base, kind, number)
    if kind == "caret":
        return _caret(studio, number)
    if kind == "again":
        actual = studio.open(scene)
        return paired(kind, base, actual, "loaded anew", studio.call("texts"))
    made = STORED[kind](base.pixels, rng, studio.call("texts"))
    return None if made is None else paired(kind, base, Shot(made[0]), made[1])


def paired(
    kind: str, expected: Shot, actual: Shot, note: str, texts: Iterable[Rect] = ()
) -> Benign | None:
    """The pair as a case, unless some line of text has visibly moved."""
    if expected.pixels.shape != actual.pixels.shape:
        return None
    if any(_shift(expected.pixels, actual.pixels, rect) > FAR for rect in texts):
        return None
    pixels = int(np.count_nonzero(differing(expected.pixels, actual.pixels)))
    return Benign(kind, expected, actual, pixels, note)


def _drawn(studio: Studio, base: Shot, kind: str, number: int) -> Benign | None:
    told = studio.call("noise", kind, number)
    texts = studio.call("texts")
    actual = studio.shoot()
    studio.call("undo")
    if not told.get("count"):
        return None
    found = paired(kind, base, actual, f"{told['count']} elements {told['note']}", texts)
    if found is None or not found.pixels or snapped(base.pixels, actual.pixels, texts):
        return None
    return found


def _caret(studio: Studio, number: int) -> Benign | None:
    if not studio.call("focus", number).get("count"):
        return None
    expected = studio.shoot()
    studio.call("caret")
    actual = studio.shoot()
    studio.call("undo")
    pixels = int(np.count_nonzero(differing(expected.pixels, actual.pixels)))
    return Benign("caret", expected, actual, pixels, "shown") if 0 < pixels < 200 else None


def _shift(expected: Array, actual: Array, rect: Rect) -> float:
    """How far one line of text has moved, in pixels; 0 where nothing differs or nobody can tell."""
    x, y, w, h = (round(value) for value in rect)
    place = np.s_[max(0, y - 3) : y + h + 3, max(0, x - 3) : x + w + 3]
    one, other = expected[place], actual[place]
    if min(one.shape[:2]) < 12 or np.array_equal(one, other):
        return 0.0
    gray = [cv2.cvtColor(part, cv2.COLOR_RGB2GRAY).astype(np.float32) for part in (one, other)]
    window = cv2.createHanningWindow((one.shape[1], one.shape[0]), cv2.CV_32F)
    (across, down), response = cv2.phaseCorrelate(gray[0], gray[1], window)
    return float(np.hypot(across, down)) if response > 0.3 else 0.0


# ---------------------------------------------------------------- stored or rounded otherwise

Made = tuple[bytes, str]


def _reencoded(pixels: Array, rng: np.random.Generator, _texts: list[Rect]) -> Made:
    image, file = Image.fromarray(pixels), io.BytesIO()
    if rng.random() < 0.7 and image.getcolors(256):
        colours, index = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True)
        few = Image.fromarray(index.reshape(pixels.shape[:2]).astype(np.uint8))
        few.putpalette(colours.tobytes())
        few.save(file, "PNG", optimize=True)
        return file.getvalue(), f"PNG with a palette of {len(colours)}"
    level = int(rng.integers(0, 10))
    alpha = bool(rng.random() < 0.5)
    (image.convert("RGBA") if alpha else image).save(file, "PNG", compress_level=level)
    return file.getvalue(), f"PNG level {level}{', with alpha' if alpha else ''}"


def _jpeg(pixels: Array, rng: np.random.Generator, _texts: list[Rect]) -> Made:
    quality, file = int(rng.integers(95, 99)), io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality, subsampling=0)
    return encode(decode(file.getvalue())), f"JPEG {quality}, 4:4:4"


def _webp(pixels: Array, _rng: np.random.Generator, _texts: list[Rect]) -> Made:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "WEBP", lossless=True, quality=0, method=0)
    return encode(decode(file.getvalue())), "lossless WebP"


def _dither(pixels: Array, rng: np.random.Generator, _texts: list[Rect]) -> Made:
    levels = int(rng.integers(1, 3))
    return encode(_dithered(pixels, rng, levels)), f"everywhere, +-{levels} levels"


def _dither_tones(pixels: Array, rng: np.random.Generator, _texts: list[Rect]) -> Made | None:
    """Only where tones run into each other: gradients and photographs."""
    levels = int(rng.integers(1, 3))
    gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    low, high = cv2.erode(gray, np.ones((5, 5))), cv2.dilate(gray, np.ones((5, 5)))
    tones = (high > low) & (high.astype(int) - low < 40)
    tones = cv2.morphologyEx(tones.astype(np.uint8), cv2.MORPH_OPEN, np.ones((9, 9))) > 0
    if np.count_nonzero(tones) < 2000:
        return None
    made = np.where(tones[..., None], _dithered(pixels, rng, levels), pixels)
    return encode(made.astype(np.uint8)), f"tones, +-{levels} levels"


def _dithered(pixels: Array, rng: np.random.Generator, levels: int) -> Array:
    size = pixels.shape if rng.random() < 0.5 else (*pixels.shape[:2], 1)
    noise = rng.integers(-levels, levels + 1, size)
    made: Array = np.clip(pixels + noise, 0, 255).astype(np.uint8)
    return made


def _levels(pixels: Array, rng: np.random.Generator, _texts: list[Rect]) -> Made:
    """What another colour profile rounds otherwise: a level up or down, or a slight gamma."""
    if rng.random() < 0.5:
        step = rng.integers(-1, 2, 3)
        step[rng.integers(3)] = rng.choice([-1, 1])
        made = np.clip(pixels + step, 0, 255)
        return encode(made.astype(np.uint8)), f"levels {step.tolist()}"
    gamma = float(rng.choice([0.99, 1.01]))
    made = np.rint(255 * (pixels / 255) ** gamma)
    return encode(made.astype(np.uint8)), f"gamma {gamma}"


def _lcd(pixels: Array, rng: np.random.Generator, texts: list[Rect]) -> Made | None:
    """Text as on an LCD: red is sampled a third of a pixel to the left, blue to the right."""
    order = 1 if rng.random() < 0.7 else -1
    height, width = pixels.shape[:2]
    wide = cv2.resize(pixels, (3 * width, height), interpolation=cv2.INTER_CUBIC)
    split = np.stack([np.roll(wide[..., c], order * (1 - c), 1)[:, 1::3] for c in range(3)], 2)
    mask = _lettering(pixels, texts)
    if not mask.any():
        return None
    return encode(np.where(mask[..., None], split, pixels)), "LCD text, simulated"


def _lettering(pixels: Array, texts: Iterable[Rect]) -> npt.NDArray[np.bool_]:
    """Where texts on a flat ground are: only their glyphs have edges to filter."""
    mask = np.zeros(pixels.shape[:2], bool)
    for rect in texts:
        x, y, w, h = (round(value) for value in rect)
        place = np.s_[max(0, y) : y + h, max(0, x - 1) : x + w + 1]
        part = pixels[place]
        if part.size and np.ptp(np.concatenate([part[0], part[-1]]), axis=0).max() <= 6:
            mask[place] = True
    return mask


def _caret_drawn(pixels: Array, rng: np.random.Generator, texts: list[Rect]) -> Made | None:
    """A caret as an editor draws it: a bar of one or two pixels at the end of a line of text."""
    height, width = pixels.shape[:2]
    lines = [r for r in texts if 10 <= r[3] <= 40 and r[0] + r[2] + 4 < width and r[1] > 0]
    lines = [r for r in lines if r[1] + r[3] < height and _inked(pixels, r)]
    if not lines:
        return None
    x, y, w, h = lines[int(rng.integers(len(lines)))]
    left, top, wide = round(x + w) + 1, round(y), int(rng.integers(1, 3))
    made = pixels.copy()
    back = made[min(height - 1, top), left]
    made[top : round(y + h), left : left + wide] = 0 if back.mean() > 110 else 255
    return encode(made), f"drawn, {wide} px wide"


def _inked(pixels: Array, rect: Rect) -> bool:
    """Whether lettering shows at the end of this line; a hidden label leaves it blank."""
    x, y, w, h = (round(value) for value in rect)
    part = pixels[y : y + h, max(0, x + w - 12) : x + w]
    return bool(part.size and np.ptp(part, axis=(0, 1)).max() > 60)


STORED: dict[str, Callable[[Array, np.random.Generator, list[Rect]], Any]] = {
    "reencoded": _reencoded,
    "jpeg": _jpeg,
    "webp": _webp,
    "dither": _dither,
    "dither-tones": _dither_tones,
    "levels": _levels,
    "lcd-simulated": _lcd,
    "caret-drawn": _caret_drawn,
}
"""Made from the pixels of a screenshot."""

KINDS = (*DRAWN, "caret", "again", *STORED)
