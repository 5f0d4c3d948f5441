"""How much each element may differ: by its evidence, by what it is, by the text around it."""

from __future__ import annotations

from functools import cached_property
from math import inf
from typing import TYPE_CHECKING

from pytest_visualdiff.layouts.styles import SIZING
from pytest_visualdiff.sweep.limits import NATIVE
from pytest_visualdiff.sweep.paired_layouts import INLINE

if TYPE_CHECKING:
    from pytest_visualdiff.sweep.limits import SweepLimits
    from pytest_visualdiff.sweep.paired_layouts import Scene

OWN_SIZE = 0.5
"""The part of its size by which browsers draw a control larger or smaller on their own."""

ALONE = 5.0
"""So much more may a text differ whose element has the same styles in both browsers: then each has
found another font for it."""

LABELS = frozenset(
    ["link", "button", "heading", "tab", "menuitem", "columnheader", "checkbox", "radio"]
)
"""Roles of elements whose text one expects on one line."""


class Tolerance:
    """The tolerances, for one scene."""

    def __init__(self, scene: Scene, limits: SweepLimits) -> None:
        self.scene, self.limits = scene, limits

    def size(self, i: int, extent: float) -> float:
        """Pixels that an element of that extent may be larger or smaller for no reason."""
        if self.scene.evidence(i):
            return max(0.5 * self.limits.move, 0.25 * self.limits.size * extent)
        if self.is_native(i):
            if self.scene.a.elements[i].role == "slider":  # what is drawn is its thumb and track
                return inf
            return max(2 * self.limits.move, OWN_SIZE * extent)
        if self.scene.style_a(i, "display") == "table-cell":  # as wide as the texts of its column
            return max(self.limits.move, self.limits.text * extent)
        return max(self.limits.move, 0.5 * self.limits.size * extent)

    def place(self, i: int) -> float:
        """Pixels that an element may lie elsewhere for no reason."""
        return (2 if self.is_native(i) else 1) * self.limits.move

    def is_sized(self, i: int) -> bool:
        """Whether its own styles give it another size: nothing around it has to explain that."""
        return not SIZING.isdisjoint(self.scene.evidence(i))

    def is_native(self, i: int) -> bool:
        """Whether it is a control that each browser draws in its own way."""
        return self.scene.a.elements[i].tag in NATIVE and not self.scene.evidence(i)

    def holds_native(self, i: int) -> bool:
        """Whether it is such a control, or an inline element with one in it."""
        inline = self._is_inline(i) and not self.scene.evidence(i)
        kids = self.scene.kids.get(i, ()) if inline else ()
        return self.is_native(i) or any(self.is_native(k) for k in kids)

    def flows_in_text(self, i: int) -> bool:
        """Whether it is a part of a line of text: where it lies is up to the font engine."""
        if self.scene.style_a(i, "display") not in INLINE or self.scene.evidence(i):
            return False
        one, twin = self.scene.both(i)
        hollow = self.scene.is_hollow(i)  # a box of each engine's own making
        return hollow or max(one.lines, twin.lines) > 1 or self._beside_text(i)

    def drifts(self, i: int) -> bool:
        """Whether it stands in a line with texts and controls, which each engine makes as wide, and
        breaks where, it likes.
        """
        if not self._is_inline(i) or self.scene.evidence(i):
            return False
        return self.scene.parents[i] in self._rows_of_controls or self._beside_text(i)

    @cached_property
    def _rows_of_controls(self) -> frozenset[int]:
        """The parents of rows in which controls stand in line with something else."""
        return frozenset(
            up
            for up, row in self.scene.kids.items()
            if len(row) > 1 and any(self.is_native(k) and self._is_inline(k) for k in row)
        )

    def _is_inline(self, i: int) -> bool:
        return self.scene.style_a(i, "display").startswith("inline")

    def _beside_text(self, i: int) -> bool:
        """Whether the block that an inline element is in has text beside it."""
        up = self.scene.parents[i]
        while up >= 0:
            if self.scene.a.elements[up].lines:
                return True
            if self.scene.style_a(up, "display") not in INLINE:
                break
            up = self.scene.parents[up]
        return False

    def text_is_alike(self, i: int, at: int) -> bool:
        """Whether the own text differs by no more than the font engine explains.

        ``at`` is 0 for the width, 1 for the height.
        """
        one, twin = self.scene.both(i)
        was, now = one.text_box[at + 2], twin.text_box[at + 2]
        evidence = self.scene.evidence(i)
        if one.lines != twin.lines:
            return not evidence
        if at:
            share = 0.0 if evidence else ALONE * self.limits.text
            return abs(now - was) <= max(3.0 * one.lines, share * max(was, now))
        share = self.limits.text if evidence else ALONE * self.limits.text
        return abs(now - was * self.scene.wider(i)) <= max(2.0, share * was)

    def is_paragraph(self, i: int) -> bool:
        """Whether it holds several lines of inline elements: how many is up to the font engine."""
        kids = self.scene.kids.get(i, ())
        if self.scene.evidence(i) or not kids:
            return False
        if any(self.scene.style_a(k, "display") not in INLINE for k in kids):
            return False
        line = min(self.scene.a.elements[k].box.height for k in kids)
        return max(one.box.height for one in self.scene.both(i)) >= 1.8 * line

    def breaks(self, i: int) -> bool:
        """Whether a label of one line has more in the other browser."""
        one, twin = self.scene.both(i)
        if min(one.lines, twin.lines) != 1 or " " not in one.text or self.scene.kids.get(i):
            return False
        return one.role in LABELS and not self.flows_in_text(i)
