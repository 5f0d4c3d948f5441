"""The pixels of a difference, before and after, as a hash: what tells that two are the same.

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

    from pytest_visualdiff.model import Array, Box, Difference

CONTENT = (Kind.CHANGED, Kind.ADDED, Kind.MISSING)
"""Kinds that only their pixels tell apart; the others are told by numbers."""

DETAIL = "content"
"""Name of the hash in a difference's detail."""


def hashed(
    differences: Sequence[Difference], before: bytes, after: bytes
) -> tuple[Difference, ...]:
    """The differences of two PNG files, with 16 hex digits for each that its pixels tell apart.

    As they are where a file cannot be decoded.
    """
    wanted = [one for one in differences if one.kind in CONTENT and DETAIL not in one.detail]
    if not wanted:
        return tuple(differences)
    from pytest_visualdiff.image import decode

    try:
        pictures = [decode(png, "the picture")[:, :, :3] for png in (before, after)]
    except ImageError:
        return tuple(differences)
    return tuple(
        replace(one, detail={**one.detail, DETAIL: _hash(pictures, one.box)})
        if one in wanted
        else one
        for one in differences
    )


def _hash(pictures: Sequence[Array], box: Box) -> str:
    found = hashlib.sha256()
    for picture in pictures:
        part = picture[max(0, box.y) : box.bottom, max(0, box.x) : box.right]
        found.update(repr(part.shape).encode() + part.tobytes())
    return found.hexdigest()[:16]
