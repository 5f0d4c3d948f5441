"""What was changed on each element: texts, attributes, styles, pictures, and what came or went.

Both layouts come from one browser, so that equal means equal. Left out is what only follows from
something else: inherited styles, colours that follow the text colour, lengths that follow the font
size, and computed sizes that are the result of layout.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING

from pytest_visualdiff.layouts.page_layout import DETAILED
from pytest_visualdiff.layouts.pairing import Pairs, pair
from pytest_visualdiff.layouts.styles import INHERITED, NUMBER, number, numbers, sides

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.layouts.page_layout import Element, PageLayout

MOVED = 0.6
"""CSS pixels that an edge must lie elsewhere to be moved."""

INHERITS = INHERITED | {
    *("list-style-position", "list-style-image", "border-collapse", "border-spacing"),
    *("font-variant", "font-feature-settings", "overflow-wrap", "tab-size", "writing-mode"),
    *("caption-side", "empty-cells", "font-kerning", "stroke-width", "fill-opacity", "hyphens"),
    *("accent-color", "text-underline-offset"),
}
"""Computed styles that an element has from its parent."""

RESULTS = frozenset({"width", "height", "inset", "grid-template-columns", "grid-template-rows",
                     "transform", "perspective"})  # fmt: skip
"""Computed styles that may be the result of layout."""

PAINT = frozenset(
    {
        *("color", "background-color", "background-image", "background-position", "fill", "stroke"),
        *("background-size", "background-repeat", "background-clip", "border-color", "opacity"),
        *("border-radius", "box-shadow", "text-decoration-line", "text-shadow", "filter"),
        *("clip-path", "-webkit-text-fill-color", "visibility", "list-style-type", "z-index"),
        *("outline-style", "outline-width", "outline-color", "outline-offset", "mask-image"),
        *("text-decoration-color", "text-decoration-style", "text-decoration-thickness"),
        *("text-underline-offset", "backdrop-filter", "mix-blend-mode", "object-position"),
        *("object-fit", "accent-color", "list-style-image", "fill-opacity", "stroke-width"),
    }
)
"""Computed styles that change how an element looks, not where anything lies."""

_CURRENT = ("border-color", "outline-color", "text-decoration-color", "-webkit-text-fill-color",
            "fill", "stroke", "box-shadow", "text-shadow")  # fmt: skip
_FONT = frozenset({"font-family", "font-size", "font-weight", "font-style", "letter-spacing",
                   "word-spacing", "text-transform", "font-variant", "font-feature-settings",
                   "font-stretch", "white-space", "text-indent", "zoom", "writing-mode",
                   "direction", "font-kerning", "tab-size"})  # fmt: skip
_TRANSFORMS = frozenset({"transform", "scale", "rotate", "zoom", "perspective"})
BROKEN = 2
"""State of a picture whose file did not come."""

NOT_LOADED = "not loaded"
"""What a font family is after its web font did not come."""

_COLOUR = re.compile(r"(?:rgba?|color)\([^)]*\)")
_IGNORED_ATTRIBUTES = frozenset({"style", "href", "title", "srcset", "src", "scroll"})
_SHORT = ("margin", "padding", "inset")
_SIDES = ("top", "right", "bottom", "left")


@dataclass
class Change:
    """What was changed on one element. It is a ``node``: see ``Differences``."""

    node: int
    kind: str
    name: str = ""
    before: str = ""
    after: str = ""
    more: list[Change] = field(default_factory=list)
    """Further changes of the same element that are told with it."""
    weak: bool = False
    """It may as well be the result of another change."""

    @property
    def moves(self) -> bool:
        """Whether it may change places and sizes."""
        if any(one.moves for one in self.more):
            return True
        return self.kind != "style" or self.name not in PAINT


class Differences:
    """Two paired layouts.

    A node is an element of both, or of one of them: the index in the expected layout, or for one
    that was added the index in the actual layout plus the number of expected elements.
    """

    def __init__(self, expected: PageLayout, actual: PageLayout) -> None:
        self.expected, self.actual = expected, actual
        self.pairs: Pairs = pair(expected, actual)
        self.count = len(expected.elements)
        self.names = expected.properties if expected.properties == actual.properties else tuple(
            name for name in DETAILED if name in expected.properties and name in actual.properties
        )  # fmt: skip
        self._columns = [
            [layout.properties.index(name) for name in self.names] for layout in (expected, actual)
        ]

    def both(self, node: int) -> tuple[Element | None, Element | None]:
        """The expected and the actual element of a node."""
        if node >= self.count:
            return None, self.actual.elements[node - self.count]
        partner = self.pairs.of_a[node]
        return self.expected.elements[node], (
            self.actual.elements[partner] if partner >= 0 else None
        )

    def parent(self, node: int) -> int:
        """The node of the parent; -1 for none."""
        if node < self.count:
            return self.expected.elements[node].parent
        above = self.actual.elements[node - self.count].parent
        return self.node_of_actual(above) if above >= 0 else -1

    def node_of_actual(self, index: int) -> int:
        """The node of an element of the actual layout."""
        partner = self.pairs.of_b[index]
        return partner if partner >= 0 else self.count + index

    @cached_property
    def moved(self) -> dict[int, tuple[float, float, float, float]]:
        """By node: how far left, top, right and bottom edge lie elsewhere."""
        found = {}
        ours, theirs = self.expected.elements, self.actual.elements
        for i, j in self.pairs.both:
            one, other = ours[i], theirs[j]
            a, b = one.box, other.box
            if a == b or not (one.visible or other.visible) or one.tag.startswith("::"):
                continue
            left, top = b[0] - a[0], b[1] - a[1]
            shift = (left, top, left + b[2] - a[2], top + b[3] - a[3])
            if max(shift) > MOVED or min(shift) < -MOVED:
                found[i] = shift
        return found

    @cached_property
    def unlike_nodes(self) -> list[int]:
        """The elements of both layouts that look, say or measure otherwise by themselves."""
        ours, theirs = self.expected.elements, self.actual.elements
        return [
            i
            for i, j in self.pairs.both
            if _itself(ours[i]) != _itself(theirs[j]) or self.unlike(i)
        ]

    # --- styles ---------------------------------------------------------------------------------

    def style(self, node: int, name: str) -> tuple[str, str]:
        """A computed style before and after, of an element of both layouts."""
        at = self.names.index(name)
        one, other = self.expected.elements[node], self.actual.elements[self.pairs.of_a[node]]
        return (
            self.expected.styles[one.style][self._columns[0][at]],
            self.actual.styles[other.style][self._columns[1][at]],
        )

    @cached_property
    def _unlike(self) -> dict[tuple[int, int], dict[str, tuple[str, str]]]:
        return {}

    def unlike(self, node: int) -> dict[str, tuple[str, str]]:
        """The computed styles of a node that differ: before and after."""
        partner = self.pairs.of_a[node] if node < self.count else -1
        if partner < 0:
            return {}
        key = self.expected.elements[node].style, self.actual.elements[partner].style
        if key not in self._unlike:
            ours, theirs = self.expected.styles[key[0]], self.actual.styles[key[1]]
            rows = zip(self.names, *self._columns, strict=True)
            self._unlike[key] = {} if ours == theirs and len(self.names) == len(ours) else {
                name: (ours[a], theirs[b]) for name, a, b in rows if ours[a] != theirs[b]
            }  # fmt: skip
        return self._unlike[key]

    def styles(self, node: int) -> Iterator[Change]:
        """The styles that were set on an element itself."""
        differing = self.unlike(node)
        if not differing:
            return
        up = self.parent(node)
        above = self.unlike(up) if up >= 0 else {}
        for name, (before, after) in differing.items():
            if name in INHERITS and self._from_above(name, before, after, above):
                continue
            if self._follows(name, differing, above):
                continue
            weak = name in RESULTS or self._is_result(node, name, before, after)
            told = _one_side(name, before, after)
            if name == "position" and "inset" in differing:
                was, now = differing["inset"]
                told = name, _with_offset(before, was), _with_offset(after, now)
            yield Change(node, "style", *told, weak=weak)

    def _from_above(
        self, name: str, before: str, after: str, above: dict[str, tuple[str, str]]
    ) -> bool:
        if above.get(name) == (before, after):
            return True
        return name in above and name == "font-size" and _scaled(*above[name], before, after)

    def _follows(
        self,
        name: str,
        differing: dict[str, tuple[str, str]],
        above: dict[str, tuple[str, str]],
    ) -> bool:
        """Whether a style follows from another one: the colour, the font size, the parent's box."""
        before, after = differing[name]
        if name in _CURRENT and "color" in differing:
            was, now = differing["color"]
            if before.replace(was, now) == after:
                return True
        if name != "font-size":
            sizes = [differing.get("font-size"), self._root_size]
            if any(size and _scaled(*size, before, after) for size in sizes):
                return True
        if name == "display":
            blockified = {"position", "float"} & differing.keys() or {"display"} & above.keys()
            return bool(blockified) and _same_inside(before, after)
        if name == "text-decoration-line" and above.get(name) == (before, after):
            return True
        return name in ("font-kerning", "text-decoration-thickness") and "font-size" in differing

    @cached_property
    def _root_size(self) -> tuple[str, str] | None:
        root = self.unlike(0) if self.count else {}
        return root.get("font-size")

    def _is_result(self, node: int, name: str, before: str, after: str) -> bool:
        """Whether a margin may be the result of centring."""
        if name != "margin":
            return False
        ours, theirs = sides(before), sides(after)
        if ours[0::2] != theirs[0::2] or self._moves_edge(node, ours, theirs):
            return False
        return ours[1] == ours[3] or theirs[1] == theirs[3] or node in self.moved

    def _moves_edge(self, node: int, ours: list[str], theirs: list[str]) -> bool:
        """Whether one margin at the side moved its own edge, within an element that is as wide."""
        shift, outer = self.moved.get(node), self.moved.get(self.parent(node))
        changed = [side for side in (1, 3) if ours[side] != theirs[side]]
        if shift is None or len(changed) != 1 or (outer and abs(outer[2] - outer[0]) > MOVED):
            return False
        (side,) = changed
        more = number(theirs[side]) - number(ours[side])
        return abs(shift[0] - more if side == 3 else shift[2] + more) <= MOVED

    # --- texts, attributes, pictures -------------------------------------------------------------

    def contents(self, node: int) -> Iterator[Change]:
        """What an element says and shows, apart from its styles."""
        one, other = self.both(node)
        if one is None or other is None:
            return
        ours, theirs = attributes(one), attributes(other)
        names = ours.keys() | theirs.keys()
        changed = {name for name in names if ours.get(name) != theirs.get(name)}
        if one.text != other.text and not (changed & _NAMES and not (one.lines or other.lines)):
            yield Change(node, "text", "", one.text, other.text)
        yield from _pictures(node, one, other, ours.get("src", ""), theirs.get("src", ""))
        if "scroll" in changed:
            yield Change(node, "moved", "scroll", ours.get("scroll", "0, 0"),
                         theirs.get("scroll", "0, 0"))  # fmt: skip
        if "value" in changed and ("value" not in ours or "value" not in theirs):
            changed.discard("value")
        for name in sorted(changed - _IGNORED_ATTRIBUTES):
            told = {"is checked": "checked", "selected option": "value"}.get(name, name)
            if told == "checked" and name == "checked" and "is checked" in changed:
                continue
            if name == "value" and "selected option" in changed:
                continue
            yield Change(node, "attribute", told, ours.get(name, ""), theirs.get(name, ""))

    def redrawn_text(self, node: int) -> bool:
        """Whether a line of text has another width although nothing about it was changed."""
        one, other = self.both(node)
        if one is None or other is None or not (one.lines == other.lines == 1):
            return False
        if one.text != other.text or abs(one.text_box.width - other.text_box.width) <= MOVED:
            return False
        if _FONT & self.unlike(node).keys() or len(one.text) >= 80:
            return False
        while node >= 0:
            if _TRANSFORMS & self.unlike(node).keys():
                return False
            node = self.parent(node)
        return True

    # --- what came and went ---------------------------------------------------------------------

    def gone(self) -> Iterator[Change]:
        """The outermost elements that only one of the two layouts shows."""
        lost: set[int] = set()
        for i, j in enumerate(self.pairs.of_a):
            one = self.expected.elements[i]
            if one.parent in lost:
                lost.add(i)
            elif j < 0 and _shows(self.expected, one):
                lost.add(i)
                if one.selector and one.selector in self.actual.hidden:
                    display = self.expected.style(i).get("display", "block")
                    yield Change(i, "style", "display", display, "none")
                else:
                    yield Change(i, "removed", "", one.text, "")
        new: set[int] = set()
        for j, i in enumerate(self.pairs.of_b):
            other = self.actual.elements[j]
            if other.parent in new:
                new.add(j)
            elif i < 0 and _shows(self.actual, other):
                new.add(j)
                if other.selector and other.selector in self.expected.hidden:
                    display = self.actual.style(j).get("display", "block")
                    yield Change(self.count + j, "style", "display", "none", display)
                else:
                    yield Change(self.count + j, "added", "", "", other.text)

    def reordered(self) -> Iterator[Change]:
        """Elements that stand elsewhere among their siblings."""
        of_a = self.pairs.of_a
        for children in self.expected.children:
            if len(children) < 2:
                continue
            kept = [(i, of_a[i]) for i in children if of_a[i] >= 0]
            if kept == sorted(kept, key=itemgetter(1)):
                continue
            stays = _longest_rising([j for _, j in kept])
            for at, (i, _) in enumerate(kept):
                if at not in stays:
                    yield Change(i, "moved", "order", "", "")


