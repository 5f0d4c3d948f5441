"""The loop that trusts a picture: ready, shot, shot again until two consecutive frames agree.

It knows nothing of browsers: a ``Shooter`` prepares, shoots and restores.
"""

from __future__ import annotations

import itertools
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from pytest_visualdiff import clock as real_clock
from pytest_visualdiff.errors import ImageError, UnstableTarget
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.images.codec import same_pixels, to_array
from pytest_visualdiff.model import Box, Environment

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    import numpy as np
    import numpy.typing as npt

    from pytest_visualdiff.model import Array

TOLERANCE = 2
"""Levels (of 255) that any channel may differ between two consecutive frames that agree.

It only has to swallow dither and rounding of a compositor; it is no part of the verdict.
"""

DELAYS = (0.1, 0.1, 0.25, 0.5)
"""Seconds before the second, third … shot; one second before each later one."""

POLL = 0.02
"""Seconds between two looks at a page that is not ready."""

NOISE = 0.99
"""Confidence of the comparison from which two frames differ by nothing but rendering."""

SPOTS = 3
"""At most so many changing places are named."""


@dataclass(frozen=True)
class Look:
    """What a prepared target says of itself.

    ``pending`` are words for what it still waits for; ``places`` is compared before and after a
    shot: whoever moved in between was not where the picture shows it. ``notes`` are words for what
    a person should know who looks into trouble with the picture.
    """

    pending: tuple[str, ...] = ()
    places: Hashable = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Frame:
    """One shot. ``masks`` and everything outside ``region`` (image pixels) may keep changing.

    ``exposed``: it may show what should be redacted, and must not be kept.
    """

    png: bytes
    environment: Environment = field(default_factory=Environment)
    masks: tuple[Box, ...] = ()
    region: Box | None = None
    exposed: bool = False


class Shooter(Protocol):
    """Makes frames of one target."""

    def prepare(self) -> Look:
        """Hold the target still, also what appeared since the last call."""

    def shoot(self) -> Frame:
        """One frame of the prepared target."""

    def blame(self, spots: Sequence[Box]) -> Sequence[str]:
        """In words, what shows at these changing boxes (image pixels) of the last frame."""

    def restore(self) -> Hashable:
        """Undo ``prepare``; the places as they were just before. Nothing to undo: None."""


@dataclass(frozen=True)
class Clock:
    """Seconds, and how to let them pass; tests bring their own."""

    now: Callable[[], float] = real_clock.now
    sleep: Callable[[float], None] = real_clock.sleep


@dataclass(frozen=True)
class Settled:
    """The trusted frame and how many shots it took."""

    frame: Frame
    shots: int


def settle(
    shooter: Shooter, timeout: float, trusted: Callable[[Frame], bool], clock: Clock | None = None
) -> Settled:
    """The first frame if it is ``trusted`` at once, else the second of two that agree.

    At least two frames are tried, however short ``timeout`` (seconds) is; then ``UnstableTarget``.
    The target is restored in any case.
    """
    try:
        return _Loop(shooter, timeout, clock or Clock()).run(trusted)
    except BaseException:
        # The first trouble is the one to tell; a browser that died cannot be restored either.
        with suppress(Exception):
            shooter.restore()
        raise


@dataclass(frozen=True)
class _Shot:
    frame: Frame
    places: Hashable
    notes: tuple[str, ...] = ()


class _Loop:
    def __init__(self, shooter: Shooter, timeout: float, clock: Clock) -> None:
        self.shooter, self.timeout, self.clock = shooter, timeout, clock
        self.deadline = clock.now() + timeout

    def run(self, trusted: Callable[[Frame], bool]) -> Settled:
        before = shot = self._shot()
        earlier: list[_Shot] = []
        good, shots = trusted(shot.frame), 1
        delays = itertools.chain(DELAYS, itertools.repeat(1.0))
        while not (good and self.shooter.restore() == shot.places):
            # A proof that failed has one more try, which tells why.
            if shots > 1 + int(shot.frame.exposed) and self.clock.now() >= self.deadline:
                raise self._restless(before, shot)
            self.clock.sleep(max(0.0, min(next(delays), self.deadline - self.clock.now())))
            earlier.append(shot)
            before, shot = shot, self._shot()
            good = _agree(before, shot) or _flickers(earlier, shot, trusted)
            shots += 1
        return Settled(shot.frame, shots)

    def _shot(self) -> _Shot:
        look = self.shooter.prepare()
        while look.pending:
            if self.clock.now() >= self.deadline:
                raise self._unready(look)
            self.clock.sleep(POLL)
            look = self.shooter.prepare()
        return _Shot(self.shooter.shoot(), look.places, look.notes)

    def _unready(self, look: Look) -> UnstableTarget:
        frames = (self.shooter.shoot(),)
        what = f"was not ready within {self.timeout:g} s"
        return _unstable(what, look.pending, frames, look.notes)

    def _restless(self, before: _Shot, after: _Shot) -> UnstableTarget:
        frames = (before.frame, after.frame)
        what = f"never settled within {self.timeout:g} s"
        return _unstable(what, self._culprits(before, after), frames, after.notes)

    def _culprits(self, before: _Shot, after: _Shot) -> Sequence[str]:
        sizes = [png_file.size(shot.frame.png) for shot in (before, after)]
        if sizes[0] != sizes[1]:
            (a, b), (c, d) = sizes
            return [f"the target keeps changing its size: {a}x{b}, then {c}x{d}"]
        spots = changes(before.frame, after.frame)
        if not spots:
            return ["the target, or an area of mask, redact or region, keeps moving"]
        names: Sequence[str] = ["the target"] * len(spots)
        with suppress(Exception):
            names = self.shooter.blame(spots) or names
        return [
            f"`{name}` keeps changing at {spot}" for name, spot in zip(names, spots, strict=True)
        ]


