"""From two layouts, and the differences that were measured, to the causes: strongest first.

1. what was changed on each element (``changes``);
2. which changes of place and size nothing else explains: they are causes of their own;
3. what follows from each cause, and is counted;
4. the same change of many elements is one cause, told of the first of them;
5. what no pixel shows is left out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_visualdiff.causes.cause_messages import message
from pytest_visualdiff.causes.changes import (
    MOVED,
    NOT_LOADED,
    PAINT,
    Change,
    Differences,
    column_of,
    first_font,
)
from pytest_visualdiff.model import Box, Cause

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from pytest_visualdiff.layouts.page_layout import PageLayout, Rect
    from pytest_visualdiff.model import Difference

MOST_CAUSES = 50
"""Causes that are told at most."""

REACH = 3
"""Pixels around an element that belong to it: glyphs reach out of their boxes."""

SHADOW = 24
"""The same for what is drawn around a box."""

ORDER = ("display", "position", "float", "content", "font-family", "font-size", "flex-direction",
         "grid-template-columns", "transform", "width", "height")  # fmt: skip
"""Styles that name a cause of several styles, before all others."""

_AROUND = frozenset({"box-shadow", "outline-style", "outline-width", "outline-color", "filter",
                     "outline-offset", "text-shadow"})  # fmt: skip
_OUTSIDE = frozenset({"margin", "margin-top", "margin-right", "margin-bottom", "margin-left"})
_IN_CH = frozenset({"max-width", "min-width", "width"})
_DRAWN = frozenset({"canvas", "video", "iframe", "img", "svg", "object", "embed"})


@dataclass
class Group:
    """A change that is told once, of one or of several elements, and what follows from it."""

    change: Change
    also: list[Change] = field(default_factory=list)
    """The same change of further elements."""
    followers: set[int] = field(default_factory=set)

    @property
    def nodes(self) -> list[int]:
        """The elements that were changed."""
        return [self.change.node, *(one.node for one in self.also)]


def explain_layouts(
    expected: PageLayout, actual: PageLayout, differences: Sequence[Difference] = ()
) -> tuple[Cause, ...]:
    """The causes of what differs between two layouts of one page in one browser.

    ``differences`` are those that were measured between the pictures of both: what none of them
    shows is left out. Without them everything is told.
    """
    return tuple(cause for cause, _ in explained(expected, actual, differences))


def explained(
    expected: PageLayout, actual: PageLayout, differences: Sequence[Difference] = ()
) -> list[tuple[Cause, dict[int, float]]]:
    """The causes, each with the differences that it explains: their numbers, and how well."""
    pages = Differences(expected, actual)
    groups = _without_metrics(_merged(pages, _causes(pages)))
    places = _Places(pages, differences)
    found = [(group, places.of(group)) for group in groups]
    if differences:
        found = [one for one in found if one[1].score > 0]
        found += [(one, places.of(one)) for one in _redrawn(pages, differences, found)]
    found.sort(key=lambda one: -one[1].score)
    return [
        (_told(pages, group, place), place.scores) for group, place in found[:MOST_CAUSES]
    ]  # fmt: skip


# --- which changes are causes ---------------------------------------------------------------------


def _causes(pages: Differences) -> list[Group]:
    own = _own_changes(pages)
    groups = [Group(change) for change in own.values()]
    parts = _components(pages, own)
    for part in parts:
        here = [own[node] for node in part if node in own]
        loose = [node for node in part if node not in own or own[node].weak]
        strong = [one for one in here if not one.weak and _explains(pages, one)]
        if strong:
            groups = [one for one in groups if not (one.change.weak and one.change in here)]
            _give(pages, [g for g in groups if g.change in strong], loose)
            continue
        groups = [one for one in groups if not (one.change.weak and one.change in here)]
        moved = [node for node in part if node in pages.moved]
        if moved:
            source = _source(pages, moved, own)
            first = Group(source, followers=set(moved) - {source.node})
            groups.append(first)
    return groups


def _own_changes(pages: Differences) -> dict[int, Change]:
    """By node: what was changed on it, as one change."""
    found: dict[int, Change] = {}
    for change in (*pages.gone(), *pages.reordered()):
        found[change.node] = change
    fonts = _lost_fonts(pages)
    for i in pages.unlike_nodes:
        one, other = pages.both(i)
        if i in found or not one or not other or not (one.visible or other.visible):
            continue
        changes = [*pages.contents(i), *pages.styles(i)]
        if not changes and pages.redrawn_text(i):
            family = pages.style(i, "font-family")[0]
            lost = first_font(family) in fonts
            changes = [Change(i, "style", "font-family", family, NOT_LOADED if lost else family)]
        if changes:
            found[i] = _as_one(changes)
    return found


def _lost_fonts(pages: Differences) -> set[str]:
    """The web fonts that were loaded for the expected picture, and not for the actual one."""
    loaded = [
        {face[:3] for face in layout.fonts if face[3] == "loaded"}
        for layout in (pages.expected, pages.actual)
    ]
    return {face[0] for face in loaded[0] - loaded[1]}


def _as_one(changes: list[Change]) -> Change:
    """Several changes of one element: the most telling one, with the others."""
    strong = [one for one in changes if not one.weak]
    first, *rest = sorted(strong or changes, key=_importance)
    first.more = rest
    return first


def _importance(change: Change) -> tuple[int, int, int]:
    kinds = ("text", "image", "attribute", "moved", "style")
    at = ORDER.index(change.name) if change.name in ORDER else len(ORDER)
    return kinds.index(change.kind), at, change.name in PAINT


def _components(pages: Differences, own: dict[int, Change]) -> list[list[int]]:
    """Changed elements that hang together: by parent, or as siblings."""
    nodes = sorted({*own, *pages.moved})
    leader = {node: node for node in nodes}

    def top(node: int) -> int:
        while leader[node] != node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    last: dict[int, int] = {}
    for node in nodes:
        up = pages.parent(node)
        if up in leader:
            leader[top(node)] = top(up)
        if up in last:
            leader[top(node)] = top(last[up])
        last[up] = node
    parts: dict[int, list[int]] = defaultdict(list)
    for node in nodes:
        parts[top(node)].append(node)
    return list(parts.values())


def _explains(pages: Differences, change: Change) -> bool:
    """Whether places and sizes around an element may follow from a change."""
    if change.kind in ("added", "removed") or change.name in ("order", "scroll", "display"):
        return True
    if not change.moves:
        return False
    if change.node in pages.moved:
        return True
    below = pages.expected.children[change.node] if change.node < pages.count else ()
    if any(child in pages.moved for child in below):
        return True
    names = {change.name, *(one.name for one in change.more)}
    return bool(names & _OUTSIDE)


def _give(pages: Differences, strong: list[Group], loose: list[int]) -> None:
    """Count each element that only moved for the cause that is nearest before it or around it."""
    by_node = {one.change.node: one for one in strong}
    ordered = sorted(by_node, key=lambda node: _document_order(pages, node))
    places = [_document_order(pages, node) for node in ordered]
    above: dict[int, int] = {-1: -1}
    for node in loose:
        if node in by_node:
            continue
        up = _nearest(pages, pages.parent(node), by_node, above)
        at = bisect_right(places, _document_order(pages, node)) - 1
        owner = by_node[up] if up >= 0 else by_node[ordered[max(0, at)]]
        owner.followers.add(node)


def _nearest(pages: Differences, node: int, wanted: Container[int], known: dict[int, int]) -> int:
    """The nearest of some nodes that is a node or holds it; -1 for none."""
    way = []
    while node not in known and node not in wanted:
        way.append(node)
        node = pages.parent(node)
    found = known.get(node, node)
    known.update(dict.fromkeys(way, found))
    return found


def _document_order(pages: Differences, node: int) -> float:
    """Where a node is in the document: an added one just behind its predecessor."""
    if node < pages.count:
        return node
    index = node - pages.count
    for before in range(index - 1, -1, -1):
        partner = pages.pairs.of_b[before]
        if partner >= 0:
            return partner + 0.5
    return 0.5


def _source(pages: Differences, moved: list[int], own: dict[int, Change]) -> Change:
    """Of elements that only moved or changed size, the one that the others follow."""
    for at, name in ((0, "width"), (1, "height")):
        sized = [node for node in moved if _grown(pages, node, at)]
        free = [node for node in sized if not _fills(pages, node, at)]
        candidates = (free or sized)[:1] if at == 0 else _innermost(pages, sized)[:1]
        if candidates:
            (node,) = candidates
            elements = (one for one in pages.both(node) if one)
            before, after = (f"{one.box[2 + at]:g}px" for one in elements)
            weak = own.get(node)
            if weak and weak.name == name:
                before, after = weak.before, weak.after
            return Change(node, "resized", name, before, after)
    node = moved[0]
    weak = own.get(node)
    if weak and weak.name not in ("height", "width"):
        return Change(node, "style", weak.name, weak.before, weak.after)
    return Change(node, "moved")


def _grown(pages: Differences, node: int, at: int) -> bool:
    shift = pages.moved[node]
    return abs(shift[at + 2] - shift[at]) > MOVED


def _fills(pages: Differences, node: int, at: int) -> bool:
    """Whether the element that holds it has grown by as much."""
    up = pages.parent(node)
    if up not in pages.moved:
        return False
    mine, outer = pages.moved[node], pages.moved[up]
    return abs((mine[at + 2] - mine[at]) - (outer[at + 2] - outer[at])) <= MOVED


def _innermost(pages: Differences, nodes: list[int]) -> list[int]:
    above = {pages.parent(node) for node in nodes}
    return [node for node in nodes if node not in above]


def _without_metrics(groups: list[Group]) -> list[Group]:
    """Without what follows from a font that was not loaded: sizes, and lengths in ``ch``."""
    font = next((one for one in groups if one.change.after == NOT_LOADED), None)
    if font is None:
        return groups
    kept = []
    for group in groups:
        if group.change.kind == "resized" or _is_place(group.change) or group.change.name in _IN_CH:
            font.followers |= group.followers | set(group.nodes)
        else:
            kept.append(group)
    return kept


def _is_place(change: Change) -> bool:
    return change.kind == "moved" and not change.name


# --- the same change of many elements -------------------------------------------------------------


def _merged(pages: Differences, groups: list[Group]) -> list[Group]:
    """One group for equal changes: those of a custom property, a rule, a column, a list."""
    variables = _variables(pages)
    found: dict[object, Group] = {}
    for group in sorted(groups, key=lambda one: _document_order(pages, one.change.node)):
        change = group.change
        key: object = _likeness(pages, change)
        variable = variables.get((change.before, change.after)) if change.kind == "style" else None
        if variable:
            key = variable
            change.name, (change.before, change.after) = variable[0], variable[1:]
        known = found.get(key)
        if known is None:
            found[key] = group
        else:
            known.also.append(change)
            known.followers |= group.followers
    return list(found.values())


def _likeness(pages: Differences, change: Change) -> object:
    if change.kind == "style":
        more = tuple(sorted((one.name, one.before, one.after) for one in change.more))
        return change.kind, change.name, change.before, change.after, more
    if change.kind in ("added", "removed"):
        one = next(filter(None, pages.both(change.node)))
        column = column_of(pages, change.node)
        if column:
            return change.kind, "column", *column
        return change.kind, one.tag, one.classes, pages.parent(change.node)
    if change.kind in ("text", "attribute", "image") and change.before != change.after:
        return change.kind, change.name, *_swapped(change.before, change.after)
    return change.kind, change.node


def _swapped(before: str, after: str) -> tuple[str, str]:
    """What was replaced in a text: the same sign in many texts is one change."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return before[start : len(before) - end], after[start : len(after) - end]


