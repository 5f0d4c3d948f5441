"""A page in a browser as a capture sees it: the few things that every driver can do.

``selenium_page`` and ``playwright_page`` implement it. Nothing else in this package knows which
driver a page belongs to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from pytest_visualdiff.javascript import ScriptRunner

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from pytest_visualdiff.browsers.browser_types import BrowserType


class LivePage(ScriptRunner, Protocol):
    """A page, the frame in it that scripts run in, and who and where it is.

    All methods raise what the driver raises; inside of ``explained`` that becomes typed errors.
    """

    row: BrowserType | None
    """The browser's row of the table; None for an unknown one."""
    platform: str
    """``linux``, ``windows`` or ``mac``."""
    key: Any
    """Stands for the browser's session: what is known of one is kept by it, weakly."""

    emulates_ratio: bool
    """Whether the driver emulates the pixel ratio: only its own pictures have that."""

    @property
    def url(self) -> str:
        """The address that the page shows."""

    def explained(self) -> AbstractContextManager[None]:
        """Turns the driver's exceptions in its block into typed errors."""

    def devtools(self, command: str, parameters: dict[str, Any]) -> Any:
        """The answer to a command of Chromium's DevTools."""

    def view_png(self) -> bytes:
        """A picture of the viewport, without DevTools."""

    def full_page_png(self) -> bytes:
        """A picture of the whole page from its origin on, without DevTools."""

    def element_png(self, element: Any) -> bytes:
        """A picture of one element, by the driver alone."""

    def park(self, view: tuple[int, int]) -> None:
        """Move the pointer where nothing can be hovered, without DevTools."""

    def elements(self, entry: Any) -> list[Any]:
        """The elements that an object of the driver stands for, as ``run`` takes them."""

    def is_gone(self, element: Any) -> bool:
        """Whether an element is no longer in the document."""

    def path(self) -> list[int]:
        """The frame that scripts run in: the indices from the outermost window on."""

    def follow(self, path: Sequence[int]) -> None:
        """Let scripts run in the frame at ``path``; raises ``FrameGone`` where there is none."""

    def console_errors(self, since: float, until: float) -> tuple[str, ...]:
        """What the page wrote as errors between two times, in milliseconds since 1970."""


class FrameGone(Exception):
    """A frame that is no longer in the page."""
