"""What explains that an element lies elsewhere: its container, and the neighbours it follows."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pytest_visualdiff.sweep.events import Reason
from pytest_visualdiff.sweep.paired_layouts import STILL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.sweep.explanations import Sizes
    from pytest_visualdiff.sweep.paired_layouts import Scene, Shift


class Places:
    """The explanations of places, for one scene. ``at`` is 0 for x, 1 for y."""

    def __init__(self, scene: Scene, sizes: Sizes) -> None:
        self.scene, self.sizes = scene, sizes
        self._least = sizes.tolerance.limits.move

    def reasons(self, i: int, at: int) -> Iterator[Reason]:
        """All explanations; the first is that it keeps its place in its container."""
        mine, up = self.scene.shifts[i], self.scene.parents[i]
        outer = self.scene.shifts[up] if up >= 0 else STILL
        yield Reason(mine[at] - outer[at])
        yield Reason(mine[at + 2] - outer[at + 2], up)
        yield from self._after(i, at)
        if self.scene.evidence(i):
            return
        yield from self._in_line(i)
        yield from self._before(i, at)
        yield Reason(mine.middle[at] - outer.middle[at], up)
        yield from self._between(i, at, outer)
        if up >= 0:
            yield from self._beside_text(i, up, at)
            yield from self._in_proportion(i, up, at)

    def _after(self, i: int, at: int) -> Iterator[Reason]:
        """It follows its neighbour, or is aligned with it."""
        mine, near = self.scene.shifts[i], self.scene.around[i]
        for other in {near.before, near.above, near.cousin} - {-1}:
            theirs = self.scene.shifts[other]
            yield Reason(mine[at] - theirs[at + 2], other)
            yield Reason(mine[at] - theirs[at], other)
            yield Reason(mine.middle[at] - theirs.middle[at], other)

    def _before(self, i: int, at: int) -> Iterator[Reason]:
        """It ends where its neighbour begins, as in a row that is aligned at the end."""
        other = self.scene.around[i].after
        if other >= 0:
            yield Reason(self.scene.shifts[i][at + 2] - self.scene.shifts[other][at], other)

    def _beside_text(self, i: int, up: int, at: int) -> Iterator[Reason]:
        """It stands beside its container's own text, which each engine sets as wide as it likes."""
        one, twin = self.scene.both(up)
        if at or not (one.lines and twin.lines and self.sizes.tolerance.text_is_alike(up, 0)):
            return
        moved = self.scene.shifts[i].left - self.scene.shifts[up].left
        if abs(moved) <= abs(twin.text_box.width - one.text_box.width) + self._least / 2:
            yield Reason(0.0)

    def _in_line(self, i: int) -> Iterator[Reason]:
        """It stands in a line behind a control that each browser makes as wide as it likes."""
        control = self._controls.get(self.scene.parents[i], i)
        if control < i and self.scene.style_a(i, "display").startswith("inline"):
            yield Reason(0.0, control)

    @cached_property
    def _controls(self) -> dict[int, int]:
        """By parent: its first control, or what holds one, of another size."""
        found: dict[int, int] = {}
        for up, row in self.scene.kids.items():
            for k in row:
                most = max(abs(self.sizes.grown(k, axis)) for axis in (0, 1))
                if most > self._least and self.sizes.tolerance.holds_native(k):
                    found[up] = k
                    break
        return found

    def _between(self, i: int, at: int, outer: Shift) -> Iterator[Reason]:
        """It lies between neighbours of another size: centred, spread or aligned at the end."""
        mine, near = self.scene.shifts[i], self.scene.around[i]
        sized = [
            other
            for other in {near.before, near.after} - {-1}
            if abs(self.sizes.grown(other, at)) > self._least
        ]
        if not sized:
            return
        grown = [self.sizes.grown(other, at) for other in sized]
        edges = [outer[at], outer[at + 2], *(self.scene.shifts[other][at] for other in sized)]
        edges += [*grown, *(-one for one in grown)]
        if min(edges) <= mine[at] <= max(edges):
            yield Reason(0.0, sized[0])

    def _in_proportion(self, i: int, up: int, at: int) -> Iterator[Reason]:
        """It keeps its place relative to a container of another size."""
        (one, twin), (outer, other) = self.scene.both(i), self.scene.both(up)
        if outer.box[at + 2] and abs(self.sizes.grown(up, at)) > self._least:
            part = (one.box[at] - outer.box[at]) / outer.box[at + 2]
            yield Reason(twin.box[at] - other.box[at] - part * other.box[at + 2], up)
