"""Baselines as plain files in a folder of the project."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_visualdiff.baselines import content, naming
from pytest_visualdiff.errors import (
    BaselineChanged,
    BaselineNotWritten,
    BaselineUnreadable,
    ImageError,
    StoreError,
)
from pytest_visualdiff.files import HIDDEN, display_path, inside, write_atomically
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.model import BaselineKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class DirectoryStore:
    """A folder of baselines; nothing outside of it is read or written."""

    def __init__(self, root: Path, *, shown_from: Path | None = None) -> None:
        self.root = root
        self._shown_from = shown_from or Path.cwd()

    def read(self, key: BaselineKey) -> bytes | None:
        """The baseline's bytes, None where there is none."""
        path = self._path(key)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise BaselineUnreadable(
                f"cannot read the baseline {self.describe(key)}: {error}"
            ) from error
        self._verify(key, data)
        return data

    def check_writable(self, key: BaselineKey) -> None:
        """Raise ``BaselineNotWritten`` where the folder of the key cannot be written to."""
        folder = self._path(key).parent
        while not folder.exists():
            folder = folder.parent
        if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
            raise BaselineNotWritten(
                f"cannot write the baseline {self.describe(key)}: the folder"
                f" {self._display_path(folder)} is not writable; change its permissions, or set"
                " another with --visualdiff-baseline-dir"
            )

    def write(self, key: BaselineKey, png: bytes, *, seen: str) -> bool:
        """Make the picture the baseline, atomically; False where it already is."""
        path, current = self._path(key), self._current(key)
        if current == png:
            return False
        self._require_unchanged(key, current, seen)
        self._replace(key, path, png)
        return True

    def remove(self, key: BaselineKey, *, seen: str) -> bool:
        """Take the baseline out, and the folders that are empty without it."""
        path, current = self._path(key), self._current(key)
        if not current:
            return False
        self._require_unchanged(key, current, seen)
        try:
            path.unlink()
        except OSError as error:
            raise BaselineNotWritten(
                f"cannot delete the baseline {self.describe(key)}: {error.strerror or error}"
            ) from error
        with contextlib.suppress(OSError):  # not empty
            for folder in path.relative_to(self.root).parents[:-1]:
                (self.root / folder).rmdir()
        return True

    def alternatives(self, key: BaselineKey) -> Sequence[BaselineKey]:
        """Further approved pictures of the same check; a link that leads nowhere is none."""
        self._path(key)
        names = naming.alternatives(key)
        return [other for other in names if os.path.exists(self.root / other.path)]  # noqa: PTH110 - Path.exists may raise

    def describe(self, key: BaselineKey) -> str:
        """The file's path, relative to the project where it can be."""
        return self._display_path(self.root / key.path)

    def keys(self) -> Iterator[BaselineKey]:
        """All keys, sorted."""
        found = (path for ending in content.ENDINGS for path in self.root.rglob(f"*{ending}"))
        for path in sorted(found):
            yield BaselineKey(path.relative_to(self.root).as_posix())

    def _path(self, key: BaselineKey) -> Path:
        content.ending(key.path)
        try:
            return inside(self.root, key.path)
        except ValueError as error:
            raise StoreError(f"refused: the baseline {error}") from error

    def _current(self, key: BaselineKey) -> bytes:
        """The bytes that are there, whatever they are; empty for none."""
        path = self._path(key)
        try:
            return path.read_bytes() if path.exists() else b""
        except OSError as error:
            raise BaselineUnreadable(
                f"cannot read the baseline {self.describe(key)}: {error}"
            ) from error

    def _require_unchanged(self, key: BaselineKey, current: bytes, seen: str) -> None:
        if (png_file.digest(current) if current else "") != seen:
            raise BaselineChanged(
                f"the baseline {self.describe(key)} has changed since this picture was compared"
                " with it: run the test again, look, and approve again"
            )

    def _display_path(self, path: Path) -> str:
        return display_path(path, self._shown_from)

    def _verify(self, key: BaselineKey, data: bytes) -> None:
        try:
            content.verify(key.path, data)
        except (ImageError, ValueError) as error:
            raise BaselineUnreadable(
                f"the baseline {self.describe(key)} cannot be used: {error}. Restore it from"
                " version control, or delete it and approve a new one"
            ) from error

    def _replace(self, key: BaselineKey, path: Path, png: bytes) -> None:
        try:
            write_atomically(path, png, hidden=self.root / HIDDEN)
        except OSError as error:
            raise BaselineNotWritten(
                f"cannot write the baseline {self.describe(key)}: {error.strerror or error}; the"
                " earlier baseline is untouched and the picture is kept in the run folder"
            ) from error
