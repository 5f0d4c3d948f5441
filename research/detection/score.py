"""The arithmetic of the table and the plots: pure functions of cases and answers."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean, median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from research.detection.cases import Case
    from research.harness.engine import Answer
    from research.harness.places import Rectangle

MARGIN = 8
"""Pixels around the affected area that still count as the right place."""

_SMALLEST = 1e-12


@dataclass(frozen=True)
class Outcome:
    """One case and what an engine answered."""

    case: Case
    answer: Answer

    @property
    def alarmed(self) -> bool:
        """Whether the engine says that the pictures differ."""
        return not self.answer.same

    @property
    def right(self) -> bool:
        """Whether the verdict is the wanted one."""
        return self.alarmed == self.case.mutated


@dataclass(frozen=True)
class Summary:
    """One engine over many cases; shares in [0, 1], NaN where there is nothing to count."""

    mutations: int
    benign: int
    recall: float
    alarms: float
    """Share of the benign pairs that raised an alarm."""
    visible_alarms: float
    """The same over benign pairs with at least one differing pixel."""
    precision: float
    balanced: float
    """Mean of recall and of the share of benign pairs left in peace."""
    auc: float
    hit: float
    """Share of the mutations with a reported box on what was mutated; NaN without places."""
    boxes_hit: float
    """Share of all true boxes, old and new places apart, with a reported box on them."""
    elsewhere: float
    """Reported area outside the affected one; mean over the detected mutations."""
    milliseconds: float
    slow_milliseconds: float
    """95th percentile."""
    failures: int


def summarise(outcomes: Sequence[Outcome], times: Sequence[float] | None = None) -> Summary:
    """Count everything the main table shows of one engine; its milliseconds may be given."""
    mutated = [outcome for outcome in outcomes if outcome.case.mutated]
    benign = [outcome for outcome in outcomes if not outcome.case.mutated]
    answered = (o.answer.milliseconds for o in outcomes if not o.answer.failed)
    ordered = sorted(times or answered)
    recall, alarms = alarm_share(mutated), alarm_share(benign)
    return Summary(
        mutations=len(mutated),
        benign=len(benign),
        recall=recall,
        alarms=alarms,
        visible_alarms=alarm_share([o for o in benign if o.case.pixels]),
        precision=precision(outcomes),
        balanced=(recall + 1 - alarms) / 2,
        auc=auc([o.answer.score for o in mutated], [o.answer.score for o in benign]),
        hit=hit_share(mutated),
        boxes_hit=boxes_hit_share(mutated),
        elsewhere=elsewhere_share(mutated),
        milliseconds=median(ordered) if ordered else math.nan,
        slow_milliseconds=percentile(ordered, 0.95),
        failures=sum(o.answer.failed for o in outcomes),
    )


def alarm_share(outcomes: Sequence[Outcome]) -> float:
    """Share of the pairs called different: recall of mutations, false-alarm rate of the rest."""
    return mean(o.alarmed for o in outcomes) if outcomes else math.nan


def precision(outcomes: Iterable[Outcome]) -> float:
    """Share of the alarms that are mutations; depends on the mix of the cases."""
    alarmed = [outcome.case.mutated for outcome in outcomes if outcome.alarmed]
    return mean(alarmed) if alarmed else math.nan


def auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Area under the ROC curve: how often a mutation outranks a benign pair, ties count half.

    This is the Mann-Whitney statistic divided by the number of couples.
    """
    if not positive or not negative:
        return math.nan
    ranks = sorted(negative)
    wins = sum(bisect_left(ranks, one) + bisect_right(ranks, one) for one in positive)
    return wins / (2 * len(positive) * len(negative))


def roc(positive: Sequence[float], negative: Sequence[float]) -> list[tuple[float, float]]:
    """False-alarm rate and recall for every limit of the score, from (0, 0) to (1, 1)."""
    up, down = sorted(positive), sorted(negative)
    limits = sorted({*up, *down}, reverse=True)
    points = [
        (1 - bisect_left(down, limit) / len(down), 1 - bisect_left(up, limit) / len(up))
        for limit in limits
    ]
    return [(0.0, 0.0), *points]


