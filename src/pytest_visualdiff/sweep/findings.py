"""A finding: one cause in words, with its place in both browsers."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.model import Box
from pytest_visualdiff.options.table import SWEEP_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_visualdiff.layouts.page_layout import Element, PageLayout, Rect

KINDS = SWEEP_KINDS
"""What a finding can be, in the order in which a person would mind."""

_WEIGHT = {kind: 1.0 - 0.05 * at for at, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference between two browsers, or one fault in one of them.

    ``browser`` is where it is seen, ``box`` where in that browser's picture, in image pixels;
    ``partner`` and ``partner_box`` are the same in the other browser (empty and None where there is
    no other, or nothing in it). ``confidence`` in [0, 1] is that of its being a real difference.
    ``consequences`` counts the elements that only differ because of it. ``detail`` holds JSON-able
    measures in CSS pixels and the computed styles that may be the reason.
    """

    kind: str
    selector: str
    browser: str
    box: Box
    message: str
    confidence: float = 1.0
    partner: str = ""
    partner_box: Box | None = None
    consequences: int = 0
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Names the finding from run to run: its kind, element and browsers, not its amount.

        Another look is named by its styles, too: a third colour is another finding.
        """
        look = self.detail.get("styles") if self.kind == "restyled" else None
        said = json.dumps([self.kind, self.selector, self.browser, self.partner, look])
        return f"s1:{hashlib.sha256(said.encode()).hexdigest()[:16]}"

    @property
    def amount(self) -> float:
        """The largest measure of it in CSS pixels; 0 where it has none."""
        return max((float(event[1]) for event in self.detail.get("events", ())), default=0.0)

    @property
    def rank(self) -> float:
        """How soon a person would see it: the kind, how large it is, how far up."""
        size = math.log2(2 + self.box.area + (self.partner_box.area if self.partner_box else 0))
        depth = 1 / (1 + self.box.y / 2000) if self.box.y > 0 else 1.0
        return _WEIGHT.get(self.kind, 0.5) * size * depth * (0.5 + self.confidence / 2)

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON-able data."""
        partner = {"browser": self.partner, "box": _numbers(self.partner_box)}
        return {
            "kind": self.kind,
            "selector": self.selector,
            "browser": self.browser,
            "box": _numbers(self.box),
            "partner": partner if self.partner_box else None,
            "message": self.message,
            "confidence": round(self.confidence, 3),
            "consequences": self.consequences,
            "fingerprint": self.fingerprint,
            "detail": dict(self.detail),
        }


def _numbers(box: Box | None) -> list[int] | None:
    return [box.x, box.y, box.width, box.height] if box else None


def ranked(findings: list[Finding]) -> tuple[Finding, ...]:
    """The most visible first."""
    return tuple(sorted(findings, key=lambda one: (-one.rank, one.selector, one.kind)))


def picture_box(rect: Rect, layout: PageLayout) -> Box:
    """A rectangle of the page in image pixels of its picture, at least one pixel large."""
    box = Box.enclosing(*(value * layout.ratio for value in rect))
    width, height = (round(value * layout.ratio) for value in layout.page)
    inside = box.clipped(max(1, width), max(1, height))
    return Box(inside.x, inside.y, max(1, inside.width), max(1, inside.height))


def quoted(one: Element) -> str:
    """What an element says, as an aside."""
    said = one.text or one.source
    short = said if len(said) <= 40 else f"{said[:39]}…"
    return f" (“{short}”)" if said else ""
