"""A page that Playwright shows, through its sync or async API.

Playwright itself is never imported here: the objects that a test hands over are enough.
"""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pytest_visualdiff.browsers.browser_types import playwright_type
from pytest_visualdiff.capture import event_loop
from pytest_visualdiff.capture.console import told
from pytest_visualdiff.capture.live_page import FrameGone
from pytest_visualdiff.capture.playwright_errors import (
    is_playwright,
    is_thrown,
    says_detached,
    says_navigated,
    translate,
    unusable,
)
from pytest_visualdiff.capture.script import PATH
from pytest_visualdiff.errors import InvalidValue, UnsupportedTarget
from pytest_visualdiff.javascript import ElementGone, ScriptFailed
from pytest_visualdiff.model import platform_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PAGES = {"Page", "Frame", "Locator", "FrameLocator", "ElementHandle"}
"""The classes of Playwright whose objects are targets."""

RETRIES = 3
"""A script is run again so often where the page was left under it."""

_CHILD = """(index) => {
  const wanted = window[index];
  const search = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (wanted && node.contentWindow === wanted) return node;
      const inner = node.shadowRoot && search(node.shadowRoot);
      if (inner) return inner;
    }
    return null;
  };
  return search(document);
}"""
"""The element of the frame with an index, in a window."""

_SESSIONS: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
"""The DevTools session of each page that was photographed."""


def is_target(target: Any) -> bool:
    """Whether it is a page, a frame, a locator or an element handle of Playwright."""
    return bool(_class(target))


def _class(target: Any) -> str:
    """The name of Playwright's class of a target; empty for any other object."""
    names = (kind.__name__ for kind in type(target).__mro__ if is_playwright(kind))
    return next((name for name in names if name in PAGES), "")


def opened(target: Any, timeout: float) -> tuple[PlaywrightPage, Any]:
    """The page of a target, and the element of it that is meant; None for the page.

    A locator waits up to ``timeout`` seconds for its element, and is strict: of several matches
    none is chosen.
    """
    event_loop.require(target)
    with translated(target):
        element = _element(target, timeout)
        frame = None if element is None else event_loop.result(element.owner_frame())
        page = getattr(target, "page", None) or (frame.page if frame else target)
        if event_loop.result(page.is_closed()):
            raise unusable(page)
        return PlaywrightPage(page, frame), element


def _element(target: Any, timeout: float) -> Any:
    kind = _class(target)
    if kind == "Page":
        return None
    if kind == "ElementHandle":
        return target
    if kind == "Frame":
        main = target.parent_frame is None
        return None if main else event_loop.result(target.frame_element())
    locator = target.owner if kind == "FrameLocator" else target
    return event_loop.result(locator.element_handle(timeout=max(1.0, 1000 * timeout)))


@contextmanager
def translated(who: Any) -> Iterator[None]:
    """Turns Playwright's exceptions in the block into typed errors; others pass unchanged."""
    try:
        yield
    except Exception as error:
        typed = translate(error, who)
        if typed is None or typed is error:
            raise
        raise typed from error


