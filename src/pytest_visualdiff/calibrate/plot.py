"""A calibration as a drawing: the noise of each series, and confidence against strength."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from pytest_visualdiff.calibrate.noise import EDGES
from pytest_visualdiff.calibrate.study_values import Outcome
from pytest_visualdiff.calibrate.summary import limits_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_visualdiff.calibrate.study_values import Curve, Noise, SeriesResult, Study

WIDTH, HEAD, BLOCK = 1120, 76, 430
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


def drawn(study: Study) -> str:
    """The drawing as the text of an SVG file."""
    height = HEAD + BLOCK * len(study.judged)
    parts = [*_head(study)]
    for number, judged in enumerate(study.judged):
        inner = "\n".join(_block(judged, study))
        parts.append(f'<g transform="translate(0 {HEAD + BLOCK * number})">{inner}</g>')
    return svg_document(parts, WIDTH, height, f"Calibration of {study.target}")


def _head(study: Study) -> Iterator[str]:
    target = study.target if len(study.target) < 80 else study.target[:79] + "…"
    yield svg_text(24, 34, f"{target}: {_SENTENCES[study.outcome]}", "title")
    yield svg_line(24, 54, 54, 54, "present")
    yield svg_text(60, 58, f"present limits: {limits_text(study.present)}")
    if _proposes(study):
        yield svg_line(370, 54, 400, 54, "proposed")
        masks = " and masks" if study.outcome is Outcome.MASKS else ""
        yield svg_text(406, 58, f"proposed: {limits_text(study.proposed)}{masks}")
    elif study.outcome is Outcome.MASKS:
        yield svg_text(370, 58, "proposed: the same limits, and masks")


def _proposes(study: Study) -> bool:
    """Whether other limits are proposed; masks alone do not change the curves."""
    return study.proposed != study.present


def _block(judged: SeriesResult, study: Study) -> Iterator[str]:
    yield svg_line(24, 0, WIDTH - 24, 0, "grid")
    yield svg_text(24, 24, f"[{judged.seen.series.title}] noise between the shots", "head")
    yield from _noise_plot(judged.seen.noise, study)
    yield svg_text(
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
        yield from _detection_plot(frame, before, after, study)


def _noise_plot(noise: Noise, study: Study) -> Iterator[str]:
    """A histogram of the colour differences, and how much lies above each."""
    frame = _NOISE
    across = LogAxis(EDGES[0], EDGES[-1], frame.x, frame.right)
    least = 10 ** math.floor(math.log10(1 / noise.pixels))
    up = LogAxis(least, 1, frame.bottom, frame.y)
    yield from _noise_axes(frame, across, up)
    if not any(noise.counts):
        yield svg_text(frame.x + frame.width / 2, frame.y + frame.height / 2,
                       "none: all shots show the same pixels", "head halo", "middle")  # fmt: skip
    else:
        yield from _histogram(noise, across, up)
    lines = [("present", study.present.threshold)]
    lines += [("proposed", study.proposed.threshold)] if _proposes(study) else []
    for kind, threshold in lines:
        yield svg_line(across.at(threshold), frame.y, across.at(threshold), frame.bottom, kind)
    for number, (kind, threshold) in enumerate(lines):  # on top of all lines
        x, y = across.at(threshold) + 5, frame.y + 13 + 15 * number
        yield svg_text(x, y, f"{kind} threshold {threshold:g}", f"faint halo text-{kind}")


def _histogram(noise: Noise, across: LogAxis, up: LogAxis) -> Iterator[str]:
    above = sum(noise.counts)
    points = []
    for low, high, count in zip(EDGES, [*EDGES[1:], EDGES[-1] * 1.12], noise.counts, strict=True):
        points.append((across.at(low), up.at(above / noise.pixels)))
        above -= count
        if count:
            x, y = across.at(low), up.at(count / noise.pixels)
            yield svg_bar(x + 0.5, y, max(1, across.at(high) - x - 1), up.start - y)
        if not above:
            points.append((across.at(high), up.start))
            break
    yield svg_path(points, "line")


def _noise_axes(frame: PlotArea, across: LogAxis, up: LogAxis) -> Iterator[str]:
    decade = 1.0
    while decade >= up.low * 0.99:
        y = up.at(decade)
        yield svg_line(frame.x, y, frame.right, y, "grid")
        yield svg_text(frame.x - 6, y + 4, _per_cent(decade), "faint", "end")
        decade /= 10
    for value in (0.1, 0.3, 1, 3, 10, 30, 100):
        x = across.at(value)
        yield svg_line(x, frame.bottom, x, frame.bottom + 4, "axis")
        yield svg_text(x, frame.bottom + 17, f"{value:g}", "faint", "middle")
    yield svg_line(frame.x, frame.bottom, frame.right, frame.bottom, "axis")
    middle = frame.x + frame.width / 2
    yield svg_text(middle, frame.bottom + 34, "CIEDE2000 between two shots", "faint", "middle")
    yield svg_text(
        middle,
        frame.bottom + 49,
        "bars: share of pixels; line: share at or above",
        "faint",
        "middle",
    )


def _per_cent(share: float) -> str:
    return f"{100 * share:.0f} %" if share > 0.009 else f"{100 * share:.6f}".rstrip("0") + " %"


def _detection_plot(
    frame: PlotArea, before: Curve, after: Curve | None, study: Study
) -> Iterator[str]:
    yield svg_text(frame.x, frame.y - 9, before.name, "")
    yield from _detection_axes(frame, before)
    if not (before.confidences or (after and after.confidences)):
        yield svg_text(frame.x + frame.width / 2, frame.y + frame.height / 2,
                       "no place for it on this page", "faint", "middle")  # fmt: skip
        return
    sides = [("present", before, study.present.confidence)]
    sides += [("proposed", after, study.proposed.confidence)] if after else []
    for kind, curve, required in sides:
        if curve.confidences:
            yield from _curve(frame, curve, required, kind)


def _detection_axes(frame: PlotArea, curve: Curve) -> Iterator[str]:
    up = _upwards(frame)
    for doubt, label in _SURENESS:
        y = up.at(doubt)
        yield svg_line(frame.x, y, frame.right, y, "grid")
        yield svg_text(frame.x - 5, y + 4, label, "faint", "end")
    yield svg_line(frame.x, frame.bottom, frame.right, frame.bottom, "axis")
    last = len(curve.strengths) - 1
    for number, strength in enumerate(curve.strengths):
        x = _across(frame, number, last)
        yield svg_line(x, frame.bottom, x, frame.bottom + 3, "axis")
        if number in (0, last) or (number % 2 == 0 and last - number > 1):
            unit = f" {curve.unit}" if number == last else ""
            yield svg_text(x, frame.bottom + 16, f"{strength:g}{unit}", "faint", "middle")


def _upwards(frame: PlotArea) -> LogAxis:
    """From confidence 1 at the top to 0 at the bottom; fine near 1, where limits are."""
    return LogAxis(_SUREST, 1, frame.y, frame.bottom)


def _across(frame: PlotArea, number: int, last: int) -> float:
    return frame.x + frame.width * number / last


def _curve(frame: PlotArea, curve: Curve, required: float, kind: str) -> Iterator[str]:
    """One line per place, the hardest at each strength as a thick one, and the limit."""
    up, last = _upwards(frame), len(curve.strengths) - 1
    limit = up.at(1 - required)
    yield svg_line(frame.x, limit, frame.right, limit, f"{kind} thin")
    hardest = tuple(map(max, zip(*curve.confidences, strict=True)))
    for row in (*curve.confidences, hardest):
        points = [(_across(frame, n, last), up.at(1 - value)) for n, value in enumerate(row)]
        yield svg_path(points, kind if row is hardest else f"{kind} thin")
    found = max(curve.smallest(required))
    if not math.isinf(found):
        at = curve.strengths.index(found)
        yield svg_dot(_across(frame, at, last), up.at(1 - hardest[at]), kind)
    words = f"over {curve.strengths[-1]:g}" if math.isinf(found) else f"from {found:g}"
    # Both fit side by side only from either end, and the second one without the verb.
    x, anchor = (frame.x, "start") if kind == "present" else (frame.right, "end")
    label = f"{'found ' if kind == 'present' else ''}{words} {curve.unit}"
    yield svg_text(x, frame.bottom + 32, label, f"faint text-{kind}", anchor)


STYLE = """
svg { --paper: #ffffff; --ink: #1f2933; --faint: #64707d; --grid: #e3e7eb; --noise: #b6c2cf;
  --present: #1f6fb2; --proposed: #c2570c; font: 12px "DejaVu Sans", Helvetica, Arial, sans-serif }
@media (prefers-color-scheme: dark) { svg { --paper: #14191f; --ink: #e4e8ec; --faint: #9aa6b2;
  --grid: #2b333c; --noise: #4a5763; --present: #6ab0ea; --proposed: #f0954d } }
.paper { fill: var(--paper) } .grid { stroke: var(--grid); stroke-width: 1 }
.axis { stroke: var(--faint); stroke-width: 1 } .bar { fill: var(--noise) }
text { fill: var(--ink) } .faint { fill: var(--faint); font-size: 11px }
.halo { paint-order: stroke; stroke: var(--paper); stroke-width: 5px; stroke-linejoin: round }
.title { font-size: 17px; font-weight: bold } .head { font-weight: bold }
.line { fill: none; stroke: var(--ink); stroke-width: 1.5 }
.present, .proposed { fill: none; stroke-width: 2; stroke-linejoin: round }
.present { stroke: var(--present) } .proposed { stroke: var(--proposed) }
.proposed, .dashed { stroke-dasharray: 5 3 } .thin { stroke-width: 0.8; opacity: 0.45 }
.dot-present { fill: var(--present) } .dot-proposed { fill: var(--proposed) }
.text-present { fill: var(--present) } .text-proposed { fill: var(--proposed) }
"""


class PlotArea(NamedTuple):
    """Where a chart lies: left, top, width and height of its plotting area, in SVG units."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right border."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower border."""
        return self.y + self.height


class LogAxis(NamedTuple):
    """A logarithmic axis: values from ``low`` to ``high`` on positions ``start`` to ``end``."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The position of a value; what lies outside is drawn at the border."""
        inside = min(max(value, self.low), self.high)
        share = math.log(inside / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)


def svg_document(parts: Iterable[str], width: int, height: int, title: str) -> str:
    """The whole drawing."""
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    paper = f'<rect class="paper" width="{width}" height="{height}" rx="6"/>'
    name = f"<title>{escape(title)}</title><style>{STYLE}</style>"
    return "\n".join([head, name, paper, *parts, "</svg>\n"])


def svg_text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    """Words with their baseline at a point; ``anchor`` is start, middle or end."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )


def svg_line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """A straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def svg_path(points: Sequence[tuple[float, float]], kind: str) -> str:
    """A line through points."""
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{joined}" class="{kind}"/>'


def svg_bar(x: float, y: float, width: float, height: float) -> str:
    """A filled bar of a histogram."""
    return f'<rect class="bar" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'


def svg_dot(x: float, y: float, kind: str) -> str:
    """A highlighted point."""
    return f'<circle class="dot-{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'


_NOISE = PlotArea(84, 48, 316, 320)
_GRID = PlotArea(478, 48, 178, 118)
