"""Two paired layouts with what every rule asks: displacements, relatives, neighbours, evidence."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from pytest_visualdiff.layouts.page_layout import Rect
from pytest_visualdiff.layouts.styles import (
    COMMON,
    DRAWN,
    INHERITED,
    NATIVE,
    OF_CONTROLS,
    OF_TEXT,
    PAINTED,
    WHY,
    alike,
    is_consequence,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_visualdiff.layouts.page_layout import Element, Rect
    from pytest_visualdiff.layouts.pairing import Pairs


INLINE = ("inline", "contents")
"""Values of ``display`` with which an element is part of a line of text."""


class EdgeShift(NamedTuple):
    """How far the edges of an element lie elsewhere in the other browser, in CSS pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def wider(self) -> float:
        """Change of width."""
        return self.right - self.left

    @property
    def higher(self) -> float:
        """Change of height."""
        return self.bottom - self.top

    @property
    def middle(self) -> tuple[float, float]:
        """Displacement of the centre."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


STILL = EdgeShift(0, 0, 0, 0)


def shift(a: Rect, b: Rect) -> EdgeShift:
    """The displacement of the edges from ``a`` to ``b``."""
    return EdgeShift(b.x - a.x, b.y - a.y, b.right - a.right, b.bottom - a.bottom)


class Neighbours(NamedTuple):
    """The neighbours of an element, as indices of ``a``; -1 for none."""

    before: int = -1
    after: int = -1
    above: int = -1
    """The sibling whose lower edge is the nearest one above."""
    column_before: int = -1
    """The cell of the same column in the row before."""
    column_after: int = -1
    """The cell of the same column in the row after."""


class PairedLayouts:
    """Two layouts side by side; elements are known by their index in ``a``."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs, self.a, self.b = pairs, pairs.a, pairs.b

    def both(self, i: int) -> tuple[Element, Element]:
        """An element and its partner."""
        return self.a.elements[i], self.b.elements[self.pairs.of_a[i]]

    @cached_property
    def in_both(self) -> tuple[int, ...]:
        """Elements that are visible in both browsers."""
        a, b = self.a.elements, self.b.elements
        return tuple(
            i
            for i, j in self.pairs.both
            if a[i].visible and b[j].visible and a[i].tag not in ("col", "colgroup")
        )

    @cached_property
    def shifts(self) -> dict[int, EdgeShift]:
        """How far the edges of each element that both browsers show have moved."""
        return {
            i: shift(one.box, partner.box) for i in self.in_both for one, partner in [self.both(i)]
        }

    @cached_property
    def parents(self) -> dict[int, int]:
        """By element: its nearest ancestor in both browsers with a box of its own, or -1."""
        found: dict[int, int] = {}
        for i in self.in_both:
            up = self.a.elements[i].parent
            while up >= 0 and (up not in self.shifts or self.is_hollow(up)):
                up = self.a.elements[up].parent
            found[i] = up
        return found

    def is_hollow(self, i: int) -> bool:
        """Whether it is an inline element that is only as large as the elements in it, or as what
        is generated for it, such as the sign of an icon font.
        """
        one = self.a.elements[i]
        return not one.lines and one.tag not in DRAWN and self.style_a(i, "display") in INLINE

    @cached_property
    def children(self) -> dict[int, list[int]]:
        """By ancestor: the elements in both browsers that it holds, in document order."""
        found: dict[int, list[int]] = {}
        for i, up in self.parents.items():
            found.setdefault(up, []).append(i)
        return found

    @cached_property
    def places(self) -> dict[int, int]:
        """By element: its number among its siblings in both browsers, from 0."""
        return {i: at for children in self.children.values() for at, i in enumerate(children)}

    @cached_property
    def around(self) -> dict[int, Neighbours]:
        """By element: its neighbours."""
        found: dict[int, Neighbours] = {}
        for up, children in self.children.items():
            found.update(self._neighbours(up, children))
        return found

    def _neighbours(self, up: int, children: Sequence[int]) -> Iterator[tuple[int, Neighbours]]:
        flow = [i for i in children if not (self.out_of_flow(i) or self.is_hollow(i))]
        place = {i: at for at, i in enumerate(flow)}
        bottoms = sorted((self.a.elements[i].box.bottom, i) for i in flow)
        columns = [self.children.get(row, ()) for row in self._beside_parent(up)]
        for at, i in enumerate(children):
            near = [more[at] if len(more) == len(children) else -1 for more in columns]
            if i not in place:
                yield i, Neighbours(-1, -1, -1, *near)
                continue
            m = place[i]
            low = bisect_right(bottoms, (self.a.elements[i].box.y + 1.0, len(self.a.elements)))
            yield (
                i,
                Neighbours(
                    flow[m - 1] if m else -1,
                    flow[m + 1] if m + 1 < len(flow) else -1,
                    bottoms[low - 1][1] if low else -1,
                    *near,
                ),
            )

    def _beside_parent(self, up: int) -> tuple[int, int]:
        """The neighbours of a parent: before and behind it."""
        if up < 0:
            return -1, -1
        row = self._rows.get(up) or (self.children[self.parents[up]], self.places[up])
        siblings, at = row
        return (
            siblings[at - 1] if at else -1,
            siblings[at + 1] if at + 1 < len(siblings) else -1,
        )

    @cached_property
    def _rows(self) -> dict[int, tuple[list[int], int]]:
        """For each row of a table all rows of it, whatever group they are in, and its number."""
        tables: dict[int, list[int]] = {}
        for i in self.in_both:
            if self.a.elements[i].tag == "tr":
                up = self.parents[i]
                inside = up >= 0 and self.a.elements[up].tag in ("thead", "tbody", "tfoot")
                tables.setdefault(self.parents[up] if inside else up, []).append(i)
        return {i: (rows, at) for rows in tables.values() for at, i in enumerate(rows)}

    def depth(self, i: int) -> int:
        """How many elements an element is nested in."""
        count = 0
        while (i := self.parents[i]) >= 0:
            count += 1
        return count

    def out_of_flow(self, i: int) -> bool:
        """Whether it is positioned absolutely, in both browsers."""
        return self.style_a(i, "position") in ("absolute", "fixed")

    # --- styles ---------------------------------------------------------------------------------

    @cached_property
    def _column(self) -> Mapping[str, int]:
        return {name: at for at, name in enumerate(self.a.properties)}

    def style_a(self, i: int, name: str) -> str:
        """A computed style in the first browser."""
        return self.a.styles[self.a.elements[i].style][self._column[name]]

    def style_b(self, i: int, name: str) -> str:
        """A computed style in the second browser."""
        partner = self.b.elements[self.pairs.of_a[i]]
        return self.b.styles[partner.style][self._column[name]]

    @cached_property
    def _unlike(self) -> dict[tuple[int, int], tuple[str, ...]]:
        """The properties that differ, by the two numbers of styles."""
        found: dict[tuple[int, int], tuple[str, ...]] = {}
        for i, j in self.pairs.both:
            key = self.a.elements[i].style, self.b.elements[j].style
            if key not in found:
                values = zip(self.a.styles[key[0]], self.b.styles[key[1]], strict=True)
                differ = [one != other and not alike(one, other) for one, other in values]
                found[key] = tuple(
                    name for name, unlike in zip(self.a.properties, differ, strict=True) if unlike
                )
        return found

    def unlike(self, i: int) -> tuple[str, ...]:
        """The computed styles in which an element differs."""
        one, partner = self.both(i)
        return self._unlike[one.style, partner.style]

    @cached_property
    def fonts(self) -> dict[tuple[str, ...], tuple[float, tuple[int, ...]]]:
        """How much wider the second browser sets each font, and the texts that tell so.

        A font is known by family, size and weight in both browsers; one line of text is measured.
        """
        ratios: dict[tuple[str, ...], list[tuple[float, int]]] = {}
        for i in self.in_both:
            one, partner = self.both(i)
            if (
                one.lines == partner.lines == 1
                and one.text == partner.text
                and one.text_box.width > 8
            ):
                ratio = partner.text_box.width / one.text_box.width
                ratios.setdefault(self.font(i), []).append((ratio, i))
        return {
            font: (median(ratio for ratio, _ in found), tuple(i for _, i in found))
            for font, found in ratios.items()
            if len(found) >= COMMON
        }

    def font(self, i: int) -> tuple[str, ...]:
        """The font of an element, in both browsers."""
        names = ("font-family", "font-size", "font-weight")
        return tuple(style(i, name) for style in (self.style_a, self.style_b) for name in names)

    def wider(self, i: int) -> float:
        """How much wider the second browser usually sets the font of an element; 1 is equal."""
        return self.fonts.get(self.font(i), (1.0, ()))[0]

    @cached_property
    def _usual(self) -> Counter[tuple[str, str, str, str]]:
        """How many elements of a tag differ in the same style by the same values."""
        return Counter(
            (self.a.elements[i].tag, name, self.style_a(i, name), self.style_b(i, name))
            for i in self.in_both
            for name in self.unlike(i)
        )

    def from_parent(self, i: int, name: str) -> bool:
        """Whether the parent differs in an inherited style in the same way."""
        up = self.a.elements[i].parent
        if name not in INHERITED or up < 0 or self.pairs.of_a[up] < 0:
            return False
        if name not in self.unlike(up):
            return False
        if name in PAINTED:  # a child that has a colour of its own differs in one browser alone
            return self.style_a(i, name) == self.style_a(up, name) or (
                self.style_b(i, name) == self.style_b(up, name)
            )
        ours = self.style_a(i, name), self.style_b(i, name)
        return ours == (self.style_a(up, name), self.style_b(up, name))

    def common(self, i: int, name: str) -> bool:
        """Whether several elements of its tag differ so: then the browser is like that."""
        key = self.a.elements[i].tag, name, self.style_a(i, name), self.style_b(i, name)
        return self._usual[key] >= COMMON

    def evidence(self, i: int) -> tuple[str, ...]:
        """The styles that may be why an element lies elsewhere or has another size."""
        unlike = self.unlike(i)
        if not unlike:
            return ()
        native = self.a.elements[i].tag in NATIVE
        return tuple(
            name
            for name in unlike
            if name in WHY
            and not (native and name in OF_CONTROLS)
            and not (name in OF_TEXT and not self.a.elements[i].lines)
            and not self.from_parent(i, name)
            and not self.common(i, name)
            and not is_consequence(
                name, self.style_a(i, name), self.style_b(i, name), native=native
            )
        )


BROKEN = 2
"""The state of an element's picture that could not be loaded."""