class PlaywrightPage:
    """A ``LivePage`` of Playwright; scripts run in ``frame``, or in the page's main frame."""

    def __init__(self, page: Any, frame: Any = None) -> None:
        self.page = page
        self.frame = frame or page.main_frame
        self.key = page.context
        self.emulates_ratio = page.viewport_size is not None
        browser = page.context.browser
        engine = browser.browser_type.name if browser else self._engine()
        self.row = playwright_type(engine)
        self.name = self.row.name if self.row else engine
        self.version = str(browser.version) if browser else ""
        # A device that is emulated reports a platform of its own.
        self.platform = platform_name(sys.platform)

    @property
    def url(self) -> str:
        """The address that the page shows."""
        return str(self.page.url)

    def explained(self) -> Any:
        """Turns Playwright's exceptions in its block into typed errors."""
        return translated(self.page)

    def run(self, script: str, *arguments: Any) -> Any:
        """What a function body returns in the frame."""
        for attempt in range(RETRIES):
            try:
                return event_loop.result(self.frame.evaluate(_function(script), list(arguments)))
            except Exception as error:
                if not any(is_playwright(kind) for kind in type(error).__mro__):
                    raise
                if says_navigated(error):
                    if _has_handle(arguments):
                        raise ElementGone(str(error)) from error
                    if attempt + 1 < RETRIES:
                        continue
                elif is_thrown(error):
                    raise ScriptFailed(str(error)) from error
                raise
        raise AssertionError  # pragma: no cover

    def devtools(self, command: str, parameters: dict[str, Any]) -> Any:
        """The answer to a command of Chromium's DevTools."""
        session = _SESSIONS.get(self.page)
        if session is None:
            session = event_loop.result(self.page.context.new_cdp_session(self.page))
            _SESSIONS[self.page] = session
        return event_loop.result(session.send(command, parameters))

    def view_png(self) -> bytes:
        """A picture of the viewport; what it shows is held still by the capture itself."""
        return self._png(self.page)

    def full_page_png(self) -> bytes:
        """A picture of the whole page from its origin on."""
        return self._png(self.page, full_page=True)

    def element_png(self, element: Any) -> bytes:
        """A picture of one element, by Playwright alone."""
        return self._png(element)

    def _png(self, target: Any, **wishes: Any) -> bytes:
        shot = target.screenshot(animations="allow", caret="initial", scale="device", **wishes)
        return bytes(event_loop.result(shot))

    def park(self, view: tuple[int, int]) -> None:
        """Move the pointer out of the viewport."""
        event_loop.result(self.page.mouse.move(view[0] + 1, view[1] + 1))

    def elements(self, entry: Any) -> list[Any]:
        """All elements that a locator matches now, or the handle itself."""
        kind = _class(entry)
        if not kind:
            raise InvalidValue(f"{entry!r:.200} is no element of the page {self.url}")
        if kind == "ElementHandle":
            return [entry]
        if kind == "Frame":
            return [event_loop.result(entry.frame_element())]
        if kind == "Page":
            raise InvalidValue(f"{entry!r:.200} is a page: give a locator or a selector")
        locator = entry.owner if kind == "FrameLocator" else entry
        return list(event_loop.result(locator.element_handles()))

    def is_gone(self, element: Any) -> bool:
        """Whether an element is no longer in its document."""
        try:
            return not event_loop.result(element.evaluate("node => node.isConnected"))
        except Exception as error:  # noqa: BLE001 - any other trouble is not the question here
            return says_navigated(error)

    def path(self) -> list[int]:
        """The frame that scripts run in."""
        path: list[int] = self.run(PATH)
        return path

    def follow(self, path: Sequence[int]) -> None:
        """Let scripts run in the frame at ``path``."""
        self.frame = self.page.main_frame
        for index in path:
            try:
                handle = event_loop.result(self.frame.evaluate_handle(_CHILD, index))
                element = handle.as_element()
                inner = event_loop.result(element.content_frame()) if element else None
            except Exception as error:
                if says_detached(error) or says_navigated(error):
                    raise FrameGone(str(error)) from error
                raise
            if element is None:
                raise FrameGone(f"frame {path} of {self.url}")
            if inner is None:
                raise UnsupportedTarget(
                    f"an embedded document on {self.url} cannot be entered through Playwright:"
                    " use an iframe, or redact it as a whole"
                )
            self.frame = inner

    def console_errors(self, since: float, until: float) -> tuple[str, ...]:
        """The errors on the page's console, and what its scripts threw."""
        messages: list[str] = []
        with suppress(Exception):  # welcome, but no picture needs it
            messages += [
                str(one.text)[:300]
                for one in event_loop.result(self.page.console_messages())
                if one.type == "error" and since <= one.timestamp <= until
            ]
            messages += [str(one)[:300] for one in event_loop.result(self.page.page_errors())]
        return told(messages)

    def _engine(self) -> str:
        """The engine of a browser that Playwright does not name: a persistent context's."""
        agent = str(event_loop.result(self.page.evaluate("navigator.userAgent")))
        if "Firefox/" in agent:
            return "firefox"
        return "chromium" if re.search(r"Chrom(e|ium)/", agent) else "webkit"


@lru_cache(maxsize=64)
def _function(script: str) -> str:
    """A function body as Playwright takes it: one function of one argument."""
    return f"(given) => (function () {{\n{script}\n}}).apply(null, given)"


def _has_handle(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_has_handle, value))
    return is_target(value)
