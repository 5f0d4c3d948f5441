"""Differences that are ignored until a date: ``ignored.json`` in the folder of baselines.

The file is reviewed with the baselines: sorted, one field a line, and says who, when and why.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pytest_visualdiff import clock
from pytest_visualdiff.errors import StoreError
from pytest_visualdiff.files import inside, write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

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
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
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
            write_atomically(path, text.encode("utf-8", "backslashreplace"))
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
