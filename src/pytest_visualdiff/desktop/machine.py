"""One desktop: a display with its input devices, grabber and windows; and who may use it.

A virtual desktop is kept for all tests of one process. The real desktop of the machine is for one
test at a time: a lock of the whole machine, which ends with the process that holds it.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_visualdiff.desktop import display as displays
from pytest_visualdiff.errors import ScreenBusy, VisualDiffError
from pytest_visualdiff.files import acquire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.desktop.display import Display
    from pytest_visualdiff.desktop.grabber import ScreenGrabber
    from pytest_visualdiff.desktop.input import InputDevices
    from pytest_visualdiff.desktop.windows import Windows

_SHARED = Path("/tmp")  # noqa: S108 - where X keeps its own locks; TMPDIR may differ by process


@dataclass(frozen=True)
class Desktop:
    """A display, its input devices, its grabber, and its windows (None without X)."""

    display: Display
    inputs: InputDevices
    grabber: ScreenGrabber
    windows: Windows | None = None

    @classmethod
    def on(cls, display: Display) -> Desktop:
        """Connected to a display; raises ``ScreenUnavailable``."""
        from pytest_visualdiff.desktop.display import XConnection, connect
        from pytest_visualdiff.desktop.grabber import ScreenGrabber
        from pytest_visualdiff.desktop.input import InputDevices
        from pytest_visualdiff.desktop.windows import Windows

        connection = XConnection(connect(display)) if display.name else None
        inputs = InputDevices(display, connection)
        windows = Windows(connection) if connection else None
        with display.entered():
            grabber = ScreenGrabber(display.name, windows.size if windows else None)
        if windows is None:
            inputs.scale = grabber.look().shape[1] / inputs.size()[0]
        return cls(display, inputs, grabber, windows)

    def close(self) -> None:
        """Let go of it; a display of ours ends."""
        with contextlib.suppress(Exception):
            self.grabber.close()
        self.inputs.close()
        if self.windows:
            self.windows.close()
        self.display.stop()

    @property
    def usable(self) -> bool:
        """Whether it answers."""
        try:
            return self.display.alive and (self.windows is None or bool(self.windows.size()))
        except VisualDiffError:
            return False


class DesktopPool:
    """The virtual desktop of this process, replaced when it died or another size is wanted."""

    def __init__(self) -> None:
        self._desktop: Desktop | None = None

    def virtual(self, size: tuple[int, int]) -> Desktop:
        """A desktop of that size in device pixels, without windows of earlier tests."""
        current = self._desktop
        if current and current.usable and current.windows and current.windows.size() == size:
            return current
        self.close()
        display = displays.start(size)
        try:
            self._desktop = Desktop.on(display)
        except BaseException:
            display.stop()
            raise
        return self._desktop

    def close(self) -> None:
        """End it."""
        desktop, self._desktop = self._desktop, None
        if desktop is not None:
            desktop.close()


@contextlib.contextmanager
def real(holder: str, timeout: float) -> Iterator[Desktop]:
    """The desktop of this machine, for one test at a time; ``timeout`` in seconds.

    Raises ``ScreenUnavailable``, and ``ScreenBusy`` where another test does not let go of it.
    """
    display = displays.real()
    with held(display.name, holder, timeout):
        desktop = Desktop.on(display)
        try:
            yield desktop
        finally:
            desktop.close()


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
