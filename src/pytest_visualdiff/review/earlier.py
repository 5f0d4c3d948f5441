"""Earlier baselines, so that an approval can be taken back.

Each one that is about to be replaced is first copied to ``undo/`` in the output folder, under its
SHA-256. Where that copy is gone (another machine, a fresh clone), git's history has what was
committed, also through Git LFS.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from pytest_visualdiff import clock
from pytest_visualdiff.files import write_atomically
from pytest_visualdiff.images.png import digest
from pytest_visualdiff.review.actor import existing, git

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "undo"
"""Below the output folder."""

DAYS = 90
"""How long a copy is kept; git's history keeps what was committed for ever."""

MOST_COMMITS = 500
"""Commits of a baseline that are searched, newest first."""


def keep(output: Path, data: bytes) -> None:
    """Copy an earlier baseline; raises ``OSError`` where the folder or disk refuses."""
    path = output / FOLDER / digest(data)
    if not path.exists():
        write_atomically(path, data, durable=False)  # its hash is checked when it is used


def find(output: Path, baselines: Path, key: str, wanted: str) -> bytes | None:
    """The earlier baseline of that SHA-256, None where it is nowhere."""
    with suppress(OSError):
        data = (output / FOLDER / wanted).read_bytes()
        if digest(data) == wanted:
            return data
    return _from_git(baselines, key, wanted)


def forget_old(output: Path) -> None:
    """Delete copies that are older than ``DAYS``."""
    last = clock.wall() - DAYS * 86_400
    for path in (output / FOLDER).glob("*"):
        with suppress(OSError):
            if path.stat().st_mtime < last:
                path.unlink()


def _from_git(baselines: Path, key: str, wanted: str) -> bytes | None:
    folder = existing(baselines)
    path = (baselines.absolute() / key).relative_to(folder.absolute()).as_posix()
    listed = git(folder, "log", "--all", f"-{MOST_COMMITS}", "--format=%H", "--", path)
    for commit in listed.decode("ascii").split():
        data = git(folder, "cat-file", "--filters", f"{commit}:./{path}")
        if digest(data) == wanted:
            return data
    return None
