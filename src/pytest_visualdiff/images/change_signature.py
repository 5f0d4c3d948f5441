"""Hashes of what changed between two pictures: equal hashes mean the same change.

They are computed when the check is made, where the pictures are decoded anyway, so that grouping a
long run later decodes nothing.

A change is a set of hunks of rows, as in the diff of a text. A taller header moves all rows below
it; those are found again, and what is left is the header, which is the same change on every page.
Rows that occur once in both pictures are anchors; the longest rising sequence of them is kept and
grown (Cohen, "Patience Diff Advantages", 2010).
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from pytest_visualdiff.errors import ImageError
from pytest_visualdiff.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_visualdiff.model import Array, Box, Difference, Verdict

CONTENT = (Kind.CHANGED, Kind.ADDED, Kind.MISSING)
"""Kinds whose changes only pixels tell apart; numbers tell the others apart."""

DETAIL = "content"
"""Name of the hash in a difference's detail."""


def with_signature(verdict: Verdict, before: bytes, after: bytes) -> Verdict:
    """The verdict with the hashes of what changed from one PNG file to the other."""
    found, change = signature_of(verdict.differences, before, after)
    return replace(verdict, differences=found, change=change)


def signature_of(
    differences: Sequence[Difference], before: bytes, after: bytes
) -> tuple[tuple[Difference, ...], str]:
    """The differences with ``content`` in the detail of those that pixels tell apart, and the hash
    of the whole change; as they are and empty where nothing differs or a file cannot be decoded.
    """
    if not differences:
        return (), ""
    from pytest_visualdiff.images.codec import decode

    try:
        old, new = (decode(png, "the picture")[:, :, :3] for png in (before, after))
    except ImageError:
        return tuple(differences), ""
    found = tuple(
        replace(one, detail={**one.detail, DETAIL: _content_hash(one, differences, old, new)})
        if one.kind in CONTENT
        else one
        for one in differences
    )
    return found, signature(old, new)


def _content_hash(one: Difference, all_: Sequence[Difference], old: Array, new: Array) -> str:
    """Hash of the element alone if it came or went; else of its pixels before and after."""
    parts = {
        Kind.ADDED: [(new, one.box)],
        Kind.MISSING: [(old, _before_moving(one.box, all_))],
    }.get(one.kind, [(old, one.box), (new, one.box)])
    found = hashlib.sha256()
    for picture, box in parts:
        part = picture[max(0, box.y) : max(0, box.bottom), max(0, box.x) : max(0, box.right)]
        found.update(repr(part.shape).encode() + part.tobytes())
    return found.hexdigest()[:16]


def _before_moving(box: Box, all_: Sequence[Difference]) -> Box:
    """The place in the earlier picture of what went in the midst of something that moved."""
    for one in all_:
        if one.kind is Kind.MOVED and one.box.union(box) == one.box:
            dx, dy = one.detail["offset"]
            return box.moved(-round(dx), -round(dy))
    return box


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
    real = [one for one in found if not _is_drawing(before, after, one)]
    parts = sorted({_hash(before, after, one) for one in real})
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
