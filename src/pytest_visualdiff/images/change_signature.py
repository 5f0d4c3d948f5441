"""What changed, as hashes: what tells that two pictures show the same change.

Taken when the check is made, where pictures are decoded anyway, so that grouping a long run later
decodes nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_visualdiff.errors import ImageError
from pytest_visualdiff.model import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_visualdiff.model import Array, Box, Difference, Verdict

CONTENT = (Kind.CHANGED, Kind.ADDED, Kind.MISSING)
"""Kinds that only their pixels tell apart; the others are told by numbers."""

DETAIL = "content"
"""Name of the hash in a difference's detail."""


def noted(verdict: Verdict, before: bytes, after: bytes) -> Verdict:
    """The verdict with what changed from one PNG file to the other, as hashes."""
    found, change = hashed(verdict.differences, before, after)
    return replace(verdict, differences=found, change=change)


def hashed(
    differences: Sequence[Difference], before: bytes, after: bytes
) -> tuple[tuple[Difference, ...], str]:
    """The differences with ``content`` in the detail of those that pixels tell apart, and the hash
    of the whole change; as they are and empty where nothing differs or a file cannot be decoded.
    """
    if not differences:
        return (), ""
    from pytest_visualdiff.images.codec import decode
    from pytest_visualdiff.images.hunks import signature

    try:
        old, new = (decode(png, "the picture")[:, :, :3] for png in (before, after))
    except ImageError:
        return tuple(differences), ""
    found = tuple(
        replace(one, detail={**one.detail, DETAIL: _content(one, differences, old, new)})
        if one.kind in CONTENT
        else one
        for one in differences
    )
    return found, signature(old, new)


def _content(one: Difference, all_: Sequence[Difference], old: Array, new: Array) -> str:
    """Of a thing that came or went, itself, on whatever ground; else what was there, and is."""
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
