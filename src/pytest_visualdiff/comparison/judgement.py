"""From findings to a comparison: which of them the limits tolerate, and how they are told."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.comparison.diff_image import Mark
from pytest_visualdiff.comparison.pixels import confidence
from pytest_visualdiff.model import Difference, Kind, limit_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pytest_visualdiff.comparison import Limits
    from pytest_visualdiff.comparison.scene import Finding
    from pytest_visualdiff.model import Box

MOST = 50
"""Differences told one by one; weaker ones are merged into one."""


def judge(
    findings: Sequence[Finding], limits: Limits, to_expected: Callable[[Box], Box]
) -> tuple[tuple[Difference, ...], tuple[Difference, ...], tuple[Mark, ...]]:
    """Differences beyond the limits (worst first), tolerated ones, and marks to draw."""
    ordered = sorted(findings, key=lambda finding: -finding.evidence)
    beyond = [finding for finding in ordered if not _tolerated(finding, limits)]
    within = [finding for finding in ordered if _tolerated(finding, limits)]
    differences = [_difference(finding, limits, to_expected) for finding in beyond[:MOST]]
    if beyond[MOST:]:
        differences.append(_merged(beyond[MOST:]))
    tolerated = [_difference(finding, limits, to_expected) for finding in within[:MOST]]
    marks = [Mark(finding.kind, finding.box, _label(finding), finding.source) for finding in beyond]
    return tuple(differences), tuple(tolerated), tuple(marks[:MOST])


def _tolerated(finding: Finding, limits: Limits) -> bool:
    return _within(finding, limits) or finding.confidence >= limits.confidence


def _within(finding: Finding, limits: Limits) -> bool:
    """Whether what happened is small enough to be tolerated as such."""
    name = limit_of(finding.kind, finding.detail)
    allowed = getattr(limits, name)
    return name != "confidence" and 0 < allowed >= _amount(name, finding.detail)


def _amount(name: str, detail: Mapping[str, Any]) -> float:
    """How much of what its limit bounds: pixels, relative size, or CIEDE2000 at the worst."""
    if name == "max_move":
        return math.hypot(*detail["offset"])
    if name == "max_resize":
        return float(max(abs(scale - 1) for scale in detail["scale"]))
    return float(max(detail["delta_e"], detail.get("delta_e_max", 0)))


def _difference(finding: Finding, limits: Limits, to_expected: Callable[[Box], Box]) -> Difference:
    box = to_expected(finding.box) if finding.kind is Kind.MISSING else finding.box
    if finding.kind is Kind.SIZE and finding.source is not None:
        box = finding.source  # what was removed is to be seen in the expected picture only
    sure = 1.0 if _within(finding, limits) else finding.confidence
    detail = {**finding.detail, "pixels": finding.count}
    return Difference(finding.kind, box, sure, detail, _message(finding, limits))


def _message(finding: Finding, limits: Limits) -> str:
    told = _told(finding.kind, finding.detail)
    if told:
        return told
    return f"confidence {_rounded_down(finding.confidence)}, required {limits.confidence:g}"


def _rounded_down(value: float) -> str:
    return f"{math.floor(value * 1000) / 1000:.3g}"  # never rounded up to what is required


def _told(kind: Kind, detail: Any) -> str:
    if kind is Kind.MOVED:
        return "by ({}, {})".format(*(f"{step:+g}" if step else "0" for step in detail["offset"]))
    if "scale" in detail:
        x, y = detail["scale"]
        return f"scaled by {x:.3g}" if x == y else f"scaled by {x:.3g} across, {y:.3g} down"
    if kind is Kind.RECOLOURED:
        return f"ΔE {detail['delta_e']:.1f}, {detail['from']} → {detail['to']}"
    return _told_size(detail) if kind is Kind.SIZE else ""


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


def _label(finding: Finding) -> str:
    """A short text in plain ASCII, for the drawing."""
    told = _told(finding.kind, finding.detail)
    if finding.kind is Kind.RECOLOURED:
        told = f"dE {finding.detail['delta_e']:.1f}"
    if finding.kind is Kind.SIZE and "start" in finding.detail:
        unit = "rows" if "rows" in finding.detail else "columns"
        told = f"{finding.detail[unit]:+d} {unit}"
    return f"{finding.kind} {told.removeprefix('scaled ')}".strip()


def _merged(findings: Sequence[Finding]) -> Difference:
    box = findings[0].box
    for finding in findings[1:]:
        box = box.union(finding.box)
    detail = {"regions": len(findings), "pixels": sum(finding.count for finding in findings)}
    sure = min(finding.confidence for finding in findings)
    return Difference(Kind.CHANGED, box, sure, detail, f"{len(findings)} more regions, merged")


def worst(differences: Sequence[Difference]) -> float:
    """Confidence of the worst one, 1.0 without any."""
    return min((difference.confidence for difference in differences), default=confidence(0))
