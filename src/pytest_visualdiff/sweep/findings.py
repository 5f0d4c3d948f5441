"""What a sweep reports: one cause in words, with its place in both browsers."""

from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.model import Box
from pytest_visualdiff.options.table import SWEEP_KINDS
from pytest_visualdiff.sweep.events import FALLBACK
from pytest_visualdiff.sweep.paired_layouts import STILL
from pytest_visualdiff.sweep.presence import beyond
from pytest_visualdiff.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_visualdiff.layouts.page_layout import Element, PageLayout, Rect
    from pytest_visualdiff.sweep.events import Event, RootCause
    from pytest_visualdiff.sweep.paired_layouts import PairedLayouts

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
    path: str = ""
    """The way to the element through the page; names it in findings that were accepted earlier."""

    @property
    def fingerprint(self) -> str:
        """Names the finding from run to run: its kind, element and browsers, not its amount.

        Another look is named by its styles, too: a third colour is another finding.
        """
        return self._fingerprint(self.selector)

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """The fingerprint, and the one that earlier versions gave the same finding."""
        earlier = {self._fingerprint(self.path)} if self.path else set()
        return (self.fingerprint, *(earlier - {self.fingerprint}))

    def _fingerprint(self, selector: str) -> str:
        look = self.detail.get("styles") if self.kind == "restyled" else None
        said = json.dumps([self.kind, selector, self.browser, self.partner, look])
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


