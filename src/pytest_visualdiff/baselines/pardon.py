"""Known differences, ignored until a date: which ones of a comparison they are. Pure.

A difference is known by a fingerprint: its kind, its box and its shape on a coarse grid, and the
baseline's key (test, name and variant). The very same difference has the same one; a difference
that moved by up to 3 pixels, or whose box grew by as much, still has; one by 12 or more never.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.baselines.naming import main_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from pytest_visualdiff.baselines.ignored import Ignored
    from pytest_visualdiff.comparison.result import Comparison
    from pytest_visualdiff.model import BaselineKey, Box, Difference

GRID = 8
"""Pixels: side of a cell that places and sizes are rounded to."""


@dataclass(frozen=True, slots=True)
class IgnoredSplit:
    """A comparison without what is ignored, what that was, and what a person must know of it."""

    comparison: Comparison
    ignored: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()


def fingerprint(key: BaselineKey, difference: Difference) -> str:
    """The difference's name, ``v1:`` and 16 hex digits; empty where it cannot have one.

    Many small differences merged into one are not known one by one.
    """
    if "regions" in difference.detail:
        return ""
    nearest = tuple(math.floor(value / GRID + 0.5) for value in _numbers(difference.box))
    return _hashed(key, difference, nearest)


def of_page(key: BaselineKey, finding: str) -> str:
    """The name of a sweep's finding on one page in one window size: ``s1:`` and 16 hex digits."""
    said = json.dumps([main_key(key).path, finding])
    return f"s1:{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def split_ignored(
    comparison: Comparison, key: BaselineKey, ignored: Iterable[Ignored], today: date
) -> IgnoredSplit:
    """The comparison without the differences that are ignored today."""
    known = {one.fingerprint: one for one in sorted(ignored, key=lambda one: one.until)}
    pairs = [(one, _entry(key, one, known)) for one in comparison.differences]
    live = [one for one, entry in pairs if entry and entry.until >= today]
    left = tuple(one for one in comparison.differences if one not in live)
    notes = tuple(_notes([entry for _, entry in pairs if entry], today))
    if not live:
        return IgnoredSplit(comparison, notes=notes)
    confidence = min((one.confidence for one in (*left, *comparison.tolerated)), default=1.0)
    tolerated = (*comparison.tolerated, *live)
    rest = replace(comparison, differences=left, tolerated=tolerated, confidence=confidence)
    return IgnoredSplit(rest, tuple(live), notes)


def _entry(key: BaselineKey, difference: Difference, known: dict[str, Ignored]) -> Ignored | None:
    """What is recorded of the difference; of two records the one that lasts longer."""
    if not known or "regions" in difference.detail:
        return None
    found = [known[name] for name in _names(key, difference) if name in known]
    return max(found, key=lambda one: one.until, default=None)


def _names(key: BaselineKey, difference: Difference) -> Iterator[str]:
    """The fingerprints of all differences that are nearly here."""
    sides = [
        sorted({math.floor(value / GRID), math.ceil(value / GRID)})
        for value in _numbers(difference.box)
    ]
    for cells in itertools.product(*sides):
        yield _hashed(key, difference, cells)


def _numbers(box: Box) -> tuple[int, int, int, int]:
    return int(box.x), int(box.y), int(box.width), int(box.height)


def _hashed(key: BaselineKey, difference: Difference, cells: Sequence[int]) -> str:
    shape: Any = difference.detail.get("shape", "")
    said = [main_key(key).path, difference.kind.value, list(cells), str(shape)]
    return f"v1:{hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]}"


def _notes(entries: Sequence[Ignored], today: date) -> Iterator[str]:
    """One line for each date and reason."""
    for (until, reason), count in Counter((one.until, one.reason) for one in entries).items():
        noun = "difference" if count == 1 else "differences"
        why = f": {' '.join(reason.split())}" if reason.strip() else ""
        if until >= today:
            yield f"{count} {noun} ignored until {until}{why}"
        else:
            verb = "was" if count == 1 else "were"
            yield f"{count} {noun} {verb} ignored until {until}{why} (expired)"
