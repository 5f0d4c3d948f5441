"""Every number that the search for a template was tuned by, with unit, origin and meaning.

The rows are made like those of ``comparison.tuning``, and the origins mean the same. Values that
are *fitted* were chosen on the training pages of research/location.
"""

from __future__ import annotations

from dataclasses import dataclass

from pytest_visualdiff.comparison.tuning import COST, FITTED, GEOMETRY, STANDARD, value


@dataclass(frozen=True)
class SearchTuning:
    """From coarse places to verified ones."""

    candidates: int = value(8, "count", COST, "of peaks of each coarse search looked at again")
    verified: int = value(3, "count", COST, "of them whose structure is compared")
    all: int = value(200, "count", COST, "of places that locate_all names at most")
    quarter: int = value(32, "px", COST, "of the shorter side from which a quarter is searched")
    rough_quarter: int = value(24, "px", COST, "the same, if only the likeliest scale is asked for")
    half: int = value(11, "px", COST, "of the shorter side from which a half is searched")
    step: float = value(1.05, "times", COST, "between two scales of a coarse search")
    rival: float = value(0.6, "share", FITTED, "of the best coarse score a better place may have")
    spare: float = value(0.85, "share", FITTED, "of the best refined score that structure may beat")
    nearly: float = value(0.93, "share", FITTED, "of the best score, from which structure decides")
    least: float = value(
        0.5, "score", FITTED, "that only the best place of a step may fall short of"
    )
    clear: float = value(0.7, "score", COST, "at another scale that is verified before all others")
    sharp: float = value(0.75, "score", FITTED, "in ink from which it places better than outlines")
    runner_up: float = value(0.3, "agreement", COST, "below which a second place is left alone")
    equal_rows: int = value(64, "count", COST, "of places that one equal row may propose")


@dataclass(frozen=True)
class ConfidenceTuning:
    """From the agreement of structure to a confidence."""

    at_limit: float = value(0.63, "agreement", FITTED, "that means a confidence of 0.9")
    few_pixels: int = value(2500, "pixels", FITTED, "of a match below which more is needed")
    few_pixels_more: float = value(0.21, "agreement", FITTED, "that the smallest match needs more")
    unusual_more: float = value(0.03, "agreement", FITTED, "needed more at an unusual scale")
    recoloured: float = value(0.01, "confidence", FITTED, "lost at most where colours differ")
    another_theme: float = value(0.25, "share", FITTED, "of it from which outlines count as well")
    other_colour: float = value(
        64.0, "levels", FITTED, "of mean difference: as different as can be"
    )
    tie: float = value(0.01, "confidence", FITTED, "below 1 by which equally good places differ")
    resembles: float = value(0.5, "confidence", FITTED, "from which a message says so")


@dataclass(frozen=True)
class PlaneTuning:
    """How template and screen become one channel."""

    opaque: int = value(250, "alpha", STANDARD, "from which a pixel of a template counts")
    gray_enough: float = value(6.0, "levels", FITTED, "of deviation in gray that show a template")


@dataclass(frozen=True)
class RefineTuning:
    """The exact place and scale."""

    climb: int = value(8, "count", COST, "of steps from one scale to a better one")
    fails: int = value(2, "count", COST, "of steps without success that end it")
    smallest: int = value(4, "px", GEOMETRY, "below which a template is not shrunk")


@dataclass(frozen=True)
class CorrelationTuning:
    """How correlations are computed."""

    bytes: int = value(30_000, "pixels", COST, "whose squares OpenCV sums in an integer")
    peak: int = value(127, "of 255", FITTED, "of the highest peak; lower ones are none")
    few_places: int = value(49, "count", COST, "that are multiplied one by one")
    short: int = value(10_000, "pixels", COST, "from which a product would start threads")
    summed: int = value(200, "count", COST, "of places whose windows are summed from the corner")
    floor: float = value(16.0, "levels²", FITTED, "of variance below which a window shows nothing")


@dataclass(frozen=True)
class StructureTuning:
    """Whether a place is the template, window by window."""

    reach: int = value(2, "px", GEOMETRY, "by which glyphs may be set aside")
    window: int = value(9, "px", GEOMETRY, "side: less than a letter and its neighbours")
    soft: float = value(0.7, "px", FITTED, "of the blur that makes antialiasing comparable")
    flat: float = value(80.0, "levels²", FITTED, "of variance above which a window shows something")
    faintest: float = value(3.0, "levels²", FITTED, "below which a template is flat")
    worst: int = value(16, "pixels", FITTED, "at most that are skipped as outliers")
    worst_share: float = value(0.02, "share", FITTED, "of the pixels that are skipped as outliers")
    fewest: int = value(5, "windows", GEOMETRY, "that must show something")
    neighbourhood: float = value(5.0, "px", FITTED, "of areas that are light on dark, or reversed")
    unlike: float = value(0.3, "agreement", FITTED, "of windows without hope")
    mostly_unlike: float = value(0.35, "share", FITTED, "of such windows: the place is hopeless")
    equal: float = value(0.98, "agreement", COST, "that no shift needs to improve")
    most_gain: float = value(8.0, "times", FITTED, "between the contrasts of two themes")
    doubtful: float = value(0.1, "agreement", COST, "below which nothing else is tried")
    settled: float = value(0.8, "agreement", COST, "above which nothing else is tried")
    outline_share: float = value(0.25, "share", FITTED, "of the variance that outlines have")


@dataclass(frozen=True)
class LineTuning:
    """Underlines and borders, which browsers round on their own."""

    length: int = value(20, "px", GEOMETRY, "at least: longer than the bars of letters")
    thin: int = value(7, "px", GEOMETRY, "that a line is thinner than, however resampled")
    strong: float = value(0.3, "share", FITTED, "of the picture's range of levels")
    alone: float = value(0.1, "share", FITTED, "of the lines that the other picture need not have")


SEARCH = SearchTuning()
CONFIDENCE_SCALE = ConfidenceTuning()
PLANES = PlaneTuning()
REFINE = RefineTuning()
CORRELATION = CorrelationTuning()
STRUCTURE = StructureTuning()
LINES = LineTuning()
STAGES = (SEARCH, CONFIDENCE_SCALE, PLANES, REFINE, CORRELATION, STRUCTURE, LINES)
"""All of them, for those who list or vary the values."""
