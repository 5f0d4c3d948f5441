"""The words of a finding: what differs, by how much, what it leads to, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_visualdiff.sweep.cause import FALLBACK
from pytest_visualdiff.sweep.findings import quoted
from pytest_visualdiff.sweep.paired_layouts import STILL
from pytest_visualdiff.sweep.presence import beyond

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.layouts.page_layout import Element, PageLayout
    from pytest_visualdiff.sweep.cause import Cause
    from pytest_visualdiff.sweep.events import Event
    from pytest_visualdiff.sweep.paired_layouts import Scene

_DOWN = 2.0


def tell(cause: Cause, kind: str, scene: Scene, selector: str) -> str:
    """One sentence of a cause."""
    return Teller(cause, scene, selector).sentence(kind)


class Teller:
    """Tells one cause."""

    def __init__(self, cause: Cause, scene: Scene, selector: str) -> None:
        self.cause, self.scene, self.selector = cause, scene, selector
        self.a, self.b = names(scene)

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
            return self.scene.a.elements[self.cause.a]
        return self.scene.b.elements[self.cause.b]

    def _both(self) -> tuple[Element, Element]:
        return self.scene.a.elements[self.cause.a], self.scene.b.elements[self.cause.b]

    def _event(self, kind: str) -> Event | None:
        return next((one for one in self.cause.events if one.kind == kind), None)

    # --- what -----------------------------------------------------------------------------------

    def _missing(self) -> str:
        event = self._event("missing")
        if event and event.axis == "text":
            one, _ = self._both()
            here, there = (self.b, self.a) if one.lines else (self.a, self.b)
            return f"shows no text in {here}, but does in {there}"
        here, there = (self.a, self.b) if missing_in_first(self.cause, self.scene) else (
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
        one, twin = self._both()
        at = 3 if event.axis == "height" else 2
        boxes = (one.text_box, twin.text_box) if event.axis == "text" else (one.box, twin.box)
        was, now = boxes[0][at], boxes[1][at]
        words = {"width": ("wider", "narrower"), "height": ("higher", "lower"),
                 "text": ("wider in its text", "narrower in its text")}[event.axis]  # fmt: skip
        share = abs(now - was) / was if was else 1.0
        amount = f"{share:.0%}".replace("%", " %") if share >= 0.01 else f"{abs(now - was):.0f} px"
        return f"{amount} {words[0] if now > was else words[1]}"

    def _misaligned(self) -> str:
        change = self.scene.shifts[self.cause.a]
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
        one, twin = self._both()
        return f"takes {counted(twin.lines, 'line')} of text in {self.b}, {one.lines} in {self.a}"

    def _reordered(self) -> str:
        return f"stands elsewhere among its neighbours in {self.b} than in {self.a}"

    def _covered(self) -> str:
        one, twin = self._both()
        name, layout, cover = (
            (self.b, self.scene.b, twin.cover)
            if twin.cover >= 0
            else (self.a, self.scene.a, one.cover)
        )
        return f"is covered by `{layout.selector(cover)}` in {name}"

    def _clipped(self) -> str:
        one, twin = self._both()
        event = self._event("clipped")
        less = twin.shown < one.shown or sum(twin.hidden) > sum(one.hidden)
        name = self.b if less or (event and event.axis == "clip-path") else self.a
        if event and event.axis in ("width", "height"):
            return f"cuts off {event.amount:.0f} px of what it holds in {name}"
        return f"is cut off in {name}"

    def _outside(self) -> str:
        here, one, layout = self._further_out()
        return f"reaches {self._reach(one, layout)} in {here}"

    def _broken(self) -> str:
        one, twin = self._both()
        return f"shows no picture in {self.b if twin.picture == 2 else self.a}: {one.source}"

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
        one, twin = self._both()
        if beyond(twin, self.scene.b) >= beyond(one, self.scene.a):
            return self.b, twin, self.scene.b
        return self.a, one, self.scene.a

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
        moved = [self.scene.shifts.get(i, STILL) for i in self.cause.followers]
        if all(abs(one.top) > _DOWN and abs(one.higher) <= _DOWN for one in moved):
            way = "pushed down" if sum(one.top for one in moved) > 0 else "moved up"
            return f"; {counted(count, 'element')} after it {verb} {way}"
        return f"; {counted(count, 'element')} {verb} affected"

    def _because(self, kind: str) -> str:
        styles = [event.axis for event in self.cause.events if event.kind == "restyled"]
        styles = [name for name in styles if name == FALLBACK or name in self.scene.a.properties]
        if "color" in styles:  # they are the same unless somebody sets the other one
            styles = [name for name in styles if name != "-webkit-text-fill-color"]
        names = [*styles, *(one for one in self.cause.evidence if one not in styles)]
        if kind == "missing" or not names or self.cause.a < 0 or self.cause.b < 0:
            return ""
        return f" ({'; '.join(map(self._both_values, names[:2]))})"

    def _both_values(self, name: str) -> str:
        """A computed style in both browsers."""
        if name == FALLBACK:
            family = _cut(self.scene.style_a(self.cause.a, "font-family"))
            return f"each browser has taken another font for font-family: {family}"
        return (
            f"{name}: {_cut(self.scene.style_a(self.cause.a, name))} in {self.a},"
            f" {_cut(self.scene.style_b(self.cause.a, name))} in {self.b}"
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


def counted(count: int, noun: str) -> str:
    """A number with its noun."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def names(scene: Scene) -> tuple[str, str]:
    """Both browsers as they are written in a sentence."""
    one, two = (layout.browser.capitalize() or "?" for layout in (scene.a, scene.b))
    return (one, two) if one != two else (f"the first {one}", f"the second {two}")


def missing_in_first(cause: Cause, scene: Scene) -> bool:
    """Whether the first browser is the one that does not show it."""
    if cause.a < 0:
        return True
    return not scene.a.elements[cause.a].visible
