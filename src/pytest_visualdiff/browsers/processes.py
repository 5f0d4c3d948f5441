"""All processes of one driver as a group, so that none is left behind.

A driver leads an operating-system session of its own: Ctrl-C in the terminal does not reach it, and
whatever it starts stays a member, even when its parent is gone. A small shell, the guard, is
started before the driver and waits for the end of *this* process. Then it ends what the driver
started and removes its folder: a test run that is killed, at any moment, leaves no browser and no
file.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_visualdiff import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

GONE_SECONDS = 3.0
_WINDOWS = sys.platform == "win32"
FOLDER_VARIABLE = "VISUALDIFF_FOLDER"
"""Environment variable that marks all processes of a group: the guard finds them by its value."""

# Reading ends when the other end of the pipe closes, however this process ends. On Linux processes
# are found by their environment, also those that were starting; elsewhere by their process group.
_GUARD = """
while read -r pid; do groups="$groups -$pid"; done
marked() { grep -lsF "$3=$1" /proc/[0-9]*/environ | cut -d/ -f3; }
kill "-$2" $groups $(marked "$@") 2>/dev/null
for _ in 1 2 3; do
  sleep 1
  kill -9 $groups $(marked "$@") 2>/dev/null
done
rm -rf "$1"
"""


class Guard:
    """Ends processes and removes a folder when this process has ended, however that happens.

    ``gently``: they get a second to remove what they made.
    """

    def __init__(self, folder: str, *, gently: bool = False) -> None:
        self.folder = folder
        self._gently = gently
        self._shell = None if _WINDOWS else self._started()

    def mark(self, environment: Mapping[str, str]) -> dict[str, str]:
        """An environment by which a process and all that it starts can be found."""
        return {**environment, FOLDER_VARIABLE: self.folder}

    def watch(self, pid: int) -> None:
        """Also end the process group of ``pid``."""
        if self._shell is not None and self._shell.stdin is not None:
            with contextlib.suppress(OSError):
                self._shell.stdin.write(b"%d\n" % pid)
                self._shell.stdin.flush()

    def dismiss(self) -> None:
        """Stop waiting: this process cleans up itself."""
        if self._shell is not None:
            self._shell.kill()
            with contextlib.suppress(OSError):
                self._shell.communicate()
            self._shell = None

    def _started(self) -> subprocess.Popen[bytes]:
        signal_ = "TERM" if self._gently else "KILL"
        arguments = ["visualdiff-guard", self.folder, signal_, FOLDER_VARIABLE]
        return subprocess.Popen(  # noqa: S603 - our own
            ["/bin/sh", "-c", _GUARD, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


class GuardedFolder:
    """A temporary folder that is removed at the end, also where this process is killed."""

    def __init__(self, prefix: str) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=prefix))
        self._guard = Guard(str(self.path))

    def remove(self) -> None:
        """Remove it with what is in it."""
        self._guard.dismiss()
        shutil.rmtree(self.path, ignore_errors=True)


class ProcessGroup:
    """All processes that the driver ``pid`` started, and the temporary folder they write to."""

    def __init__(self, pid: int, folder: str, guard: Guard | None = None) -> None:
        self.pid = pid
        self._folder = folder
        self._guard = guard or Guard(folder)
        self._guard.watch(pid)

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
        self._guard.dismiss()
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
