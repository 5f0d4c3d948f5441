"""Processes are held and ended, without a browser."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_visualdiff.browsers.processes import (
    FOLDER_VARIABLE,
    GuardedFolder,
    ProcessGroup,
    within,
)

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sessions are POSIX")


def family(tmp_path: Path) -> subprocess.Popen[bytes]:
    """A process in a session of its own, with a child in another process group."""
    code = "set -m; sleep 60 & sleep 60"
    return subprocess.Popen(["/bin/sh", "-c", code], start_new_session=True, cwd=tmp_path)


def until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_release_ends_the_whole_family_and_its_folder(tmp_path: Path) -> None:
    """Children are ended even when their parent has died and they have another group."""
    process, folder = family(tmp_path), tmp_path / "own"
    folder.mkdir()
    processes = ProcessGroup(process.pid, str(folder))
    assert until(lambda: len(processes.members()) == 3)
    process.kill()
    process.wait()
    assert len(processes.members()) == 2
    processes.release()
    assert processes.members() == []
    assert not folder.exists()


def test_a_killed_test_run_leaves_nothing_behind(tmp_path: Path) -> None:
    """When the process that holds the group is killed with -9, what it held ends too."""
    code = (
        "import subprocess, sys, time\n"
        "from pytest_visualdiff.browsers.processes import ProcessGroup\n"
        "p = subprocess.Popen(['sleep', '60'], start_new_session=True)\n"
        f"processes = ProcessGroup(p.pid, {str(tmp_path / 'own')!r})\n"
        "print(p.pid, flush=True); time.sleep(60)\n"
    )
    (tmp_path / "own").mkdir()
    path = os.pathsep.join(filter(None, sys.path))
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
    ) as holder:
        assert holder.stdout
        held = int(holder.stdout.readline())
        assert held in ProcessGroup.members(_Watching(held))
        holder.kill()
    assert until(lambda: not ProcessGroup.members(_Watching(held)))
    assert until(lambda: not (tmp_path / "own").exists())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_kill_before_the_process_is_known_leaves_nothing(tmp_path: Path) -> None:
    """A process that started after the guard, and that nobody told it of, is found and ended.

    So are its children in sessions of their own, as a browser may start them.
    """
    folder = tmp_path / "own"
    folder.mkdir()
    code = (
        "import os, subprocess, time\n"
        "from pytest_visualdiff.browsers.processes import Guard\n"
        f"guard = Guard({str(folder)!r})\n"
        "subprocess.Popen(['/bin/sh', '-c', 'setsid sleep 61 & sleep 61'],\n"
        "                 start_new_session=True, env=guard.mark(os.environ))\n"
        "print(flush=True); time.sleep(60)\n"
    )
    path = os.pathsep.join(filter(None, sys.path))
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
    ) as holder:
        assert holder.stdout
        holder.stdout.readline()
        assert until(lambda: len(marked(folder)) == 3)
        holder.kill()
    assert until(lambda: not marked(folder))
    assert until(lambda: not folder.exists(), 15)


def test_a_folder_goes_with_its_killed_owner(tmp_path: Path) -> None:
    """What a test downloaded is not left behind by a kill; nor by an orderly end."""
    code = (
        "import time\n"
        "from pytest_visualdiff.browsers.processes import GuardedFolder\n"
        "folder = GuardedFolder('downloads-')\n"
        "(folder.path / 'file.pdf').write_text('text')\n"
        "print(flush=True); time.sleep(60)\n"
    )
    path = os.pathsep.join(filter(None, sys.path))
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path, "TMPDIR": str(tmp_path)},
    ) as holder:
        assert holder.stdout
        holder.stdout.readline()
        assert list(tmp_path.glob("downloads-*/file.pdf"))
        holder.kill()
    assert until(lambda: not list(tmp_path.iterdir()), 15)
    folder = GuardedFolder("downloads-")
    folder.path.joinpath("file.pdf").write_text("text", "utf-8")
    folder.remove()
    assert not folder.path.exists()


def marked(folder: Path) -> list[str]:
    """The processes whose environment names the folder as that of their group."""
    wanted = f"{FOLDER_VARIABLE}={folder}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if wanted in path.read_bytes().split(b"\0"):
                found.append(path.parent.name)
    return found


class _Watching(ProcessGroup):
    """Looks at a session without holding it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid


def test_within_ends_what_takes_too_long() -> None:
    """A block that hangs is freed by ending what it waits for; a quick one is left alone."""
    process = subprocess.Popen(["sleep", "60"])
    with within(0.2, process.kill):
        assert process.wait(10) == -9
    quick = subprocess.Popen(["true"])
    with within(30, lambda: pytest.fail("too early")):
        assert quick.wait(10) == 0
