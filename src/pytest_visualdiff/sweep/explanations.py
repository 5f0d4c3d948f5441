"""What explains that an element is larger or smaller: container, content, neighbours."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pytest_visualdiff.layouts.page_layout import Rect
from pytest_visualdiff.sweep.events import Explanation
from pytest_visualdiff.sweep.paired_layouts import BROKEN, INLINE, STILL, shift

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_visualdiff.layouts.page_layout import Element
    from pytest_visualdiff.sweep.paired_layouts import EdgeShift, PairedLayouts
    from pytest_visualdiff.sweep.tolerance import Tolerance


class Sizes:
    """The explanations of sizes, for one paired. ``at`` is 0 for the width, 1 for the height."""

    def __init__(self, paired: PairedLayouts, tolerance: Tolerance) -> None:
        self.paired, self.tolerance = paired, tolerance
        self._least = tolerance.limits.move

    def grown(self, i: int, at: int) -> float:
        """How much wider or higher an element is."""
        change = self.paired.shifts[i]
        return change[at + 2] - change[at]

    def reasons(self, i: int, at: int) -> Iterator[Explanation]:
        """All explanations, also those that leave much unexplained."""
        up = self.paired.parents[i]
        if up >= 0:
            yield from self._by_parent(i, up, at)
        if self.is_broken(i):
            yield Explanation(0.0)  # its place holder is as large as the browser likes
        yield from self._by_text(i, at)
        yield from self._by_children(i, at)
        yield from self._by_row(i, at)

    def _by_parent(self, i: int, up: int, at: int) -> Iterator[Explanation]:
        """It fills its container, or a part of it."""
        mine, outer = self.paired.shifts[i], self.paired.shifts[up]
        rest = abs(mine[at] - outer[at]) + abs(mine[at + 2] - outer[at + 2])
        yield Explanation(rest, up, "parent")
        (one, partner), (container, other) = self.paired.both(i), self.paired.both(up)
        if container.box[at + 2] and abs(self.grown(up, at)) > self._least:
            part = one.box[at + 2] / container.box[at + 2]
            yield Explanation(partner.box[at + 2] - part * other.box[at + 2], up, "parent")

    def _by_text(self, i: int, at: int) -> Iterator[Explanation]:
        """It is as large as its text, which the font engines set a little differently."""
        one, partner = self.paired.both(i)
        if not (one.lines and partner.lines and self.tolerance.text_is_alike(i, at)):
            return
        if one.lines != partner.lines:
            # A text that cannot break has more lines where several fonts make it.
            if at or self.paired.style_a(i, "display") == "inline" or " " not in one.text:
                yield Explanation(0.0)
        elif at or one.lines == 1:
            own = partner.text_box[at + 2] - one.text_box[at + 2]
            yield Explanation(self.grown(i, at) - own)

    def _by_children(self, i: int, at: int) -> Iterator[Explanation]:
        """It is as large as the box around what it holds."""
        if at and self.tolerance.is_paragraph(i):
            yield Explanation(0.0)
        children = [k for k in self.paired.children.get(i, ()) if not self.paired.out_of_flow(k)]
        if any(self.is_broken(k) for k in children):
            yield Explanation(0.0)  # each browser leaves another room for its sign
        if self.tolerance.holds_native(i) and not self.tolerance.is_native(i):
            theirs = sum(abs(self.grown(k, at)) for k in children if self.tolerance.is_native(k))
            beyond = abs(self.grown(i, at)) - theirs - 2 * self._least
            in_line = self.paired.style_a(i, "display") in INLINE  # and so may be broken in two
            yield Explanation(0.0 if in_line else max(0.0, beyond))
        if not children or not (at or self._are_wider(i, children)):
            return
        change = self._around(i, children)
        deciding = max(children, key=lambda k: abs(self.grown(k, at)))
        rest = self.grown(i, at) - (change[at + 2] - change[at])
        if any(self.tolerance.holds_native(k) for k in children):
            rest /= 2  # a line with controls in it is as high as each browser likes
        yield Explanation(rest, deciding, "content")

    def is_broken(self, i: int) -> bool:
        """Whether it is a picture that neither browser has."""
        return all(one.picture == BROKEN for one in self.paired.both(i))

    def _are_wider(self, i: int, children: Sequence[int]) -> bool:
        """Whether the content has another width of its own, not only the one that it is given."""
        one, partner = self.paired.both(i)
        if max(one.lines, partner.lines) > 1:
            return False
        own = abs(partner.text_box.width - one.text_box.width) if one.lines else 0.0
        return own + sum(abs(self.grown(k, 0)) for k in children) >= 0.5 * abs(self.grown(i, 0))

    def _around(self, i: int, children: Sequence[int]) -> EdgeShift:
        """How the box around all children and the own text changed."""
        one, partner = self.paired.both(i)
        boxes = [tuple(element.box for element in self.paired.both(k)) for k in children]
        ours = _enclosing([box for box, _ in boxes], one)
        return shift(ours, _enclosing([box for _, box in boxes], partner))

    def _by_row(self, i: int, at: int) -> Iterator[Explanation]:
        """It is as large as its neighbours, or gives way to one of them."""
        near, grown = self.paired.around[i], self.grown(i, at)
        for other in {near.before, near.after, near.column_before, near.column_after} - {-1}:
            change = self.grown(other, at)
            if abs(change) <= 0.5 * self._least:
                continue
            if (change > 0) == (grown > 0):
                yield Explanation(grown - change, other, "row")
            elif abs(change) > abs(grown) - 0.5 and self._beside(i, other, 1 - at):
                yield Explanation(0.0, other, "row")

    def _beside(self, i: int, other: int, at: int) -> bool:
        """Whether two boxes share a stretch of the other axis."""
        one, two = self.paired.a.elements[i].box, self.paired.a.elements[other].box
        low = max(one[at], two[at])
        high = min(one[at] + one[at + 2], two[at] + two[at + 2])
        return high - low > 0.5 * min(one[at + 2], two[at + 2])


def _enclosing(boxes: Sequence[Rect], one: Element) -> Rect:
    """The smallest box around some boxes and an element's own text."""
    every = [*boxes, one.text_box] if one.lines else boxes
    left, top = min(box.x for box in every), min(box.y for box in every)
    right, bottom = max(box.right for box in every), max(box.bottom for box in every)
    return Rect(left, top, right - left, bottom - top)


