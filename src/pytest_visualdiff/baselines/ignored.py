"""Differences that are ignored until a date: ``ignored.json`` in the folder of baselines.

The file is reviewed with the baselines: sorted, one field a line, and says who, when and why.

A difference is known by a fingerprint: its kind, its box and its shape on a coarse grid, and the
baseline's key (test, name and variant). The same difference has the same fingerprint. So has a
difference that moved by up to 3 pixels, or whose box grew by as much; one that moved by 12 or more
has another.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import re
from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from pytest_visualdiff import clock
from pytest_visualdiff.baselines.naming import main_key
from pytest_visualdiff.errors import StoreError
from pytest_visualdiff.files import HIDDEN, inside, write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pytest_visualdiff.comparison.result import Comparison
    from pytest_visualdiff.model import BaselineKey, Box, Difference

FILE = "ignored.json"

SCHEMA = 1
"""Number of the shape of the file; a reader refuses another one."""

_FINGERPRINT = re.compile(r"[vs]1:[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Ignored:
    """One ignored difference; only ``fingerprint`` and ``until`` decide, the rest is for people."""

    fingerprint: str
    until: date
    """The last day on which it is ignored, in UTC."""
    key: str
    """The baseline's key."""
    test: str
    """The node id."""
    name: str
    """The name of the check."""
    difference: str
    """Kind and place, in words."""
    since: date
    who: str = ""
    reason: str = ""


def today() -> date:
    """The date in UTC, so that a difference stops being ignored everywhere at once."""
    return clock.today()


def read(folder: Path) -> tuple[Ignored, ...]:
    """What is ignored; raises ``StoreError`` that names a file which cannot be used."""
    path = folder / FILE
    try:
        data = json.loads(inside(folder, FILE).read_bytes())
        if data["schema"] != SCHEMA:
            raise ValueError(f"its schema is {data['schema']!r}, this version reads {SCHEMA}")  # noqa: TRY301 - told with the others
        return tuple(map(_entry, data["ignored"]))
    except FileNotFoundError:
        return ()
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        problem = f"{error} is missing" if isinstance(error, KeyError) else error
        raise StoreError(
            f"cannot use {path}: {problem}. Restore it from version control, or delete it: then"
            " nothing is ignored"
        ) from error


def write(folder: Path, entries: Iterable[Ignored]) -> None:
    """Replace the file, whole or not at all; without any entry there is none.

    Raises ``StoreError`` where the folder or disk refuses.
    """
    ordered = sorted(entries, key=lambda one: (one.key, one.fingerprint))
    data = {"schema": SCHEMA, "ignored": [_plain(one) for one in ordered]}
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    try:
        path = inside(folder, FILE)
        if ordered:
            encoded = text.encode("utf-8", "backslashreplace")
            write_atomically(path, encoded, hidden=folder / HIDDEN)
        else:
            path.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot write {folder / FILE}: {error}") from error


def _entry(data: Mapping[str, Any]) -> Ignored:
    texts = {name: data[name] for name in ("fingerprint", "key", "test", "name", "difference")}
    texts |= {name: data.get(name, "") for name in ("who", "reason")}
    for name, value in texts.items():
        if not isinstance(value, str):
            raise TypeError(f"{name} must be a text, not {value!r}")
    if not _FINGERPRINT.fullmatch(texts["fingerprint"]):
        raise ValueError(f"{texts['fingerprint']!r} is no fingerprint (v1:… or s1:…)")
    until, since = (date.fromisoformat(data[name]) for name in ("until", "since"))
    return Ignored(**texts, until=until, since=since)


def _plain(one: Ignored) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(one).items()}


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


def sweep_fingerprint(key: BaselineKey, finding: str) -> str:
    """The name of a sweep's finding on one page in one window size: ``s1:`` and 16 hex digits."""
    said = json.dumps([main_key(key).path, finding])
    return f"s1:{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def split_ignored(
    comparison: Comparison, key: BaselineKey, ignored: Iterable[Ignored], today: date
) -> IgnoredSplit:
    """The comparison without the differences that are ignored today."""
    known = {one.fingerprint: one for one in sorted(ignored, key=lambda one: one.until)}
    pairs = [(one, _known_of(key, one, known)) for one in comparison.differences]
    live = [one for one, entry in pairs if entry and entry.until >= today]
    left = tuple(one for one in comparison.differences if one not in live)
    notes = tuple(_notes([entry for _, entry in pairs if entry], today))
    if not live:
        return IgnoredSplit(comparison, notes=notes)
    confidence = min((one.confidence for one in (*left, *comparison.tolerated)), default=1.0)
    tolerated = (*comparison.tolerated, *live)
    rest = replace(comparison, differences=left, tolerated=tolerated, confidence=confidence)
    return IgnoredSplit(rest, tuple(live), notes)


def _known_of(
    key: BaselineKey, difference: Difference, known: dict[str, Ignored]
) -> Ignored | None:
    """What is recorded of the difference; of two records the one that lasts longer."""
    if not known or "regions" in difference.detail:
        return None
    found = [known[name] for name in _names(key, difference) if name in known]
    return max(found, key=lambda one: one.until, default=None)


def _names(key: BaselineKey, difference: Difference) -> Iterator[str]:
    """All fingerprints this difference has when moved by less than one grid cell."""
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
