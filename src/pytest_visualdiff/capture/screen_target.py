"""A picture of a screen, or of a part of it, once it stands still."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from pytest_visualdiff.capture.areas import areas_of
from pytest_visualdiff.capture.stable import Frame, Look, settle, shows
from pytest_visualdiff.errors import EmptyTarget
from pytest_visualdiff.images.codec import burn, encode
from pytest_visualdiff.model import Box, Environment, Screenshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_visualdiff.capture.capture_options import CaptureOptions, Expected
    from pytest_visualdiff.model import Array


class ScreenTarget(Protocol):
    """A screen, or a part of one, that ``check`` can look at."""

    environment: Environment

    def look(self) -> Array:
        """The whole screen now, without secrets."""

    def part(self) -> Box | None:
        """What of it is the target, in screen pixels; None for all of it."""

    def place(self, area: Any) -> list[Box]:
        """Where a selector's or an element's pixels are on the screen."""

    def move_pointer_away(self) -> None:
        """Move the pointer where it hovers nothing."""

    def ready(self) -> None:
        """Wait until the screen shows what was done to it last."""

    def captured(self, picture: Array) -> None:
        """Told the whole screen as it was captured."""


def capture_screen(target: ScreenTarget, options: CaptureOptions, expected: Expected) -> Screenshot:
    """A picture of a screen once it stands still; raises ``UnstableTarget``, ``ScreenLost``."""
    if not options.hover:
        target.move_pointer_away()
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
