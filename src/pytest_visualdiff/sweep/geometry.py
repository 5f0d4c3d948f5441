"""Where an element lies and how large it is, relative to what is around it.

Absolute places say little: one line more at the top moves all that follows. So each change of an
edge is held against what would explain it: the edges of the container, the content, the
neighbours. What is explained is a consequence and points to its reason; what is not is an event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_visualdiff.sweep.events import Change, Event, Sized
from pytest_visualdiff.sweep.explanations import Sizes
from pytest_visualdiff.sweep.ground import ground
from pytest_visualdiff.sweep.paired_layouts import shift
from pytest_visualdiff.sweep.places import Places
from pytest_visualdiff.sweep.tolerance import Tolerance

if TYPE_CHECKING:
    from pytest_visualdiff.sweep.limits import SweepLimits
    from pytest_visualdiff.sweep.paired_layouts import Scene

MARKER = 8.0
"""CSS pixels that the marker of a list may be wider."""

AXES = ((0, "width", "x"), (1, "height", "y"))


class Geometry:
    """The rules, for one scene."""

    def __init__(self, scene: Scene, limits: SweepLimits) -> None:
        self.scene, self.limits = scene, limits
        self.tolerance = Tolerance(scene, limits)
        self.sizes = Sizes(scene, self.tolerance)
        self.places = Places(scene, self.sizes)

    def changes(self) -> dict[int, Change]:
        """All elements with an event or an explained change."""
        found: dict[int, Change] = {}
        for i in self.scene.seen:
            change = Change()
            if not self.tolerance.flows_in_text(i):
                self._size(i, change)
                if not self.tolerance.drifts(i):
                    self._place(i, change)
            self._text(i, change)
            if change.events or change.links or change.sized:
                found[i] = change
        ground(found, self.scene)
        return found

    def _size(self, i: int, change: Change) -> None:
        one = self.scene.a.elements[i]
        if one.tag in ("html", "body"):
            return  # what is in it tells
        for at, axis, _ in AXES:
            grown = self.sizes.grown(i, at)
            if abs(grown) <= 0.5 * self.limits.move:
                continue
            certain = abs(grown) > self.tolerance.size(i, one.box[at + 2])
            if not certain and self.tolerance.is_native(i):
                continue
            event = Event("larger" if grown > 0 else "smaller", abs(grown), axis)
            reasons = [
                reason
                for reason in (() if self.tolerance.is_sized(i) else self.sizes.reasons(i, at))
                if abs(reason.rest) <= min(self.limits.move, 0.5 * abs(grown))
            ]
            if not reasons and certain:
                change.events.append(event)
            elif reasons and all(reason.link >= 0 for reason in reasons):
                change.sized[axis] = Sized(event, tuple(reasons), certain)
            change.links += [reason.link for reason in reasons if reason.link >= 0]

    def _place(self, i: int, change: Change) -> None:
        if self.sizes.is_broken(i):
            return
        sized = {event.axis for event in change.events}
        slack = self.tolerance.place(i)
        for at, extent, axis in AXES:
            reasons = self.places.reasons(i, at)
            if abs(next(reasons).rest) <= slack:
                continue  # it keeps its place in its container, as most do
            best = min(reasons, key=lambda reason: abs(reason.rest))
            if abs(best.rest) > slack and extent not in sized:
                change.events.append(Event("misaligned", abs(best.rest), axis))
            elif best.link >= 0:
                change.links.append(best.link)

    # --- text -----------------------------------------------------------------------------------

    def _text(self, i: int, change: Change) -> None:
        one, twin = self.scene.both(i)
        if not (one.lines and twin.lines):
            return
        if one.lines != twin.lines:
            if self.scene.evidence(i) or self.tolerance.breaks(i):
                change.events.append(Event("wrapped", abs(one.lines - twin.lines) * 10.0, "lines"))
        elif not (change.events or self.tolerance.flows_in_text(i) or self.scene.kids.get(i)):
            self._text_place(i, change)
            self._text_size(i, change)

    def _text_place(self, i: int, change: Change) -> None:
        """Where the text lies in its box: at the start, at the end or centred, as before."""
        one, twin = self.scene.both(i)
        inner, outer = shift(one.text_box, twin.text_box), self.scene.shifts[i]
        for at, _, axis in AXES:
            rests = (
                inner[at] - outer[at],
                inner[at + 2] - outer[at + 2],
                inner.middle[at] - outer.middle[at],
            )
            marker = MARKER * (at == 0 and self._is_item(i))
            if min(map(abs, rests)) > self.tolerance.place(i) + marker:
                change.events.append(Event("misaligned", min(map(abs, rests)), axis))

    def _text_size(self, i: int, change: Change) -> None:
        one, twin = self.scene.both(i)
        if one.lines == 1 and not (change.events or self.tolerance.text_is_alike(i, 0)):
            wider = twin.text_box.width - one.text_box.width
            change.events.append(Event("larger" if wider > 0 else "smaller", abs(wider), "text"))

    def _is_item(self, i: int) -> bool:
        """Whether it is an item of a list, whose marker each browser draws as wide as it likes."""
        return self.scene.style_a(i, "display") == "list-item" and not self.scene.evidence(i)
