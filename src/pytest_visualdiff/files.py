"""Atomic files: data is written to a temporary file, which then replaces the old one."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path
from typing import Protocol

from pytest_visualdiff import clock


def _read_umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current


UMASK = _read_umask()
"""The mask for the modes of new files; it can only be read by setting it, which threads notice."""

PAUSE = 0.05
"""Seconds between two tries to get a lock."""


class Lock(Protocol):
    """A lock as ``filelock`` makes it."""

    def acquire(self, *, blocking: bool) -> object:
        """Take it, or raise ``TimeoutError``."""


def acquire(lock: Lock, timeout: float) -> None:
    """Take a lock within so many seconds of real time, or raise ``TimeoutError``.

    The timeout of the lock itself depends on a clock that a test may have frozen.
    """
    until = clock.now() + timeout
    while True:
        try:
            lock.acquire(blocking=False)
        except TimeoutError:
            if clock.now() >= until:
                raise
        else:
            return
        clock.sleep(PAUSE)


HIDDEN = ".decisions"
"""Folder beside files of the project for what must not be committed: temporary files, a lock."""


def write_atomically(
    path: Path, data: bytes, *, durable: bool = True, hidden: Path | None = None
) -> None:
    """Replace ``path`` with ``data``; on a failure the old file stays, and no temporary one.

    A file that is not ``durable`` may be empty after a power failure, and is written faster. The
    temporary file lies in the folder ``hidden`` where one is given, else beside the file.
    """
    make_folders(path.parent, durable=durable)
    beside = make_hidden(hidden) if hidden else path.parent
    handle, name = tempfile.mkstemp(prefix=TEMPORARY, dir=beside)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        temporary.chmod(0o666 & ~UMASK)
        temporary.replace(path)
        if durable:
            sync_folder(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


TEMPORARY = ".writing-"
"""Names of temporary files begin with it; a killed process leaves one."""


def append(path: Path, data: bytes) -> None:
    """Add to a file and wait until it is on the disk; on a failure nothing is added."""
    with path.open("ab", buffering=0) as file:
        before = file.seek(0, os.SEEK_END)
        left = memoryview(data)
        try:
            while left:  # a disk that is almost full takes a part
                left = left[file.write(left) or 0 :]
            os.fsync(file.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                file.truncate(before)
            raise


def make_folders(folder: Path, *, durable: bool = True) -> None:
    """Make a folder and those above it that are missing, so that they survive a power failure.

    Their modes are those that were usual when pytest started.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
        one.chmod(0o777 & ~UMASK)
    folder.mkdir(exist_ok=True)  # raises where a file is in the way
    for one in missing if durable else ():
        sync_folder(one.parent)


def make_hidden(folder: Path) -> Path:
    """Make a folder that git never sees; returns it."""
    ignore = folder / ".gitignore"
    if not ignore.exists():
        folder.mkdir(parents=True, exist_ok=True)
        ignore.write_text("*\n", encoding="utf-8")
    return folder


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system can do that."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows opens no folders
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EIO, errno.EDQUOT):
            raise
    finally:
        os.close(handle)


def display_path(path: Path, base: Path) -> str:
    """A path as messages show it: relative if it lies below ``base``."""
    try:
        return path.relative_to(base).as_posix()
    except ValueError:
        return str(path)


def inside(root: Path, relative: str) -> Path:
    """``root/relative``; raises ``ValueError`` if it lies outside (also by a link)."""
    path = root / relative
    try:
        lies_inside = path.resolve().is_relative_to(root.resolve())
    except RuntimeError:  # links in a circle, before Python 3.13
        lies_inside = False
    if not lies_inside:
        raise ValueError(f"{relative!r} leads out of {root}")
    return path
