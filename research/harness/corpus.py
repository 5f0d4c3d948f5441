"""What the makers of corpora share: what is still wanted, stable choices, and whole files."""

from __future__ import annotations

import os
import zlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Wants:
    """What is still to be made, and what the pages so far had no place for."""

    left: Counter[tuple[str, int]]
    failed: Counter[tuple[str, int]] = field(default_factory=Counter)

    def order(self) -> list[tuple[str, int]]:
        """The rarest first, then those most of which are missing."""
        keys = [key for key, count in self.left.items() if count > 0]
        return sorted(keys, key=lambda key: (-self.failed[key], -self.left[key], mix(key)))

    def share(self, scenes: int) -> int:
        """How many one of so many scenes should make."""
        total = sum(self.left.values())
        return -(-total // max(1, scenes)) + 1


def mix(key: object) -> int:
    """A number that looks random and is the same in each process."""
    return zlib.crc32(repr(key).encode())


def save(path: Path, data: bytes) -> None:
    """Write a file at once, so that no reader sees a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.stem}.{os.getpid()}")
    fresh.write_bytes(data)
    fresh.replace(path)
