"""What an engine got wrong: a list to read, and a sheet of pictures to look at."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw, ImageFont
from research.detection.score import elsewhere, hit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from research.detection.cases import Case
    from research.detection.score import Outcome
    from research.harness.places import Rectangle

ZOOM = 3
TILE = (200, 120)
"""Largest part of a picture shown, in its own pixels."""
MARGIN = 24
TEXT_HEIGHT = 46
MOST = 60
"""Rows on one sheet."""
FAR = 0.5
"""Share of the reported area elsewhere from which a detected mutation is listed as misplaced."""


def listed(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Missed mutations, false alarms, then detected mutations reported at the wrong place."""
    missed = [_row(o, "missed") for o in outcomes if o.case.mutated and not o.alarmed]
    alarms = [_row(o, "false alarm") for o in outcomes if not o.case.mutated and o.alarmed]
    found = [o for o in outcomes if o.case.mutated and o.alarmed and o.answer.boxes is not None]
    lost = [_row(o, "not hit") for o in found if not hit(o)]
    far = [_row(o, "elsewhere") for o in found if hit(o) and elsewhere(o) > FAR]
    rows = [sorted(part, key=lambda row: row["kind"]) for part in (missed, alarms, lost, far)]
    return [row for part in rows for row in part]


def _row(outcome: Outcome, trouble: str) -> dict[str, Any]:
    case, answer = outcome.case, outcome.answer
    return {
        "trouble": trouble,
        "id": case.id,
        "kind": case.kind,
        "strength": case.strength,
        "page": case.page,
        "browser": case.browser,
        "confidence": answer.confidence,
        "score": answer.score,
        "elsewhere": round(elsewhere(outcome), 3),
        "explain": answer.note,
        "truth": case.truth,
        "boxes": answer.boxes,
        "pixels": case.pixels,
        "note": case.note,
        "expected": str(case.expected),
        "actual": str(case.actual),
    }


def write(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write one JSON line for each."""
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    path.write_text("".join(lines), encoding="utf-8")


def told(row: dict[str, Any]) -> str:
    """Return one line for the terminal."""
    sure = "–" if row["confidence"] is None else f"{row['confidence']:.4f}"
    head = f"{row['trouble']:11} {row['kind']:22} {row['strength']} {sure} {row['id']}"
    return f"{head} ({row['page']}, {row['browser']}) {row['note']} | {first_line(row['explain'])}"


def first_line(text: str) -> str:
    """Return the first line, and how many follow."""
    first, _, rest = text.partition("\n")
    return f"{first} (+{rest.count(chr(10)) + 1})" if rest else first


def sheet(path: Path, outcomes: Sequence[Outcome], rows: Sequence[dict[str, Any]]) -> None:
    """Draw expected and actual crops of the rows side by side; ``path`` gets a number if many."""
    by_id = {outcome.case.id: outcome for outcome in outcomes}
    wrong = [row for row in rows if row["trouble"] != "elsewhere"]
    for start in range(0, len(wrong), MOST):
        number = f"-{start // MOST + 1}" if len(wrong) > MOST else ""
        strips = [_strip(by_id[row["id"]], row) for row in wrong[start : start + MOST]]
        _stacked(strips).save(path.with_stem(path.stem + number))


def _stacked(strips: Sequence[Image.Image]) -> Image.Image:
    """Put the strips in two columns."""
    columns = [strips[0::2], strips[1::2]]
    width = max(strip.width for strip in strips) + 8
    height = max(sum(strip.height + 6 for strip in column) for column in columns)
    canvas = Image.new("RGB", (width * 2, height), "#888888")
    for number, column in enumerate(columns):
        top = 0
        for strip in column:
            canvas.paste(strip, (number * width, top))
            top += strip.height + 6
    return canvas


def _strip(outcome: Outcome, row: dict[str, Any]) -> Image.Image:
    case = outcome.case
    with Image.open(case.expected) as expected, Image.open(case.actual) as actual:
        area = shown(outcome, actual.size)
        parts = [_part(picture, area, outcome) for picture in (expected, actual)]
    width = parts[0].width * 2 + 6
    canvas = Image.new("RGB", (max(width, 760), parts[0].height + TEXT_HEIGHT), "#888888")
    canvas.paste("white", (0, 0, canvas.width, TEXT_HEIGHT))
    for number, part in enumerate(parts):
        canvas.paste(part, (number * (part.width + 6), TEXT_HEIGHT))
    ImageDraw.Draw(canvas).text((4, 2), _caption(case, row, area), "black", _font())
    return canvas


def _caption(case: Case, row: dict[str, Any], area: Rectangle) -> str:
    sure = "" if row["confidence"] is None else f" confidence {row['confidence']:.4f}"
    head = f"{row['trouble']}: {case.kind} {case.strength}{sure} at {area} {case.id}"
    text = f"{case.note} | {first_line(row['explain'])}"
    return "\n".join([head, *textwrap.wrap(text, 115)[:2]])


def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.truetype("DejaVuSans.ttf", 12)  # has the signs that messages use
    except OSError:
        return ImageFont.load_default(12)


def shown(outcome: Outcome, size: tuple[int, int]) -> Rectangle:
    """Return the part of the pictures to look at: around the truth, or what was reported."""
    boxes = outcome.case.truth or outcome.answer.boxes or ((0, 0, *TILE),)
    x, y, width, height = boxes[0]
    wide, high = min(width + 2 * MARGIN, TILE[0]), min(height + 2 * MARGIN, TILE[1])
    left = max(0, min(x + width // 2 - wide // 2, size[0] - wide))
    top = max(0, min(y + height // 2 - high // 2, size[1] - high))
    return left, top, wide, high


def _part(picture: Image.Image, area: Rectangle, outcome: Outcome) -> Image.Image:
    x, y, width, height = area
    crop = picture.convert("RGB").crop((x, y, x + width, y + height))
    large = crop.resize((width * ZOOM, height * ZOOM), Image.Resampling.NEAREST)
    draw = ImageDraw.Draw(large)
    for colour, boxes in (
        ("#00a000", outcome.case.truth),
        ("#e00000", outcome.answer.boxes or ()),
    ):
        for box in boxes:
            corner = ((box[0] - x) * ZOOM - 2, (box[1] - y) * ZOOM - 2)
            far = (corner[0] + box[2] * ZOOM + 3, corner[1] + box[3] * ZOOM + 3)
            draw.rectangle((corner, far), outline=colour)
    return large
