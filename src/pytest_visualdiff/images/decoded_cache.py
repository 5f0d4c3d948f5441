"""Decoded baselines on disk: a picture that was decoded once is memory-mapped the next time.

An entry is named by the SHA-256 of the encoded file, so that it cannot belong to another picture.
Beside the pixels lie the filtered rows that an encoder made of them.
An entry that is damaged, truncated or of another version is not used, and is replaced. Entries are
not synced to disk: a crash may leave a damaged one behind.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import struct
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_visualdiff.images import png as png_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from pytest_visualdiff.images.png_rows import Layout
    from pytest_visualdiff.model import Array

LIMIT = 1 << 29
"""Bytes that all entries of a folder may take; the longest unused ones go first."""

_HEADER = struct.Struct("<8sIIIxxxxQ")  # magic, height, width, channels, checksum
_MAGIC = b"vd-raw-1"
_SUFFIX = ".raw"
_ROWS = ".rows"


@dataclass(frozen=True, slots=True)
class DecodedCache:
    """A folder of decoded pictures. An error of the disk makes it slower, never wrong."""

    folder: Path
    limit: int = LIMIT
    _named: dict[bytes, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    """The digest of the last file that was asked for."""

    def load(self, encoded: bytes) -> Array | None:
        """The decoded picture, read-only, of an encoded file; None where it is not kept."""
        path = self._path(encoded)
        try:
            found = _mapped(path)
            if found is None or _checksum(found[0]) != found[1]:
                return None
            os.utime(path)  # used: it goes last
        except (OSError, ValueError):
            return None
        return found[0]

    def twice(self, encoded: bytes) -> tuple[Array, Array] | None:
        """The decoded picture and a copy to change, neither of them read yet, nor checked.

        What is not changed takes no memory. None where it is not kept.
        """
        try:
            path = self._path(encoded)
            one, other = _mapped(path), _mapped(path, mmap.ACCESS_COPY)
        except (OSError, ValueError):
            return None
        return None if one is None or other is None else (one[0], other[0])

    def rows(self, encoded: bytes, layout: Layout) -> BinaryIO | None:
        """The file of the filtered rows of an encoded file; None where they are not kept."""
        path = self._rows_path(encoded, layout)
        try:
            file = path.open("rb", buffering=0)
            os.utime(path)
            os.utime(self._path(encoded))
        except OSError:
            return None
        return file

    def store_rows(self, encoded: bytes, layout: Layout, stream: Callable[[], Array]) -> None:
        """Keep filtered rows of shape (height, 1 + width * channels) beside a kept picture."""
        path = self._rows_path(encoded, layout)
        fits = layout.length <= self.limit // 4
        with contextlib.suppress(OSError):
            if fits and self._path(encoded).exists() and not path.exists():
                self._write(path, b"", stream())
                self._prune()

    def forget_rows(self, encoded: bytes, layout: Layout) -> None:
        """Remove cached rows that did not help."""
        with contextlib.suppress(OSError):
            self._rows_path(encoded, layout).unlink()

    def store(self, encoded: bytes, picture: Array) -> None:
        """Keep a decoded picture of shape (height, width, channels)."""
        if picture.nbytes > self.limit // 4:
            return
        with contextlib.suppress(OSError):
            _make(self.folder)
            header = _HEADER.pack(_MAGIC, *picture.shape, _checksum(picture))
            self._write(self._path(encoded), header, picture)
            self._prune()

    def _path(self, encoded: bytes) -> Path:
        return self.folder / f"{self._digest(encoded)}{_SUFFIX}"

    def _rows_path(self, encoded: bytes, layout: Layout) -> Path:
        shape = "x".join(map(str, layout))
        return self.folder / f"{self._digest(encoded)}.{shape}{_ROWS}"

    def _digest(self, encoded: bytes) -> str:
        known = self._named.get(encoded)
        if known is None:
            known = png_file.digest(encoded)
            self._named.clear()
            self._named[encoded] = known
        return known

    def _write(self, path: Path, header: bytes, picture: Array) -> None:
        handle, name = tempfile.mkstemp(prefix=".writing-", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(header)
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
            if entry.name.endswith((_SUFFIX, _ROWS))
            for status in [entry.stat()]
        )
        excess = sum(size for _, size, _ in entries) - self.limit
        for _, size, path in entries:
            if excess <= 0:
                break
            with contextlib.suppress(OSError):  # another process was faster
                Path(path).unlink()
            excess -= size


def _mapped(path: Path, access: int = mmap.ACCESS_READ) -> tuple[Array, int] | None:
    """The picture that a file holds, and the checksum that it should have."""
    import numpy as np

    with path.open("rb", buffering=0) as file:  # numpy.memmap takes twice as long for the same
        whole: Array = np.frombuffer(mmap.mmap(file.fileno(), 0, access=access), np.uint8)
    if whole.size <= _HEADER.size:
        return None
    magic, height, width, channels, checksum = _HEADER.unpack(whole[: _HEADER.size].tobytes())
    pixels: Array = whole[_HEADER.size :]
    if magic != _MAGIC or pixels.size != height * width * channels:
        return None
    return pixels.reshape(height, width, channels), checksum


def _checksum(picture: Array) -> int:
    """Sum of all 64-bit words, and the rest: notices what a disk or a crash does to a file."""
    import numpy as np

    levels = picture.reshape(-1)
    words = levels[: levels.size // 8 * 8].view(np.uint64)
    total = int(np.add.reduce(words, dtype=np.uint64)) + int(levels[words.size * 8 :].sum())
    return total % (1 << 64)


def _make(folder: Path) -> None:
    """Make the folder, with a ``.gitignore`` so that git leaves it alone."""
    made = next((parent for parent in (folder.parent, folder) if not parent.exists()), None)
    folder.mkdir(parents=True, exist_ok=True)
    if made is not None:
        (made / ".gitignore").write_text("*\n", encoding="utf-8")
