"""One cause is one finding: which of all events are the reason of the others.

An event is strong where something speaks for it: the element is gone, stands elsewhere in the
order, or has other computed styles than its twin. A weak event beside a strong one is its
consequence. Where no event of a family is strong, the largest is taken for the cause.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from pytest_visualdiff.sweep.appearance import restyled
from pytest_visualdiff.sweep.cause import FALLBACK, Cause
from pytest_visualdiff.sweep.events import Change, Event
from pytest_visualdiff.sweep.family import families
from pytest_visualdiff.sweep.geometry import Geometry
from pytest_visualdiff.sweep.order import reordered
from pytest_visualdiff.sweep.presence import gone, obscured, on_its_own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.sweep.limits import SweepLimits
    from pytest_visualdiff.sweep.paired_layouts import Scene


def causes(scene: Scene, limits: SweepLimits) -> list[Cause]:
    """The causes of all that differs between two layouts."""
    return Tracing(scene, limits).run()


class Tracing:
    """From all events to their causes."""

    def __init__(self, scene: Scene, limits: SweepLimits) -> None:
        self.scene, self.limits = scene, limits
        self.geometry = Geometry(scene, limits)
        self.changes = self.geometry.changes()

    def run(self) -> list[Cause]:
        """Trace everything."""
        candidates = [*self._missing(), *self._differing()]
        candidates.sort(key=lambda one: (one.a < 0, one.a, one.b))
        kin = families(candidates, self.scene, self.changes)
        kept = [head for family in kin for head in _heads(family)]
        for cause in kept:
            cause.followers |= self._followers(cause)
        return _beneath_fonts(kept)

    def _missing(self) -> Iterator[Cause]:
        a, b, pairs = self.scene.a, self.scene.b, self.scene.pairs
        for i in gone(a, pairs.of_a, b):
            own = on_its_own(self.scene, i, b, pairs.of_a[i])
            yield Cause(i, pairs.of_a[i], [Event("missing", 50.0)], own=own)
        for j in gone(b, pairs.of_b, a):
            own = on_its_own(self.scene, pairs.of_b[j], a, pairs.of_b[j])
            yield Cause(pairs.of_b[j], j, [Event("missing", 50.0)], own=own)

    def _differing(self) -> Iterator[Cause]:
        moved = reordered(self.scene)
        fallback = self._other_fonts()
        for i in self.scene.seen:
            change = self.changes.get(i, Change())
            events = list(change.events)
            events += obscured(self.scene, i, self.limits, inline=self._in_line(i))
            events += restyled(self.scene, i, self.limits)
            events += [Event("restyled", 10.0, FALLBACK)] if i in fallback else []
            if i in moved:
                events.append(Event("reordered", 20.0))
            if events:
                evidence = self.scene.evidence(i)
                own = self._on_its_own(i, events, evidence)
                others = set(fallback.get(i, ()))
                yield Cause(i, self.scene.pairs.of_a[i], events, evidence, own, others)

    def _on_its_own(self, i: int, events: list[Event], evidence: tuple[str, ...]) -> bool:
        """Whether it is cut off, or shows no text, for its own sake."""
        sized = {one.kind for one in events} & {"larger", "smaller", "wrapped"}
        if any(one.kind == "clipped" for one in events) and not (evidence or sized):
            return False
        inherits = "font-size" in self.scene.unlike(i) and self.scene.from_parent(i, "font-size")
        return not (inherits and any(one == Event("missing", 20.0, "text") for one in events))

    def _in_line(self, i: int) -> bool:
        return self.scene.style_a(i, "display") == "inline" and not self.scene.evidence(i)

    def _other_fonts(self) -> dict[int, tuple[int, ...]]:
        """By its first text: all others of a family that each browser replaces by another font."""
        found: dict[str, list[int]] = defaultdict(list)
        for font, (ratio, texts) in self.scene.fonts.items():
            if abs(ratio - 1) > self.limits.text and font[:3] == font[3:]:
                found[font[0]] += texts
        families_ = (sorted(texts) for texts in found.values())
        return {first: tuple(others) for first, *others in families_}

    def _followers(self, cause: Cause) -> set[int]:
        """All that is explained by the cause, directly or not."""
        found: set[int] = set()
        waiting = [cause.a] if cause.kinds - {"restyled"} else []
        while waiting:
            for i in self._explained.get(waiting.pop(), ()):
                if i not in found and i != cause.a:
                    found.add(i)
                    waiting.append(i)
        return found

    @cached_property
    def _explained(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for i, change in self.changes.items():
            for link in change.links:
                found[link].append(i)
        return found


def _beneath_fonts(kept: list[Cause]) -> list[Cause]:
    """Where the browsers replace a font, each by another, what differs for no other reason is due
    to that: all texts are longer or shorter, and what holds them is larger or smaller.
    """
    fonts = [one for one in kept if any(event.axis == FALLBACK for event in one.events)]
    if not fonts:
        return kept
    weak = [one for one in kept if not (one.strong or one in fonts)]
    fonts[0].followers |= {one.a for one in weak if one.a >= 0}
    return [one for one in kept if one not in weak]


def _heads(family: list[Cause]) -> list[Cause]:
    """The causes among a family; all others of it follow from the first one."""
    heads = [one for one in family if one.strong]
    if not any(one.leading for one in heads):
        weak = [one for one in family if not one.strong]
        heads += [max(weak, key=lambda one: one.weight)] if weak else []
    head = next((one for one in heads if one.kinds - {"restyled"}), heads[0])
    head.followers |= {one.a for one in family if one not in heads and one.a >= 0}
    return heads
