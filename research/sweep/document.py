"""Writes ``docs/sweep-benchmark.md``."""

from __future__ import annotations

from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

from research.harness.document import machine
from research.sweep import report
from research.sweep.cases import load
from research.sweep.engine import PICTURES, STRUCTURE
from research.sweep.pages import BROWSERS, ROOT
from research.sweep.run import run
from research.sweep.score import distinct_precision, summarise

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from research.sweep.cases import Case
    from research.sweep.report import Results
    from research.sweep.score import Outcome

SIZES = (100, 300, 1000, 3000, 10_000)
"""Elements of a page, up to which it is counted with those of its size."""

HEAD = """\
# How well a sweep finds what one browser shows differently

Written by `script/bench sweep` on the {split} split: {clean} pairs of a real page in real headless
Firefox and Chromium, {pages} pages in up to three viewports, and {faults} pairs with one of {kinds}
kinds of fault, injected by script into one of the two browsers in turns. The pages come from
packages with free licences, and the authors of this project did not write them. No rule was made
for a page of this split. It was scored once, and then its findings were searched for real
differences (see below). Every engine saw the same pairs, on {machine}.

## All engines that name elements
"""

LEGEND = """
* **recall** is the share of the faults that have a finding due to them. A finding is due to the
  fault if it names the element at fault, its parent, a part of it, a further ancestor below `body`,
  or an element whose place, size or look *in the same browser* differs from the page without the
  fault. **precision** is the share of all findings, over all pairs, that are due to a fault.
* **quiet pairs** is the share of the pairs without a fault that have no finding.
* **right element** is the share of the found faults whose first finding names the element at fault
  or its parent. **right findings** is the share of all findings due to a fault that do.
* **findings per fault** counts the findings that the same pair does not have without the fault.
* **ms** is the median for one pair, from two layouts in memory to the findings.
* `ours` is the sweep of this project. `boxes` is a naive comparison: it reports every element whose
  box differs by more than 4 CSS pixels, paired by its path in the DOM (of nested elements the
  innermost). 4 was the best limit on the tuning split.
* {real}

Figures from the literature, on other pages, for comparison: 63 % of the differences that CrossCheck
reported were false; Browserbite has a recall of 0.98 at a precision of 0.66 from images alone;
WebSee names the right place for 0.93.
"""

MACHINE = """\
## Where each browser replaces the fonts

The web fonts of these pages cannot be loaded here. Above, both browsers use one family of fonts, as
they would use the same web fonts elsewhere. Below, each browser chooses its own replacement among
the fonts of this machine. Most pages of this split look different then, with other line breaks, and
a sweep reports that. All of it counts as false here.
"""

PIXELS = """
## Beside comparisons of pictures

{pairs} of the same pairs (all those of every twelfth page and viewport) are compared as two
pictures. The table shows which of them are called different, at any place. pixelmatch runs with its
defaults and refuses pictures of different sizes, which counts as different. absdiff calls pictures
different if any pixel differs by more than 24 of 255. `vd.compare` is left out unless requested
(`--engines`): it needs seconds for two whole pages on which every text differs. Two browsers never
draw the same text with the same pixels. Therefore a comparison of pictures cannot distinguish a
page with a fault from one without.
"""

TIMES = """
## Speed

Reading a layout is one script call in a browser. The machine was used by others at the same time.
Two layouts are compared in memory. The figures are medians in milliseconds:
"""


def write(folder: Path, split: str, results: Results) -> Path:
    """Write the report; return where."""
    cases = load(split)
    ours = next(iter(results.values()))
    structure = {name: results[name] for name in STRUCTURE if name in results}
    pictures = {name: results[name] for name in PICTURES if name in results}
    seen = {one.id for some in pictures.values() for one in some}
    pictures = {"ours": [one for one in ours if one.id in seen], **pictures}
    parts = [
        _head(split, cases),
        report.main_table(structure),
        LEGEND.format(real=_real(ours)),
        *_machine(split, structure),
        "## Recall by kind of fault\n",
        report.kinds_table(structure),
        *([PIXELS.format(pairs=len(seen)), report.alarms_table(pictures)] if seen else []),
        TIMES,
        times_table(cases, ours),
        _errors(ours),
    ]
    path = folder / "sweep-benchmark.md"
    path.write_text("\n".join(parts).rstrip() + "\n", encoding="utf-8")
    return path


def _machine(split: str, structure: Results) -> list[str]:
    """The same with the fonts of the machine, where that was made."""
    other = f"{split}-machine"
    if not (ROOT / other / f"{BROWSERS[1]}.jsonl").is_file():
        return []
    return [MACHINE, report.main_table({name: run(other, name) for name in structure}), ""]


def _head(split: str, cases: Sequence[Case]) -> str:
    faults = [case.fault for case in cases if case.fault]
    return HEAD.format(
        split=split,
        clean=len(cases) - len(faults),
        pages=len({case.scene.rpartition("-")[0] for case in cases}),
        faults=len(faults),
        kinds=len({fault.kind for fault in faults}),
        machine=machine(),
    )


def _real(ours: Sequence[Outcome]) -> str:
    left = [one for one in ours if len(one.findings) > len(one.counted)]
    strict = summarise([replace(one, real=frozenset()) for one in ours])
    once = report.share(distinct_precision(ours))
    return (
        f"Real differences of the browsers on {len({one.id.partition('/')[0] for one in left})}"
        " pages and viewports, which both pictures show, are left out\n"
        "  (`research/sweep/labels.json` lists them). If they counted as false, too, the share of"
        f" quiet pairs would be {report.share(strict.quiet)},\n  and precision"
        f" {report.share(strict.precision)}. If each false finding counted once, and not with every"
        f" fault of its page,\n  precision would be {once}."
    )


def times_table(cases: Sequence[Case], ours: Sequence[Outcome]) -> str:
    """By the number of elements: how long reading and comparing take."""
    spent = {one.id: one.milliseconds for one in ours}
    groups: dict[int, list[tuple[float, float, float]]] = {}
    for case in cases:
        if case.fault is not None:
            continue
        firefox, chrome = (case.state(browser) for browser in ("firefox", "chrome"))
        size = len(firefox.layout["elements"])
        band = next(one for one in SIZES if size <= one or one == SIZES[-1])
        row = firefox.milliseconds, chrome.milliseconds, spent[case.id]
        groups.setdefault(band, []).append(row)
    heads = ("elements up to", "pages", "read in Firefox", "read in Chromium", "compare")
    rows = [
        [
            f"{band:,}",
            str(len(group)),
            *(f"{median(column):.0f}" for column in zip(*group, strict=True)),
        ]
        for band, group in sorted(groups.items())
    ]
    return report.markdown(heads, rows)


def _own(one: Outcome) -> Outcome:
    """A pair without what is found on it without the fault as well: told with that pair."""
    known = one.standing
    fresh = [
        named
        for named in one.findings
        if not any((named.kind, path) in known for path in named.paths)
    ]
    return replace(one, findings=tuple(fresh))


def _errors(ours: Sequence[Outcome]) -> str:
    """What was missed, named elsewhere or said without reason."""
    lines = list(report.wrong([_own(one) for one in ours]))
    one = summarise(ours)
    told = f"\n## Every error of `ours`\n\nRecall {one.recall:.3f}, precision {one.precision:.3f}."
    legend = (
        "`MISSED`: a fault without a finding; `LOUD`: a finding on a pair without a fault;"
        " `FALSE`: one that has nothing to do with the fault; `PLACE`: the first one names neither"
        " the element nor its parent; `MANY`: more than one finding for one fault."
    )
    return "\n".join([told, legend, "", "```", *lines, "```"])
