"""From shots to a proposal: how quiet, which limits, what is then still found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_visualdiff.calibrate import propose
from pytest_visualdiff.calibrate.detection import curves, quiet
from pytest_visualdiff.calibrate.values import Judged, Outcome, Quiet, Study
from pytest_visualdiff.comparison import Limits
from pytest_visualdiff.options.strictness import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_visualdiff.calibrate.values import Curve, Seen, Spot

Masks = tuple[tuple["Spot", ...], ...]


def study(
    target: str,
    seen: Sequence[Seen],
    present: Limits,
    say: Callable[[str], None] = lambda _text: None,
) -> Study:
    """One proposal for all series, and what is found under the present and the proposed limits.

    ``say`` is told what is going on. Raises ``NothingCompared`` where masks leave no pixel.
    """
    bench = _Bench(tuple(seen), say)
    outcome, chosen, masks = _proposal(bench, present)
    notes = _notes(seen)
    judged = tuple(
        Judged(
            one,
            present=bench.quiet(at, present, ()),
            proposed=bench.quiet(at, chosen, masks[at]),
            masks=masks[at],
            present_curves=bench.curves(at, present, ()),
            proposed_curves=bench.curves(at, chosen, masks[at]),
        )
        for at, one in enumerate(seen)
    )
    return Study(target, present, chosen, outcome, judged, notes, _levels(bench, masks))


@dataclass(frozen=True, eq=False)
class _Bench:
    """Asks the engine, and never twice the same."""

    seen: tuple[Seen, ...]
    say: Callable[[str], None]
    _quiet: dict[object, Quiet] = field(default_factory=dict)
    _curves: dict[object, tuple[Curve, ...]] = field(default_factory=dict)

    @property
    def bare(self) -> Masks:
        """No masks for any of the series."""
        return tuple(() for _ in self.seen)

    def quiet(self, at: int, limits: Limits, masks: tuple[Spot, ...], enough: float = 0.0) -> Quiet:
        """One series under limits and masks; see ``detect.quiet``."""
        known = self._quiet.get((at, limits, masks, 0.0))
        key = at, limits, masks, enough
        if known is None and key not in self._quiet:
            self.say(f"comparing the shots at threshold {limits.threshold:g}")
            boxes = [propose.area_of(spot) for spot in masks]
            self._quiet[key] = quiet(self.seen[at].series, limits, boxes, enough)
        return known or self._quiet[key]

    def curves(self, at: int, limits: Limits, masks: tuple[Spot, ...]) -> tuple[Curve, ...]:
        """What is found of planted changes in one series."""
        key = at, limits, masks
        if key not in self._curves:
            self.say(f"planting changes, judged at threshold {limits.threshold:g}")
            boxes = [propose.area_of(spot) for spot in masks]
            self._curves[key] = curves(self.seen[at], limits, boxes)
        return self._curves[key]

    def worst(self, limits: Limits, masks: Masks) -> Quiet:
        """The least quiet of all series."""
        found = [self.quiet(at, limits, masks[at]) for at in range(len(self.seen))]
        return Quiet(sum(q.differing for q in found), min(q.confidence for q in found))

    def hold(self, limits: Limits, masks: Masks) -> bool:
        """Whether all series are quiet with a margin; does not look further than it must."""
        enough = propose.needed(limits)
        return all(
            propose.is_quiet(self.quiet(at, limits, masks[at], enough), limits)
            for at in range(len(self.seen))
        )

    def blindness(self, limits: Limits, masks: Masks) -> float:
        """Over all series."""
        found = [
            propose.blindness(self.curves(at, limits, masks[at]), limits)
            for at in range(len(self.seen))
        ]
        return sum(found) / len(found)


def _proposal(bench: _Bench, present: Limits) -> tuple[Outcome, Limits, Masks]:
    bare = bench.bare
    if all(len(one.series.distinct) == 1 for one in bench.seen):
        return Outcome.STABLE, present, bare
    if bench.hold(present, bare):
        return Outcome.QUIET, present, bare
    limits = _limits(bench, present, bare)
    if limits is not None:
        return Outcome.LIMITS, limits, bare
    return _masked(bench, present)


def _limits(bench: _Bench, present: Limits, masks: Masks) -> Limits | None:
    """Of the limits that are quiet, those that notice most; None where there are none."""
    widest = propose.widest(present)
    if not bench.hold(widest, masks):  # then no lower threshold does, and each takes its time
        return None
    found = propose.candidates(present, lambda limits: bench.worst(limits, masks))
    ends = dict.fromkeys([*found[:1], *found[-1:]])
    return min(ends, key=lambda limits: bench.blindness(limits, masks), default=None)


def _masked(bench: _Bench, present: Limits) -> tuple[Outcome, Limits, Masks]:
    widest = propose.widest(present)
    # First as few masks as can be: only what the widest limits cannot hold.
    for reporting in (widest, present):
        masks = tuple(
            propose.to_mask(one.noise.spots, bench.quiet(at, reporting, ()).boxes)
            for at, one in enumerate(bench.seen)
        )
        if _leave_enough(bench, masks):
            limits = _limits(bench, present, masks)
            if limits is not None:
                return Outcome.MASKS, limits, masks
    return Outcome.UNSTABLE, present, bench.bare


def _levels(bench: _Bench, masks: Masks) -> tuple[str, ...]:
    """The named levels of strictness at which everything is quiet, the strictest first."""
    levels = {name: Limits(**level.values()) for name, level in LEVELS.items()}
    return tuple(name for name, limits in levels.items() if bench.hold(limits, masks))


def _leave_enough(bench: _Bench, masks: Masks) -> bool:
    for one, spots in zip(bench.seen, masks, strict=True):
        width, height = one.series.sizes[0]
        boxes = [propose.area_of(spot) for spot in spots]
        if propose.covered(boxes, width * height) > propose.MOST_MASKED:
            return False
    return any(masks)


def _notes(seen: Sequence[Seen]) -> tuple[str, ...]:
    return tuple(
        f"{one.series.title}: the size of the picture varies: "
        + ", ".join(f"{width}x{height}" for width, height in one.series.sizes)
        + "; no limit and no mask can hold that"
        for one in seen
        if len(one.series.sizes) > 1
    )
