"""Just enough SVG to draw a chart that reads well on light and on dark pages."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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


class Frame(NamedTuple):
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


class Log(NamedTuple):
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


def document(parts: Iterable[str], width: int, height: int, title: str) -> str:
    """The whole drawing."""
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    paper = f'<rect class="paper" width="{width}" height="{height}" rx="6"/>'
    name = f"<title>{escape(title)}</title><style>{STYLE}</style>"
    return "\n".join([head, name, paper, *parts, "</svg>\n"])


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    """Words with their baseline at a point; ``anchor`` is start, middle or end."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """A straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def path(points: Sequence[tuple[float, float]], kind: str) -> str:
    """A line through points."""
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{joined}" class="{kind}"/>'


def bar(x: float, y: float, width: float, height: float) -> str:
    """A filled bar of a histogram."""
    return f'<rect class="bar" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'


def dot(x: float, y: float, kind: str) -> str:
    """A point that stands out."""
    return f'<circle class="dot-{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
