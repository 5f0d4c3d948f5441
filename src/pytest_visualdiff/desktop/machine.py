"""One screen with the hands and eyes on it, kept for many tests of one process."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_visualdiff.desktop import display as displays
from pytest_visualdiff.desktop.lock import held
from pytest_visualdiff.errors import VisualDiffError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.capture.screen import Eyes
    from pytest_visualdiff.desktop.display import Display
    from pytest_visualdiff.desktop.input import Hands
    from pytest_visualdiff.desktop.windows import Windows


@dataclass(frozen=True)
class Desktop:
    """A display, what acts on it, what looks at it, and its windows (None without X)."""

    display: Display
    hands: Hands
    eyes: Eyes
    windows: Windows | None = None

    @classmethod
    def on(cls, display: Display) -> Desktop:
        """Connected to a display; raises ``ScreenUnavailable``."""
        from pytest_visualdiff.capture.screen import Eyes
        from pytest_visualdiff.desktop.display import Link, connect
        from pytest_visualdiff.desktop.input import Hands
        from pytest_visualdiff.desktop.windows import Windows

        link = Link(connect(display)) if display.name else None
        hands = Hands(display, link)
        windows = Windows(link) if link else None
        with display.entered():
            eyes = Eyes(display.name, windows.size if windows else None)
        if windows is None:
            hands.scale = eyes.look().shape[1] / hands.size()[0]
        return cls(display, hands, eyes, windows)

    def close(self) -> None:
        """Let go of it; a display of ours ends."""
        with contextlib.suppress(Exception):
            self.eyes.close()
        self.hands.close()
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


class Desks:
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