def _pictures(node: int, one: Element, other: Element, was: str, now: str) -> Iterator[Change]:
    """Another picture of an element, or the same file with other contents."""
    if one.source != other.source or (was != now and one.tag == "img"):
        before, after = (was, now) if one.source == other.source else (one.source, other.source)
        broken = " (not loaded)" if other.picture == BROKEN != one.picture else ""
        yield Change(node, "image", "src", before, f"{after}{broken}")
    elif (one.picture, one.natural) != (other.picture, other.natural):
        yield Change(node, "image", "src", _state(one), _state(other))


def first_font(families: str) -> str:
    """The first of some font families, without quotes."""
    return families.split(",", 1)[0].strip().strip("\"'")


def column_of(pages: Differences, node: int) -> tuple[int, int] | None:
    """Of a cell: the place in its row, from 0, and the table; None for any other element."""
    one, other = pages.both(node)
    layout, cell = (pages.expected, one) if one is not None else (pages.actual, other)
    if cell is None or cell.tag not in ("td", "th") or cell.parent < 0:
        return None
    place = layout.children[cell.parent].index(cell.index)
    up = pages.parent(node)
    for _ in range(3):
        above = next((part for part in pages.both(up) if part), None) if up >= 0 else None
        if above is None or above.tag == "table":
            break
        up = pages.parent(up)
    return place, up


