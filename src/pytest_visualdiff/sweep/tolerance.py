"""How much each element may differ: by its evidence, by what it is, by the text around it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING

from pytest_visualdiff.layouts.styles import NATIVE, SIZING
from pytest_visualdiff.options.table import OPTIONS
from pytest_visualdiff.sweep.paired_layouts import INLINE

if TYPE_CHECKING:
    from pytest_visualdiff.sweep.paired_layouts import PairedLayouts

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
    """The tolerances, for one paired."""

    def __init__(self, paired: PairedLayouts, limits: SweepLimits) -> None:
        self.paired, self.limits = paired, limits

    def size(self, i: int, extent: float) -> float:
        """Pixels that an element of that extent may be larger or smaller for no reason."""
        if self.paired.evidence(i):
            return max(0.5 * self.limits.move, 0.25 * self.limits.size * extent)
        if self.is_native(i):
            if self.paired.a.elements[i].role == "slider":  # what is drawn is its thumb and track
                return inf
            return max(2 * self.limits.move, OWN_SIZE * extent)
        if self.paired.style_a(i, "display") == "table-cell":  # as wide as the texts of its column
            return max(self.limits.move, self.limits.text * extent)
        return max(self.limits.move, 0.5 * self.limits.size * extent)

    def place(self, i: int) -> float:
        """Pixels that an element may lie elsewhere for no reason."""
        return (2 if self.is_native(i) else 1) * self.limits.move

    def is_sized(self, i: int) -> bool:
        """Whether its own styles give it another size: nothing around it has to explain that."""
        return not SIZING.isdisjoint(self.paired.evidence(i))

    def is_native(self, i: int) -> bool:
        """Whether it is a control that each browser draws in its own way."""
        return self.paired.a.elements[i].tag in NATIVE and not self.paired.evidence(i)

    def holds_native(self, i: int) -> bool:
        """Whether it is such a control, or an inline element with one in it."""
        inline = self._is_inline(i) and not self.paired.evidence(i)
        children = self.paired.children.get(i, ()) if inline else ()
        return self.is_native(i) or any(self.is_native(k) for k in children)

    def flows_in_text(self, i: int) -> bool:
        """Whether it is a part of a line of text: where it lies is up to the font engine."""
        if self.paired.style_a(i, "display") not in INLINE or self.paired.evidence(i):
            return False
        one, partner = self.paired.both(i)
        hollow = self.paired.is_hollow(i)  # a box of each engine's own making
        return hollow or max(one.lines, partner.lines) > 1 or self._beside_text(i)

    def drifts(self, i: int) -> bool:
        """Whether it stands in a line with texts and controls, which each engine makes as wide, and
        breaks where, it likes.
        """
        if not self._is_inline(i) or self.paired.evidence(i):
            return False
        return self.paired.parents[i] in self._rows_of_controls or self._beside_text(i)

    @cached_property
    def _rows_of_controls(self) -> frozenset[int]:
        """The parents of rows in which controls stand in line with something else."""
        return frozenset(
            up
            for up, row in self.paired.children.items()
            if len(row) > 1 and any(self.is_native(k) and self._is_inline(k) for k in row)
        )

    def _is_inline(self, i: int) -> bool:
        return self.paired.style_a(i, "display").startswith("inline")

    def _beside_text(self, i: int) -> bool:
        """Whether the block that an inline element is in has text beside it."""
        up = self.paired.parents[i]
        while up >= 0:
            if self.paired.a.elements[up].lines:
                return True
            if self.paired.style_a(up, "display") not in INLINE:
                break
            up = self.paired.parents[up]
        return False

    def text_is_alike(self, i: int, at: int) -> bool:
        """Whether the own text differs by no more than the font engine explains.

        ``at`` is 0 for the width, 1 for the height.
        """
        one, partner = self.paired.both(i)
        was, now = one.text_box[at + 2], partner.text_box[at + 2]
        evidence = self.paired.evidence(i)
        if one.lines != partner.lines:
            return not evidence
        if at:
            share = 0.0 if evidence else ALONE * self.limits.text
            return abs(now - was) <= max(3.0 * one.lines, share * max(was, now))
        share = self.limits.text if evidence else ALONE * self.limits.text
        return abs(now - was * self.paired.wider(i)) <= max(2.0, share * was)

    def is_paragraph(self, i: int) -> bool:
        """Whether it holds several lines of inline elements: how many is up to the font engine."""
        children = self.paired.children.get(i, ())
        if self.paired.evidence(i) or not children:
            return False
        if any(self.paired.style_a(k, "display") not in INLINE for k in children):
            return False
        line = min(self.paired.a.elements[k].box.height for k in children)
        return max(one.box.height for one in self.paired.both(i)) >= 1.8 * line

    def breaks(self, i: int) -> bool:
        """Whether a label of one line has more in the other browser."""
        one, partner = self.paired.both(i)
        if min(one.lines, partner.lines) != 1 or " " not in one.text or self.paired.children.get(i):
            return False
        return one.role in LABELS and not self.flows_in_text(i)


@dataclass(frozen=True)
class SweepLimits:
    """The limits of a comparison of two layouts; all are tolerated up to and with the value."""

    move: float = OPTIONS["sweep_move"].default
    """CSS pixels that an edge may lie elsewhere than its neighbours explain."""
    size: float = OPTIONS["sweep_size"].default
    """Relative change of width or height beyond what content and container explain."""
    text: float = OPTIONS["sweep_text"].default
    """Relative difference of the widths that two font engines give the same text."""
    colour: float = OPTIONS["sweep_colour"].default
    """Colour difference (CIEDE2000) of text, background or border."""
