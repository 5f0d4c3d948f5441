"""Writes the report: ``detection.md`` with its plots in a folder of the same name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from research.detection import plots, report
from research.detection.score import Threshold, thresholds
from research.harness.document import machine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from research.detection.cases import Case
    from research.detection.report import Results, Times
    from research.detection.score import Outcome

LIMITS = (0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999)
FINE = [number / 1000 for number in range(1, 1001)]

HEAD = """\
# How well differences are found

Written by `script/bench detection` on the {split} split: {corpus}
The pages come from packages with free licences. The mutations are seeded and record the boxes of
what they changed. The benign pairs differ only by what browsers and image formats do by themselves.
Nothing was tuned on the pages of this split. Every engine saw the same files, on {machine}.
"""

LEGEND = """\
* **recall** is the share of the mutations that are called different. **false alarms** is the share
  of the benign pairs that are called different; **of visible** is the same share of the benign
  pairs with at least one differing pixel.
* **precision** depends on the mix of cases. **balanced** is the mean of recall and of the share of
  benign pairs that are called the same. **AUC** is the area under the ROC curve of the engine's own
  measure: for visualdiff the confidence, for the others differing pixels, or one minus the
  similarity.
* **hit** is the share of all mutations with a reported box on the mutated element, at its old or
  new place. **boxes hit** counts each of those places by itself. **elsewhere** is the share of the
  reported area outside everything that the mutation affected (and 8 px around it), as a mean over
  the detected mutations. A dash means that the engine reports no places.
* **ms** is the median from two file names to the verdict, inside the engine's process, over a
  sample of the cases on which the engines took turns. **p95 ms** is the 95th percentile. Compare
  only the ratios within this table.
* **errors** are cases without a verdict. They count as differences, because a test would fail.
"""

CONFIDENCE = """\
## What the confidence means, and where the default comes from

The confidence of a comparison is that of its worst region. The table gives the verdicts that each
required confidence would have led to; {best} gives the best balanced accuracy ({balanced}) here.
The default, {default:g}, was chosen on the tuning split, and this split only confirms it or not. In
the right plot mutations and benign pairs have the same total weight, as if every second pair were a
mutation. Its numbers are counts of pairs.
"""


LISTED = """\
## Only the noise that every project meets

This table has all mutations. Of the benign pairs it has only text moved by up to 0.3 px, LCD
against gray text, dither, a caret and re-encoding (also as JPEG): {count} pairs, {visible} of them
with differing pixels. Another rasteriser, other hinting, resampled pictures and similar noise are
left out.
"""
EVERYDAY = (
    *("lcd-text", "lcd-simulated", "dither", "dither-tones", "caret", "caret-drawn"),
    *("jpeg", "reencoded", "webp"),
)
NUDGED = ("text-shift", "text-transform3d", "text-fraction")
FARTHEST = 0.3  # pixels


def everyday(case: Case) -> bool:
    """Whether a pair is a mutation, or shows noise that every project meets."""
    if case.mutated or case.kind in EVERYDAY:
        return True
    nudges = re.findall(r"[-+]?\d+\.\d+", case.note)
    return case.kind in NUDGED and all(abs(float(one)) <= FARTHEST for one in nudges)


@dataclass(frozen=True)
class Setup:
    """How a run was made, and what else belongs into its report."""

    split: str
    settings: Mapping[str, str]
    """How each engine was run, by its label."""
    times: Times | None = None
    """Milliseconds measured in turns, by label."""
    locations: str = ""
    """The table of the location benchmark."""


def write(folder: Path, results: Results, setup: Setup) -> Path:
    """Write the report; return where."""
    ours = next(iter(results.values()))
    default = default_confidence()
    images = plots.draw(folder / "detection", results, default)
    text = HEAD.format(
        split=setup.split,
        corpus=report.corpus_lines([outcome.case for outcome in ours]),
        machine=machine(),
    )
    parts = [
        text,
        "## All engines\n",
        report.main_table(results, setup.times),
        "",
        LEGEND,
        *(f"* {line}" for line in report.failures(results)),
        f"![ROC curves](detection/{images[0]})\n",
        _listed(results, setup.times),
        *_tables(results),
        _confidence(ours, default),
        f"![Confidence](detection/{images[1]})\n",
        *(["## Location\n", setup.locations + "\n"] if setup.locations else []),
        "## What each engine is run with\n",
        "\n".join(f"* **{label}**: {text}." for label, text in setup.settings.items()),
    ]
    path = folder / "detection.md"
    path.write_text("\n".join(parts).rstrip() + "\n", encoding="utf-8")
    return path


def _listed(results: Results, times: Times | None) -> str:
    few = {label: [o for o in found if everyday(o.case)] for label, found in results.items()}
    benign = [o.case for o in next(iter(few.values())) if not o.case.mutated]
    told = LISTED.format(count=len(benign), visible=sum(case.pixels > 0 for case in benign))
    return f"{told}\n{report.main_table(few, times)}\n"


def _tables(results: Results) -> list[str]:
    titles = (
        ("Recall by group", report.recall_table(results, "group")),
        ("Recall by strength (1 is the weakest)", report.recall_table(results, "strength")),
        ("Recall by browser", report.recall_table(results, "browser")),
        ("Recall by kind", report.recall_table(results, "kind")),
        ("False alarms by kind of noise", report.alarm_table(results, "kind")),
    )
    return [f"## {title}\n\n{table}\n" for title, table in titles]


def _confidence(ours: Sequence[Outcome], default: float) -> str:
    best = max(thresholds(ours, FINE), key=lambda one: one.balanced)
    rows = [_row(one) for one in thresholds(ours, sorted({*LIMITS, default}))]
    heads = ("required confidence", "correct", "balanced", "recall", "false alarms")
    told = CONFIDENCE.format(
        best=f"{best.confidence:g}", balanced=report.share(best.balanced), default=default
    )
    return f"{told}\n{report.markdown(heads, rows)}\n"


def _row(one: Threshold) -> list[str]:
    values = (one.correct, one.balanced, one.recall, one.alarms)
    return [f"{one.confidence:g}", *map(report.share, values)]


def default_confidence() -> float:
    """Return the plugin's own default."""
    from pytest_visualdiff.comparison import Limits

    return Limits().confidence
