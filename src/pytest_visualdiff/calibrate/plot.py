"""A calibration as a drawing: the noise of each series, and confidence against strength."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pytest_visualdiff.calibrate import svg
from pytest_visualdiff.calibrate.noise import EDGES
from pytest_visualdiff.calibrate.svg import Frame, Log
from pytest_visualdiff.calibrate.text import limits_told
from pytest_visualdiff.calibrate.values import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.calibrate.values import Curve, Judged, Noise, Study

WIDTH, HEAD, BLOCK = 1120, 76, 430
_NOISE = Frame(84, 48, 316, 320)
_GRID = Frame(478, 48, 178, 118)
_GAP_X, _GAP_Y = 40, 84
_SUREST = 0.001  # 1 - confidence below which nothing is drawn apart
_SURENESS = ((0.001, "1"), (0.01, "0.99"), (0.1, "0.9"), (1.0, "0"))

_SENTENCES = {
    Outcome.STABLE: "perfectly stable: keep the limits",
    Outcome.QUIET: "noise stays far below the limits: keep them",
    Outcome.LIMITS: "other limits keep it quiet",
    Outcome.MASKS: "needs masks",
    Outcome.UNSTABLE: "neither limits nor masks can keep it quiet",
}


def drawn(study: Study) -> tuple[str, tuple[int, int]]:
    """The SVG text, and its width and height."""
    height = HEAD + BLOCK * len(study.judged)
    parts = [*_head(study)]
    for number, judged in enumerate(study.judged):
        inner = "\n".join(_block(judged, study))
        parts.append(f'<g transform="translate(0 {HEAD + BLOCK * number})">{inner}</g>')
    return svg.document(parts, WIDTH, height, f"Calibration of {study.target}"), (WIDTH, height)


def _head(study: Study) -> Iterator[str]:
    target = study.target if len(study.target) < 80 else study.target[:79] + "…"
    yield svg.text(24, 34, f"{target}: {_SENTENCES[study.outcome]}", "title")
    yield svg.line(24, 54, 54, 54, "present")
    yield svg.text(60, 58, f"present limits: {limits_told(study.present)}")
    if _proposes(study):
        yield svg.line(370, 54, 400, 54, "proposed")
        masks = " and masks" if study.outcome is Outcome.MASKS else ""
        yield svg.text(406, 58, f"proposed: {limits_told(study.proposed)}{masks}")
    elif study.outcome is Outcome.MASKS:
        yield svg.text(370, 58, "proposed: the same limits, and masks")


def _proposes(study: Study) -> bool:
    """Whether there is a second pair of limits; masks alone leave the same curves."""
    return study.proposed != study.present


def _block(judged: Judged, study: Study) -> Iterator[str]:
    yield svg.line(24, 0, WIDTH - 24, 0, "grid")
    yield svg.text(24, 24, f"[{judged.seen.series.title}] noise between the shots", "head")
    yield from _noise(judged.seen.noise, study)
    yield svg.text(
        _GRID.x - 40,
        24,
        "planted changes: confidence by strength (thin: each place; thick: the hardest one)",
        "head",
    )
    for number, before in enumerate(judged.present_curves):
        across, down = number % 3, number // 3
        frame = _GRID._replace(
            x=_GRID.x + across * (_GRID.width + _GAP_X),
            y=_GRID.y + 22 + down * (_GRID.height + _GAP_Y),
        )
        after = judged.proposed_curves[number] if _proposes(study) else None
        yield from _detection(frame, before, after, study)


def _noise(noise: Noise, study: Study) -> Iterator[str]:
    """A histogram of the colour differences, and how much lies above each."""
    frame = _NOISE
    across = Log(EDGES[0], EDGES[-1], frame.x, frame.right)
    least = 10 ** math.floor(math.log10(1 / noise.pixels))
    up = Log(least, 1, frame.bottom, frame.y)
    yield from _noise_axes(frame, across, up)
    if not any(noise.counts):
        yield svg.text(frame.x + frame.width / 2, frame.y + frame.height / 2,
                       "none: all shots show the same pixels", "head halo", "middle")  # fmt: skip
    else:
        yield from _histogram(noise, across, up)
    lines = [("present", study.present.threshold)]
    lines += [("proposed", study.proposed.threshold)] if _proposes(study) else []
    for kind, threshold in lines:
        yield svg.line(across.at(threshold), frame.y, across.at(threshold), frame.bottom, kind)
    for number, (kind, threshold) in enumerate(lines):  # on top of all lines
        x, y = across.at(threshold) + 5, frame.y + 13 + 15 * number
        yield svg.text(x, y, f"{kind} threshold {threshold:g}", f"faint halo text-{kind}")


def _histogram(noise: Noise, across: Log, up: Log) -> Iterator[str]:
    above = sum(noise.counts)
    points = []
    for low, high, count in zip(EDGES, [*EDGES[1:], EDGES[-1] * 1.12], noise.counts, strict=True):
        points.append((across.at(low), up.at(above / noise.pixels)))
        above -= count
        if count:
            x, y = across.at(low), up.at(count / noise.pixels)
            yield svg.bar(x + 0.5, y, max(1, across.at(high) - x - 1), up.start - y)
        if not above:
            points.append((across.at(high), up.start))
            break
    yield svg.path(points, "line")


def _noise_axes(frame: Frame, across: Log, up: Log) -> Iterator[str]:
    decade = 1.0
    while decade >= up.low * 0.99:
        y = up.at(decade)
        yield svg.line(frame.x, y, frame.right, y, "grid")
        yield svg.text(frame.x - 6, y + 4, _per_cent(decade), "faint", "end")
        decade /= 10
    for value in (0.1, 0.3, 1, 3, 10, 30, 100):
        x = across.at(value)
        yield svg.line(x, frame.bottom, x, frame.bottom + 4, "axis")
        yield svg.text(x, frame.bottom + 17, f"{value:g}", "faint", "middle")
    yield svg.line(frame.x, frame.bottom, frame.right, frame.bottom, "axis")
    middle = frame.x + frame.width / 2
    yield svg.text(middle, frame.bottom + 34, "CIEDE2000 between two shots", "faint", "middle")
    yield svg.text(
        middle,
        frame.bottom + 49,
        "bars: share of pixels; line: share at or above",
        "faint",
        "middle",
    )


def _per_cent(share: float) -> str:
    return f"{100 * share:.0f} %" if share > 0.009 else f"{100 * share:.6f}".rstrip("0") + " %"


def _detection(frame: Frame, before: Curve, after: Curve | None, study: Study) -> Iterator[str]:
    yield svg.text(frame.x, frame.y - 9, before.name, "")
    yield from _detection_axes(frame, before)
    if not (before.confidences or (after and after.confidences)):
        yield svg.text(frame.x + frame.width / 2, frame.y + frame.height / 2,
                       "no place for it on this page", "faint", "middle")  # fmt: skip
        return
    sides = [("present", before, study.present.confidence)]
    sides += [("proposed", after, study.proposed.confidence)] if after else []
    for kind, curve, required in sides:
        if curve.confidences:
            yield from _curve(frame, curve, required, kind)


def _detection_axes(frame: Frame, curve: Curve) -> Iterator[str]:
    up = _upwards(frame)
    for doubt, label in _SURENESS:
        y = up.at(doubt)
        yield svg.line(frame.x, y, frame.right, y, "grid")
        yield svg.text(frame.x - 5, y + 4, label, "faint", "end")
    yield svg.line(frame.x, frame.bottom, frame.right, frame.bottom, "axis")
    last = len(curve.strengths) - 1
    for number, strength in enumerate(curve.strengths):
        x = _across(frame, number, last)
        yield svg.line(x, frame.bottom, x, frame.bottom + 3, "axis")
        if number in (0, last) or (number % 2 == 0 and last - number > 1):
            unit = f" {curve.unit}" if number == last else ""
            yield svg.text(x, frame.bottom + 16, f"{strength:g}{unit}", "faint", "middle")


def _upwards(frame: Frame) -> Log:
    """From confidence 1 at the top to 0 at the bottom; fine near 1, where limits are."""
    return Log(_SUREST, 1, frame.y, frame.bottom)


def _across(frame: Frame, number: int, last: int) -> float:
    return frame.x + frame.width * number / last


def _curve(frame: Frame, curve: Curve, required: float, kind: str) -> Iterator[str]:
    """One line per place, the hardest at each strength as a thick one, and the limit."""
    up, last = _upwards(frame), len(curve.strengths) - 1
    limit = up.at(1 - required)
    yield svg.line(frame.x, limit, frame.right, limit, f"{kind} thin")
    hardest = tuple(map(max, zip(*curve.confidences, strict=True)))
    for row in (*curve.confidences, hardest):
        points = [(_across(frame, n, last), up.at(1 - value)) for n, value in enumerate(row)]
        yield svg.path(points, kind if row is hardest else f"{kind} thin")
    found = max(curve.smallest(required))
    if not math.isinf(found):
        at = curve.strengths.index(found)
        yield svg.dot(_across(frame, at, last), up.at(1 - hardest[at]), kind)
    words = f"over {curve.strengths[-1]:g}" if math.isinf(found) else f"from {found:g}"
    # Both fit side by side only from either end, and the second one without the verb.
    x, anchor = (frame.x, "start") if kind == "present" else (frame.right, "end")
    said = f"{'found ' if kind == 'present' else ''}{words} {curve.unit}"
    yield svg.text(x, frame.bottom + 32, said, f"faint text-{kind}", anchor)
