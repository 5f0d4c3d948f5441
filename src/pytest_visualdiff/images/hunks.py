"""What changed between two pictures as rows, in the way of a text's diff: hunks of rows.

A taller header moves all that is below it. The rows below are found again, and what is left is the
header, which is the same change on every page. Rows that occur once in both pictures are anchors,
the longest rising sequence of them is kept and grown (Cohen, "Patience Diff Advantages", 2010).
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_visualdiff.model import Array


DRAWN_LEVELS = 16
"""Levels of 255 by which an edge may differ where a browser draws it in another place."""

DRAWN_SHARE = 0.01
"""Share of the pixels of such rows that may."""


class Hunk(NamedTuple):
    """Rows ``top`` to ``bottom`` (exclusive) of the earlier picture became those of the later."""

    top: int
    bottom: int
    new_top: int
    new_bottom: int


def signature(before: Array, after: Array) -> str:
    """The change from one RGB picture to another as 16 hex digits; empty where none was found.

    The same hunks on pictures that differ elsewhere have the same one. Columns beside a hunk that
    did not change play no part, nor do rows that were pushed over the lower end of the picture.
    """
    if before.shape[1] != after.shape[1]:
        return ""
    found = hunks(_rows(before), _rows(after))
    told = [one for one in found if not _is_drawing(before, after, one)]
    parts = sorted({_hash(before, after, one) for one in told})
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:16] if parts else ""


def hunks(before: Sequence[bytes], after: Sequence[bytes]) -> list[Hunk]:
    """The hunks between two sequences of rows, from the top."""
    found: list[Hunk] = []
    old = new = 0
    for top, new_top, length in (*_runs(before, after), (len(before), len(after), 0)):
        if top > old or new_top > new:
            found.append(Hunk(old, top, new, new_top))
        old, new = top + length, new_top + length
    return found


def _runs(before: Sequence[bytes], after: Sequence[bytes]) -> Iterator[tuple[int, int, int]]:
    """Runs of equal rows: their start in both, and their length; rising in both."""
    old = new = 0
    for anchor, new_anchor in _anchors(before, after):
        if anchor < old or new_anchor < new:
            continue  # part of the run before
        top, new_top = anchor, new_anchor
        while top > old and new_top > new and before[top - 1] == after[new_top - 1]:
            top, new_top = top - 1, new_top - 1
        old, new = anchor, new_anchor
        while old < len(before) and new < len(after) and before[old] == after[new]:
            old, new = old + 1, new + 1
        yield top, new_top, old - top


def _anchors(before: Sequence[bytes], after: Sequence[bytes]) -> list[tuple[int, int]]:
    """Pairs of rows that occur once in each picture, in the longest sequence that rises in both.

    Both ends of the pictures are pairs, too, where they are equal.
    """
    once = {row for row, count in Counter(after).items() if count == 1}
    where = {row: at for at, row in enumerate(after) if row in once}
    counts = Counter(before)
    pairs = [(at, where[row]) for at, row in enumerate(before) if row in where and counts[row] == 1]
    ends = [(0, 0)] if before[:1] == after[:1] else []
    if before[-1:] == after[-1:]:
        pairs.append((len(before) - 1, len(after) - 1))
    return _rising([*ends, *pairs])


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence whose second numbers rise, by patience sorting."""
    tops: list[int] = []
    at_top: list[int] = []
    behind: list[int] = []
    for index, (_, value) in enumerate(pairs):
        pile = bisect_left(tops, value)
        behind.append(at_top[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [value]
        at_top[pile : pile + 1] = [index]
    found: list[tuple[int, int]] = []
    index = at_top[-1] if at_top else -1
    while index >= 0:
        found.append(pairs[index])
        index = behind[index]
    return found[::-1]


def _rows(picture: Array) -> list[bytes]:
    return [hashlib.blake2b(row.tobytes(), digest_size=8).digest() for row in picture]


def _is_drawing(before: Array, after: Array, hunk: Hunk) -> bool:
    """Whether the rows are the same but for how a browser draws them in another place.

    So are those that only left at the lower end, because others came in above.
    """
    rows, new_rows = hunk.bottom - hunk.top, hunk.new_bottom - hunk.new_top
    pushed_out = hunk.bottom == len(before) == len(after) == hunk.new_bottom and rows > new_rows
    if rows != new_rows and not pushed_out:
        return False
    old, new = before[hunk.top : hunk.top + new_rows], after[hunk.new_top : hunk.new_bottom]
    levels = abs(old.astype("int16") - new).max(axis=2)
    slight = not levels.size or levels.max() <= DRAWN_LEVELS
    return bool(slight and (levels > 0).sum() <= DRAWN_SHARE * levels.size)


def _hash(before: Array, after: Array, hunk: Hunk) -> str:
    old, new = before[hunk.top : hunk.bottom], after[hunk.new_top : hunk.new_bottom]
    if old.shape == new.shape:
        columns = (old != new).any(axis=(0, 2)).nonzero()[0]
        changed = slice(int(columns[0]), int(columns[-1]) + 1) if columns.size else slice(0)
        old, new = old[:, changed], new[:, changed]
    found = hashlib.sha256(repr((old.shape, new.shape)).encode())
    found.update(old.tobytes())
    found.update(new.tobytes())
    return found.hexdigest()
