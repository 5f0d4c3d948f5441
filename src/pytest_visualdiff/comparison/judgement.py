"""From explanations to differences: which of them the limits tolerate, and how they are told."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_visualdiff.comparison.diff_image import Mark
from pytest_visualdiff.model import CLEARLY_DIFFERENT, Difference, Kind, limit_of
from pytest_visualdiff.text import rounded_down

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pytest_visualdiff.comparison.limits import Limits
    from pytest_visualdiff.comparison.values import Explanation
    from pytest_visualdiff.model import Box

MOST = 50
"""Differences told one by one; weaker ones are merged into one."""


class Judgement(NamedTuple):
    """Differences beyond the limits (worst first), tolerated ones, and marks to draw."""

    differences: tuple[Difference, ...]
    tolerated: tuple[Difference, ...]
    marks: tuple[Mark, ...]

    @property
    def confidence(self) -> float:
        """Confidence of the worst difference, tolerated or not; 1.0 without any."""
        everything = (*self.differences, *self.tolerated)
        return min((difference.confidence for difference in everything), default=1.0)


def judge(
    explanations: Sequence[Explanation], limits: Limits, to_expected: Callable[[Box], Box]
) -> Judgement:
    """Sort what happened into differences and what the limits tolerate."""
    ordered = sorted(explanations, key=lambda explanation: -explanation.evidence)
    beyond = [explanation for explanation in ordered if not _tolerated(explanation, limits)]
    within = [explanation for explanation in ordered if _tolerated(explanation, limits)]
    differences = [_difference(explanation, limits, to_expected) for explanation in beyond[:MOST]]
    if beyond[MOST:]:
        differences.append(_merged(beyond[MOST:]))
    tolerated = [_difference(explanation, limits, to_expected) for explanation in within[:MOST]]
    marks = [
        Mark(explanation.kind, explanation.box, _label(explanation), explanation.source)
        for explanation in beyond[:MOST]
    ]
    return Judgement(tuple(differences), tuple(tolerated), tuple(marks))


def _tolerated(explanation: Explanation, limits: Limits) -> bool:
    return _within(explanation, limits) or explanation.confidence >= limits.confidence


def _within(explanation: Explanation, limits: Limits) -> bool:
    """Whether what happened is small enough to be tolerated as such."""
    name = limit_of(explanation.kind, explanation.detail)
    allowed = getattr(limits, name)
    return name != "confidence" and 0 < allowed >= _amount(name, explanation.detail)


def _amount(name: str, detail: Mapping[str, Any]) -> float:
    """How much of what its limit bounds: pixels, relative size, or CIEDE2000 at the worst."""
    if name == "max_move":
        return math.hypot(*detail["offset"])
    if name == "max_resize":
        return float(max(abs(scale - 1) for scale in detail["scale"]))
    return float(max(detail["delta_e"], detail.get("delta_e_max", 0)))


def _difference(
    explanation: Explanation, limits: Limits, to_expected: Callable[[Box], Box]
) -> Difference:
    box = to_expected(explanation.box) if explanation.kind is Kind.MISSING else explanation.box
    if explanation.kind is Kind.SIZE and explanation.source is not None:
        box = explanation.source  # what was removed is to be seen in the expected picture only
    sure = 1.0 if _within(explanation, limits) else explanation.confidence
    detail = {**explanation.detail, "pixels": explanation.count}
    return Difference(explanation.kind, box, sure, detail, _message(explanation, limits))


def _message(explanation: Explanation, limits: Limits) -> str:
    told = _told(explanation.kind, explanation.detail)
    if told:
        return told
    confidence = rounded_down(explanation.confidence)
    if confidence == "0":
        return CLEARLY_DIFFERENT
    return f"confidence {confidence}, required {limits.confidence:g}"


def _told(kind: Kind, detail: Any) -> str:
    if kind is Kind.MOVED:
        return "by ({}, {})".format(*(f"{step:+g}" if step else "0" for step in detail["offset"]))
    if "opacity" in detail:
        return "transparency changed: opacity {:g} → {:g}".format(*detail["opacity"])
    if "scale" in detail:
        return _told_scale(*detail["scale"])
    if kind is Kind.RECOLOURED:
        return f"ΔE {detail['delta_e']:.1f}, {detail['from']} → {detail['to']}"
    return _told_size(detail) if kind is Kind.SIZE else ""


def _told_scale(across: float, down: float) -> str:
    if across == down:
        return _percent(across, "larger", "smaller")
    steps = [(across, "wider", "narrower"), (down, "taller", "shorter")]
    return ", ".join(_percent(*step) for step in steps if step[0] != 1)


def _percent(scale: float, more: str, less: str) -> str:
    change = abs(scale - 1) * 100
    number = f"{change:.0f}" if change >= 10 else f"{change:.2g}"
    return f"{number} % {more if scale > 1 else less}"


def _told_size(detail: Any) -> str:
    unit, axis = ("rows", "y") if "rows" in detail else ("columns", "x")
    extent, start = detail[unit], detail["start"]
    change = ("taller" if extent > 0 else "shorter") if axis == "y" else _broader(extent)
    count = abs(extent)
    noun = unit if count > 1 else unit[:-1]
    done = "inserted" if extent > 0 else "removed"
    return f"canvas {count} px {change}: {count} {noun} {done} at {axis}={start}"


def _broader(extent: int) -> str:
    return "wider" if extent > 0 else "narrower"


def _label(explanation: Explanation) -> str:
    """A short text in plain ASCII, for the drawing."""
    told = _told(explanation.kind, explanation.detail).replace("→", "to")
    if explanation.kind is Kind.RECOLOURED:
        told = f"dE {explanation.detail['delta_e']:.1f}"
    if explanation.kind is Kind.SIZE and "start" in explanation.detail:
        unit = "rows" if "rows" in explanation.detail else "columns"
        told = f"{explanation.detail[unit]:+d} {unit}"
    return f"{explanation.kind} {told.removeprefix('scaled ')}".strip()


def _merged(explanations: Sequence[Explanation]) -> Difference:
    box = explanations[0].box
    for explanation in explanations[1:]:
        box = box.union(explanation.box)
    detail = {
        "regions": len(explanations),
        "pixels": sum(explanation.count for explanation in explanations),
    }
    sure = min(explanation.confidence for explanation in explanations)
    return Difference(Kind.CHANGED, box, sure, detail, f"{len(explanations)} more regions, merged")
