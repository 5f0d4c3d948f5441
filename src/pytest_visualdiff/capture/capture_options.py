"""What is asked of a capture, and the types of its adapters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from pytest_visualdiff.model import Environment, Screenshot

    Expected: TypeAlias = Callable[[Environment], bytes | None]
    """Baseline PNG of an environment, or None; used for the fast path alone."""
    Capturer: TypeAlias = Callable[[Any, "CaptureOptions", Expected], Screenshot]
    Adapter: TypeAlias = tuple[Callable[[Any], bool], Capturer]
    """Is this a target of mine?, capture it."""


@dataclass(frozen=True)
class CaptureOptions:
    """How a picture is made.

    Entries of ``mask`` and ``redact``, and ``region``, are a CSS selector, a WebElement, a ``Box``
    or (x, y, width, height) in CSS pixels from the target's top left (image pixels where the
    target is a picture). A selector is tried in the document that the driver is in, then in the
    outermost one, then in all open shadow roots and same-origin frames; all its visible matches
    count.
    """

    full_page: bool = False
    """The whole page in place of the viewport."""
    timeout: float = 5.0
    """Seconds until the page must be ready and two consecutive frames agree."""
    animations: str = "freeze"
    """``freeze``: finish finite animations, hold infinite ones, videos and animated images at
    their start. ``allow``: leave them alone, only wait for running transitions."""
    lazy: bool = False
    """Scroll through the page first, so that lazy content loads, and back again."""
    allow_error_page: bool = False
    """Also take pages that can hardly be meant: an error page, an empty one, one of a single
    colour, or a login page in place of another."""
    hover: bool = False
    """Leave the pointer where it is; else it is parked outside, so that nothing is hovered."""
    shadow: bool = False
    """Include box-shadow and outline in the picture of an element."""
    mask: tuple[Any, ...] = ()
    """Areas left out of the comparison; the pixels stay clean."""
    redact: tuple[Any, ...] = ()
    """Areas filled with opaque colour before anything else sees the picture."""
    region: Any = None
    """Compare only this area."""
    style: str = ""
    """CSS for the time of the picture: text, or the path of a file."""
    hide: tuple[str, ...] = ()
    """Selectors of what is invisible in the picture and keeps its place."""
    remove: tuple[str, ...] = ()
    """Selectors of what is left out of the page for the picture."""
    layout: str = "never"
    """When the page's structure is read with the picture: ``never``, ``changed`` (the picture does
    not show what is expected) or ``always``."""