_NAMES = frozenset({"alt", "placeholder", "value", "aria-label"})


def attributes(one: Element) -> dict[str, str]:
    """The attributes of an element, and the state of a field."""
    pairs = (part.partition("=") for part in one.attributes.split("\x1d") if part)
    return {name: value for name, _, value in pairs}


def _itself(one: Element) -> tuple[object, ...]:
    """What an element says and shows apart from its styles and its place."""
    return one.text, one.source, one.attributes, one.picture, one.natural, one.text_box[2]


def _state(one: Element) -> str:
    words = {2: "not loaded", 3: "still loading"}
    width, height = one.natural
    return words.get(one.picture, f"{one.source} ({width}x{height})")


def _shows(layout: PageLayout, one: Element) -> bool:
    """Whether an element, or what is in it, takes room or is seen."""
    if one.tag.startswith("::"):
        return one.tag in ("::before", "::after")
    waiting = [one.index]
    for _ in range(200):
        if not waiting:
            return False
        at = layout.elements[waiting.pop()]
        if at.visible and at.box.width * at.box.height > 0:
            return True
        waiting += layout.children[at.index]
    return False


def _one_side(name: str, before: str, after: str) -> tuple[str, str, str]:
    """A shorthand of four sides of which one differs, by that side's own name."""
    if name not in _SHORT:
        return name, before, after
    ours, theirs = sides(before), sides(after)
    changed = [at for at in range(4) if ours[at] != theirs[at]]
    if len(changed) != 1 or len(ours) != 4:
        return name, before, after
    (at,) = changed
    prefix = "" if name == "inset" else f"{name}-"
    return f"{prefix}{_SIDES[at]}", ours[at], theirs[at]


