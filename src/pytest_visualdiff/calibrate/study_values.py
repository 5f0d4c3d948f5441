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
    """One picture of the page, and the areas that a check leaves out of it."""

    label: str
    pixels: Array
    masks: tuple[Box, ...] = ()
    region: Box | None = None
    fresh: bool = False
    """The first shot of a new browser process, not one after a reload."""


@dataclass(frozen=True)
class Series:
    """Shots of one page in one browser and window size (two at least)."""

    title: str
    shots: tuple[Shot, ...]
    ratio: float = 1.0
    """Image pixels per CSS pixel."""

    @cached_property
    def distinct(self) -> tuple[tuple[Shot, int], ...]:
        """The distinct shots, each with the number of shots that show the same, in order."""
        distinct: list[tuple[Shot, int]] = []
        for shot in self.shots:
            at = next((n for n, (known, _) in enumerate(distinct) if _alike(known, shot)), None)
            if at is None:
                distinct.append((shot, 1))
            else:
                distinct[at] = distinct[at][0], distinct[at][1] + 1
        return tuple(distinct)

    @property
    def pairs(self) -> tuple[tuple[Shot, Shot, int], ...]:
        """Pairs of distinct pictures, each with the number of pairs of shots that it represents."""
        return tuple((a, b, m * n) for (a, m), (b, n) in combinations(self.distinct, 2))

    @property
    def count(self) -> int:
        """Pairs of shots, equal ones included."""
        return len(self.shots) * (len(self.shots) - 1) // 2

    @property
    def sizes(self) -> tuple[tuple[int, int], ...]:
        """All sizes (width, height) of the shots, in order."""
        return tuple(dict.fromkeys(size(shot.pixels) for shot in self.shots))

    @property
    def masks(self) -> tuple[Box, ...]:
        """All masks of any of the shots."""
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
    """Share of all pairs of shots that differ there, in (0, 1]."""
    selector: str = ""
    """CSS selector of the element that is drawn there; empty if none is known."""
    element: Box | None = None
    """The box of that element."""


@dataclass(frozen=True)
class Noise:
    """The differences between shots of an unchanged page, before anything is tolerated.

    ``counts`` are pixels (summed over all pairs of shots) by CIEDE2000 between the ``edges``
    that ``noise.EDGES`` gives; ``pixels`` is the number of compared pixels.
    """

    pixels: int
    counts: tuple[int, ...]
    share: float
    """Mean share of differing pixels over all pairs of shots, in [0, 1]."""
    worst_share: float
    """The share of the worst pair."""
    median: float
    """CIEDE2000 of the differing pixels."""
    most: float
    """The largest CIEDE2000 of any pixel."""
    spots: tuple[Spot, ...]


@dataclass(frozen=True)
class MeasuredSeries:
    """Shots and their noise, before they are compared under any limits."""

    series: Series
    noise: Noise


@dataclass(frozen=True)
class NoiseVerdict:
    """How the engine judges the unchanged page under some limits."""

    differing: int
    """Pairs of shots it reports as different."""
    confidence: float
    """The lowest confidence of all pairs."""
    boxes: tuple[Box, ...] = ()
    """The places that it reports."""


@dataclass(frozen=True)
class Curve:
    """Confidence by strength of one planted change.

    ``confidences`` has one row per place and one value per strength: the highest confidence that
    the engine gave against any other shot, that is where the change is hardest to notice.
    """

    name: str
    unit: str
    strengths: tuple[float, ...]
    confidences: tuple[tuple[float, ...], ...]

    def smallest(self, required: float) -> tuple[float, ...]:
        """Per place: the strength from which on it is always found; infinite if it never is."""
        return tuple(_first_of_all(self.strengths, row, required) for row in self.confidences)


def _first_of_all(strengths: Sequence[float], row: Sequence[float], required: float) -> float:
    first = float("inf")
    for strength, confidence in zip(reversed(strengths), reversed(row), strict=True):
        if confidence >= required:
            break
        first = strength
    return first


class Outcome(str, Enum):
    """The outcome of a calibration."""

    STABLE = "stable"
    """All shots show the same pixels."""
    QUIET = "quiet"
    """Shots differ, but the present limits tolerate that with a margin."""
    LIMITS = "limits"
    """Other limits tolerate it with a margin."""
    MASKS = "masks"
    """No limits tolerate it, but masks help."""
    UNSTABLE = "unstable"
    """Neither limits nor masks help."""

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
    """Levels of strictness under which all is quiet with a margin, with the proposed masks."""
