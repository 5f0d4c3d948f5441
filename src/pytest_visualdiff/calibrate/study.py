"""From shots to a proposal: how noisy the page is, which limits fit, what is still found."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pytest_visualdiff.calibrate.detection import curves, quiet
from pytest_visualdiff.calibrate.study_values import NoiseVerdict, Outcome, SeriesResult, Study
from pytest_visualdiff.comparison import Limits
from pytest_visualdiff.options.strictness import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pytest_visualdiff.calibrate.study_values import Curve, MeasuredSeries, Spot
    from pytest_visualdiff.model import Box

Masks = tuple[tuple["Spot", ...], ...]


def study(
    target: str,
    seen: Sequence[MeasuredSeries],
    present: Limits,
    say: Callable[[str], None] = lambda _text: None,
) -> Study:
    """One proposal for all series, and what is found under the present and the proposed limits.

    ``say`` receives progress messages. Raises ``NothingCompared`` if masks leave no pixel.
    """
    engine = _CachedEngine(tuple(seen), say)
    outcome, chosen, masks = _proposal(engine, present)
    notes = _notes(seen)
    judged = tuple(
        SeriesResult(
            one,
            present=engine.quiet(at, present, ()),
            proposed=engine.quiet(at, chosen, masks[at]),
            masks=masks[at],
            present_curves=engine.curves(at, present, ()),
            proposed_curves=engine.curves(at, chosen, masks[at]),
        )
        for at, one in enumerate(seen)
    )
    return Study(target, present, chosen, outcome, judged, notes, _levels(engine, masks))


@dataclass(frozen=True, eq=False)
class _CachedEngine:
    """The engine, with all its answers remembered."""

    seen: tuple[MeasuredSeries, ...]
    say: Callable[[str], None]
    _quiet: dict[object, NoiseVerdict] = field(default_factory=dict)
    _curves: dict[object, tuple[Curve, ...]] = field(default_factory=dict)

    @property
    def bare(self) -> Masks:
        """No masks for any of the series."""
        return tuple(() for _ in self.seen)

    def quiet(
        self, at: int, limits: Limits, masks: tuple[Spot, ...], enough: float = 0.0
    ) -> NoiseVerdict:
        """One series under limits and masks; see ``detection.quiet``."""
        known = self._quiet.get((at, limits, masks, 0.0))
        key = at, limits, masks, enough
        if known is None and key not in self._quiet:
            self.say(f"comparing the shots at threshold {limits.threshold:g}")
            boxes = [area_of(spot) for spot in masks]
            self._quiet[key] = quiet(self.seen[at].series, limits, boxes, enough)
        return known or self._quiet[key]

    def curves(self, at: int, limits: Limits, masks: tuple[Spot, ...]) -> tuple[Curve, ...]:
        """Which planted changes are found in one series; see ``detection.curves``."""
        key = at, limits, masks
        if key not in self._curves:
            self.say(f"planting changes, judged at threshold {limits.threshold:g}")
            boxes = [area_of(spot) for spot in masks]
            self._curves[key] = curves(self.seen[at], limits, boxes)
        return self._curves[key]

    def worst(self, limits: Limits, masks: Masks) -> NoiseVerdict:
        """The least quiet of all series."""
        verdicts = [self.quiet(at, limits, masks[at]) for at in range(len(self.seen))]
        differing = sum(verdict.differing for verdict in verdicts)
        return NoiseVerdict(differing, min(verdict.confidence for verdict in verdicts))

    def hold(self, limits: Limits, masks: Masks) -> bool:
        """Whether all series are quiet with a margin; stops at the first that is not."""
        enough = needed(limits)
        return all(
            tolerates_noise(self.quiet(at, limits, masks[at], enough), limits)
            for at in range(len(self.seen))
        )

    def sensitivity_loss(self, limits: Limits, masks: Masks) -> float:
        """The mean sensitivity loss of all series."""
        losses = [
            sensitivity_loss(self.curves(at, limits, masks[at]), limits)
            for at in range(len(self.seen))
        ]
        return sum(losses) / len(losses)


def _proposal(engine: _CachedEngine, present: Limits) -> tuple[Outcome, Limits, Masks]:
    bare = engine.bare
    if all(len(one.series.distinct) == 1 for one in engine.seen):
        return Outcome.STABLE, present, bare
    if engine.hold(present, bare):
        return Outcome.QUIET, present, bare
    limits = _limits(engine, present, bare)
    if limits is not None:
        return Outcome.LIMITS, limits, bare
    return _masked(engine, present)


def _limits(engine: _CachedEngine, present: Limits, masks: Masks) -> Limits | None:
    """Of the limits under which the page is quiet, the most sensitive ones; None if none are."""
    loosest = widest(present)
    if not engine.hold(loosest, masks):  # then no lower threshold does, and trying each takes long
        return None
    fitting = candidates(present, lambda limits: engine.worst(limits, masks))
    ends = dict.fromkeys([*fitting[:1], *fitting[-1:]])
    return min(ends, key=lambda limits: engine.sensitivity_loss(limits, masks), default=None)


def _masked(engine: _CachedEngine, present: Limits) -> tuple[Outcome, Limits, Masks]:
    loosest = widest(present)
    # First the fewest masks: only the spots that the widest limits do not tolerate.
    for reporting in (loosest, present):
        masks = tuple(
            to_mask(one.noise.spots, engine.quiet(at, reporting, ()).boxes)
            for at, one in enumerate(engine.seen)
        )
        if _leave_enough(engine, masks):
            limits = _limits(engine, present, masks)
            if limits is not None:
                return Outcome.MASKS, limits, masks
    return Outcome.UNSTABLE, present, engine.bare


def _levels(engine: _CachedEngine, masks: Masks) -> tuple[str, ...]:
    """The named levels of strictness at which everything is quiet, the strictest first."""
    levels = {name: Limits(**level.values()) for name, level in LEVELS.items()}
    return tuple(name for name, limits in levels.items() if engine.hold(limits, masks))


def _leave_enough(engine: _CachedEngine, masks: Masks) -> bool:
    for one, spots in zip(engine.seen, masks, strict=True):
        width, height = one.series.sizes[0]
        boxes = [area_of(spot) for spot in spots]
        if covered(boxes, width * height) > MOST_MASKED:
            return False
    return any(masks)


def _notes(seen: Sequence[MeasuredSeries]) -> tuple[str, ...]:
    return tuple(
        f"{one.series.title}: the size of the picture varies: "
        + ", ".join(f"{width}x{height}" for width, height in one.series.sizes)
        + "; no limit and no mask can hold that"
        for one in seen
        if len(one.series.sizes) > 1
    )


MARGIN = 2.0
"""Noise may consume at most 1/``MARGIN`` of (1 - ``confidence``)."""


THRESHOLDS = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0)
"""Thresholds above the present one that are tried, in CIEDE2000 units. With a higher one another
shade of a button would go unnoticed."""


LEAST_CONFIDENCE = 0.7
"""With a lower required confidence a missing letter would go unnoticed."""


MOST_MASKED = 0.5
"""Share of the picture. If more than that flickers, masks leave too little to compare."""


def needed(limits: Limits) -> float:
    """The confidence that pairs of shots must have: that of the limits, with a margin."""
    return 1 - (1 - limits.confidence) / MARGIN


def tolerates_noise(quiet: NoiseVerdict, limits: Limits) -> bool:
    """Whether no pair is a difference, with a margin."""
    return not quiet.differing and quiet.confidence >= needed(limits)


def widest(present: Limits) -> Limits:
    """The most lenient limits that may be proposed."""
    return replace(
        present,
        threshold=max(present.threshold, THRESHOLDS[-1]),
        confidence=min(present.confidence, LEAST_CONFIDENCE),
    )


def candidates(present: Limits, judge: Callable[[Limits], NoiseVerdict]) -> list[Limits]:
    """Limits under which the unchanged page is quiet, from the lowest threshold to the highest.

    Each has the highest confidence under which the page is quiet at its threshold. The list ends
    with the first threshold for which the present confidence is enough.
    """
    found: list[Limits] = []
    for threshold in _thresholds(present):
        tried = replace(present, threshold=threshold)
        confidence = _required(judge(tried).confidence, present.confidence)
        if confidence >= min(LEAST_CONFIDENCE, present.confidence):
            fitting = replace(tried, confidence=confidence)
            if tolerates_noise(judge(fitting), fitting):
                found.append(fitting)
        if confidence >= present.confidence:
            break
    return found


def _thresholds(present: Limits) -> list[float]:
    return [present.threshold, *(higher for higher in THRESHOLDS if higher > present.threshold)]


def _required(lowest: float, present: float) -> float:
    """The highest confidence (at most the present one) that noise of ``lowest`` stays far above."""
    return min(present, math.floor((1 - MARGIN * (1 - lowest)) * 1000 + 1e-9) / 1000)


def sensitivity_loss(curves: Sequence[Curve], limits: Limits) -> float:
    """Mean logarithm of the smallest strengths that are found: lower is better."""
    found = [
        math.log(min(strength, 2 * curve.strengths[-1]))
        for curve in curves
        for strength in curve.smallest(limits.confidence)
    ]
    return sum(found) / len(found) if found else 0.0


def to_mask(spots: Iterable[Spot], reported: Sequence[Box]) -> tuple[Spot, ...]:
    """The spots in which the engine reports a difference."""
    return tuple(spot for spot in spots if any(spot.box.overlaps(box) for box in reported))


def area_of(spot: Spot) -> Box:
    """The area of a mask for a spot: the element that is drawn there, or the spot with a margin."""
    box = spot.box.grown(2)
    return box if spot.element is None else spot.element


def covered(boxes: Iterable[Box], pixels: int) -> float:
    """Upper bound of the share of a picture that masks cover."""
    return sum(box.area for box in boxes) / pixels