def _variables(pages: Differences) -> dict[tuple[str, str], tuple[str, str, str]]:
    """By values before and after, as computed: the custom property that changed so."""
    before, after = dict(pages.expected.variables), dict(pages.actual.variables)
    changed = [
        (name, before[name], after[name])
        for name in before
        if name in after and before[name] != after[name]
    ]
    found: dict[tuple[str, str], tuple[str, str, str]] = {}
    for name, was, now in changed:
        for style in (_computed, str):
            found.setdefault((style(was), style(now)), (name, was, now))
    return found


def _computed(value: str) -> str:
    """A colour as browsers compute it; anything else as it is."""
    digits = value.strip().removeprefix("#")
    if not value.strip().startswith("#") or len(digits) not in (3, 6):
        return value.strip()
    try:
        parts = [int(digit * 2, 16) for digit in digits] if len(digits) == 3 else [
            int(digits[at : at + 2], 16) for at in (0, 2, 4)
        ]  # fmt: skip
    except ValueError:
        return value
    return f"rgb({parts[0]}, {parts[1]}, {parts[2]})"


# --- what the pixels show -------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where a cause shows: its box in the picture, and the differences there."""

    box: Box
    scores: dict[int, float]
    """By number of the difference: how well the cause explains it."""
    score: float


class _Places:
    """Where nodes lie in the pictures, and which differences are there."""

    def __init__(self, pages: Differences, differences: Sequence[Difference]) -> None:
        self.pages, self.differences = pages, differences

    def of(self, group: Group) -> Place:
        change = group.change
        reach = SHADOW if {change.name, *(m.name for m in change.more)} & _AROUND else REACH
        box = next((one for one in reversed(self.boxes(change.node)) if one.area), Box(0, 0, 0, 0))
        if not self.differences:
            return Place(box, {}, 1.0)
        own = group.nodes
        if change.kind == "removed" or (change.name == "display" and change.after == "none"):
            own = [*own, *sorted(group.followers)[:1]]
        near = _best_shares(self.differences, self._rects(own), reach)
        far = _best_shares(self.differences, self._rects(group.followers), REACH)
        scores: dict[int, float] = {}
        for number, difference in enumerate(self.differences):
            score = max(2 * near[number], far[number])
            if score > 0:
                scores[number] = score * (1 + difference.box.area) ** 0.5
        return Place(box, scores, sum(scores.values()))

    def _rects(self, nodes: Iterable[int]) -> list[tuple[float, ...]]:
        """The places of nodes in both pictures, as left, top, width and height in pixels."""
        found: list[tuple[float, ...]] = []
        layouts = [
            (one.picture or (0.0, 0.0), one.ratio) for one in (self.pages.expected,
                                                               self.pages.actual)
        ]  # fmt: skip
        for node in nodes:
            for one, ((left, top, *_), scale) in zip(self.pages.both(node), layouts, strict=True):
                if one is not None:
                    x, y, width, height = one.box
                    found.append(((x - left) * scale, (y - top) * scale,
                                  width * scale, height * scale))  # fmt: skip
        return found

    def boxes(self, node: int) -> list[Box]:
        """The boxes of a node in the expected and in the actual picture, in pixels."""
        layouts = self.pages.expected, self.pages.actual
        pairs = zip(layouts, self.pages.both(node), strict=True)
        return [in_picture(one.box, layout) for layout, one in pairs if one is not None]


