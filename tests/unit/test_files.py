"""Files are either old or new, never half; and nothing is written elsewhere."""

from __future__ import annotations

import errno
import os
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from pytest_visualdiff import files

if TYPE_CHECKING:
    from pathlib import Path

FAILURES = [
    ("os.fsync", OSError(errno.ENOSPC, "No space left on device")),
    ("os.fsync", KeyboardInterrupt()),
    ("os.fsync", MemoryError()),
    ("pathlib.Path.chmod", PermissionError(errno.EPERM, "Operation not permitted")),
    ("pathlib.Path.replace", KeyboardInterrupt()),
    ("pathlib.Path.replace", OSError(errno.EBUSY, "Device or resource busy")),
]


def fail(monkeypatch: pytest.MonkeyPatch, function: str, error: BaseException) -> None:
    def failing(*_: object) -> None:
        raise error

    monkeypatch.setattr(function, failing)


@pytest.mark.parametrize("old", [None, b"old"])
def test_a_file_is_written_with_the_folders_above_it(tmp_path: Path, old: bytes | None) -> None:
    path = tmp_path / "a" / "b" / "c.png"
    if old is not None:
        path.parent.mkdir(parents=True)
        path.write_bytes(old)
    files.write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert os.listdir(path.parent) == ["c.png"]  # noqa: PTH208


@pytest.mark.parametrize("old", [None, b"old"])
@pytest.mark.parametrize(("function", "error"), FAILURES)
def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    old: bytes | None,
    function: str,
    error: BaseException,
) -> None:
    """Also a full disk, and Ctrl-C at any step."""
    path = tmp_path / "a.png"
    if old is not None:
        path.write_bytes(old)
    fail(monkeypatch, function, error)
    with pytest.raises(type(error)):
        files.write_atomically(path, b"new")
    left = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    assert left == ({} if old is None else {"a.png": old})


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_file_has_the_rights_of_any_new_file(
    tmp_path: Path, umask: int, mode: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A temporary file is private, but what it becomes is shared as the user wants."""
    monkeypatch.setattr(files, "UMASK", umask)
    files.write_atomically(tmp_path / "a.png", b"x")
    assert stat.S_IMODE((tmp_path / "a.png").stat().st_mode) == mode


@pytest.mark.parametrize("relative", ["a.png", "b/a.png", "b/../a.png", "..a/b.png", "no/such/x"])
def test_a_path_below_the_folder_is_allowed(tmp_path: Path, relative: str) -> None:
    assert files.inside(tmp_path, relative) == tmp_path / relative


@pytest.mark.parametrize(
    "relative", ["../a.png", "b/../../a.png", "/etc/passwd", "..", "link/a.png", "circle/a", "a\0b"]
)
def test_a_path_that_leads_elsewhere_is_refused(tmp_path: Path, relative: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(tmp_path)
    (root / "circle").symlink_to(root / "circle")
    if relative.startswith("circle") and sys.version_info >= (3, 13):
        pytest.skip("a circle of links resolves to itself, and stays inside")
    with pytest.raises(ValueError, match=r"leads out of|null"):
        files.inside(root, relative)


def test_a_link_that_stays_inside_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert files.inside(tmp_path, "link/a.png") == tmp_path / "link" / "a.png"


class Taken:
    """A lock that somebody else holds, and lets go of after so many tries."""

    def __init__(self, tries: int) -> None:
        self.tries = tries

    def acquire(self, *, blocking: bool) -> None:
        assert not blocking
        self.tries -= 1
        if self.tries > 0:
            raise TimeoutError


def test_a_lock_is_waited_for_by_the_real_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 0.0)
    monkeypatch.setattr("time.perf_counter", lambda: 0.0)
    lock = Taken(3)
    files.acquire(lock, 30)
    assert lock.tries == 0
    with pytest.raises(TimeoutError):
        files.acquire(Taken(10**6), 0.1)


def test_new_files_and_folders_have_the_modes_of_the_start(tmp_path: Path) -> None:
    """A test may have changed the mask."""
    usual = os.umask(0o777)
    try:
        files.write_atomically(tmp_path / "a" / "b" / "c.txt", b"text")
    finally:
        os.umask(usual)
    for path in (tmp_path / "a", tmp_path / "a" / "b", tmp_path / "a" / "b" / "c.txt"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o777 if path.is_dir() else 0o666) & ~usual
