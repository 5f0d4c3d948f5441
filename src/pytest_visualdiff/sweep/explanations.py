"""What explains that an element is larger or smaller: container, content, neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_visualdiff.layouts.page_layout import Rect
from pytest_visualdiff.sweep.events import Reason
from pytest_visualdiff.sweep.paired_layouts import INLINE, shift

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_visualdiff.layouts.page_layout import Element
    from pytest_visualdiff.sweep.paired_layouts import Scene, Shift
    from pytest_visualdiff.sweep.tolerance import Tolerance

BROKEN = 2
"""The state of an element's picture that could not be loaded."""


class Sizes:
    """The explanations of sizes, for one scene. ``at`` is 0 for the width, 1 for the height."""

    def __init__(self, scene: Scene, tolerance: Tolerance) -> None:
        self.scene, self.tolerance = scene, tolerance
        self._least = tolerance.limits.move

    def grown(self, i: int, at: int) -> float:
        """How much wider or higher an element is."""
        change = self.scene.shifts[i]
        return change[at + 2] - change[at]

    def reasons(self, i: int, at: int) -> Iterator[Reason]:
        """All explanations, also those that leave much unexplained."""
        up = self.scene.parents[i]
        if up >= 0:
            yield from self._by_parent(i, up, at)
        if self.is_broken(i):
            yield Reason(0.0)  # its place holder is as large as the browser likes
        yield from self._by_text(i, at)
        yield from self._by_children(i, at)
        yield from self._by_row(i, at)

    def _by_parent(self, i: int, up: int, at: int) -> Iterator[Reason]:
        """It fills its container, or a part of it."""
        mine, outer = self.scene.shifts[i], self.scene.shifts[up]
        rest = abs(mine[at] - outer[at]) + abs(mine[at + 2] - outer[at + 2])
        yield Reason(rest, up, "parent")
        (one, twin), (container, other) = self.scene.both(i), self.scene.both(up)
        if container.box[at + 2] and abs(self.grown(up, at)) > self._least:
            part = one.box[at + 2] / container.box[at + 2]
            yield Reason(twin.box[at + 2] - part * other.box[at + 2], up, "parent")

    def _by_text(self, i: int, at: int) -> Iterator[Reason]:
        """It is as large as its text, which the font engines set a little differently."""
        one, twin = self.scene.both(i)
        if not (one.lines and twin.lines and self.tolerance.text_is_alike(i, at)):
            return
        if one.lines != twin.lines:
            # A text that cannot break has more lines where several fonts make it.
            if at or self.scene.style_a(i, "display") == "inline" or " " not in one.text:
                yield Reason(0.0)
        elif at or one.lines == 1:
            own = twin.text_box[at + 2] - one.text_box[at + 2]
            yield Reason(self.grown(i, at) - own)

    def _by_children(self, i: int, at: int) -> Iterator[Reason]:
        """It is as large as the box around what it holds."""
        if at and self.tolerance.is_paragraph(i):
            yield Reason(0.0)
        kids = [k for k in self.scene.kids.get(i, ()) if not self.scene.out_of_flow(k)]
        if any(self.is_broken(k) for k in kids):
            yield Reason(0.0)  # each browser leaves another room for its sign
        if self.tolerance.holds_native(i) and not self.tolerance.is_native(i):
            theirs = sum(abs(self.grown(k, at)) for k in kids if self.tolerance.is_native(k))
            beyond = abs(self.grown(i, at)) - theirs - 2 * self._least
            in_line = self.scene.style_a(i, "display") in INLINE  # and so may be broken in two
            yield Reason(0.0 if in_line else max(0.0, beyond))
        if not kids or not (at or self._are_wider(i, kids)):
            return
        change = self._around(i, kids)
        deciding = max(kids, key=lambda k: abs(self.grown(k, at)))
        rest = self.grown(i, at) - (change[at + 2] - change[at])
        if any(self.tolerance.holds_native(k) for k in kids):
            rest /= 2  # a line with controls in it is as high as each browser likes
        yield Reason(rest, deciding, "content")

    def is_broken(self, i: int) -> bool:
        """Whether it is a picture that neither browser has."""
        return all(one.picture == BROKEN for one in self.scene.both(i))

    def _are_wider(self, i: int, kids: Sequence[int]) -> bool:
        """Whether the content has another width of its own, not only the one that it is given."""
        one, twin = self.scene.both(i)
        if max(one.lines, twin.lines) > 1:
            return False
        own = abs(twin.text_box.width - one.text_box.width) if one.lines else 0.0
        return own + sum(abs(self.grown(k, 0)) for k in kids) >= 0.5 * abs(self.grown(i, 0))

    def _around(self, i: int, kids: Sequence[int]) -> Shift:
        """How the box around all children and the own text changed."""
        one, twin = self.scene.both(i)
        boxes = [tuple(element.box for element in self.scene.both(k)) for k in kids]
        ours = _enclosing([box for box, _ in boxes], one)
        return shift(ours, _enclosing([box for _, box in boxes], twin))

    def _by_row(self, i: int, at: int) -> Iterator[Reason]:
        """It is as large as its neighbours, or gives way to one of them."""
        near, grown = self.scene.around[i], self.grown(i, at)
        for other in {near.before, near.after, near.cousin, near.other_cousin} - {-1}:
            change = self.grown(other, at)
            if abs(change) <= 0.5 * self._least:
                continue
            if (change > 0) == (grown > 0):
                yield Reason(grown - change, other, "row")
            elif abs(change) > abs(grown) - 0.5 and self._beside(i, other, 1 - at):
                yield Reason(0.0, other, "row")

    def _beside(self, i: int, other: int, at: int) -> bool:
        """Whether two boxes share a stretch of the other axis."""
        one, two = self.scene.a.elements[i].box, self.scene.a.elements[other].box
        low = max(one[at], two[at])
        high = min(one[at] + one[at + 2], two[at] + two[at + 2])
        return high - low > 0.5 * min(one[at + 2], two[at + 2])


def _enclosing(boxes: Sequence[Rect], one: Element) -> Rect:
    """The smallest box around some boxes and an element's own text."""
    every = [*boxes, one.text_box] if one.lines else boxes
    left, top = min(box.x for box in every), min(box.y for box in every)
    right, bottom = max(box.right for box in every), max(box.bottom for box in every)
    return Rect(left, top, right - left, bottom - top)
