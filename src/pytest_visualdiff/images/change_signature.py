"""Hashes of what changed between two pictures: equal hashes mean the same change.

They are computed during the check, when the pictures are decoded anyway. Grouping a long run later
decodes nothing.

A change is a set of hunks of rows, as in the diff of two texts. A taller header moves all rows
below it. Those rows are found again, so only the header remains, which is the same change on every
page.
Rows that occur once in both pictures are anchors. The longest rising sequence of anchors is kept,
and each is extended over equal neighbours (Cohen, "Patience Diff Advantages", 2010).
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
"""Kinds whose changes are distinguished by pixels; the others are distinguished by numbers."""

DETAIL = "content"
"""Name of the hash in a difference's detail."""


def with_signature(verdict: Verdict, expected: bytes, actual: bytes) -> Verdict:
    """The verdict with the hashes of what changed from one PNG file to the other."""
    found, change = signature_of(verdict.differences, expected, actual)
    return replace(verdict, differences=found, change=change)


def signature_of(
    differences: Sequence[Difference], expected: bytes, actual: bytes
) -> tuple[tuple[Difference, ...], str]:
    """The differences with the hash ``content`` in their detail, and the hash of the whole change.

    Kinds that are distinguished by numbers get no ``content``. The hash of the change is empty, and
    the differences are as they were, if nothing differs or a file cannot be decoded.
    """
    if not differences:
        return (), ""
    from pytest_visualdiff.images.codec import decode

    try:
        old, new = (decode(png, "the picture")[:, :, :3] for png in (expected, actual))
    except ImageError:
        return tuple(differences), ""
    return tuple(
        replace(one, detail={**one.detail, DETAIL: _content_hash(one, differences, old, new)})
        if one.kind in CONTENT
        else one
        for one in differences
    ), signature(old, new)


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
    """The place in the expected picture of something missing inside a region that moved."""
    for one in all_:
        if one.kind is Kind.MOVED and one.box.union(box) == one.box:
            dx, dy = one.detail["offset"]
            return box.moved(-round(dx), -round(dy))
    return box


DRAWN_LEVELS = 16
"""Levels of 255 by which an edge may differ if a browser draws it in another place."""


DRAWN_SHARE = 0.01
"""Share of the pixels of such rows that may differ so."""


class Hunk(NamedTuple):
    """Rows ``top`` to ``bottom`` (exclusive) of the expected picture became the new rows."""

    top: int
    bottom: int
    new_top: int
    new_bottom: int


def signature(expected: Array, actual: Array) -> str:
    """The change from one RGB picture to another as 16 hex digits; empty if there is none.

    The same hunks on pictures that differ elsewhere have the same hash. Unchanged columns beside a
    hunk do not count, nor do rows that were pushed over the lower end of the picture.
    """
    if expected.shape[1] != actual.shape[1]:
        return ""
    found = hunks(_rows(expected), _rows(actual))
    real = [one for one in found if not _is_drawing(expected, actual, one)]
    parts = sorted({_hash(expected, actual, one) for one in real})
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:16] if parts else ""


def hunks(expected: Sequence[bytes], actual: Sequence[bytes]) -> list[Hunk]:
    """The hunks between two sequences of rows, from the top."""
    found: list[Hunk] = []
    old = new = 0
    for top, new_top, length in (*_runs(expected, actual), (len(expected), len(actual), 0)):
        if top > old or new_top > new:
            found.append(Hunk(old, top, new, new_top))
        old, new = top + length, new_top + length
    return found


def _runs(expected: Sequence[bytes], actual: Sequence[bytes]) -> Iterator[tuple[int, int, int]]:
    """Runs of equal rows: their start in both, and their length; rising in both."""
    old = new = 0
    for anchor, new_anchor in _anchors(expected, actual):
        if anchor < old or new_anchor < new:
            continue  # part of the run expected
        top, new_top = anchor, new_anchor
        while top > old and new_top > new and expected[top - 1] == actual[new_top - 1]:
            top, new_top = top - 1, new_top - 1
        old, new = anchor, new_anchor
        while old < len(expected) and new < len(actual) and expected[old] == actual[new]:
            old, new = old + 1, new + 1
        yield top, new_top, old - top


def _anchors(expected: Sequence[bytes], actual: Sequence[bytes]) -> list[tuple[int, int]]:
    """Pairs of rows that occur once in each picture, in the longest sequence that rises in both.

    The first rows of the pictures are a pair, too, if they are equal; so are the last rows.
    """
    once = {row for row, count in Counter(actual).items() if count == 1}
    where = {row: at for at, row in enumerate(actual) if row in once}
    counts = Counter(expected)
    pairs = [
        (at, where[row]) for at, row in enumerate(expected) if row in where and counts[row] == 1
    ]
    ends = [(0, 0)] if expected[:1] == actual[:1] else []
    if expected[-1:] == actual[-1:]:
        pairs.append((len(expected) - 1, len(actual) - 1))
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


def _is_drawing(expected: Array, actual: Array, hunk: Hunk) -> bool:
    """Whether the rows differ only because a browser drew them in another place.

    True also for rows that only left the picture at its lower end, because others came above.
    """
    rows, new_rows = hunk.bottom - hunk.top, hunk.new_bottom - hunk.new_top
    pushed_out = hunk.bottom == len(expected) == len(actual) == hunk.new_bottom and rows > new_rows
    if rows != new_rows and not pushed_out:
        return False
    old, new = expected[hunk.top : hunk.top + new_rows], actual[hunk.new_top : hunk.new_bottom]
    levels = abs(old.astype("int16") - new).max(axis=2)
    slight = not levels.size or levels.max() <= DRAWN_LEVELS
    return bool(slight and (levels > 0).sum() <= DRAWN_SHARE * levels.size)


def _hash(expected: Array, actual: Array, hunk: Hunk) -> str:
    old, new = expected[hunk.top : hunk.bottom], actual[hunk.new_top : hunk.new_bottom]
    if old.shape == new.shape:
        columns = (old != new).any(axis=(0, 2)).nonzero()[0]
        changed = slice(int(columns[0]), int(columns[-1]) + 1) if columns.size else slice(0)
        old, new = old[:, changed], new[:, changed]
    found = hashlib.sha256(repr((old.shape, new.shape)).encode())
    found.update(old.tobytes())
    found.update(new.tobytes())
    return found.hexdigest()