def in_picture(rect: Rect, layout: PageLayout) -> Box:
    """A place on the page in pixels of the picture."""
    left, top, *_ = layout.picture or (0.0, 0.0)
    scale = layout.ratio
    return Box.enclosing(
        (rect.x - left) * scale,
        (rect.y - top) * scale,
        rect.width * scale,
        rect.height * scale,
    )


def _best_shares(
    differences: Sequence[Difference], rects: Sequence[tuple[float, ...]], reach: int
) -> list[float]:
    """By difference: how well the best of some places says where it is (what they share, of both).

    The places are widened by a reach.
    """
    import numpy as np

    if not rects:
        return [0.0] * len(differences)
    x, y, width, height = np.asarray(rects, np.float64).T
    left, top = np.floor(x + 1e-6) - reach, np.floor(y + 1e-6) - reach
    right, bottom = np.ceil(x + width - 1e-6) + reach, np.ceil(y + height - 1e-6) + reach
    areas = (right - left) * (bottom - top)
    found = []
    for box in (one.box for one in differences):
        wide = np.minimum(box.right, right) - np.maximum(box.x, left)
        high = np.minimum(box.bottom, bottom) - np.maximum(box.y, top)
        common = np.where((wide > 0) & (high > 0), wide * high, 0.0)
        share = np.where(common > 0, 0.05 + common / (box.area + areas - common), 0.0)
        found.append(float(share.max()))
    return found


