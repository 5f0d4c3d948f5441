"""Decoded baselines on disk: a picture that was decoded once is mapped into memory next time.

An entry is named by the SHA-256 of the encoded file, so that it cannot belong to another picture.
One that is damaged, truncated or of another version is not used, and replaced. Without a sync to
disk: what a crash leaves behind is a damaged entry.
"""

from __future__ import annotations

import contextlib
import os
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_visualdiff import png as png_file

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array

LIMIT = 1 << 29
"""Bytes that all entries of a folder may take; the longest unused ones go first."""

_HEADER = struct.Struct("<8sIIIxxxxQ")  # magic, height, width, channels, checksum
_MAGIC = b"vd-raw-1"
_SUFFIX = ".raw"


@dataclass(frozen=True, slots=True)
class RawCache:
    """A folder of decoded pictures. Trouble with the disk makes it slower, never wrong."""

    folder: Path
    limit: int = LIMIT

    def load(self, encoded: bytes) -> Array | None:
        """The decoded picture, read-only, of an encoded file; None where it is not kept."""
        import numpy as np

        path = self._path(encoded)
        try:
            whole = np.memmap(path, np.uint8, "r")
            picture = _checked(whole)
            if picture is not None:
                os.utime(path)  # used: it goes last
        except (OSError, ValueError):
            return None
        return picture

    def store(self, encoded: bytes, picture: Array) -> None:
        """Keep a decoded picture of shape (height, width, channels)."""
        if picture.nbytes > self.limit // 4:
            return
        with contextlib.suppress(OSError):
            _make(self.folder)
            self._write(self._path(encoded), picture)
            self._prune()

    def _path(self, encoded: bytes) -> Path:
        return self.folder / f"{png_file.digest(encoded)}{_SUFFIX}"

    def _write(self, path: Path, picture: Array) -> None:
        handle, name = tempfile.mkstemp(prefix=".writing-", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_HEADER.pack(_MAGIC, *picture.shape, _checksum(picture)))
                file.write(picture.data if picture.flags.c_contiguous else picture.tobytes())
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise

    def _prune(self) -> None:
        entries = sorted(
            (status.st_mtime, status.st_size, entry.path)
            for entry in os.scandir(self.folder)
            if entry.name.endswith(_SUFFIX)
            for status in [entry.stat()]
        )
        excess = sum(size for _, size, _ in entries) - self.limit
        for _, size, path in entries:
            if excess <= 0:
                break
            with contextlib.suppress(OSError):  # another process was faster
                Path(path).unlink()
            excess -= size


def _checked(whole: Array) -> Array | None:
    if whole.size <= _HEADER.size:
        return None
    magic, height, width, channels, checksum = _HEADER.unpack(whole[: _HEADER.size].tobytes())
    pixels: Array = whole[_HEADER.size :]
    if magic != _MAGIC or pixels.size != height * width * channels:
        return None
    return pixels.reshape(height, width, channels) if _checksum(pixels) == checksum else None


def _checksum(picture: Array) -> int:
    """Sum of all 64-bit words, and the rest: notices what a disk or a crash does to a file."""
    import numpy as np

    levels = picture.reshape(-1)
    words = levels[: levels.size // 8 * 8].view(np.uint64)
    total = int(np.add.reduce(words, dtype=np.uint64)) + int(levels[words.size * 8 :].sum())
    return total % (1 << 64)


def _make(folder: Path) -> None:
    """The folder, and word to git that what we make here is not for it."""
    made = next((parent for parent in (folder.parent, folder) if not parent.exists()), None)
    folder.mkdir(parents=True, exist_ok=True)
    if made is not None:
        (made / ".gitignore").write_text("*\n", encoding="utf-8")