def ranked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The most visible first; what happens to many elements of a kind is one finding."""
    merged = merge_repeated(findings)
    return tuple(sorted(merged, key=lambda one: (-one.rank, one.selector, one.kind)))


ALIKE_AMOUNT = 2.0
"""CSS pixels by which the amounts of findings differ at most that are merged."""

_PLACE = re.compile(r":nth-of-type\(\d+\)|\d+")


def merge_repeated(findings: Iterable[Finding]) -> list[Finding]:
    """Merge findings that say the same of the same part of repeated rows, cards or items.

    The first of them stands for all; its message says how many more there are, and
    ``detail["also"]`` names them.
    """
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for one in findings:
        groups.setdefault(_repetition(one), []).append(one)
    return [merged for group in groups.values() for merged in _merged(group)]


def _repetition(one: Finding) -> tuple[object, ...]:
    """What findings on repeated elements have in common: all but the row that they are in."""
    events = {(str(event[0]), str(event[2])) for event in one.detail.get("events", ())}
    looks = json.dumps([one.detail.get("styles"), one.detail.get("evidence")])
    place = _PLACE.sub("", one.path) or one.selector
    also = "also" in one.detail and one.selector  # merged already
    return one.kind, one.browser, one.partner, place, tuple(sorted(events)), looks, also


def _merged(group: Sequence[Finding]) -> Iterator[Finding]:
    waiting = list(group)
    while waiting:
        first = waiting[0]
        near = [one for one in waiting if abs(one.amount - first.amount) <= ALIKE_AMOUNT]
        waiting = [one for one in waiting if one not in near]
        if len(near) == 1:
            yield first
            continue
        also = [one.selector for one in near[1:]]
        yield replace(
            first,
            message=f"{first.message}; and {len(also)} more like it",
            confidence=max(one.confidence for one in near),
            consequences=sum(one.consequences for one in near),
            detail={**first.detail, "also": also},
        )


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


_DOWN = 2.0


def message(cause: RootCause, kind: str, paired: PairedLayouts, selector: str) -> str:
    """One sentence of a cause."""
    return MessageBuilder(cause, paired, selector).sentence(kind)


class MessageBuilder:
    """Writes the sentence of one cause."""

    def __init__(self, cause: RootCause, paired: PairedLayouts, selector: str) -> None:
        self.cause, self.paired, self.selector = cause, paired, selector
        self.a, self.b = names(paired)

    def sentence(self, kind: str) -> str:
        """The whole sentence."""
        what = {
            "missing": self._missing,
            "reordered": self._reordered,
            "wrapped": self._wrapped,
            "misaligned": self._misaligned,
            "overlapped": self._covered,
            "clipped": self._clipped,
            "broken": self._broken,
            "restyled": self._restyled,
            "off-screen": self._outside,
        }.get(kind, self._sized)()
        effects = [one for one in self._effects(kind) if one]
        said = f"`{self.selector}`{self._aside()} {' and '.join([what, *effects])}"
        return said + self._consequences() + self._because(kind)

    def _aside(self) -> str:
        one = self._one()
        return quoted(one) if not one.id else ""

    def _one(self) -> Element:
        if self.cause.a >= 0:
            return self.paired.a.elements[self.cause.a]
        return self.paired.b.elements[self.cause.b]

    def _both(self) -> tuple[Element, Element]:
        return self.paired.a.elements[self.cause.a], self.paired.b.elements[self.cause.b]

    def _event(self, kind: str) -> Event | None:
        return next((one for one in self.cause.events if one.kind == kind), None)

    # --- what -----------------------------------------------------------------------------------

    def _missing(self) -> str:
        event = self._event("missing")
        if event and event.axis == "text":
            one, _ = self._both()
            here, there = (self.b, self.a) if one.lines else (self.a, self.b)
            return f"shows no text in {here}, but does in {there}"
        here, there = (self.a, self.b) if missing_in_first(self.cause, self.paired) else (
            self.b, self.a)  # fmt: skip
        return f"is not to be seen in {here}, but is in {there}"

    def _sized(self) -> str:
        parts = []
        for event in self.cause.events:
            if event.kind not in ("larger", "smaller"):
                continue
            parts.append(self._extent(event))
        return f"is {' and '.join(dict.fromkeys(parts))} in {self.b} than in {self.a}"

    def _extent(self, event: Event) -> str:
        one, partner = self._both()
        at = 3 if event.axis == "height" else 2
        boxes = (one.text_box, partner.text_box) if event.axis == "text" else (one.box, partner.box)
        was, now = boxes[0][at], boxes[1][at]
        words = {"width": ("wider", "narrower"), "height": ("higher", "lower"),
                 "text": ("wider in its text", "narrower in its text")}[event.axis]  # fmt: skip
        share = abs(now - was) / was if was else 1.0
        amount = f"{share:.0%}".replace("%", " %") if share >= 0.01 else f"{abs(now - was):.0f} px"
        return f"{amount} {words[0] if now > was else words[1]}"

    def _misaligned(self) -> str:
        change = self.paired.shifts[self.cause.a]
        axes = {event.axis: event for event in self.cause.events if event.kind == "misaligned"}
        ways = []
        if "x" in axes:
            side = change.left if abs(change.left) >= abs(change.right) else change.right
            ways.append(f"{axes['x'].amount:.0f} px further {'right' if side > 0 else 'left'}")
        if "y" in axes:
            side = change.top if abs(change.top) >= abs(change.bottom) else change.bottom
            ways.append(f"{axes['y'].amount:.0f} px {'lower' if side > 0 else 'higher'}")
        return f"lies {' and '.join(ways)} in {self.b} than in {self.a}"

    def _wrapped(self) -> str:
        one, partner = self._both()
        return (
            f"takes {counted(partner.lines, 'line')} of text in {self.b}, {one.lines} in {self.a}"
        )

    def _reordered(self) -> str:
        return f"stands elsewhere among its neighbours in {self.b} than in {self.a}"

    def _covered(self) -> str:
        one, partner = self._both()
        name, layout, cover = (
            (self.b, self.paired.b, partner.cover)
            if partner.cover >= 0
            else (self.a, self.paired.a, one.cover)
        )
        return f"is covered by `{layout.selector(cover)}` in {name}"

    def _clipped(self) -> str:
        one, partner = self._both()
        event = self._event("clipped")
        less = partner.shown < one.shown or sum(partner.hidden) > sum(one.hidden)
        name = self.b if less or (event and event.axis == "clip-path") else self.a
        if event and event.axis in ("width", "height"):
            return f"cuts off {event.amount:.0f} px of what it holds in {name}"
        return f"is cut off in {name}"

    def _outside(self) -> str:
        here, one, layout = self._further_out()
        return f"reaches {self._reach(one, layout)} in {here}"

    def _broken(self) -> str:
        one, partner = self._both()
        return f"shows no picture in {self.b if partner.picture == 2 else self.a}: {one.source}"

    def _restyled(self) -> str:
        names = [event.axis for event in self.cause.events if event.kind == "restyled"]
        told = [_SHOWN.get(name, name.replace("-", " ")) for name in names]
        return f"has another {' and '.join(dict.fromkeys(told))} in {self.b} than in {self.a}"

    # --- what follows ---------------------------------------------------------------------------

    def _effects(self, kind: str) -> Iterator[str]:
        if kind != "off-screen" and self._event("off-screen"):
            here, one, layout = self._further_out()
            where = "" if here == self.b else f" in {here}"
            yield f"reaches {self._reach(one, layout)}{where}"
        if kind not in ("overlapped", "missing") and self._event("overlapped"):
            yield self._covered()
        if kind not in ("clipped", "missing") and self._event("clipped"):
            yield self._clipped()

    def _further_out(self) -> tuple[str, Element, PageLayout]:
        one, partner = self._both()
        if beyond(partner, self.paired.b) >= beyond(one, self.paired.a):
            return self.b, partner, self.paired.b
        return self.a, one, self.paired.a

    def _reach(self, one: Element, layout: PageLayout) -> str:
        right, left, above = one.box.right - layout.viewport[0], -one.box.x, -one.box.y
        if right >= max(left, above):
            return f"{right:.0f} px past the right edge of the viewport"
        if left >= above:
            return f"{left:.0f} px past the left edge of the viewport"
        return f"{above:.0f} px above the page"

    def _consequences(self) -> str:
        count = len(self.cause.followers)
        if not count:
            return ""
        verb = "is" if count == 1 else "are"
        moved = [self.paired.shifts.get(i, STILL) for i in self.cause.followers]
        if all(abs(one.top) > _DOWN and abs(one.higher) <= _DOWN for one in moved):
            way = "pushed down" if sum(one.top for one in moved) > 0 else "moved up"
            return f"; {counted(count, 'element')} after it {verb} {way}"
        return f"; {counted(count, 'element')} {verb} affected"

    def _because(self, kind: str) -> str:
        styles = [event.axis for event in self.cause.events if event.kind == "restyled"]
        styles = [name for name in styles if name == FALLBACK or name in self.paired.a.properties]
        if "color" in styles:  # they are the same unless somebody sets the other one
            styles = [name for name in styles if name != "-webkit-text-fill-color"]
        names = [*styles, *(one for one in self.cause.evidence if one not in styles)]
        if kind == "missing" or not names or self.cause.a < 0 or self.cause.b < 0:
            return ""
        return f" ({'; '.join(map(self._both_values, names[:2]))})"

    def _both_values(self, name: str) -> str:
        """A computed style in both browsers."""
        if name == FALLBACK:
            family = _cut(self.paired.style_a(self.cause.a, "font-family"))
            return f"each browser has taken another font for font-family: {family}"
        return (
            f"{name}: {_cut(self.paired.style_a(self.cause.a, name))} in {self.a},"
            f" {_cut(self.paired.style_b(self.cause.a, name))} in {self.b}"
        )


_SHOWN = {
    "color": "text colour",
    "-webkit-text-fill-color": "text colour",
    "background-color": "background colour",
    "background-image": "background picture",
    "border-color": "border colour",
    **{f"border-{side}-width": "border" for side in ("top", "right", "bottom", "left")},
    "border-radius": "rounding of its corners",
    "box-shadow": "shadow",
    "font-family": "font",
}


def _cut(value: str) -> str:
    return value if len(value) <= 60 else f"{value[:59]}…"


def names(paired: PairedLayouts) -> tuple[str, str]:
    """Both browsers as they are written in a sentence."""
    one, two = (layout.browser.capitalize() or "?" for layout in (paired.a, paired.b))
    return (one, two) if one != two else (f"the first {one}", f"the second {two}")


def missing_in_first(cause: RootCause, paired: PairedLayouts) -> bool:
    """Whether the first browser is the one that does not show it."""
    if cause.a < 0:
        return True
    return not paired.a.elements[cause.a].visible