class Places:
    """The explanations of places, for one paired. ``at`` is 0 for x, 1 for y."""

    def __init__(self, paired: PairedLayouts, sizes: Sizes) -> None:
        self.paired, self.sizes = paired, sizes
        self._least = sizes.tolerance.limits.move

    def reasons(self, i: int, at: int) -> Iterator[Explanation]:
        """All explanations; the first is that it keeps its place in its container."""
        mine, up = self.paired.shifts[i], self.paired.parents[i]
        outer = self.paired.shifts[up] if up >= 0 else STILL
        yield Explanation(mine[at] - outer[at])
        yield Explanation(mine[at + 2] - outer[at + 2], up)
        yield from self._after(i, at)
        if self.paired.evidence(i):
            return
        yield from self._in_line(i)
        yield from self._before(i, at)
        yield Explanation(mine.middle[at] - outer.middle[at], up)
        yield from self._between(i, at, outer)
        if up >= 0:
            yield from self._beside_text(i, up, at)
            yield from self._in_proportion(i, up, at)

    def _after(self, i: int, at: int) -> Iterator[Explanation]:
        """It follows its neighbour, or is aligned with it."""
        mine, near = self.paired.shifts[i], self.paired.around[i]
        for other in {near.before, near.above, near.column_before} - {-1}:
            theirs = self.paired.shifts[other]
            yield Explanation(mine[at] - theirs[at + 2], other)
            yield Explanation(mine[at] - theirs[at], other)
            yield Explanation(mine.middle[at] - theirs.middle[at], other)

    def _before(self, i: int, at: int) -> Iterator[Explanation]:
        """It ends where its neighbour begins, as in a row that is aligned at the end."""
        other = self.paired.around[i].after
        if other >= 0:
            yield Explanation(self.paired.shifts[i][at + 2] - self.paired.shifts[other][at], other)

    def _beside_text(self, i: int, up: int, at: int) -> Iterator[Explanation]:
        """It stands beside its container's own text, which each engine sets as wide as it likes."""
        one, partner = self.paired.both(up)
        if at or not (one.lines and partner.lines and self.sizes.tolerance.text_is_alike(up, 0)):
            return
        moved = self.paired.shifts[i].left - self.paired.shifts[up].left
        if abs(moved) <= abs(partner.text_box.width - one.text_box.width) + self._least / 2:
            yield Explanation(0.0)

    def _in_line(self, i: int) -> Iterator[Explanation]:
        """It stands in a line behind a control that each browser makes as wide as it likes."""
        control = self._controls.get(self.paired.parents[i], i)
        if control < i and self.paired.style_a(i, "display").startswith("inline"):
            yield Explanation(0.0, control)

    @cached_property
    def _controls(self) -> dict[int, int]:
        """By parent: its first control, or what holds one, of another size."""
        found: dict[int, int] = {}
        for up, row in self.paired.children.items():
            for k in row:
                most = max(abs(self.sizes.grown(k, axis)) for axis in (0, 1))
                if most > self._least and self.sizes.tolerance.holds_native(k):
                    found[up] = k
                    break
        return found

    def _between(self, i: int, at: int, outer: EdgeShift) -> Iterator[Explanation]:
        """It lies between neighbours of another size: centred, spread or aligned at the end."""
        mine, near = self.paired.shifts[i], self.paired.around[i]
        sized = [
            other
            for other in {near.before, near.after} - {-1}
            if abs(self.sizes.grown(other, at)) > self._least
        ]
        if not sized:
            return
        grown = [self.sizes.grown(other, at) for other in sized]
        edges = [outer[at], outer[at + 2], *(self.paired.shifts[other][at] for other in sized)]
        edges += [*grown, *(-one for one in grown)]
        if min(edges) <= mine[at] <= max(edges):
            yield Explanation(0.0, sized[0])

    def _in_proportion(self, i: int, up: int, at: int) -> Iterator[Explanation]:
        """It keeps its place relative to a container of another size."""
        (one, partner), (outer, other) = self.paired.both(i), self.paired.both(up)
        if outer.box[at + 2] and abs(self.sizes.grown(up, at)) > self._least:
            part = (one.box[at] - outer.box[at]) / outer.box[at + 2]
            yield Explanation(partner.box[at] - other.box[at] - part * other.box[at + 2], up)