def percentile(ordered: Sequence[float], share: float) -> float:
    """Smallest value that at least this share of the ordered values does not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan


def grouped(
    outcomes: Iterable[Outcome], key: Callable[[Case], Hashable]
) -> dict[Hashable, list[Outcome]]:
    """Outcomes by a property of their case, ordered by that property."""
    groups: dict[Hashable, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[key(outcome.case)].append(outcome)
    return dict(sorted(groups.items(), key=lambda item: str(item[0])))


# --- places ---------------------------------------------------------------------------------


def overlap(one: Rectangle, other: Rectangle) -> bool:
    """Whether two rectangles share a pixel."""
    return all(
        one[axis] < other[axis] + other[axis + 2] and other[axis] < one[axis] + one[axis + 2]
        for axis in (0, 1)
    )


def hit(outcome: Outcome) -> bool:
    """Whether a reported box lies on what was mutated, at its old or its new place."""
    boxes = outcome.answer.boxes or ()
    return any(overlap(box, true) for box in boxes for true in outcome.case.truth)


def hit_share(mutated: Sequence[Outcome]) -> float:
    """Share of the mutations that were hit: a missed one is not."""
    placed = [outcome for outcome in mutated if _names_places(mutated) and outcome.case.truth]
    return mean(map(hit, placed)) if placed else math.nan


def boxes_hit_share(mutated: Sequence[Outcome]) -> float:
    """Share of the true boxes with a reported box on them, each counted by itself."""
    if not _names_places(mutated):
        return math.nan
    hits = [
        any(overlap(box, true) for box in outcome.answer.boxes or ())
        for outcome in mutated
        for true in outcome.case.truth
    ]
    return mean(hits) if hits else math.nan


def _names_places(outcomes: Sequence[Outcome]) -> bool:
    return any(outcome.answer.boxes is not None for outcome in outcomes)


def elsewhere_share(mutated: Sequence[Outcome], margin: int = MARGIN) -> float:
    """Mean of ``elsewhere`` over the detected mutations whose boxes are known."""
    shares = [elsewhere(o, margin) for o in mutated if o.alarmed and o.answer.boxes]
    return mean(shares) if shares else math.nan


def elsewhere(outcome: Outcome, margin: int = MARGIN) -> float:
    """Share of the reported boxes' union that lies outside the affected area, grown by a margin."""
    reported = [box for box in outcome.answer.boxes or () if box[2] > 0 and box[3] > 0]
    right = [grown(box, margin) for box in (*outcome.case.affected, *outcome.case.truth)]
    total = union_area(reported)
    return (union_area([*reported, *right]) - union_area(right)) / total if total else 0.0


def grown(box: Rectangle, margin: int) -> Rectangle:
    """The rectangle with a margin on each side."""
    return box[0] - margin, box[1] - margin, box[2] + 2 * margin, box[3] + 2 * margin


def union_area(boxes: Sequence[Rectangle]) -> int:
    """Number of pixels covered by at least one rectangle."""
    edges = sorted({x for box in boxes for x in (box[0], box[0] + box[2])})
    return sum(
        (right - left) * _covered([box for box in boxes if box[0] <= left < box[0] + box[2]])
        for left, right in pairwise(edges)
    )


def _covered(boxes: Sequence[Rectangle]) -> int:
    """Length of the union of the rectangles' vertical extents."""
    total, reached = 0, -math.inf
    for top, bottom in sorted((box[1], box[1] + box[3]) for box in boxes):
        total += max(0, int(bottom - max(top, reached)))
        reached = max(reached, bottom)
    return total


# --- what a confidence means ----------------------------------------------------------------


@dataclass(frozen=True)
class Threshold:
    """What happens when a pair counts as the same from this confidence on."""

    confidence: float
    correct: float
    recall: float
    alarms: float

    @property
    def balanced(self) -> float:
        """Mean of recall and of the share of benign pairs left in peace."""
        return (self.recall + 1 - self.alarms) / 2


def thresholds(outcomes: Sequence[Outcome], limits: Iterable[float]) -> list[Threshold]:
    """The verdicts that each limit of the confidence would have given."""
    rated = [(o.case.mutated, o.answer.confidence) for o in outcomes]
    mutated = sorted(sure for bad, sure in rated if bad and sure is not None)
    benign = sorted(sure for bad, sure in rated if not bad and sure is not None)
    return [_threshold(mutated, benign, limit) for limit in limits]


def _threshold(mutated: Sequence[float], benign: Sequence[float], limit: float) -> Threshold:
    caught, cried = bisect_left(mutated, limit), bisect_left(benign, limit)
    return Threshold(
        limit,
        (caught + len(benign) - cried) / max(1, len(mutated) + len(benign)),
        caught / max(1, len(mutated)),
        cried / max(1, len(benign)),
    )


@dataclass(frozen=True)
class Bin:
    """Pairs of similar confidence, and how many of them are benign."""

    low: float
    high: float
    count: int
    confidence: float
    """Mean of the confidences."""
    benign: float
    """Share of benign pairs, each sort weighing the same in total."""


def calibration(outcomes: Sequence[Outcome], edges: Sequence[float]) -> list[Bin]:
    """Confidence against the share of benign pairs; the last bin includes its upper edge.

    Both sorts count the same in total, as if every second pair were a mutation.
    """
    rated = [(o.answer.confidence, o.case.mutated) for o in outcomes]
    known = [(sure, bad) for sure, bad in rated if sure is not None]
    weights = {sort: 1 / max(1, sum(bad is sort for _, bad in known)) for sort in (True, False)}
    bins = []
    for low, high in pairwise(edges):
        top = high + _SMALLEST if high == edges[-1] else high
        inside = [(sure, bad) for sure, bad in known if low <= sure < top]
        if inside:
            bins.append(_bin(low, high, inside, weights))
    return bins


def _bin(
    low: float, high: float, inside: Sequence[tuple[float, bool]], weights: dict[bool, float]
) -> Bin:
    bad = sum(weights[True] for _, mutated in inside if mutated)
    good = sum(weights[False] for _, mutated in inside if not mutated)
    return Bin(low, high, len(inside), mean(sure for sure, _ in inside), good / (good + bad))
