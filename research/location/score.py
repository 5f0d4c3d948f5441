"""How finders do on location cases: where they point, how long they take, and pictures of it."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from research.detection.cases import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from PIL.Image import Image
    from research.harness.engine import Found
    from research.location.cases import Case

LEAST_OVERLAP = 0.5
"""Intersection over union from which a place is the right one."""

RIGHT, WRONG, MISSED, INVENTED, SILENT = "right", "wrong", "missed", "invented", "silent"


@dataclass(frozen=True)
class Outcome:
    """What one finder did with one case."""

    case: Case
    found: Found

    @property
    def verdict(self) -> str:
        """``right``, ``wrong`` place, ``missed``; ``invented`` or ``silent`` where it is absent."""
        truth, box = self.case.truth, self.found.box
        if truth is None:
            return SILENT if box is None else INVENTED
        if box is None:
            return MISSED
        return RIGHT if hits(box, truth) else WRONG


def hits(box: Sequence[float], truth: Sequence[float]) -> bool:
    """Whether a box is at the right place: its centre inside the truth, and half in common."""
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    inside = truth[0] <= x <= truth[0] + truth[2] and truth[1] <= y <= truth[1] + truth[3]
    return inside and overlap(box, truth) >= LEAST_OVERLAP


def overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """Intersection over union of two boxes (left, top, width, height), in [0, 1]."""
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    common = max(0.0, across) * max(0.0, down)
    union = one[2] * one[3] + other[2] * other[3] - common
    return common / union if union else 0.0


@dataclass(frozen=True)
class Line:
    """The sums over some cases: shares in [0, 1], None where no case can tell."""

    cases: int
    right: float | None
    wrong: float | None
    missed: float | None
    invented: float | None
    milliseconds: float

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Line:
        """Count; ``right``, ``wrong`` and ``missed`` are shares of the present templates."""
        count = Counter(outcome.verdict for outcome in outcomes)
        present = count[RIGHT] + count[WRONG] + count[MISSED]
        absent = count[INVENTED] + count[SILENT]
        return cls(
            len(outcomes),
            right=_part(count[RIGHT], present),
            wrong=_part(count[WRONG], present),
            missed=_part(count[MISSED], present),
            invented=_part(count[INVENTED], absent),
            milliseconds=statistics.median(outcome.found.milliseconds for outcome in outcomes),
        )


def _part(count: int, total: int) -> float | None:
    return count / total if total else None


def share(value: float | None) -> str:
    """A share as it stands in a table."""
    return "" if value is None else f"{value:.3f}"


def kinds_table(outcomes: Sequence[Outcome]) -> list[str]:
    """One finder, a row for each kind of case, as Markdown."""
    places = "right place | wrong place | not found | found although absent"
    rows = [f"| kind | cases | {places} | median ms |", "|---|" + "---:|" * 6]
    kinds = dict.fromkeys(outcome.case.kind for outcome in outcomes)
    for kind in (*kinds, "all"):
        line = Line.of([one for one in outcomes if kind in {one.case.kind, "all"}])
        shares = (share(v) for v in (line.right, line.wrong, line.missed, line.invented))
        cells = " | ".join((kind, str(line.cases), *shares, f"{line.milliseconds:.1f}"))
        rows.append(f"| {cells} |")
    return rows


def finders_table(results: dict[str, Sequence[Outcome]]) -> list[str]:
    """A row for each finder, as Markdown."""
    first = next(iter(results.values()))
    kinds = [k for k in dict.fromkeys(one.case.kind for one in first) if _present(first, k)]
    head = ["finder", "right place", *kinds, "wrong place", "found although absent", "median ms"]
    rows = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    for name, outcomes in results.items():
        line = Line.of(outcomes)
        of_kinds = [Line.of([one for one in outcomes if one.case.kind == k]).right for k in kinds]
        shares = [share(v) for v in (line.right, *of_kinds, line.wrong, line.invented)]
        rows.append("| " + " | ".join((name, *shares, f"{line.milliseconds:.1f}")) + " |")
    return rows


def _present(outcomes: Iterable[Outcome], kind: str) -> bool:
    return any(one.case.kind == kind and one.case.truth is not None for one in outcomes)


def mistakes(outcomes: Iterable[Outcome]) -> list[dict[str, object]]:
    """What a finder got wrong, as JSON-able lines."""
    return [
        {
            "verdict": one.verdict,
            "kind": one.case.kind,
            "id": one.case.id,
            "note": one.case.note,
            "template": str(ROOT / one.case.split / one.case.template),
            "screen": str(ROOT / one.case.split / one.case.screen),
            "truth": one.case.truth,
            "found": one.found.box,
            "score": one.found.score,
            "scale": one.case.scale,
            "agreement": one.case.agreement,
        }
        for one in outcomes
        if one.verdict in {WRONG, MISSED, INVENTED}
    ]


TILE = (300, 190)


def sheet(file: Path, cases: Sequence[tuple[Case, Found | None]]) -> None:
    """Draw template, true place (green) and found place (red) of each case, in four columns."""
    from PIL import Image as Pictures

    columns = 4
    rows = (len(cases) + columns - 1) // columns
    canvas = Pictures.new("RGB", (columns * TILE[0], max(1, rows) * TILE[1]), "#c8c8c8")
    for number, (case, found) in enumerate(cases):
        place = (number % columns * TILE[0], number // columns * TILE[1])
        canvas.paste(_tile(case, found), place)
    canvas.save(file)


def _tile(case: Case, found: Found | None) -> Image:
    from PIL import Image as Pictures
    from PIL import ImageDraw

    folder = ROOT / case.split
    tile = Pictures.new("RGB", (TILE[0] - 4, TILE[1] - 4), "#808080")
    template = Pictures.open(folder / case.template).convert("RGBA")
    box = case.truth or (found.box if found else None) or case.origin
    screen = Pictures.open(folder / case.screen).convert("RGB")
    draw = ImageDraw.Draw(screen)
    for rect, colour in ((case.truth, "#00c040"), (found.box if found else None, "#ff2020")):
        if rect:
            x, y, width, height = rect
            draw.rectangle((x - 2, y - 2, x + width + 1, y + height + 1), outline=colour)
    x, y, width, height = box
    around = screen.crop(
        (int(x - 30), int(y - 30), int(x + max(width, 60) + 30), int(y + max(height, 40) + 30))
    )
    template.thumbnail((TILE[0] - 8, 80))
    tile.paste(template, (2, 14), template)
    around.thumbnail((TILE[0] - 8, 90))
    tile.paste(around, (2, 96))
    told = f"{case.kind} {case.element} {case.note} {case.agreement:g}"
    ImageDraw.Draw(tile).text((2, 1), told[:60], fill="white")
    return tile
