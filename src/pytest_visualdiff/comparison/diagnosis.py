"""What happened to each region: the plainest explanation that its pixels bear out."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_visualdiff.comparison.arrays import crop, soft
from pytest_visualdiff.comparison.colour import ciede2000, colour_map_error, hex_colour, lab
from pytest_visualdiff.comparison.moves import find_moves
from pytest_visualdiff.comparison.pixels import measure_pixels
from pytest_visualdiff.comparison.regions import content_box, is_background
from pytest_visualdiff.comparison.tuning import BACKGROUND, DIAGNOSIS, FLAT, WORK
from pytest_visualdiff.comparison.values import AlignedPair, Explanation
from pytest_visualdiff.model import Box, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_visualdiff.comparison.arrays import Floats
    from pytest_visualdiff.comparison.moves import Move
    from pytest_visualdiff.comparison.regions import Region
    from pytest_visualdiff.model import Array


def explain_regions(pair: AlignedPair, regions: Sequence[Region]) -> tuple[Explanation, ...]:
    """Explain every region; together the explanations cover all of their evidence."""
    moved = find_moves(pair, regions)
    first, others = moved.rest[: WORK.regions], moved.rest[WORK.regions :]
    return (
        *moved.moves,
        *(_altered(pair, region, move) for region, move in moved.altered),
        *(_explanation(Kind.MISSING, region, {}) for region in moved.covered),
        *(_explanation(Kind.ADDED, region, {}) for region in moved.uncovered),
        *(_classified(pair, region) for region in first),
        *(_explanation(Kind.CHANGED, region, {}) for region in others),
    )


def leave_unexplained(regions: Sequence[Region]) -> tuple[Explanation, ...]:
    """The regions as they are, if whatever happened to them is tolerated anyway."""
    return tuple(_explanation(Kind.CHANGED, region, {}) for region in regions)


def _altered(pair: AlignedPair, region: Region, move: Move) -> Explanation:
    """What happened to a region inside a thing that moved, with the thing in its place."""
    frame = region.box.grown(DIAGNOSIS.context).clipped(*pair.size)
    expected, actual = _registered(pair.expected, frame, move), crop(pair.actual, frame)
    registered_pair = replace(pair, expected=expected, actual=actual, alpha=None)
    placed = replace(region, box=region.box.moved(-frame.x, -frame.y))
    found = _classified(registered_pair, placed)
    source = found.source and found.source.moved(frame.x, frame.y)
    return replace(found, box=found.box.moved(frame.x, frame.y), source=source)


def _registered(expected: Array, frame: Box, move: Move) -> Array:
    """What comes to the frame when the whole picture moves; its border is continued."""
    height, width = expected.shape[:2]
    rows = np.arange(frame.y, frame.bottom) - move[1]
    columns = np.arange(frame.x, frame.right) - move[0]
    moved: Array = expected[np.ix_(rows.clip(0, height - 1), columns.clip(0, width - 1))]
    return moved


def _classified(pair: AlignedPair, region: Region) -> Explanation:
    tests: tuple[Callable[[AlignedPair, Region], Explanation | None], ...] = (
        _transparency_changed,
        _resized,
        _came_or_went,
        _recoloured,
    )
    for test in tests:
        explanation = test(pair, region)
        if explanation is not None:
            return explanation
    return _explanation(Kind.CHANGED, region, {})


def _explanation(kind: Kind, region: Region, detail: dict[str, Any]) -> Explanation:
    return Explanation(kind, region.box, region.peak, region.count, detail)


def _came_or_went(pair: AlignedPair, region: Region) -> Explanation | None:
    """Background on one side only: the thing went, or came."""
    expected, actual = is_background(pair.expected, region), is_background(pair.actual, region)
    if expected == actual:
        return None
    return _explanation(Kind.ADDED if expected else Kind.MISSING, region, {})


# --- transparency ------------------------------------------------------------------------------


def _transparency_changed(pair: AlignedPair, region: Region) -> Explanation | None:
    """The opacity of a background changed, and what is drawn on it stayed."""
    if pair.alpha is None:
        return None
    was, now = (crop(alpha, region.box) for alpha in pair.alpha)
    changed = cv2.absdiff(was, now) > FLAT.flat
    if changed[region.pixels].mean() < DIAGNOSIS.opacity_share:
        return None
    stays = (now > 0) & ~changed
    whole_canvas = region.box.area == pair.actual.shape[0] * pair.actual.shape[1]
    if not whole_canvas and stays.sum() < DIAGNOSIS.few:
        return None  # a thing on a transparent background went, or came
    opacities = [round(float(np.median(alpha[region.pixels])) / 255, 2) for alpha in (was, now)]
    return _explanation(Kind.CHANGED, region, {"opacity": opacities})


# --- recoloured -------------------------------------------------------------------------------


def _recoloured(pair: AlignedPair, region: Region) -> Explanation | None:
    """One colour map repaints the expected pixels as the actual ones, and another one back."""
    if region.count < DIAGNOSIS.few:
        return None  # any few pixels can be mapped
    expected, actual = _colours(pair, region)
    errors = colour_map_error(expected, actual), colour_map_error(actual, expected)
    if max(errors) > DIAGNOSIS.recoloured:
        return None
    pictures = pair.expected, pair.actual
    if any(is_background(picture, region, share=BACKGROUND.partly) for picture in pictures):
        return None  # the edge only grew into the background: a size change, not a colour change
    was, now = _usual(expected, actual)
    distance = float(ciede2000(lab(was[None]), lab(now[None]))[0])
    distances = ciede2000(lab(expected), lab(actual))
    detail = {
        "delta_e": round(distance, 2),
        "delta_e_max": round(float(np.percentile(distances, DIAGNOSIS.worst_colour)), 2),
        "from": hex_colour(was),
        "to": hex_colour(now),
    }
    return _explanation(Kind.RECOLOURED, region, detail)


def _colours(pair: AlignedPair, region: Region) -> tuple[Array, Array]:
    expected = crop(pair.expected, region.box)[region.pixels]
    actual = crop(pair.actual, region.box)[region.pixels]
    step = max(1, len(expected) // WORK.sample)
    return expected[::step], actual[::step]


def _usual(expected: Array, actual: Array) -> tuple[Array, Array]:
    """The pair of colours that occurs most often."""
    pairs = np.concatenate((expected, actual), axis=1)
    colours, counts = np.unique(pairs, axis=0, return_counts=True)
    usual = colours[int(counts.argmax())]
    return usual[:3], usual[3:]


# --- resized ----------------------------------------------------------------------------------


def _resized(pair: AlignedPair, region: Region) -> Explanation | None:
    """The same thing on plain background, larger or smaller."""
    around = region.box.grown(DIAGNOSIS.surroundings).clipped(*pair.size)
    if around.area > DIAGNOSIS.largest:
        return None
    was, now = content_box(pair.expected, around), content_box(pair.actual, around)
    if was is None or now is None or not _plausible(was, now):
        return None
    resized = _resampled(crop(pair.expected, was), now)
    if _structure_agreement(resized, crop(pair.actual, now)) < DIAGNOSIS.resized_structure:
        return None  # another thing of about that size
    left = measure_pixels(soft(resized), soft(crop(pair.actual, now)), pair.limits)
    if left and left.evidence() > DIAGNOSIS.resized_left * region.evidence:
        return None
    scale = [round(now.width / was.width, 4), round(now.height / was.height, 4)]
    return Explanation(Kind.RESIZED, now, region.peak, region.count, {"scale": scale}, source=was)


def _plausible(was: Box, now: Box) -> bool:
    sides = (was.width, was.height, now.width, now.height)
    scales = (now.width / was.width, now.height / was.height)
    grown = max(abs(now.width - was.width), abs(now.height - was.height))
    large = grown >= DIAGNOSIS.growth and min(sides) >= DIAGNOSIS.smallest
    return large and all(
        1 / DIAGNOSIS.most_scale <= scale <= DIAGNOSIS.most_scale for scale in scales
    )


def _resampled(picture: Array, now: Box) -> Array:
    """The picture at the size of a box."""
    shrinks = now.area < picture.shape[0] * picture.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    resampled = cv2.resize(picture, (now.width, now.height), interpolation=method)
    return np.asarray(resampled, np.uint8)


def _structure_agreement(expected: Array, actual: Array) -> float:
    """Correlation of two pictures in nearly the worst window the size of a letter, at most 1.

    Colours and sharpness do not matter, nor does a pixel's distance between the two; another
    letter does. (The structure term of Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli,
    "Image quality assessment: from error visibility to structural similarity", IEEE Transactions
    on Image Processing 13(4), 2004.)
    """
    windows = _Windows(expected), _Windows(actual)
    shows = np.maximum(windows[0].variance, windows[1].variance) > DIAGNOSIS.structure
    if not shows.any():
        return 1.0
    shifts = ((dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
    best = np.maximum.reduce([windows[0].correlation(windows[1].shifted(*by)) for by in shifts])
    return float(np.percentile(best[shows], DIAGNOSIS.structure_worst))


class _Windows:
    """Mean and variance of lightness in the window around each pixel."""

    def __init__(self, picture: Array) -> None:
        gray = cv2.cvtColor(soft(picture), cv2.COLOR_RGB2GRAY).astype(np.float32)
        self.values: Floats = gray
        self.mean = self._averaged(gray)
        self.variance = np.maximum(self._averaged(gray * gray) - self.mean**2, 0)

    def shifted(self, dx: int, dy: int) -> _Windows:
        """The same one pixel aside; what comes from outside repeats the border."""
        shifted = copy(self)
        for name in ("values", "mean", "variance"):
            setattr(shifted, name, _at(getattr(self, name), dx, dy))
        return shifted

    def correlation(self, other: _Windows) -> Floats:
        """Correlation in each window; windows that show nothing correlate."""
        covariance = self._averaged(self.values * other.values) - self.mean * other.mean
        faint = DIAGNOSIS.structure / 4
        both = np.sqrt((self.variance + faint) * (other.variance + faint))
        correlation: Floats = (covariance + faint) / both
        return correlation

    @staticmethod
    def _averaged(values: Floats) -> Floats:
        side = DIAGNOSIS.structure_window
        return cv2.boxFilter(values, cv2.CV_32F, (side, side), borderType=cv2.BORDER_REPLICATE)


def _at(values: Floats, dx: int, dy: int) -> Floats:
    padded = cv2.copyMakeBorder(values, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    height, width = values.shape
    return np.ascontiguousarray(padded[1 + dy : 1 + dy + height, 1 + dx : 1 + dx + width])
