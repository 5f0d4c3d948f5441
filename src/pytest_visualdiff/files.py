"""Files that are either old or new, never half: write to a temporary file, then rename."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Protocol

from pytest_visualdiff import clock

PAUSE = 0.05
"""Seconds between two tries to get a lock."""


class Lock(Protocol):
    """A lock as ``filelock`` makes it."""

    def acquire(self, *, blocking: bool) -> object:
        """Take it, or raise ``TimeoutError``."""


def acquire(lock: Lock, timeout: float) -> None:
    """Take a lock within so many seconds of real time, or raise ``TimeoutError``.

    The lock itself would ask a clock that a test may have frozen.
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


def write_atomically(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Replace ``path`` with ``data``; on any failure the old file stays and no rest is left.

    A file that is not ``durable`` may be empty after a power failure, and is written faster.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def display_path(path: Path, base: Path) -> str:
    """A path as messages show it: relative if it lies below ``base``."""
    try:
        return path.relative_to(base).as_posix()
    except ValueError:
        return str(path)


def inside(root: Path, relative: str) -> Path:
    """``root/relative``; raises ``ValueError`` where it would lie elsewhere (also by a link)."""
    path = root / relative
    try:
        lies_inside = path.resolve().is_relative_to(root.resolve())
    except RuntimeError:  # links in a circle, before Python 3.13
        lies_inside = False
    if not lies_inside:
        raise ValueError(f"{relative!r} leads out of {root}")
    return path


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current
