"""The order of the runs in an output folder, and which of them are deleted.

Each run takes the next number when its folder is made. No clock decides: one that was set back or
frozen, or a restored cache with runs that are dated ahead, changes no order.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
from typing import TYPE_CHECKING

from pytest_visualdiff.files import UMASK

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MARKER = ".visualdiff-run"
"""Only folders that carry this file are ever deleted; it holds the number of the run."""

UNFINISHED = "checks.jsonl"
"""Verdicts as they come in, one a line, until ``run.json`` takes their place."""

_NUMBER = re.compile(r"^run (\d+)$", re.MULTILINE)
_held: dict[Path, int] = {}
"""Markers that this process holds, so that no other process deletes a run that goes on."""


def mark(folder: Path) -> None:
    """Mark a run's folder as ours, with the next number; raises ``OSError``.

    Of several processes that do it, one writes the number.
    """
    marker = folder / MARKER
    text = f"Made by visualdiff, which may delete it.\nrun {_next(folder)}\n"
    with contextlib.suppress(FileExistsError):
        handle = os.open(marker, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
        try:
            marker.chmod(0o666 & ~UMASK)
            os.write(handle, text.encode())
        finally:
            os.close(handle)
    hold(folder)


def runs(output: Path) -> list[Path]:
    """The folders of all runs, the oldest first."""
    inside = output.iterdir() if output.is_dir() else ()
    found = [path for path in inside if path.is_dir() and not path.is_symlink()]
    ours = [path for path in found if any((path / one).exists() for one in _SIGNS)]
    return sorted(ours, key=lambda path: (number(path), path.name))


_SIGNS = (MARKER, UNFINISHED, "run.json")


def number(folder: Path) -> int:
    """The number of a run; 0 for one of an earlier version, or that came without its marker."""
    try:
        found = _NUMBER.search((folder / MARKER).read_text("utf-8", errors="replace"))
    except OSError:
        return 0
    return int(found[1]) if found else 0


def prune(output: Path, keep: int, newest: str = "") -> list[str]:
    """Delete all but the last ``keep`` runs, never the ``newest``, nor one that still goes on.

    Only folders that carry our marker are deleted; returns the names of those that were.
    """
    ours = [path for path in runs(output) if (path / MARKER).is_file()]
    others = [path for path in ours if path.name != newest]
    spare = max(0, keep - (len(ours) - len(others)))
    old = [path for path in others[: max(0, len(others) - spare)] if not _goes_on(path)]
    for path in old:
        if (handle := _held.pop(path / MARKER, None)) is not None:
            os.close(handle)
        shutil.rmtree(path, ignore_errors=True)
    return [path.name for path in old]


def earlier(output: Path, own: str) -> Sequence[Path]:
    """The runs before one of them, the oldest first; by name where it is not there (yet)."""
    found = runs(output)
    names = [path.name for path in found]
    if own not in names:
        return [path for path in found if path.name < own]
    return found[: names.index(own)]


def unfinished(output: Path, than: str = "") -> str:
    """The newest run that did not end (it crashed, or still goes on) after ``than``; else empty."""
    found = runs(output)
    names = [path.name for path in found]
    later = found[names.index(than) + 1 :] if than in names else found
    return next((path.name for path in reversed(later) if (path / UNFINISHED).exists()), "")


def _next(folder: Path) -> int:
    return 1 + max((number(path) for path in runs(folder.parent) if path != folder), default=0)


def hold(folder: Path) -> bool:
    """Keep others from deleting a run until this process ends, however it does.

    False where the folder has no marker yet.
    """
    marker = folder / MARKER
    if not marker.exists():
        return False
    if marker not in _held and sys.platform != "win32":
        import fcntl

        with contextlib.suppress(OSError):  # a file system without locks
            _held[marker] = os.open(marker, os.O_RDONLY)
            fcntl.flock(_held[marker], fcntl.LOCK_SH | fcntl.LOCK_NB)
    return True


def _goes_on(folder: Path) -> bool:
    """Whether another process still works on a run that has no ``run.json`` yet."""
    if sys.platform == "win32" or (folder / "run.json").exists():
        return False
    import fcntl

    try:
        handle = os.open(folder / MARKER, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(handle)