def _with_offset(position: str, inset: str) -> str:
    """A relative position with what it moves by: ``relative (top 12px)``."""
    if position != "relative" or len(sides(inset)) != 4:
        return position
    top, _, _, left = sides(inset)
    offsets = [f"{side} {to}" for side, to in (("top", top), ("left", left)) if number(to)]
    return f"{position} ({', '.join(offsets)})" if offsets else position


def _scaled(size: str, other_size: str, before: str, after: str) -> bool:
    """Whether all lengths of a value changed by the same factor as a font size."""
    ours, theirs = numbers(before), numbers(after)
    if not ours or len(ours) != len(theirs) or "px" not in before or not number(size):
        return False
    factor = number(other_size) / number(size)
    if NUMBER.sub("#", before) != NUMBER.sub("#", after):
        return False
    return all(
        abs(a * factor - b) <= 0.02 + 0.005 * abs(b) for a, b in zip(ours, theirs, strict=True)
    )


def _same_inside(before: str, after: str) -> bool:
    """Whether two values of display differ in the outside alone: inline-flex and flex."""
    return before.removeprefix("inline-") == after.removeprefix("inline-") or {before, after} <= {
        "inline", "block", "inline-block", "table-cell", "list-item", "table", "inline-table",
    }  # fmt: skip


def _longest_rising(values: list[int]) -> set[int]:
    """The places of a longest rising subsequence."""
    before: list[int] = []

    tails: list[int] = []
    places: list[int] = []
    for at, value in enumerate(values):
        slot = bisect_left(tails, value)
        before.append(places[slot - 1] if slot else -1)
        if slot == len(tails):
            tails.append(value)
            places.append(at)
        else:
            tails[slot], places[slot] = value, at
    found: set[int] = set()
    at = places[-1] if places else -1
    while at >= 0:
        found.add(at)
        at = before[at]
    return found
