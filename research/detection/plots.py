"""The plots of the report, as SVG: ROC curves, recall by kind, and what a confidence means."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from research.detection.score import alarm_share, calibration, roc, thresholds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from research.detection.report import Results
    from research.detection.score import Outcome

OURS = "#d62728"
OTHERS = (
    *("#1f77b4", "#2ca02c", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf"),
    "#000000",
)
MARKERS = "osD^vPX<>*"
BINS = (0.0, 0.02, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0)
CURVE = [number / 500 for number in range(501)]


def draw(folder: Path, results: Results, default: float) -> list[str]:
    """Write every plot into a folder; return the file names. ``default`` confidence is marked."""
    pyplot = _pyplot()
    folder.mkdir(parents=True, exist_ok=True)
    ours = next(iter(results.values()))
    figures = {
        "roc": _roc(pyplot, results),
        "confidence": _confidence(pyplot, ours, default),
    }
    for name, figure in figures.items():
        figure.savefig(folder / f"{name}.svg", metadata={"Date": None}, bbox_inches="tight")
        pyplot.close(figure)
    return [f"{name}.svg" for name in figures]


def _pyplot() -> Any:
    matplotlib: Any = importlib.import_module("matplotlib")
    matplotlib.use("svg")
    # Text stays text, and the same numbers give the same file.
    matplotlib.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "detection", "font.size": 9}
    matplotlib.rcParams |= {"axes.spines.top": False, "axes.spines.right": False}
    return importlib.import_module("matplotlib.pyplot")


def _colours(results: Results) -> dict[str, str]:
    first, *others = results
    return {first: OURS} | {
        label: OTHERS[number % len(OTHERS)] for number, label in enumerate(others)
    }


def _scores(outcomes: Sequence[Outcome]) -> tuple[list[float], list[float]]:
    mutated = [outcome.answer.score for outcome in outcomes if outcome.case.mutated]
    benign = [outcome.answer.score for outcome in outcomes if not outcome.case.mutated]
    return mutated, benign


def _roc(pyplot: Any, results: Results) -> Any:
    figure, axes = pyplot.subplots(figsize=(7.5, 5.5))
    marks = dict(zip(results, MARKERS * len(results), strict=False))
    for label, colour in reversed(_colours(results).items()):
        outcomes = results[label]
        points = roc(*_scores(outcomes))
        axes.plot(*zip(*points, strict=True), color=colour, linewidth=1.2)
        at = (
            alarm_share([o for o in outcomes if not o.case.mutated]),
            alarm_share([o for o in outcomes if o.case.mutated]),
        )
        axes.plot(*at, marker=marks[label], color=colour, linestyle="none", label=label)
    axes.set(xlabel="false-alarm rate", ylabel="recall", xlim=(-0.01, 1), ylim=(0, 1.01))
    axes.set_title("ROC curves; the mark is each engine's own verdict")
    axes.grid(alpha=0.3)
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(
        handles[::-1], labels[::-1], loc="center left", bbox_to_anchor=(1, 0.5), frameon=False
    )
    return figure


def _confidence(pyplot: Any, ours: Sequence[Outcome], default: float) -> Any:
    figure, (whole, near, calibrated) = pyplot.subplots(1, 3, figsize=(12, 3.8))
    for axes, low in ((whole, 0.0), (near, 0.9)):
        limits = [low + (1 - low) * share for share in CURVE]
        _threshold_curves(axes, ours, limits)
        axes.axvline(default, color="black", linestyle=":", linewidth=1)
        axes.set(xlabel="required confidence", xlim=(low, 1), ylim=(0, 1.02))
        axes.grid(alpha=0.3)
    whole.set_title("verdicts by required confidence")
    near.set_title(f"the same from 0.9 on (dotted: default {default:g})")
    whole.legend(loc="center left", frameon=False)
    _calibration(calibrated, ours)
    figure.tight_layout()
    return figure


def _threshold_curves(axes: Any, ours: Sequence[Outcome], limits: Sequence[float]) -> None:
    found = thresholds(ours, limits)
    for name, label, colour in (
        ("correct", "correct verdicts", OURS),
        ("recall", "recall", "#1f77b4"),
        ("alarms", "false-alarm rate", "#7f7f7f"),
    ):
        axes.plot(limits, [getattr(one, name) for one in found], color=colour, label=label)


def _calibration(axes: Any, ours: Sequence[Outcome]) -> None:
    bins = calibration(ours, BINS)
    names = [f"{one.low:g}–{one.high:g}" for one in bins]
    axes.bar(names, [one.benign for one in bins], color=OURS, alpha=0.7, label="benign")
    axes.plot(names, [one.confidence for one in bins], "k_", markersize=14, label="confidence")
    for position, one in enumerate(bins):
        axes.annotate(str(one.count), (position, one.benign), ha="center", va="bottom", fontsize=7)
    axes.tick_params(axis="x", rotation=60)
    axes.set(ylim=(0, 1.08), xlabel="confidence of the worst region")
    axes.set_title("share of benign pairs by confidence")
    axes.legend(loc="upper left", frameon=False)
