"""Two paired layouts with what every rule asks: displacements, relatives, neighbours, evidence."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from functools import cached_property, lru_cache
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from pytest_visualdiff.sweep.layout import CAUSES, LOOKS
from pytest_visualdiff.sweep.limits import NATIVE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_visualdiff.sweep.layout import Element, Rect
    from pytest_visualdiff.sweep.pair import Pairs

USED = frozenset({"width", "height", "inset", "grid-template-columns"})
"""Computed styles that are results of layout as often as reasons: no evidence of their own."""

INHERITED = frozenset(
    [
        "color",
        "font-family",
        "font-size",
        "font-weight",
        "font-style",
        "text-transform",
        "text-shadow",
        "-webkit-text-fill-color",
        "fill",
        "stroke",
        "visibility",
        "list-style-type",
        "text-align",
        "white-space",
        "line-height",
        "letter-spacing",
        "word-spacing",
        "text-indent",
        "direction",
        "word-break",
        "font-stretch",
    ]
)
"""Computed styles that an element has from its parent."""

_PAINTED = ("-webkit-text-fill-color", "fill", "stroke")

COMMON = 3
"""So many elements of one tag with the very same difference of style are the browser's own way."""


class Shift(NamedTuple):
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


STILL = Shift(0, 0, 0, 0)


def shift(a: Rect, b: Rect) -> Shift:
    """The displacement of the edges from ``a`` to ``b``."""
    return Shift(b.x - a.x, b.y - a.y, b.right - a.right, b.bottom - a.bottom)


class Around(NamedTuple):
    """The neighbours of an element, as indices of ``a``; -1 for none."""

    before: int = -1
    after: int = -1
    above: int = -1
    """The sibling whose lower edge is next above."""
    cousin: int = -1
    """The child of the parent's neighbour before it at the same place, as in a table's column."""
    other_cousin: int = -1
    """The one of the neighbour behind it."""


class Scene:
    """Two layouts side by side; elements are known by their index in ``a``."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs, self.a, self.b = pairs, pairs.a, pairs.b

    def both(self, i: int) -> tuple[Element, Element]:
        """An element and its twin."""
        return self.a.elements[i], self.b.elements[self.pairs.of_a[i]]

    @cached_property
    def seen(self) -> tuple[int, ...]:
        """Elements that are visible in both browsers."""
        a, b = self.a.elements, self.b.elements
        return tuple(
            i
            for i, j in self.pairs.both
            if a[i].visible and b[j].visible and a[i].tag not in ("col", "colgroup")
        )

    @cached_property
    def shifts(self) -> dict[int, Shift]:
        """Displacement of each seen element."""
        return {i: shift(one.box, twin.box) for i in self.seen for one, twin in [self.both(i)]}

    @cached_property
    def parents(self) -> dict[int, int]:
        """The nearest seen ancestor of each seen element; -1 for the outermost."""
        found: dict[int, int] = {}
        for i in self.seen:
            up = self.a.elements[i].parent
            while up >= 0 and up not in self.shifts:
                up = self.a.elements[up].parent
            found[i] = up
        return found

    @cached_property
    def kids(self) -> dict[int, list[int]]:
        """The seen elements whose nearest seen ancestor is the key, in document order."""
        found: dict[int, list[int]] = {}
        for i, up in self.parents.items():
            found.setdefault(up, []).append(i)
        return found

    @cached_property
    def places(self) -> dict[int, int]:
        """The number of each seen element among its seen siblings, from 0."""
        return {i: at for kids in self.kids.values() for at, i in enumerate(kids)}

    @cached_property
    def around(self) -> dict[int, Around]:
        """The neighbours of each seen element."""
        found: dict[int, Around] = {}
        for up, kids in self.kids.items():
            found.update(self._neighbours(up, kids))
        return found

    def _neighbours(self, up: int, kids: Sequence[int]) -> Iterator[tuple[int, Around]]:
        flow = [i for i in kids if not self.out_of_flow(i)]
        place = {i: at for at, i in enumerate(flow)}
        bottoms = sorted((self.a.elements[i].box.bottom, i) for i in flow)
        cousins = [self.kids.get(aunt, ()) for aunt in self._aunts(up)]
        for at, i in enumerate(kids):
            near = [more[at] if len(more) == len(kids) else -1 for more in cousins]
            if i not in place:
                yield i, Around(-1, -1, -1, *near)
                continue
            m = place[i]
            low = bisect_right(bottoms, (self.a.elements[i].box.y + 1.0, len(self.a.elements)))
            yield (
                i,
                Around(
                    flow[m - 1] if m else -1,
                    flow[m + 1] if m + 1 < len(flow) else -1,
                    bottoms[low - 1][1] if low else -1,
                    *near,
                ),
            )

    def _aunts(self, up: int) -> tuple[int, int]:
        """The neighbours of a parent: before and behind it."""
        if up < 0:
            return -1, -1
        row = self._rows.get(up) or (self.kids[self.parents[up]], self.places[up])
        siblings, at = row
        return (
            siblings[at - 1] if at else -1,
            siblings[at + 1] if at + 1 < len(siblings) else -1,
        )

    @cached_property
    def _rows(self) -> dict[int, tuple[list[int], int]]:
        """For each row of a table all rows of it, whatever group they are in, and its number."""
        tables: dict[int, list[int]] = {}
        for i in self.seen:
            if self.a.elements[i].tag == "tr":
                up = self.parents[i]
                inside = up >= 0 and self.a.elements[up].tag in ("thead", "tbody", "tfoot")
                tables.setdefault(self.parents[up] if inside else up, []).append(i)
        return {i: (rows, at) for rows in tables.values() for at, i in enumerate(rows)}

    def depth(self, i: int) -> int:
        """How many seen elements an element is in."""
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
        twin = self.b.elements[self.pairs.of_a[i]]
        return self.b.styles[twin.style][self._column[name]]

    @cached_property
    def _unlike(self) -> dict[tuple[int, int], tuple[str, ...]]:
        """The properties that differ, by the two numbers of styles."""
        found: dict[tuple[int, int], tuple[str, ...]] = {}
        for i, j in self.pairs.both:
            key = self.a.elements[i].style, self.b.elements[j].style
            if key not in found:
                values = zip(self.a.styles[key[0]], self.b.styles[key[1]], strict=True)
                differ = [one != other and not _alike(one, other) for one, other in values]
                found[key] = tuple(
                    name for name, unlike in zip(self.a.properties, differ, strict=True) if unlike
                )
        return found

    def unlike(self, i: int) -> tuple[str, ...]:
        """The computed styles in which an element differs."""
        one, twin = self.both(i)
        return self._unlike[one.style, twin.style]

    @cached_property
    def fonts(self) -> dict[tuple[str, ...], tuple[float, tuple[int, ...]]]:
        """How much wider the second browser sets each font, and the texts that tell so.

        A font is known by family, size and weight in both browsers; one line of text is measured.
        """
        ratios: dict[tuple[str, ...], list[tuple[float, int]]] = {}
        for i in self.seen:
            one, twin = self.both(i)
            if one.lines == twin.lines == 1 and one.text == twin.text and one.text_box.width > 8:
                ratio = twin.text_box.width / one.text_box.width
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
            for i in self.seen
            for name in self.unlike(i)
        )

    def from_parent(self, i: int, name: str) -> bool:
        """Whether the parent differs in an inherited style in the same way."""
        up = self.a.elements[i].parent
        if name not in INHERITED or up < 0 or self.pairs.of_a[up] < 0:
            return False
        if name not in self.unlike(up):
            return False
        if name in _PAINTED:  # a child that has a colour of its own differs in one browser alone
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
        native = self.a.elements[i].tag in NATIVE
        return tuple(
            name
            for name in self.unlike(i)
            if name in _WHY
            and not (native and name in _OF_CONTROLS)
            and not (name in _OF_TEXT and not self.a.elements[i].lines)
            and not self.from_parent(i, name)
            and not self.common(i, name)
            and not _follows(name, self.style_a(i, name), self.style_b(i, name), native=native)
        )


_OF_CONTROLS = frozenset(
    [
        "align-items",
        "white-space",
        "text-align",
        "line-height",
        "display",
        "overflow",
        "letter-spacing",
        "word-spacing",
        "min-width",
        "min-height",
    ]
)
"""Computed styles that the browsers give their controls."""


_OF_TEXT = frozenset({"font-family", "font-style", "text-transform"})
"""Computed styles that change an element only by its own text."""


OWN_PADDING = 4.0
"""CSS pixels by which the browsers' own paddings of controls differ at most; measured."""

_NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")


@lru_cache(maxsize=65536)
def _alike(one: str, other: str) -> bool:
    """Whether two values differ only in how each browser writes them: quotes, blanks, rounding."""
    if _bare(one) == _bare(other):
        return True
    ours, theirs = ([float(number) for number in _NUMBER.findall(value)] for value in (one, other))
    if not ours or len(ours) != len(theirs):
        return False
    close = all(abs(a - b) <= 0.02 + 0.002 * abs(a) for a, b in zip(ours, theirs, strict=True))
    return close and _NUMBER.sub("#", _bare(one)) == _NUMBER.sub("#", _bare(other))


def _bare(value: str) -> str:
    return value.replace('"', "").replace("'", "").replace(" ", "").lower()


def _follows(name: str, was: str, now: str, *, native: bool) -> bool:
    """Whether a computed style is more likely the result of a change of size than its reason.

    So is the padding that each browser gives its controls. Margins of a centred box, and a translation by a part of the box, are computed in pixels.
    """
    if name == "margin":
        if "auto" in was + now:  # Firefox keeps the word, Chromium has pixels
            return True
        ours, theirs = (_sides(value) for value in (was, now))
        return ours[0::2] == theirs[0::2] and ours[1] == ours[3] and theirs[1] == theirs[3]
    if name == "padding" and native:
        ours, theirs = ([float(side.removesuffix("px")) for side in _sides(value)]
                        for value in (was, now))  # fmt: skip
        return max(abs(a - b) for a, b in zip(ours, theirs, strict=True)) <= OWN_PADDING
    return name == "transform" and all(
        value.startswith("matrix(1, 0, 0, 1,") for value in (was, now)
    )


def _sides(value: str) -> list[str]:
    """Top, right, bottom and left of a shorthand."""
    top, *rest = value.split() or ["0px"]
    right = rest[0] if rest else top
    return [top, right, rest[1] if len(rest) > 1 else top, rest[2] if len(rest) > 2 else right]


_WHY = (frozenset(CAUSES) | (frozenset(LOOKS) & frozenset({
    "font-size", "font-weight", "font-family", "font-style", "border-top-width", "clip-path",
    "border-right-width", "border-bottom-width", "border-left-width", "text-transform",
}))) - USED  # fmt: skip