def _redrawn(
    pages: Differences, differences: Sequence[Difference], found: Iterable[tuple[Group, Place]]
) -> Iterator[Group]:
    """Pictures, drawings and frames with other pixels, where nothing else explains them."""
    told = {number for _, place in found for number in place.scores}
    drawn = [
        (i, in_picture(one.box, pages.expected))
        for i, _ in pages.pairs.both
        for one in [pages.expected.elements[i]]
        if one.tag in _DRAWN and one.visible
    ]
    seen: set[int] = set()
    for number, difference in enumerate(differences):
        holders = [(box.area, i) for i, box in drawn if _holds(box, difference.box)]
        if number in told or not holders:
            continue
        node = min(holders)[1]
        if node not in seen:
            seen.add(node)
            yield Group(Change(node, "image"))


def _holds(box: Box, inner: Box) -> bool:
    return box.grown(REACH).union(inner) == box.grown(REACH)


# --- the cause as others see it -------------------------------------------------------------------


def _told(pages: Differences, group: Group, place: Place) -> Cause:
    change = group.change
    selector = selector_of(pages, change.node)
    followers = _further(pages, group)
    return Cause(
        selector=selector,
        kind=change.kind,
        name=change.name,
        before=change.before,
        after=change.after,
        box=place.box,
        consequences=len(followers) + len(group.also),
        message=message(pages, group.change, group.also, followers, selector),
    )


def _further(pages: Differences, group: Group) -> list[int]:
    """The elements that follow, without those that hold the cause and only grew with it."""
    above: set[int] = set()
    for node in group.nodes:
        up = pages.parent(node)
        while up >= 0 and up not in above:
            above.add(up)
            up = pages.parent(up)
    return sorted(group.followers - above - set(group.nodes))


def selector_of(pages: Differences, node: int) -> str:
    """The selector of a node, in the actual page where it is there."""
    _, other = pages.both(node)
    if other is not None:
        return pages.actual.selector(other.index)
    return pages.expected.selector(node)
