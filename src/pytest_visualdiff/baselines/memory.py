"""Baselines in memory: for tests of code that takes a store, and for trying things out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_visualdiff.baselines import naming
from pytest_visualdiff.errors import BaselineChanged
from pytest_visualdiff.images import png as png_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_visualdiff.model import BaselineKey


class MemoryStore:
    """A dictionary of baselines."""

    def __init__(self) -> None:
        self._files: dict[BaselineKey, bytes] = {}

    def read(self, key: BaselineKey) -> bytes | None:
        """The baseline's PNG bytes, None where there is none."""
        return self._files.get(key)

    def check_writable(self, key: BaselineKey) -> None:
        """Memory is always ready."""

    def write(self, key: BaselineKey, png: bytes, *, seen: str) -> bool:
        """Make the picture the baseline; False where it already is."""
        current = self._files.get(key, b"")
        if current == png:
            return False
        self._require_unchanged(key, current, seen)
        self._files[key] = png
        return True

    def remove(self, key: BaselineKey, *, seen: str) -> bool:
        """Take the baseline out; False where there is none."""
        current = self._files.get(key, b"")
        if not current:
            return False
        self._require_unchanged(key, current, seen)
        del self._files[key]
        return True

    def alternatives(self, key: BaselineKey) -> Sequence[BaselineKey]:
        """Further approved pictures of the same check."""
        return [other for other in naming.alternatives(key) if other in self._files]

    def describe(self, key: BaselineKey) -> str:
        """The key, marked as living in memory."""
        return f"memory:{key}"

    def keys(self) -> Iterator[BaselineKey]:
        """All keys, sorted."""
        yield from sorted(self._files, key=str)

    def _require_unchanged(self, key: BaselineKey, current: bytes, seen: str) -> None:
        if (png_file.digest(current) if current else "") != seen:
            raise BaselineChanged(f"the baseline {key} has changed since it was compared")
