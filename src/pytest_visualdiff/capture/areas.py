"""The areas of mask, redact and region, as a caller may write them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_visualdiff.errors import InvalidValue
from pytest_visualdiff.model import Box
from pytest_visualdiff.options.parsing import is_element

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_visualdiff.capture.capture_options import CaptureOptions

NAMES = ("mask", "redact", "region")


class Rect(NamedTuple):
    """A rectangle in CSS pixels, fractions included."""

    x: float
    y: float
    width: float
    height: float

    @classmethod
    def of(cls, raw: Mapping[str, float]) -> Rect:
        """The rectangle in a script's answer."""
        return cls(*(float(raw[side]) for side in cls._fields))

    def moved(self, dx: float, dy: float) -> Rect:
        """The same rectangle elsewhere."""
        return Rect(self.x + dx, self.y + dy, self.width, self.height)

    def scaled(self, scale: float) -> Box:
        """The whole image pixels around it, at so many image pixels per CSS pixel."""
        return Box.enclosing(*(side * scale for side in self))


@dataclass(frozen=True)
class Areas:
    """The entries of one option: rectangles relative to the target, and what a page must find."""

    name: str
    rects: tuple[Rect, ...] = ()
    found: tuple[Any, ...] = field(default=())
    """Selectors and elements."""


def areas_of(options: CaptureOptions) -> dict[str, Areas]:
    """The entries of the three options, sorted; raises ``InvalidValue`` for another object."""
    entries = {name: _entries(getattr(options, name)) for name in NAMES}
    return {
        name: Areas(
            name,
            tuple(_rect(one, name) for one in entries[name] if not _needs_page(one)),
            tuple(one for one in entries[name] if _needs_page(one)),
        )
        for name in NAMES
    }


def boxes_alone(options: CaptureOptions, target: str) -> dict[str, tuple[Box, ...]]:
    """The boxes of the three options where there is no page to find anything in."""
    for areas in areas_of(options).values():
        if areas.found:
            raise InvalidValue(
                f"{areas.name}={areas.found[0]!r}: {target} has no elements to find; give"
                " (x, y, width, height)"
            )
    return {
        name: tuple(rect.scaled(1.0) for rect in areas.rects)
        for name, areas in areas_of(options).items()
    }


def told(entry: Any) -> str:
    """An entry that must be found in a page, as a message shows it."""
    if isinstance(entry, str):
        return f'"{entry:.200}"'
    selector = re.search(r"selector='(.*)'>$", repr(entry))
    return f"locator({selector[1]:.200})" if selector else "an element"


def _entries(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    is_one = isinstance(value, (str, Box)) or is_element(value) or _is_rect(value)
    return (value,) if is_one else tuple(value)


def _is_rect(value: Any) -> bool:
    return (
        isinstance(value, (tuple, list))
        and len(value) == 4
        and all(isinstance(side, (int, float)) for side in value)
    )


def _needs_page(entry: Any) -> bool:
    return isinstance(entry, str) or is_element(entry)


def _rect(entry: Any, name: str) -> Rect:
    if isinstance(entry, Box):
        return Rect(entry.x, entry.y, entry.width, entry.height)
    if _is_rect(entry):
        return Rect(*map(float, entry))
    raise InvalidValue(
        f"an entry of {name} is a CSS selector, an element, a locator, a Box or (x, y, width,"
        f" height), not {entry!r}"
    )
