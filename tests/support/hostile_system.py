"""Attacks by the system: a disk that is really full, and kills while browsers start and work."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from hostile_attacks import Count, command, nothing_lost, project

if TYPE_CHECKING:
    from collections.abc import Iterator

DISK = 512 * 1024
"""Bytes of the small disk."""

NAMES = 200
"""Files and folders that it takes."""

GONE_SECONDS = 60.0
"""Within this time after a kill nothing may be left. On a busy machine it takes a few seconds."""


@contextlib.contextmanager
def small_disk() -> Iterator[Path]:
    """A folder with a file system of its own, where this system lets us mount one."""
    folder = Path(tempfile.mkdtemp(prefix="hostile-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK},nr_inodes={NAMES}", "tmpfs", str(folder)]
    mounted = (
        shutil.which("mount") is not None
        and subprocess.run(mount, check=False, capture_output=True).returncode == 0
    )
    try:
        yield folder
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def attack_disk(seed: int, count: Count) -> None:
    """Approve on a disk with a few free bytes; once there is room, nothing was lost.

    Without the right to mount, the disk is the usual one, and only ``faults`` has full disks.
    """
    with small_disk() as disk:
        folder = disk / "x"
        folder.mkdir()
        with project(folder) as review:
            filler = disk / "filler"
            filler.mkdir()
            if shutil.disk_usage(disk).total <= DISK:  # it is ours, and no other disk is filled
                _fill(filler, seed)
            status, said = command("approve", "--all")
            shutil.rmtree(filler)
            nothing_lost(count, f"disk {seed}", review, status, said)


def _fill(filler: Path, seed: int) -> None:
    """Leave a few pages of 4 kB for data, or room for a few names."""
    free = os.statvfs(filler)
    if seed % 2:
        for number in range(max(0, free.f_favail - seed // 2 % 10)):
            (filler / str(number)).touch()
    else:
        (filler / "data").write_bytes(bytes(max(0, free.f_bavail - seed // 2 % 5) * free.f_bsize))


START = """
from pytest_visualdiff.browsers import BrowserSpec, launch
launch.start(BrowserSpec({browser!r}))
import time; time.sleep(60)
"""

RUN = """
import time, pytest
@pytest.mark.parametrize("number", range(4))
def test_it(visualdiff_driver, number):
    visualdiff_driver.get("data:text/html,<p>x")
    time.sleep(2)
"""


def attack_browser(seed: int, count: Count) -> None:
    """Kill a process while its browser starts, or a worker of a run, or the whole run."""
    rng = random.Random(seed)
    folder = Path(tempfile.mkdtemp(prefix="hostile-kill-"))
    browser, victim = ("chrome", "firefox")[seed % 2], ("start", "worker", "run")[seed % 3]
    temporary = folder / "tmp"
    temporary.mkdir()
    (folder / "test_it.py").write_text(RUN)
    arguments = (
        ["-c", START.format(browser=browser)]
        if victim == "start"
        else ["-m", "pytest", "-q", "-n", "2", f"--visualdiff-browsers={browser}", "test_it.py"]
    )
    owner = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(temporary), "HOSTILE": str(folder)},
    )
    count.tried += 1
    try:
        time.sleep(rng.uniform(0.2, 3.0 if victim == "start" else 12.0))
        _kill(owner, worker=victim == "worker")
        owner.wait(180)
        left = _left(folder, temporary)
    finally:
        owner.kill()
        owner.wait()
        shutil.rmtree(folder, ignore_errors=True)
    count.harm += [f"browser {seed} {browser} {victim}: left over {one}" for one in left]
    count.survived += not left


def _kill(owner: subprocess.Popen[bytes], *, worker: bool) -> None:
    """End the process, or the first of its workers, with no chance to clean up."""
    workers = _children(owner.pid) if worker else []
    for pid in workers[:1] or [owner.pid]:
        with contextlib.suppress(OSError):
            os.kill(pid, 9)


def _children(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if path.read_text().rpartition(")")[2].split()[1] == str(pid):
                found.append(int(path.parent.name))
    return sorted(found)


def _left(folder: Path, temporary: Path) -> list[str]:
    """Processes and files that are still there when the time is over."""
    until = time.monotonic() + GONE_SECONDS
    while time.monotonic() < until:
        left = [*_marked(folder), *_files(temporary)]
        if not left:
            return []
        time.sleep(0.2)
    return left


def _files(temporary: Path) -> list[str]:
    return [one.name for one in temporary.iterdir() if not one.name.startswith("pytest-of-")]


def _marked(folder: Path) -> Iterator[str]:
    """The processes that the attacked one started, but for guards."""
    mark = f"HOSTILE={folder}".encode()
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            line = path.with_name("cmdline").read_bytes()
            if b"visualdiff-guard" not in line and mark in path.read_bytes().split(b"\0"):
                yield line.replace(b"\0", b" ").decode("utf-8", "replace")[:100]
