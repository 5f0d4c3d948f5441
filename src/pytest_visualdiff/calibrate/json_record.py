"""A calibration as JSON-able data."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.calibrate import summary
from pytest_visualdiff.calibrate.noise import EDGES

if TYPE_CHECKING:
    from pytest_visualdiff.calibrate.study_values import (
        Curve,
        NoiseVerdict,
        SeriesResult,
        Spot,
        Study,
    )
    from pytest_visualdiff.comparison import Limits
    from pytest_visualdiff.model import Box

SCHEMA = 1
"""Raised with every change that a reader would notice."""


def record(study: Study) -> dict[str, Any]:
    """Everything that was measured and proposed."""
    return {
        "schema": SCHEMA,
        "target": study.target,
        "outcome": study.outcome.value,
        "present": asdict(study.present),
        "proposed": asdict(study.proposed),
        "options": summary.changed(study),
        "masks": summary.masks(study),
        "quiet_levels": list(study.levels),
        "notes": list(study.notes),
        "series": [_series(judged, study) for judged in study.judged],
    }


def _series(judged: SeriesResult, study: Study) -> dict[str, Any]:
    series, noise = judged.seen.series, judged.seen.noise
    return {
        "title": series.title,
        "shots": [shot.label for shot in series.shots],
        "sizes": [list(size) for size in series.sizes],
        "pairs": series.count,
        "different_pictures": len(series.distinct),
        "noise": {
            "share": noise.share,
            "worst_share": noise.worst_share,
            "median_delta_e": noise.median,
            "most_delta_e": noise.most,
            "histogram": {"edges": list(EDGES), "counts": list(noise.counts)},
            "pixels": noise.pixels,
            "spots": [_spot(spot) for spot in noise.spots],
        },
        "present": _quiet(judged.present),
        "proposed": _quiet(judged.proposed),
        "masks": [_spot(spot) for spot in judged.masks],
        "detected": [
            {
                "change": before.name,
                "unit": before.unit,
                "strengths": list(before.strengths),
                "present": _curve(before, study.present),
                "proposed": _curve(after, study.proposed),
            }
            for before, after in zip(judged.present_curves, judged.proposed_curves, strict=True)
        ],
    }


def _quiet(quiet: NoiseVerdict) -> dict[str, Any]:
    return {
        "differing_pairs": quiet.differing,
        "lowest_confidence": quiet.confidence,
        "boxes": [_box(box) for box in quiet.boxes],
    }


def _curve(curve: Curve, limits: Limits) -> dict[str, Any]:
    found = curve.smallest(limits.confidence)
    return {
        "smallest": [None if math.isinf(one) else one for one in found],
        "confidences": [list(row) for row in curve.confidences],
    }


def _spot(spot: Spot) -> dict[str, Any]:
    return {
        "box": _box(spot.box),
        "pixels": spot.pixels,
        "most_delta_e": spot.most,
        "share": spot.share,
        "selector": spot.selector,
    }


def _box(box: Box) -> list[int]:
    return [box.x, box.y, box.width, box.height]
