"""The page's side of a capture: the packaged script, what it is asked and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.capture.areas import Rect
from pytest_visualdiff.capture.found import Found
from pytest_visualdiff.errors import CaptureError, InvalidValue
from pytest_visualdiff.javascript import joined

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from pytest_visualdiff.capture.areas import Areas

PARTS = (
    "find.js", "boxes.js", "geometry.js", "places.js", "styling.js", "painting.js", "ready.js",
    "animated.js", "covers.js", "arrival.js", "tiles.js", "proof.js", "steady.js",
)  # fmt: skip
"""The files that are joined to one function body: they share their names."""

_BODY = """
const [request, elements] = arguments;
{parts}
return firstLook();
"""
"""The function body that the driver runs: the parts share its scope."""

CALL = """
let view = window;
try { while (view.parent !== view && view.parent.document) view = view.parent; } catch (error) {}
const steady = view[Symbol.for("pytest-visualdiff")];
return steady ? steady[arguments[0]](...arguments[1]) : null;
"""
"""Calls an entry point of the installed script: name, then a list of arguments."""

PATH = """
const path = [];
for (let view = window; view !== view.parent; view = view.parent) {
  let index = 0;
  while (index < view.parent.length && view.parent[index] !== view) index++;
  path.unshift(index);
}
return path;
"""
"""The frame indices from the outermost window to this one; frames of other origins allow it."""


@lru_cache(maxsize=1)
def prepare() -> str:
    """The script that prepares a page and answers; comments do not travel."""
    parts = joined(resources.files(__package__), *PARTS)
    parts += joined(resources.files("pytest_visualdiff.layouts"), "selector.js")
    lines = _BODY.replace("{parts}", parts).splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())


@dataclass(frozen=True)
class Answer:
    """What a prepared page says. Rectangles are CSS pixels of the outermost viewport."""

    view: tuple[int, int]
    page: Rect
    """The whole page, also what lies left of its origin or above it."""
    start: tuple[float, float]
    """The smallest scroll offsets: below zero where the page's text runs leftwards or upwards."""
    picture: Rect
    """What the picture has to show."""
    target: Rect
    """Where rectangles of the caller start from: the element, or the picture."""
    unusual: tuple[str, ...]
    """What makes the geometry of the picture unusual, in words."""
    wide: bool
    """The picture reaches beyond the viewport."""
    ratio: float
    bars: float
    """Width of scroll bars where a page can make them take room; 0 where they never do."""
    hovered: bool
    idle: bool
    """The page is as it was: nothing is installed, and there is nothing to restore."""
    foreign: bool
    """The driver is inside a frame of another origin: where that lies cannot be known."""
    sealed: tuple[Mapping[str, Any], ...]
    """Frames of other origins that a redaction by selector cannot reach."""
    scroll: tuple[int, int]
    """How far the page is scrolled, in whole CSS pixels."""
    pending: tuple[str, ...]
    found: Mapping[str, tuple[Found, ...]]
    notes: tuple[str, ...]
    """What a person should know who looks into trouble with the picture."""
    failed: tuple[str, ...]
    """What the page asked for and did not get, in words."""
    wrong: str
    """Why this cannot be the page that was wanted, in words."""
    since: float
    """When the page was opened, in milliseconds since 1970."""
    hidden: str
    """What lies over the target and hides it, in words."""
    obstacle: Mapping[str, Any]
    """What keeps the target from being seen as a whole."""
    places: Hashable
    url: str
    title: str


def read(raw: Any, areas: Mapping[str, Areas], url: str = "") -> Answer:
    """The script's answer as a value; raises where it names trouble or is no answer at all."""
    try:
        if raw.get("invalid"):
            raise InvalidValue(
                f"{raw['invalid']!r:.200} (hide, remove) is not a valid CSS selector"
            )
        if raw.get("error"):
            raise CaptureError(f"the page broke the capture script: {raw['error']} ({url})")
        picture = Rect.of(raw["picture"])
        return Answer(
            view=(round(raw["view"][0]), round(raw["view"][1])),
            page=Rect.of(raw["page"]),
            start=(float(raw["start"][0]), float(raw["start"][1])),
            picture=picture,
            target=Rect.of(raw["target"]) if raw["target"] else picture,
            unusual=tuple(map(str, raw["unusual"])),
            wide=bool(raw["wide"]),
            ratio=float(raw["ratio"]) or 1.0,
            bars=float(raw["bars"]),
            hovered=bool(raw["hovered"]),
            idle=bool(raw["idle"]),
            foreign=bool(raw["foreign"]),
            sealed=tuple(raw["sealed"]),
            scroll=(round(raw["scroll"][0]), round(raw["scroll"][1])),
            pending=tuple(map(str, raw["pending"])),
            notes=tuple(map(str, raw["notes"])),
            failed=tuple(map(str, raw["failed"])),
            wrong=str(raw["wrong"]),
            since=float(raw["since"]),
            hidden=str(raw["hidden"]),
            found={name: _found(raw, areas[name]) for name in areas},
            obstacle=dict(raw["obstacle"] or {}),
            places=places(raw),
            url=str(raw["url"]),
            title=str(raw["title"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        if isinstance(error, (InvalidValue, CaptureError)):
            raise
        raise CaptureError(
            f"the page's own scripts changed what the browser answers: {raw!r:.200}"
        ) from error


_STILL = ("scroll", "target", "picture", "mask", "redact", "region")


def places(raw: Any) -> Hashable:
    """Everything in an answer that must not move during a shot."""
    if not isinstance(raw, dict):
        return None
    return repr(
        [raw.get(name) for name in ("scroll", "target", "picture", "mask", "redact", "region")]
    )


def _found(raw: Mapping[str, Any], areas: Areas) -> tuple[Found, ...]:
    return tuple(
        Found.of(answer, areas.name, entry, str(raw["url"]))
        for entry, answer in zip(areas.found, raw[areas.name], strict=True)
    )
