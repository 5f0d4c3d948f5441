"""Decoded baselines on disk: a picture that was decoded once is memory-mapped the next time.

The name of an entry is the SHA-256 of the encoded file, so it cannot belong to another picture.
The filtered rows that an encoder made of the pixels lie beside them.
An entry that is damaged, truncated or of another version is not used, and is replaced. Entries are
not synced to disk, so a crash may leave a damaged one.
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
"""Bytes that all entries may take; the entry that was unused for longest is deleted first."""

_HEADER = struct.Struct("<8sIIIxxxxQ")  # magic, height, width, channels, checksum
_MAGIC = b"vd-raw-1"
_SUFFIX = ".raw"
_ROWS = ".rows"


@dataclass(frozen=True, slots=True)
class DecodedCache:
    """A folder of decoded pictures. A disk error makes a comparison slower, but never wrong."""

    folder: Path
    limit: int = LIMIT
    _named: dict[bytes, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    """The last file, and its digest."""

    def load(self, encoded: bytes) -> Array | None:
        """The decoded picture of an encoded file, read-only; None if it is not in the cache."""
        path = self._path(encoded)
        try:
            entry = _mapped(path)
            if entry is None or _checksum(entry[0]) != entry[1]:
                return None
            os.utime(path)  # used now, so it is deleted last
        except (OSError, ValueError):
            return None
        return entry[0]

    def twice(self, encoded: bytes) -> tuple[Array, Array] | None:
        """The decoded picture, and a copy that can be changed; neither is read or verified yet.

        Unchanged parts of the copy take no memory. None if the picture is not in the cache.
        """
        try:
            path = self._path(encoded)
            one, other = _mapped(path), _mapped(path, mmap.ACCESS_COPY)
        except (OSError, ValueError):
            return None
        return None if one is None or other is None else (one[0], other[0])

    def rows(self, encoded: bytes, layout: Layout) -> BinaryIO | None:
        """The filtered rows of an encoded file, as an open file; None if they are not cached."""
        path = self._rows_path(encoded, layout)
        try:
            file = path.open("rb", buffering=0)
            os.utime(path)
            os.utime(self._path(encoded))
        except OSError:
            return None
        return file

    def store_rows(self, encoded: bytes, layout: Layout, stream: Callable[[], Array]) -> None:
        """Keep filtered rows of shape (height, 1 + width * channels) beside a cached picture."""
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
        digest = self._named.get(encoded)
        if digest is None:
            digest = png_file.digest(encoded)
            self._named.clear()
            self._named[encoded] = digest
        return digest

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
            with contextlib.suppress(OSError):  # another process deleted it first
                Path(path).unlink()
            excess -= size


def _mapped(path: Path, access: int = mmap.ACCESS_READ) -> tuple[Array, int] | None:
    """The picture in a file, and its recorded checksum."""
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
    """Sum of all 64-bit words and the remaining bytes: it detects damage by a disk or a crash."""
    import numpy as np

    levels = picture.reshape(-1)
    words = levels[: levels.size // 8 * 8].view(np.uint64)
    total = int(np.add.reduce(words, dtype=np.uint64)) + int(levels[words.size * 8 :].sum())
    return total % (1 << 64)


def _make(folder: Path) -> None:
    """Make the folder, with a ``.gitignore`` so that git ignores it."""
    made = next((parent for parent in (folder.parent, folder) if not parent.exists()), None)
    folder.mkdir(parents=True, exist_ok=True)
    if made is not None:
        (made / ".gitignore").write_text("*\n", encoding="utf-8")
