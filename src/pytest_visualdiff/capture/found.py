"""What the entries of mask, redact and region match in a page, and how much of it is visible."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.capture.areas import Rect, told
from pytest_visualdiff.errors import CaptureError, EmptyTarget, InvalidValue, TargetNotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_visualdiff.model import Box

MOST_MASKED = 0.5
"""A note tells when masks cover more than this part of a picture."""


@dataclass(frozen=True)
class Found:
    """The matches of one entry: for each that can be seen, its rectangles in CSS pixels.

    A match has one rectangle for each of its lines, and further ones for contents that reach out
    of it. What clips it has already cut them.
    """

    name: str
    """``mask``, ``redact`` or ``region``."""
    entry: str
    """The entry as a message shows it."""
    matches: int
    places: tuple[tuple[Rect, ...], ...]

    @classmethod
    def of(cls, raw: Mapping[str, Any], name: str, entry: Any, url: str) -> Found:
        """The script's answer on one entry; raises where there is nothing to find."""
        _refuse(raw, f"{name}={entry!r:.200}", url)
        places = tuple(tuple(map(Rect.of, rects)) for rects in raw["places"])
        return cls(name, told(entry), int(raw["matches"]), places)


def _refuse(raw: Mapping[str, Any], what: str, url: str) -> None:
    problem, detail = raw.get("problem"), raw.get("detail", "")
    if problem == "invalid":
        raise InvalidValue(f"{what} is not a valid CSS selector: {detail}")
    if problem == "missing":
        raise TargetNotFound(
            f"{what} matches nothing on {url} (open shadow roots and same-origin frames included)"
        )
    if problem == "hidden":
        raise EmptyTarget(
            f"{what} matches only elements without size or hidden ones on {url}: {detail}"
        )
    if problem == "turned":
        raise CaptureError(
            f"{what} matches inside of the frame `{detail}` on {url}, which is turned in depth or"
            " along a path: where its contents lie cannot be told; give the frame itself in place"
            " of what it holds"
        )


@dataclass(frozen=True)
class Counted:
    """How many places of a picture an entry covers."""

    found: Found
    shown: int

    @property
    def what(self) -> str:
        """The entry, for example ``redact=".pan"``."""
        return f"{self.found.name}={self.found.entry}"

    def __str__(self) -> str:
        places = f"{self.shown} place{'s' if self.shown != 1 else ''}"
        hidden = self.found.matches - self.shown
        if not hidden:
            return f"{self.what}: {places}"
        matches = f"{self.found.matches} match{'es' if self.found.matches != 1 else ''}"
        if not self.shown:
            return f"{self.what}: nothing of {matches} is visible in the picture"
        return f"{self.what}: {places} ({matches}; {hidden} hidden or outside of the picture)"


def notes(counted: Sequence[Counted], masks: Sequence[Box], size: tuple[int, int]) -> Iterator[str]:
    """What a person should know of the areas of a picture of that size."""
    for one in counted:
        if one.found.name == "redact" or not one.shown:
            yield str(one)
    part = covered(masks, size) / (size[0] * size[1])
    if part > MOST_MASKED:
        yield f"the masks cover {part:.0%} of the picture: little is left to compare"


def covered(boxes: Sequence[Box], size: tuple[int, int]) -> int:
    """How many pixels of a picture lie in at least one of the boxes."""
    parts = [box.clipped(*size) for box in boxes]
    if sum(part.area for part in parts) <= MOST_MASKED * size[0] * size[1]:
        return sum(part.area for part in parts)  # no need to look for overlaps
    edges = sorted({edge for part in parts for edge in (part.y, part.bottom)})
    return sum(
        (bottom - top) * _width([part for part in parts if part.y <= top and bottom <= part.bottom])
        for top, bottom in pairwise(edges)
    )


def _width(parts: Sequence[Box]) -> int:
    total, reached = 0, 0
    for part in sorted(parts):
        total += max(0, part.right - max(part.x, reached))
        reached = max(reached, part.right)
    return total