def _unstable(
    what: str, culprits: Sequence[str], frames: Sequence[Frame], notes: Sequence[str]
) -> UnstableTarget:
    told = (*culprits, *(f"note: {note}" for note in notes))
    lines = "".join(f"\n  {line}" for line in told)
    return UnstableTarget(
        f"the target {what}:{lines}\n  wait for it in the test, mask it, or raise timeout",
        culprits=culprits,
        frames=[frame.png for frame in frames if not frame.exposed],
    )


def _agree(before: _Shot, after: _Shot) -> bool:
    settled = before.places == after.places and not after.frame.exposed
    return settled and alike(before.frame.png, after.frame.png, after.frame, TOLERANCE)


def _flickers(earlier: Sequence[_Shot], shot: _Shot, trusted: Callable[[Frame], bool]) -> bool:
    """Whether a shot shows nothing new, and differs from the one before by rendering alone.

    A renderer may draw the same edge in one of a few ways from frame to frame. What moves shows
    something new each time; what blinks returns, but is seen. What is ``trusted`` is not new.
    """
    frames = [one.frame for one in earlier if one.places == shot.places]
    sizes = {png_file.size(frame.png) for frame in (*frames, shot.frame)}
    if len(frames) < len(earlier) or len(sizes) > 1 or shot.frame.exposed:
        return False
    if trusted(shot.frame):
        return _is_noise(frames[-1].png, shot.frame)
    if len(frames) == 1:
        return False
    new = _changed(frames[-1].png, shot.frame.png, shot.frame, TOLERANCE)
    for frame in frames[:-1]:
        new &= _changed(frame.png, shot.frame.png, shot.frame, TOLERANCE)
    return not new.any() and _is_noise(frames[-1].png, shot.frame)


def _is_noise(first: bytes, frame: Frame) -> bool:
    from pytest_visualdiff.comparison import Limits, compare_arrays

    found = compare_arrays(
        *(_rgb(to_array(png)) for png in (first, frame.png)),
        masks=frame.masks,
        region=frame.region,
        limits=Limits(confidence=NOISE),
    )
    # A caret that blinks is tolerated by the comparison, but no rendering.
    return found.same and not found.tolerated


def shows(frame: Frame, baseline: bytes | None) -> bool:
    """Whether a frame shows exactly the baseline's pixels wherever they are compared."""
    # What is wrong with a baseline is for those to say who compare with it.
    with suppress(ImageError):
        return baseline is not None and alike(frame.png, baseline, frame, 0)
    return False


def alike(first: bytes, second: bytes, frame: Frame, tolerance: int) -> bool:
    """Whether two pictures agree within ``tolerance`` levels outside the frame's masks."""
    if same_pixels(first, second):
        return True
    exact = not tolerance and not frame.masks and frame.region is None
    if exact or png_file.size(first) != png_file.size(second):
        return False
    return not bool(_changed(first, second, frame, tolerance).any())


def changes(before: Frame, after: Frame) -> list[Box]:
    """The largest places that differ between two frames of equal size, largest first."""
    import cv2
    import numpy as np

    changed = _changed(before.png, after.png, after, TOLERANCE).astype(np.uint8)
    joined = cv2.dilate(changed, np.ones((9, 9), np.uint8))
    count, labels = cv2.connectedComponents(joined)
    spots = []
    for label in range(1, min(count, 200)):
        rows, columns = np.nonzero(changed & (labels == label))
        left, top = int(columns.min()), int(rows.min())
        spots.append(Box(left, top, int(columns.max()) - left + 1, int(rows.max()) - top + 1))
    return sorted(spots, key=lambda spot: -spot.area)[:SPOTS]


def _changed(first: bytes, second: bytes, frame: Frame, tolerance: int) -> npt.NDArray[np.bool_]:
    import numpy as np

    one, other = (_rgb(to_array(png)) for png in (first, second))
    changed: npt.NDArray[np.bool_] = (np.maximum(one, other) - np.minimum(one, other)).max(
        axis=2
    ) > tolerance
    height, width = changed.shape
    for mask in frame.masks:
        part = mask.clipped(width, height)
        changed[part.y : part.bottom, part.x : part.right] = False
    if frame.region is not None:
        part = frame.region.clipped(width, height)
        inside = np.zeros_like(changed)
        inside[part.y : part.bottom, part.x : part.right] = True
        changed &= inside
    return changed


def _rgb(array: Array) -> Array:
    return array[..., :3]
