"""One desktop, many tests: a lock of the whole machine, gone with the process that holds it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_visualdiff.errors import ScreenBusy
from pytest_visualdiff.files import acquire

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHARED = Path("/tmp")  # noqa: S108 - where X keeps its own locks; TMPDIR may differ by process


@contextlib.contextmanager
def held(desktop: str, holder: str, timeout: float) -> Iterator[None]:
    """Nobody else has the desktop inside the block; ``holder`` is told to those who wait.

    Raises ``ScreenBusy`` after ``timeout`` seconds.
    """
    from filelock import FileLock

    path = _path(desktop)
    lock = FileLock(path, mode=0o666, is_singleton=False)
    note = path.with_suffix(".holder")
    try:
        acquire(lock, timeout)
    except TimeoutError as error:
        raise ScreenBusy(
            f"the real desktop {desktop} is in use by {_told(note)}; waited {timeout:g} s"
            " (screen_wait), while one test at a time may have it. Run these tests with one worker,"
            " on virtual displays, or wait longer"
        ) from error
    try:
        with contextlib.suppress(OSError):
            note.write_text(f"{holder} (process {os.getpid()})", encoding="utf-8")
        yield
    finally:
        with contextlib.suppress(OSError):
            note.unlink()
        lock.release()


def _path(desktop: str) -> Path:
    folder = _SHARED if _SHARED.is_dir() else Path(tempfile.gettempdir())
    number = "".join(sign if sign.isalnum() else "-" for sign in desktop) or "desktop"
    return folder / f"visualdiff-screen{number}.lock"


def _told(note: Path) -> str:
    try:
        return note.read_text(encoding="utf-8", errors="replace")[:300]
    except OSError:
        return "another test"
