"""Which element of one browser is which of the other: by DOM path, repaired where the DOM differs.

From the root down, the children of two paired elements are paired in passes, each by a looser
key: the same place and content, the same id, the same content, the same place, the same role and
classes, the same tag. What is left over is looked for in the whole page, by id and by content:
script may have moved it. Each pass is one dictionary, so that the whole is linear.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from pytest_visualdiff.layouts.page_layout import Element, PageLayout


@dataclass(frozen=True)
class Pairs:
    """The partners of the elements of two layouts, as indices; -1 stands for none."""

    a: PageLayout
    b: PageLayout
    of_a: tuple[int, ...]
    """For each element of ``a`` its partner in ``b``."""
    of_b: tuple[int, ...]

    @cached_property
    def both(self) -> tuple[tuple[int, int], ...]:
        """All pairs, in the document order of ``a``."""
        return tuple((i, j) for i, j in enumerate(self.of_a) if j >= 0)


def pair(a: PageLayout, b: PageLayout) -> Pairs:
    """Pair the elements of two layouts."""
    return _Pairing(a, b).run()


class _Pairing:
    """The work of pairing; its arrays are filled from the root down."""

    def __init__(self, a: PageLayout, b: PageLayout) -> None:
        self.a, self.b = a, b
        self.whole = wholes(a), wholes(b)
        self.of_a, self.of_b = [-1] * len(a.elements), [-1] * len(b.elements)

    @cached_property
    def contents(self) -> tuple[list[tuple[str, int, int]], list[tuple[str, int, int]]]:
        """What the elements of both layouts say."""
        return contents(self.a), contents(self.b)

    def run(self) -> Pairs:
        """Pair everything."""
        self._children(_roots(self.a), _roots(self.b))
        self._strays()
        return Pairs(self.a, self.b, tuple(self.of_a), tuple(self.of_b))

    def _children(self, ours: Sequence[int], theirs: Sequence[int]) -> None:
        """Pair two lists of siblings, and all that is below them."""
        stack = [(ours, theirs)]
        while stack:
            for i, j in self._siblings(*stack.pop()):
                if self.whole[0][i] == self.whole[1][j]:
                    count = self.whole[0][i][1]
                    self.of_a[i : i + count] = range(j, j + count)
                    self.of_b[j : j + count] = range(i, i + count)
                    continue
                self.of_a[i], self.of_b[j] = j, i
                if self.a.children[i] and self.b.children[j]:
                    stack.append((self.a.children[i], self.b.children[j]))

    def _siblings(self, ours: Sequence[int], theirs: Sequence[int]) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        if len(ours) == len(theirs):
            couples = list(zip(ours, theirs, strict=True))
            if all(self.whole[0][i] == self.whole[1][j] for i, j in couples):
                return couples
        for key in self._keys():
            if not (ours and theirs):
                break
            new = _matched(ours, theirs, key)
            found += new
            mine, other = {i for i, _ in new}, {j for _, j in new}
            ours = [i for i in ours if i not in mine]
            theirs = [j for j in theirs if j not in other]
        return found

    def _keys(self) -> Iterable[Callable[[int, int], Hashable]]:
        """Keys of an element, given which layout and which index, the strictest first."""
        layouts = self.a, self.b

        def one(side: int, at: int) -> Element:
            return layouts[side].elements[at]

        def content(side: int, at: int) -> Any:
            return self.contents[side][at]

        yield lambda side, at: (one(side, at).step, one(side, at).id, content(side, at))
        yield lambda side, at: one(side, at).id or None
        yield lambda side, at: content(side, at) if _says(content(side, at)) else None
        yield lambda side, at: (one(side, at).step, one(side, at).classes)
        yield lambda side, at: (one(side, at).tag, one(side, at).classes, one(side, at).role)
        yield lambda side, at: one(side, at).step
        yield lambda side, at: one(side, at).tag

    def _strays(self) -> None:
        """Look for elements without a partner in the whole page, by keys that are unique there."""
        for key in list(self._keys())[1:3]:
            ours = [i for i, j in enumerate(self.of_a) if j < 0]
            theirs = [j for j, i in enumerate(self.of_b) if i < 0]
            if not (ours and theirs):
                return
            for i, j in _matched(ours, theirs, key, unique=True):
                if self.of_a[i] < 0 and self.of_b[j] < 0:
                    self._children([i], [j])


def _roots(layout: PageLayout) -> list[int]:
    return [one.index for one in layout.elements if one.parent < 0]


def _matched(
    ours: Sequence[int],
    theirs: Sequence[int],
    key: Callable[[int, int], Hashable],
    *,
    unique: bool = False,
) -> list[tuple[int, int]]:
    """Pairs of equal key: the first with the first, the second with the second."""
    waiting: dict[Hashable, list[int]] = defaultdict(list)
    for j in theirs:
        waiting[key(1, j)].append(j)
    mine: dict[Hashable, list[int]] = defaultdict(list)
    for i in ours:
        mine[key(0, i)].append(i)
    return [
        couple
        for name, group in mine.items()
        if name is not None and (not unique or len(group) == len(waiting.get(name, ())) == 1)
        for couple in zip(group, waiting.get(name, ()), strict=False)
    ]


def contents(layout: PageLayout) -> list[tuple[str, int, int]]:
    """What each element and all below it say: tag, hash, and how many letters and pictures.

    Equal contents have equal hashes within one process.
    """
    found: list[Any] = [None] * len(layout.elements)
    for one in reversed(layout.elements):
        below = [found[child] for child in layout.children[one.index]]
        size = len(one.text) + 4 * bool(one.source) + sum(size for _, _, size in below)
        says = (one.tag, one.text, one.source, tuple(digest for _, digest, _ in below))
        found[one.index] = one.tag, hash(says), size
    return found


def wholes(layout: PageLayout) -> list[tuple[int, int]]:
    """For each element a hash of all that pairs it and what is below it, and how many these are.

    Elements lie in document order, so that what is below one follows it. In a layout where it does
    not, no two elements are equal.
    """
    count = len(layout.elements)
    found: list[tuple[int, int]] = [(0, 0)] * count
    for one in reversed(layout.elements):
        at, size, digests = one.index, 1, []
        for child in layout.children[at]:
            digest, below = found[child]
            if child != at + size:
                return [(id(layout) + number, -1) for number in range(count)]
            size += below
            digests.append(digest)
        says = (one.tag, one.nth, one.root, one.id, one.classes, one.text, one.source, *digests)
        found[at] = hash(says), size
    return found


def _says(content: tuple[str, int, int]) -> bool:
    """Whether a content is telling enough to know an element by."""
    return content[2] >= 2
