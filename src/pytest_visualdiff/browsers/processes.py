"""All processes of one driver as a group, so that none is left behind.

A driver leads an operating-system session of its own: Ctrl-C in the terminal does not reach it, and
whatever it starts stays a member, even when its parent is gone. A small shell, the guard, waits for
the end of *this* process and then ends the session: a test run that is killed leaves no browser.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_visualdiff import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GONE_SECONDS = 3.0
_WINDOWS = sys.platform == "win32"
# Reading ends when the other end of the pipe closes, however this process ends.
_GUARD = 'read -r _; kill "-$3" "-$1" 2>/dev/null; sleep 1; kill -9 "-$1" 2>/dev/null; rm -rf "$2"'


class ProcessGroup:
    """All processes that the driver ``pid`` started, and the temporary folder they write to.

    ``gently``: should this process be killed, they get a second to remove what they made.
    """

    def __init__(self, pid: int, folder: str, *, gently: bool = False) -> None:
        self.pid = pid
        self._folder = folder
        self._guard = None if _WINDOWS else _guard(pid, folder, "TERM" if gently else "KILL")

    def members(self) -> list[int]:
        """The processes that are alive (always empty on Windows, which knows no sessions)."""
        return [] if _WINDOWS else [pid for pid in _pids() if _session(pid) == self.pid]

    def kill(self) -> None:
        """End them all at once."""
        if _WINDOWS:
            command = ["taskkill", "/F", "/T", "/PID", str(self.pid)]
            subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own
        for pid in self.members():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL if not _WINDOWS else signal.SIGTERM)

    def release(self) -> None:
        """End what is left, wait until it is gone, and remove its folder."""
        if self._guard is not None:
            self._guard.kill()
            self._guard.communicate()
            self._guard = None
        deadline = clock.now() + GONE_SECONDS
        self.kill()
        while self.members() and clock.now() < deadline:
            clock.sleep(0.01)
            self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)


@contextlib.contextmanager
def within(seconds: float, kill: Callable[[], None]) -> Iterator[None]:
    """Call ``kill`` after that time, to end what a block that may hang is waiting for."""
    timer = threading.Timer(seconds, kill)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _guard(pid: int, folder: str, signal_: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own
        ["/bin/sh", "-c", _GUARD, "visualdiff-guard", str(pid), folder, signal_],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except OSError:
        return -1


def _pids() -> list[int]:
    """Every process but those that have ended and only wait for their parent to notice."""
    if not sys.platform.startswith("linux"):
        command = ["ps", "-A", "-o", "pid=,stat="]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
        rows = (row.split() for row in done.stdout.splitlines())
        return [int(pid) for pid, status, *_ in rows if "Z" not in status]
    names = (entry.name for entry in Path("/proc").iterdir())
    return [int(name) for name in names if name.isdigit() and _living(name)]


def _living(pid: str) -> bool:
    try:
        status = Path("/proc", pid, "stat").read_text("utf-8", errors="replace")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"
