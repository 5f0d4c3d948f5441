"""Every number that the comparison was tuned by, with its unit, its origin and its meaning.

There is one frozen dataclass for each stage, in the order of the pipeline, and one instance of
each, which the stage imports. A row reads ``name = value(default, unit, origin, meaning)``.

The origins:

* ``STANDARD``: a published formula, filter or format; the module that uses it names the source.
* ``FITTED``: chosen on the training pages (``tuning`` and ``templates`` of research/detection),
  where it separates changes from rendering noise best.
* ``GEOMETRY``: follows from the size of glyphs, pixels or blocks; checked on the training pages.
* ``COST``: how much work is done; another value gives the same verdicts, sooner or later.

``research/sensitivity.py`` measures how much each value matters; docs/tuning.md has the table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

STANDARD = "standard"
FITTED = "fitted"
GEOMETRY = "geometry"
COST = "cost"

_T = TypeVar("_T")


def value(default: _T, unit: str, origin: str, meaning: str) -> _T:
    """Define one row; its unit, origin and meaning are kept as metadata of the field."""
    metadata = {"unit": unit, "origin": origin, "meaning": meaning}
    row: _T = field(default=default, metadata=metadata)
    return row


def told(number: object) -> str:
    """A value as the docs show it."""
    if isinstance(number, tuple):
        return "×".join(map(str, number))
    return f"{number:.4g}" if isinstance(number, float) else str(number)


@dataclass(frozen=True)
class EvidenceTuning:
    """The scale of evidence: ``confidence = exp(-evidence / patience)``.

    Evidence is the sum of weight times excess over a window. Excess says by how much a pixel
    exceeds the threshold, in multiples of it. All values in units of evidence, and all weights,
    belong together: whoever changes ``patience`` or ``window`` has to tune them anew.
    """

    patience: float = value(100.0, "evidence", FITTED, "at which confidence has fallen to 1/e")
    window: tuple[int, int] = value(
        (15, 15), "px", GEOMETRY, "the place whose evidence decides: a letter and its neighbours"
    )
    line: tuple[int, int] = value(
        (181, 31), "px", GEOMETRY, "the line in which a faint change of many letters adds up"
    )
    line_weight: float = value(
        0.8, "weight", FITTED, "of evidence in the line that is outside of the worst window"
    )
    lost_pixel: float = value(
        100.0, "CIEDE2000", STANDARD, "of a pixel without a counterpart: black against white"
    )
    edge_weight: float = value(
        0.6, "weight", FITTED, "of an edge pixel beyond what redrawing explains; flat ones count 1"
    )
    redrawn_line_weight: float = value(
        0.15, "weight", FITTED, "of an edge pixel if its whole line was redrawn, times edge_weight"
    )
    shape_weight: float = value(
        0.75, "weight", FITTED, "of what sliding leaves, and of lost or gained ink, times its own"
    )
    step_weight: float = value(
        0.4, "evidence", FITTED, "least of a pixel whose surroundings moved by about a pixel"
    )
    blur_weight: float = value(
        0.3, "evidence", FITTED, "least of a pixel whose surroundings lost their fine structure"
    )
    slant_weight: float = value(
        0.4, "evidence", FITTED, "least of a pixel of letters that lean otherwise"
    )
    corner_weight: float = value(
        6.0, "evidence", FITTED, "least of a whole pixel of a corner that was cut off or filled"
    )
    rerendered_certain: float = value(
        0.25, "weight", FITTED, "of certain excess at edges on a page that was drawn anew"
    )
    explained_block: float = value(
        4.0, "evidence", FITTED, "of a block below which drawing it anew explains it"
    )
    fringes_worth: float = value(
        1.0, "evidence", COST, "of a window from which colour fringes are tried as an explanation"
    )


@dataclass(frozen=True)
class CostTuning:
    """How the work is divided."""

    block: int = value(32, "px", COST, "side of the blocks in which differing pixels are looked up")
    regions: int = value(50, "count", COST, "of regions that are explained one by one")
    sample: int = value(4000, "pixels", COST, "that statistics of colours look at")
    whole: float = value(
        0.6, "share", COST, "of the common box from which one piece is cheaper than several"
    )
    single_thread: int = value(
        1 << 17, "pixels", COST, "that may differ, below which one thread is faster than several"
    )


@dataclass(frozen=True)
class CanvasTuning:
    """Pictures of different sizes."""

    noise: int = value(4, "levels", FITTED, "by which pixels of equal rows may differ")
    proportional: float = value(
        0.02, "share", GEOMETRY, "by which both scales of an enlarged picture may differ"
    )
    scale_wins: float = value(
        0.5, "share", FITTED, "of the mismatch that scaling may leave, compared with bands"
    )
    resampled: float = value(
        12.0, "CIEDE2000", FITTED, "that a pixel may differ after the picture was resampled"
    )


@dataclass(frozen=True)
class UnrelatedTuning:
    """Pictures that have nothing in common."""

    step: int = value(8, "px", COST, "between samples")
    smallest: int = value(
        250_000, "pixels", COST, "of a picture; of a smaller one all are compared"
    )
    share: float = value(0.05, "share", FITTED, "of the samples that differ so strongly")
    response: float = value(
        0.15, "peak", FITTED, "of phase correlation; a page of which half moved has 0.4 and more"
    )
    reduced: int = value(4, "px", COST, "of a side that phase correlation sees as one")
    repainted: float = value(
        12.0, "levels", FITTED, "root mean square around one colour map: another theme, not page"
    )


@dataclass(frozen=True)
class FlatTuning:
    """Pixels on flat ground."""

    flat: int = value(
        8, "levels", FITTED, "that the 3x3 pixels of flat ground differ by; more is seen"
    )
    strong: int = value(24, "levels", FITTED, "that no noise, blur or antialiasing explains")
    rounding: int = value(1, "levels", STANDARD, "that converting colours may change")
    weak: float = value(
        16.0, "CIEDE2000", FITTED, "below which a pixel counts as far as its neighbours agree"
    )
    faint: float = value(
        6.0, "CIEDE2000", FITTED, "below which agreement along one row or column does not do"
    )
    company: int = value(4, "pixels", FITTED, "that changed, for a weak difference to be no noise")
    crowd: int = value(7, "px", GEOMETRY, "side of the square of neighbours that are asked")
    noise: float = value(0.7, "share", FITTED, "of agreement up to which a weak change is noise")
    change: float = value(0.9, "share", FITTED, "of agreement from which it counts in full")
    everywhere: float = value(0.5, "share", GEOMETRY, "of a picture that a faint change is told of")
    ringing: int = value(
        17, "px", STANDARD, "around an edge in which JPEG may ring: a block of 8 to each side"
    )


@dataclass(frozen=True)
class EdgeTuning:
    """Pixels at edges: what drawing the same shape anew may change."""

    line: tuple[int, int] = value(
        (59, 31), "px", GEOMETRY, "that tell whether all of the text around was redrawn"
    )
    alone: float = value(
        0.15, "share", FITTED, "of what is drawn in the line that changed: a letter alone"
    )
    redrawn: float = value(0.35, "share", FITTED, "the same: the whole line was redrawn")
    reach: float = value(
        0.7, "share", FITTED, "of the way to a neighbour's value that a pixel may have gone"
    )
    blur: float = value(0.7, "px", FITTED, "standard deviation of the blur before comparing")
    fringe: int = value(3, "px", STANDARD, "across which sub-pixel rendering spreads colours")
    strong: float = value(24.0, "CIE76", FITTED, "contrast at which the limit is the threshold")
    faintest: float = value(0.35, "share", FITTED, "of the threshold at the faintest edges")
    strongest: float = value(1.7, "share", FITTED, "of the threshold at the strongest edges")
    alike: float = value(2.0, "limits", FITTED, "that the same shape, slid into place, may leave")
    unlike: float = value(3.0, "limits", FITTED, "beyond which more of it says nothing more")
    one_sided: float = value(
        0.78, "share", FITTED, "of a change in one direction: ink was lost or gained"
    )
    recoloured: float = value(0.96, "share", FITTED, "the same: all of it has another colour")
    recoloured_times: float = value(1.5, "times", FITTED, "that such a change counts")
    same_extreme: int = value(
        4, "levels", FITTED, "by which the darkest and brightest places around may differ"
    )


@dataclass(frozen=True)
class FringeTuning:
    """Colour fringes of sub-pixel rendering."""

    doubt: float = value(
        0.25, "weight", FITTED, "of what an explanation leaves: no two fringe filters are the same"
    )
    colourful: float = value(
        0.3, "share", FITTED, "of the change that is of one channel and not of the next"
    )
    shift: float = value(
        0.6, "share", GEOMETRY, "of the contrast that a third of a pixel changes a channel by"
    )
    visible: float = value(0.1, "share", FITTED, "the same on average, below which nothing has any")
    strong: int = value(
        3, "pixels", FITTED, "beyond that shift, from which a place is something else"
    )
    untouched: int = value(1, "levels", FITTED, "that the middle channel of a fringe changes by")
    sample: int = value(64, "px", COST, "side of the parts that are tried first")
    samples: int = value(8, "count", COST, "of such parts")
    helpful: float = value(0.1, "share", COST, "of the pixels that a fringe has to explain there")


@dataclass(frozen=True)
class SubpixelTuning:
    """A place that slid by a fraction of a pixel."""

    farthest: float = value(0.66, "px", FITTED, "that something drawn anew may be elsewhere")
    gone: float = value(0.95, "px", GEOMETRY, "from which a place that fits there has moved")
    fits: float = value(0.15, "share", FITTED, "of the squared difference that fitting may leave")
    rounds: int = value(2, "count", COST, "of the registration")
    slack: float = value(169.0, "CIE76²", FITTED, "per place, which keeps flat ground in place")


@dataclass(frozen=True)
class BlurTuning:
    """A place that became softer, or sharper."""

    fine: float = value(1.0, "px", GEOMETRY, "standard deviation of the blur that removes detail")
    structure: float = value(
        13.0, "levels²", FITTED, "a pixel, on average, from which a place has any detail"
    )
    changed: float = value(0.3, "share", FITTED, "of a place that must have changed")
    little: float = value(0.2, "share", FITTED, "of the detail that is left where it is blurred")
    enough: float = value(0.35, "share", FITTED, "of the detail that is left where it is not")


@dataclass(frozen=True)
class OutlineTuning:
    """Letters that lean otherwise, and corners made square or round."""

    line: tuple[int, int] = value((25, 11), "px", GEOMETRY, "the place of a slant: some letters")
    slant: float = value(0.15, "ratio", FITTED, "least step across for each row; italics have 0.2")
    steepest: float = value(0.6, "ratio", GEOMETRY, "above which letters do not lean")
    spread: float = value(1.5, "px", GEOMETRY, "least height over which a slant can be seen")
    explained: float = value(0.4, "share", FITTED, "that the slant explains of what no slide does")
    slanted: int = value(24, "pixels", FITTED, "that lean in a place: two letters of 11 px")
    corner: int = value(5, "px", GEOMETRY, "side of the place of a corner")
    turned: float = value(0.75, "share", FITTED, "of the contrast that the pixel in it changed by")
    one_sided: float = value(0.9, "share", FITTED, "of the change in it that goes one way")
    around: int = value(11, "px", GEOMETRY, "side of what is near a corner")
    confined: float = value(0.6, "share", FITTED, "of the change near it that is in the corner")
    area: float = value(1.6, "pixels", FITTED, "of full contrast in it: 1.9 of a radius of 3 px")
    same: float = value(0.25, "share", FITTED, "of the contrast by which its neighbours differ")
    alone: float = value(0.95, "share", FITTED, "of the weight of a line that stayed as it was")
    faintest: int = value(12, "levels", FITTED, "contrast below which shares say nothing")


@dataclass(frozen=True)
class RerenderTuning:
    """A page that was drawn anew as a whole."""

    changed: int = value(10, "pixels", FITTED, "of edges that make a block a changed one")
    blocks: int = value(16, "blocks", FITTED, "explained: certain; half as many: not possible")
    cells: int = value(
        4, "count", GEOMETRY, "along each side of the picture; the explained ones fill no one row"
    )
    share_possible: float = value(0.6, "share", FITTED, "of explained blocks: possible")
    share_certain: float = value(0.75, "share", FITTED, "of explained blocks: certain")


@dataclass(frozen=True)
class RegionTuning:
    """Pixels that belong together."""

    gap: int = value(3, "px", GEOMETRY, "a pixel reaches out, so that a word is one region")
    most: int = value(300, "count", COST, "of regions; with more of them the reach is doubled")
    hollow: float = value(0.1, "share", FITTED, "of its box that a frame fills at most")
    hollow_side: int = value(64, "px", FITTED, "smaller frames are one thing with their content")


@dataclass(frozen=True)
class BackgroundTuning:
    """Whether a region shows only what is around it."""

    ring: int = value(3, "px", GEOMETRY, "around a region that tell what its background is")
    levels: int = value(10, "levels", FITTED, "by which a pixel of the background may differ")
    mostly: float = value(0.87, "share", FITTED, "of the ring: all but a little is background")
    partly: float = value(0.5, "share", GEOMETRY, "of the ring: one side of an edge")
    plain: float = value(0.95, "share", FITTED, "of a region that must be background")


@dataclass(frozen=True)
class CaretTuning:
    """A text caret that blinks."""

    most: int = value(2, "count", GEOMETRY, "of carets: one in each picture")
    widest: int = value(2, "px", GEOMETRY, "a caret is wide")
    lowest: int = value(14, "px", GEOMETRY, "a caret is high; a lower one may be an l")
    highest: int = value(36, "px", GEOMETRY, "a caret is high; a higher one may be a rule")
    solid: float = value(0.9, "share", FITTED, "of its box that a caret fills")
    contrast: float = value(30.0, "CIEDE2000", FITTED, "between a caret and its background")


@dataclass(frozen=True)
class MoveTuning:
    """Things that moved: offsets are proposed, then verified on the registered pixels."""

    registered: int = value(16, "count", COST, "of regions that are searched elsewhere")
    offsets: int = value(10, "count", COST, "of offsets that are verified")
    few: int = value(6, "pixels", GEOMETRY, "that are found everywhere")
    slack: float = value(12.0, "levels", FITTED, "a redrawn pixel may differ while proposing")
    support: float = value(0.6, "share", FITTED, "of a region that must agree with an offset")
    left_changed: float = value(0.25, "share", FITTED, "of the evidence a move may leave")
    left_static: float = value(0.02, "share", FITTED, "the same among pixels that did not change")
    neighbour: int = value(80, "px", GEOMETRY, "between regions that are tried as one thing")
    context: int = value(4, "px", GEOMETRY, "around a moved box that tell what its edges are")
    tile: int = value(96, "px", COST, "side; larger patches are searched by their richest tiles")
    flat: float = value(2.0, "levels", FITTED, "standard deviation of what cannot be recognised")
    equal: float = value(0.5, "levels²", FITTED, "a pixel, by which two places fit equally well")
    votes: int = value(3, "rows", FITTED, "that must agree on an offset")
    repeated: int = value(4, "lines", GEOMETRY, "that are equal; more of them tell nothing")
    least_fraction: float = value(1 / 6, "px", FITTED, "that is told")


@dataclass(frozen=True)
class DiagnosisTuning:
    """What happened to a region."""

    context: int = value(16, "px", GEOMETRY, "around a region that an explanation looks at")
    few: int = value(12, "pixels", GEOMETRY, "that any colour map fits")
    recoloured: float = value(6.0, "levels", FITTED, "root mean square around one colour map")
    worst_colour: float = value(99.0, "per cent", FITTED, "of the pixels the worst ΔE covers")
    surroundings: int = value(6, "px", GEOMETRY, "around a region in which a thing must end")
    largest: int = value(400_000, "pixels", COST, "of a region that is tried at another size")
    smallest: int = value(6, "px", GEOMETRY, "of each side of such a thing")
    growth: int = value(2, "px", GEOMETRY, "less may be an edge that was drawn anew")
    most_scale: float = value(2.0, "times", GEOMETRY, "the size a thing may have now, or before")
    resized_structure: float = value(
        0.75, "correlation", FITTED, "in nearly the worst window, that a resized thing keeps"
    )
    structure: float = value(
        200.0, "levels²", FITTED, "of variance from which a window shows something"
    )
    structure_window: int = value(11, "px", GEOMETRY, "side: about a letter")
    structure_worst: float = value(5.0, "per cent", FITTED, "of the windows that may agree less")
    opacity_share: float = value(0.8, "share", GEOMETRY, "of a region whose opacity changed")
    resized_left: float = value(0.3, "share", FITTED, "of the evidence that resampling may leave")


EVIDENCE = EvidenceTuning()
WORK = CostTuning()
CANVAS = CanvasTuning()
UNRELATED = UnrelatedTuning()
FLAT = FlatTuning()
EDGES = EdgeTuning()
FRINGES = FringeTuning()
SUBPIXEL = SubpixelTuning()
BLUR = BlurTuning()
OUTLINE = OutlineTuning()
RERENDER = RerenderTuning()
REGIONS = RegionTuning()
BACKGROUND = BackgroundTuning()
CARET = CaretTuning()
MOVES = MoveTuning()
DIAGNOSIS = DiagnosisTuning()

STAGES = (
    *(EVIDENCE, WORK, CANVAS, UNRELATED, FLAT, EDGES, FRINGES, SUBPIXEL, BLUR, OUTLINE, RERENDER),
    *(REGIONS, BACKGROUND, CARET, MOVES, DIAGNOSIS),
)
"""All of them, for those who list or vary the values."""
