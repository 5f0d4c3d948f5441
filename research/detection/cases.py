"""The cases that the corpus wrote: one changed or harmlessly different pair of screenshots each."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from benchmarks.pages import CACHE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from research.harness.places import Rectangle

ROOT = CACHE / "detection"
SPLITS = ("untouched", "templates", "tuning")


@dataclass(frozen=True)
class Case:
    """One pair of screenshots and what is known of it; a line of ``cases.jsonl``."""

    id: str
    split: str
    sort: Literal["mutation", "benign"]
    kind: str
    group: str
    strength: int
    """1 (weak) to 3 (strong); 0 for benign pairs."""
    page: str
    browser: str
    expected: Path
    actual: Path
    truth: tuple[Rectangle, ...]
    """What was mutated, at its old and its new place; empty for benign pairs."""
    affected: tuple[Rectangle, ...]
    """Wherever pixels may differ in consequence."""
    pixels: int
    """How many pixels differ at all."""
    note: str = ""

    @property
    def mutated(self) -> bool:
        """Whether a comparison should fail."""
        return self.sort == "mutation"

    @property
    def key(self) -> str:
        """Names the content of both pictures, so that a stored answer never outlives them."""
        return f"{_digest(self.expected)}-{_digest(self.actual)}"


@cache
def _digest(path: Path) -> str:
    return hashlib.blake2b(path.read_bytes(), digest_size=12).hexdigest()


def load(split: str) -> list[Case]:
    """Read the cases of a split, in the order of the file."""
    folder = ROOT / split
    with (folder / "cases.jsonl").open(encoding="utf-8") as lines:
        return [_case(folder, json.loads(line)) for line in lines if line.strip()]


def _case(folder: Path, data: dict[str, object]) -> Case:
    values: dict[str, object] = {name: data[name] for name in Case.__annotations__ if name in data}
    for name in ("expected", "actual"):
        values[name] = folder / str(data[name])
    for name in ("truth", "affected"):
        boxes: Iterable[Iterable[float]] = data[name]  # type: ignore[assignment]
        values[name] = tuple(tuple(map(int, box)) for box in boxes)
    return Case(**values)  # type: ignore[arg-type]


def spread(cases: Sequence[Case], limit: int | None) -> list[Case]:
    """Take ``limit`` cases evenly from the whole list; all of them without a limit."""
    if limit is None or limit >= len(cases):
        return list(cases)
    return [cases[position * len(cases) // limit] for position in range(limit)]
