"""Takes pictures of a whole display, fast enough to look at it many times a second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_visualdiff import clock
from pytest_visualdiff.errors import ScreenLost

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_visualdiff.model import Array

POLL = 0.04
"""Seconds between two pictures."""
STILL = 3
"""So many equal pictures in a row mean that nothing moves."""


class ScreenGrabber:
    """Takes pictures of one display; ``size`` tells its width and height in pixels now."""

    def __init__(self, display_name: str, size: Callable[[], tuple[int, int]] | None) -> None:
        import mss

        self._grabber = mss.MSS(display=display_name) if display_name else mss.MSS()
        self._size = size

    def look(self) -> Array:
        """The screen as RGB ``uint8`` (height, width, 3), without the pointer."""
        import cv2
        import mss
        import numpy as np

        box = self._box()
        try:
            shot = self._grabber.grab(box)
        except (mss.ScreenShotError, OSError) as error:
            raise ScreenLost(
                f"no picture of the screen can be made: {error}; the X server ended or was killed,"
                " or the screen is locked"
            ) from error
        rows = np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)
        return np.asarray(cv2.cvtColor(rows, cv2.COLOR_BGRA2RGB), np.uint8)

    def settled(self, timeout: float, *, changed_from: Array | None = None) -> Array:
        """The screen once it stands still; after ``timeout`` seconds as it is.

        With ``changed_from`` it must first look different from that.
        """
        until = clock.now() + timeout
        last, same = self.look(), 1
        moved = changed_from is None or not same_picture(last, changed_from)
        while clock.now() < until and not (moved and same >= STILL):
            clock.sleep(POLL)
            now = self.look()
            same = same + 1 if same_picture(last, now) else 1
            last = now
            moved = moved or changed_from is None or not same_picture(last, changed_from)
        return last

    def close(self) -> None:
        """Disconnect."""
        self._grabber.close()

    def _box(self) -> Any:
        if self._size is None:  # the main screen of a system without X
            return self._grabber.monitors[1]
        return (0, 0, *self._size())


def same_picture(first: Array, second: Array) -> bool:
    """Whether two pictures are the same in size and every pixel."""
    return first.shape == second.shape and first.tobytes() == second.tobytes()
