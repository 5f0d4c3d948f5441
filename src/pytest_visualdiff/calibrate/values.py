"""The frozen values of a calibration. Boxes are image pixels; pictures are RGB ``uint8`` arrays."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_visualdiff.comparison import Limits
    from pytest_visualdiff.model import Array, Box


@dataclass(frozen=True)
class Shot:
    """One picture of the page, and what a check would leave out of it."""

    label: str
    pixels: Array
    masks: tuple[Box, ...] = ()
    region: Box | None = None
    fresh: bool = False
    """Taken in a browser process of its own start, not after a reload."""


@dataclass(frozen=True)
class Series:
    """Shots of one page in one browser and window size (two at least)."""

    title: str
    shots: tuple[Shot, ...]
    ratio: float = 1.0
    """Image pixels per CSS pixel."""

    @cached_property
    def distinct(self) -> tuple[tuple[Shot, int], ...]:
        """The shots that show different pixels, each with how often it came, in order."""
        found: list[tuple[Shot, int]] = []
        for shot in self.shots:
            at = next((n for n, (one, _) in enumerate(found) if _alike(one, shot)), None)
            if at is None:
                found.append((shot, 1))
            else:
                found[at] = found[at][0], found[at][1] + 1
        return tuple(found)

    @property
    def pairs(self) -> tuple[tuple[Shot, Shot, int], ...]:
        """Pairs of different pictures, each with how many pairs of shots it stands for."""
        return tuple((a, b, m * n) for (a, m), (b, n) in combinations(self.distinct, 2))

    @property
    def count(self) -> int:
        """Pairs of shots, equal ones included."""
        return len(self.shots) * (len(self.shots) - 1) // 2

    @property
    def sizes(self) -> tuple[tuple[int, int], ...]:
        """The widths and heights that came, in order."""
        return tuple(dict.fromkeys(size(shot.pixels) for shot in self.shots))

    @property
    def masks(self) -> tuple[Box, ...]:
        """What any of the shots leaves out."""
        return tuple(dict.fromkeys(mask for shot in self.shots for mask in shot.masks))


def size(picture: Array) -> tuple[int, int]:
    """Width and height."""
    return picture.shape[1], picture.shape[0]


def _alike(one: Shot, other: Shot) -> bool:
    return (one.masks, one.region) == (other.masks, other.region) and np.array_equal(
        one.pixels, other.pixels
    )


@dataclass(frozen=True)
class Spot:
    """A place of the page that is not the same in all shots."""

    box: Box
    pixels: int
    """Pixels inside that differ in some pair."""
    most: float
    """The largest CIEDE2000 there."""
    share: float
    """Of all pairs of shots, in (0, 1]: how many differ there."""
    selector: str = ""
    """CSS selector of the element that shows there; empty where none is known."""
    element: Box | None = None
    """Where that element lies."""


@dataclass(frozen=True)
class Noise:
    """What differs between shots of an unchanged page before anything is tolerated.

    ``counts`` are pixels (summed over all pairs of shots) by CIEDE2000 between the ``edges``
    that ``noise.EDGES`` gives; ``pixels`` is the number of pixels that were looked at.
    """

    pixels: int
    counts: tuple[int, ...]
    share: float
    """Mean share of differing pixels over all pairs of shots, in [0, 1]."""
    worst_share: float
    """That of the worst pair."""
    median: float
    """CIEDE2000 of the differing pixels."""
    most: float
    """The largest CIEDE2000 of any pixel."""
    spots: tuple[Spot, ...]


@dataclass(frozen=True)
class MeasuredSeries:
    """Shots and their noise: all that is known before anything is judged."""

    series: Series
    noise: Noise


@dataclass(frozen=True)
class NoiseVerdict:
    """How the engine judges the unchanged page under some limits."""

    differing: int
    """Pairs of shots it reports as different."""
    confidence: float
    """The lowest of all pairs."""
    boxes: tuple[Box, ...] = ()
    """What it reports."""


@dataclass(frozen=True)
class Curve:
    """Confidence by strength of one planted change.

    ``confidences`` has one row per place and one value per strength: the highest confidence that
    the engine gave against any other shot, so the one that is hardest to notice.
    """

    name: str
    unit: str
    strengths: tuple[float, ...]
    confidences: tuple[tuple[float, ...], ...]

    def smallest(self, required: float) -> tuple[float, ...]:
        """Per place: from which strength on it is always found, infinite where it never is."""
        return tuple(_first_of_all(self.strengths, row, required) for row in self.confidences)


def _first_of_all(strengths: Sequence[float], row: Sequence[float], required: float) -> float:
    found = float("inf")
    for strength, confidence in zip(reversed(strengths), reversed(row), strict=True):
        if confidence >= required:
            break
        found = strength
    return found


class Outcome(str, Enum):
    """What calibration comes to."""

    STABLE = "stable"
    """All shots show the same pixels."""
    QUIET = "quiet"
    """They do not, but the present limits tolerate it with a margin."""
    LIMITS = "limits"
    """Other limits do."""
    MASKS = "masks"
    """Limits alone cannot; masks can."""
    UNSTABLE = "unstable"
    """Neither can."""

    __str__ = str.__str__

    @property
    def good(self) -> bool:
        """Whether limits alone are enough."""
        return self in (Outcome.STABLE, Outcome.QUIET, Outcome.LIMITS)


@dataclass(frozen=True)
class SeriesResult:
    """One series under the present and the proposed limits."""

    seen: MeasuredSeries
    present: NoiseVerdict
    proposed: NoiseVerdict
    masks: tuple[Spot, ...]
    """Spots to be masked."""
    present_curves: tuple[Curve, ...] = ()
    proposed_curves: tuple[Curve, ...] = ()


@dataclass(frozen=True)
class Study:
    """The result of a calibration: one proposal for all series."""

    target: str
    present: Limits
    proposed: Limits
    outcome: Outcome
    judged: tuple[SeriesResult, ...]
    notes: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    """Named levels of strictness that are quiet with a margin, under the proposed masks."""
