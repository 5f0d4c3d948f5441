"""The eyes: pictures of a whole screen, fast enough to look at it many times a second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from pytest_visualdiff import clock
from pytest_visualdiff.capture.areas import areas_of
from pytest_visualdiff.capture.stable import Frame, Look, settle, shows
from pytest_visualdiff.errors import EmptyTarget, ScreenLost
from pytest_visualdiff.images.codec import burn, encode
from pytest_visualdiff.model import Box, Environment, Screenshot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_visualdiff.capture import CaptureOptions, Expected
    from pytest_visualdiff.model import Array

POLL = 0.04
"""Seconds between two looks: a screen shows no more than sixty pictures a second."""
STILL = 3
"""So many looks in a row that are equal mean that nothing moves."""


class Eyes:
    """Looks at one display. ``size`` tells its width and height in pixels, as they are now."""

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
        moved = changed_from is None or not equal(last, changed_from)
        while clock.now() < until and not (moved and same >= STILL):
            clock.sleep(POLL)
            now = self.look()
            same = same + 1 if equal(last, now) else 1
            last = now
            moved = moved or changed_from is None or not equal(last, changed_from)
        return last

    def close(self) -> None:
        """Disconnect."""
        self._grabber.close()

    def _box(self) -> Any:
        if self._size is None:  # the main screen of a system without X
            return self._grabber.monitors[1]
        return (0, 0, *self._size())


def equal(first: Array, second: Array) -> bool:
    """Whether two pictures are the same in size and every pixel."""
    return first.shape == second.shape and first.tobytes() == second.tobytes()


class ScreenTarget(Protocol):
    """A screen, or a part of one, that ``check`` can look at."""

    environment: Environment

    def look(self) -> Array:
        """The whole screen now, without secrets."""

    def part(self) -> Box | None:
        """What of it is the target, in screen pixels; None for all of it."""

    def place(self, area: Any) -> list[Box]:
        """Where a selector's or an element's pixels are on the screen."""

    def park(self) -> None:
        """Move the pointer where it hovers nothing."""

    def ready(self) -> None:
        """Wait until the screen shows what was done to it last."""

    def captured(self, picture: Array) -> None:
        """Told the whole screen as it was captured."""


def capture_screen(target: ScreenTarget, options: CaptureOptions, expected: Expected) -> Screenshot:
    """A picture of a screen once it stands still; raises ``UnstableTarget``, ``ScreenLost``."""
    if not options.hover:
        target.park()
    target.ready()  # the first frame may be taken for the baseline: it must not be an old one
    shooter = _Shooter(target, options)
    try:
        settled = settle(
            shooter, options.timeout, lambda frame: shows(frame, expected(frame.environment))
        )
    finally:
        if shooter.picture is not None:
            target.captured(shooter.picture)
    frame = settled.frame
    return Screenshot(frame.png, frame.environment, frame.masks, frame.region, frames=settled.shots)


@dataclass
class _Shooter:
    """Makes frames of a screen; nothing is prepared, the pages on it belong to the user."""

    target: ScreenTarget
    options: CaptureOptions
    picture: Array | None = None

    def prepare(self) -> Look:
        return Look()

    def shoot(self) -> Frame:
        self.picture = self.target.look()
        height, width = self.picture.shape[:2]
        part = (self.target.part() or Box(0, 0, width, height)).clipped(width, height)
        if not part.area:
            raise EmptyTarget(f"the region lies outside the {width}x{height} screen")
        boxes = {
            name: [box for one in found if (box := one.clipped(part.width, part.height)).area]
            for name, found in self._boxes(part).items()
        }
        png = encode(self.picture[part.y : part.bottom, part.x : part.right])
        if boxes["redact"]:
            png = burn(png, boxes["redact"])
        region = boxes["region"][0] if boxes["region"] else None
        if self.options.region is not None and region is None:
            raise EmptyTarget(f"region {self.options.region} lies outside the target")
        return Frame(png, self.target.environment, tuple(boxes["mask"]), region)

    def blame(self, spots: Sequence[Box]) -> Sequence[str]:
        return ["the screen"] * len(spots)

    def restore(self) -> None:
        pass

    def _boxes(self, part: Box) -> dict[str, list[Box]]:
        """The areas of the options in pixels of the picture."""
        return {
            name: [rect.scaled(1.0) for rect in areas.rects]
            + [box.moved(-part.x, -part.y) for one in areas.found for box in self.target.place(one)]
            for name, areas in areas_of(self.options).items()
        }
