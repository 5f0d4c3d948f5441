"""The proof of a picture: what was photographed is held against what was asked for.

The page shows marks at known places, and hides what is redacted. A second shot must have the marks
where they are expected, and differ from the first one only where something was covered. That shot
is never kept.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pytest_visualdiff.capture.areas import Rect
from pytest_visualdiff.capture.camera import camera_of
from pytest_visualdiff.errors import CaptureError
from pytest_visualdiff.images.codec import REDACTED, to_array

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from pytest_visualdiff.capture.live_page import LivePage
    from pytest_visualdiff.capture.photo import Photo
    from pytest_visualdiff.capture.script import Answer
    from pytest_visualdiff.model import Array, Box

COLOUR_TOLERANCE = 64
"""Levels that a mark may differ from its colour: displays have colour profiles."""

EDGE = 2
"""CSS pixels around a mark, or a shadow, that may be mixed with it."""

LEAK_TOLERANCE = 16
"""Levels that a pixel may change when what is redacted is hidden."""

_PROVEN: WeakKeyDictionary[Any, set[Hashable]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Mark:
    """A place in CSS pixels of the outermost viewport, and the colour that it must have."""

    x: float
    y: float
    colour: tuple[int, int, int]
    area: Rect
    """Where the whole mark is seen."""

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Mark:
        """The mark in a script's answer (``#rgb``)."""
        if not isinstance(raw, dict):
            raise CaptureError(
                f"the page's own scripts changed what the browser answers: {raw!r:.200};"
                " nothing was compared: let the page keep the browser's own Array and JSON"
            )
        red, green, blue = (int(digit * 2, 16) for digit in raw["colour"][1:])
        return cls(float(raw["x"]), float(raw["y"]), (red, green, blue), Rect.of(raw["area"]))


def needed(page: LivePage, answer: Answer, *, redacts: bool) -> bool:
    """Whether a picture has to be proven: the first of its kind, or one that is unusual."""
    return bool(redacts or answer.unusual or _kind(answer) not in _PROVEN.get(page.key, ()))


def _kind(answer: Answer) -> Hashable:
    return answer.wide, answer.picture.width == answer.view[0], answer.view, answer.ratio


@dataclass
class Prover:
    """Proves the shots of one target, one after the other."""

    page: LivePage
    call: Callable[..., Any]
    """Calls an entry point of the page's script."""
    failed: bool = False
    """The proof of the shot before failed: once may be a page that moved, twice is refused."""
    before: Photo | None = None

    def holds(self, photo: Photo, answer: Answer, areas: Sequence[Box]) -> bool:
        """Whether a photo shows what was asked for, and nothing of it is readable once burned.

        Raises ``CaptureError`` where it failed twice.
        """
        try:
            shown = self.call("prove") or {"points": (), "decorated": ()}
            marks = [Mark.of(raw) for raw in shown["points"]]
            known = [*(mark.area for mark in marks), *map(Rect.of, shown["decorated"])]
            second = camera_of(self.page).shoot(answer)
        finally:
            self.call("unprove")
        lost = misplaced(second, marks)
        shots = [photo] if self.before is None else [photo, self.before]
        edge = math.ceil(EDGE * photo.scale)
        covered = (*areas, *(photo.place(rect).grown(edge) for rect in known))
        leak = readable(shots, second, covered) if areas else None
        self.before = photo
        if self.failed and lost:
            raise refuse(second, lost, answer)
        if self.failed and leak:
            raise CaptureError(
                f"redact does not cover all that it has to on {answer.url}: at {leak} of the"
                " picture something changes when what it matches is hidden (a shadow, a"
                " reflection, a copy); redact that place, too, as (x, y, width, height)"
            )
        self.failed = bool(lost or leak)
        if not self.failed:
            _PROVEN.setdefault(self.page.key, set()).add(_kind(answer))
        return not self.failed


def misplaced(photo: Photo, marks: Iterable[Mark]) -> Mark | None:
    """The first mark that the photo does not have where it must be."""
    picture = to_array(photo.png)[..., :3].astype(int)
    for mark in marks:
        x, y = _pixel(photo, mark)
        inside = 0 <= x < picture.shape[1] and 0 <= y < picture.shape[0]
        if not inside or max(abs(picture[y, x] - mark.colour)) > COLOUR_TOLERANCE:
            return mark
    return None


def refuse(photo: Photo, mark: Mark, answer: Answer) -> CaptureError:
    """What to raise where a mark is not found."""
    assumed = ", ".join(answer.unusual) or "the browser's usual way to lay out its viewport"
    x, y = _pixel(photo, mark)
    return CaptureError(
        f"the browser's picture does not show what was asked for: a mark that the page showed at"
        f" ({mark.x:g}, {mark.y:g}) CSS pixels of the viewport is not at ({x}, {y}) of the"
        f" picture; assumed were {assumed}, a scale of {photo.scale:g} and an origin of"
        f" {photo.box} ({answer.url}). Take another target (an element, the viewport, full_page),"
        " or switch off what is unusual"
    )


def readable(shots: Sequence[Photo], hidden: Photo, covered: Iterable[Box]) -> Box | None:
    """Where something of what is redacted shows outside of the boxes; None where nothing does.

    That is what changes when it is hidden, and does not change between the ``shots``.
    """
    import numpy as np

    from pytest_visualdiff.model import Box

    first, *others = (to_array(shot.png)[..., :3] for shot in shots)
    without = to_array(hidden.png)[..., :3]
    if any(other.shape != first.shape for other in (*others, without)):
        return Box(0, 0, first.shape[1], first.shape[0])
    changed = _differs(first, without)
    for other in others:
        changed &= ~_differs(first, other)
    for box in covered:
        part = box.clipped(first.shape[1], first.shape[0])
        changed[part.y : part.bottom, part.x : part.right] = False
    rows, columns = np.nonzero(changed)
    if not rows.size:
        return None
    left, top = int(columns.min()), int(rows.min())
    return Box(left, top, int(columns.max()) - left + 1, int(rows.max()) - top + 1)


def burned(png: bytes, areas: Iterable[Box]) -> bool:
    """Whether nothing but the colour of a redaction is left in the areas of a picture."""
    picture = to_array(png)[..., :3]
    height, width = picture.shape[:2]
    parts = (box.clipped(width, height) for box in areas)
    return all((picture[one.y : one.bottom, one.x : one.right] == REDACTED).all() for one in parts)


def _pixel(photo: Photo, mark: Mark) -> tuple[int, int]:
    return (
        int(mark.x * photo.scale // 1) - photo.box.x,
        int(mark.y * photo.scale // 1) - photo.box.y,
    )


def _differs(one: Array, other: Array) -> Any:
    import numpy as np

    return (np.maximum(one, other) - np.minimum(one, other)).max(axis=2) > LEAK_TOLERANCE
