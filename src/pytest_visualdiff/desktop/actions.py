"""The actions of a screen: the pointer and the keyboard."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.desktop.finding import ScreenFinder, box_of
from pytest_visualdiff.desktop.input import DRAG_SECONDS
from pytest_visualdiff.errors import (
    InvalidValue,
    ScreenResized,
    UsageError,
    VisualDiffError,
    WindowCovered,
)
from pytest_visualdiff.model import Box, Match
from pytest_visualdiff.options.parsing import is_element
from pytest_visualdiff.secrets import MASKED, Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_visualdiff.desktop.browser_window import BrowserWindow
    from pytest_visualdiff.desktop.recording import Step

REACT_SECONDS = 0.3
"""How long to wait for a visible effect; an action without one always takes this long."""

_CORNERS_ARE = "the corners are PyAutoGUI's emergency stop"


class ScreenActions(ScreenFinder):
    """The methods of a screen that use the pointer or the keyboard.

    A place is the name of a template (found first), a ``Match``, a WebElement, a ``Box``,
    (x, y, width, height), or a point (x, y) in screen pixels. ``offset`` (x, y) is added to its
    middle. Keywords of ``find`` apply to templates.
    """

    def click(self, target: Any, *, offset: tuple[int, int] = (0, 0), **find: Any) -> Match | None:
        """Click a place that stays where it is; returns its match where it was a template.

        Raises what ``find`` raises; ``ScreenResized`` when the screen has another size than when
        it was looked at, ``WindowCovered`` when another window lies over an element, and
        ``InvalidValue`` for a point outside of the screen or in its corners.
        """
        __tracebackhide__ = True
        return self._pointed("click", target, offset, self.desktop.inputs.click, find)

    def double_click(
        self, target: Any, *, offset: tuple[int, int] = (0, 0), **find: Any
    ) -> Match | None:
        """Click twice in quick succession; otherwise the same as ``click``."""
        __tracebackhide__ = True
        act = partial(self.desktop.inputs.click, times=2)
        return self._pointed("double_click", target, offset, act, find)

    def right_click(
        self, target: Any, *, offset: tuple[int, int] = (0, 0), **find: Any
    ) -> Match | None:
        """Click with the right button; otherwise the same as ``click``."""
        __tracebackhide__ = True
        act = partial(self.desktop.inputs.click, button="right")
        return self._pointed("right_click", target, offset, act, find)

    def hover(self, target: Any, *, offset: tuple[int, int] = (0, 0), **find: Any) -> Match | None:
        """Put the pointer on a place without clicking; otherwise the same as ``click``."""
        __tracebackhide__ = True
        return self._pointed("hover", target, offset, self.desktop.inputs.move, find)

    def drag(self, start: Any, end: Any, *, seconds: float = DRAG_SECONDS) -> None:
        """Press the left button on one place, move to the other within ``seconds``, release."""
        __tracebackhide__ = True
        with self._step("drag", f"{_named(start)} to {_named(end)}") as step:
            target = self._point(step, end, (0, 0), {})
            source = self._point(step, start, (0, 0), {})
            step.point = source
            before = self.look()
            self.desktop.inputs.drag(source, target, seconds)
            self.desktop.grabber.settled(REACT_SECONDS, changed_from=before)

    def scroll(self, notches: int, at: Any = None) -> None:
        """Turn the wheel over a place, or the screen's middle; down where positive."""
        __tracebackhide__ = True
        with self._step("scroll", f"{notches:+d}") as step:
            width, height = self.size
            place = (width // 2, height // 2) if at is None else at
            self.desktop.inputs.move(self._point(step, place, (0, 0), {}))
            self._reacted(step, lambda: self.desktop.inputs.scroll(notches))

    def press(self, *keys: str) -> None:
        """Press keys one after the other, by name: ``press("tab")``, ``press("down", "enter")``."""
        __tracebackhide__ = True
        with self._step("press", " ".join(map(str, keys))) as step:
            self._focus()
            self._reacted(step, lambda: self.desktop.inputs.press(*keys))

    def hotkey(self, *keys: str) -> None:
        """Press keys together: ``hotkey("ctrl", "a")``."""
        __tracebackhide__ = True
        with self._step("press", "+".join(map(str, keys))) as step:
            self._focus()
            self._reacted(step, lambda: self.desktop.inputs.hotkey(*keys))

    def type(self, text: str | Secret) -> None:
        """Type a text where the keyboard goes; a newline is the enter key, a tab the tab key.

        Characters that no key of the layout gives are pasted, with all of the text, through the
        clipboard. A ``secret(...)`` reaches no file, log or message, and is painted over in
        pictures unless its field shows dots. Raises ``Untypeable`` before anything was typed.
        """
        __tracebackhide__ = True
        if not isinstance(text, (str, Secret)):
            raise InvalidValue(f"type() takes a text or a secret, not {type(text).__name__}")
        with self._step("type", MASKED if isinstance(text, Secret) else text) as step:
            self._focus()
            if isinstance(text, Secret):
                self._type_secret(text)
            else:
                self._reacted(step, lambda: self.desktop.inputs.type(text))

    def _type_secret(self, text: Secret) -> None:
        inputs, grabber = self.desktop.inputs, self.desktop.grabber
        field = self.window.focused() if self.window else None
        if self.window and field is not None:
            self.masker.in_field(self.window, field)
        before = grabber.look()
        pasted = True
        try:
            pasted = inputs.type(text)
        finally:
            with suppress(VisualDiffError):  # the first trouble is the one to tell
                after = grabber.settled(REACT_SECONDS, changed_from=before)
                if field is None:
                    self.masker.in_change(before, after)
            if pasted:
                inputs.forget()

    def _reacted(self, step: Step, act: Callable[[], Any]) -> None:
        """Act, and wait until that shows; the step's picture is what it led to."""
        before = self.desktop.grabber.look()
        act()
        after = self.desktop.grabber.settled(REACT_SECONDS, changed_from=before)
        step.picture = self.masker.clean(after)

    def _focus(self) -> None:
        """Without a window manager nobody else gives a new dialog the keyboard."""
        if self.desktop.windows and self.desktop.display.is_virtual:
            self.desktop.windows.focus_last()

    def _pointed(
        self,
        action: str,
        target: Any,
        offset: tuple[int, int],
        act: Callable[[tuple[int, int]], None],
        find: dict[str, Any],
    ) -> Match | None:
        __tracebackhide__ = True
        soft = find.pop("soft", False)
        with self._step(action, _named(target), soft=soft) as step:
            step.point = self._point(step, target, offset, find)
            act(step.point)
            return step.match
        return None

    def _point(
        self, step: Step, target: Any, offset: tuple[int, int], find: dict[str, Any]
    ) -> tuple[int, int]:
        """Where the pointer has to go; raises ``InvalidValue`` for where it cannot."""
        __tracebackhide__ = True
        x, y = self._middle(step, target, find)
        point = x + int(offset[0]), y + int(offset[1])
        width, height = self.size
        if not (0 <= point[0] < width and 0 <= point[1] < height):
            raise InvalidValue(f"the point {point} lies outside of the {width}x{height} screen")
        if point[0] in (0, width - 1) and point[1] in (0, height - 1):
            raise InvalidValue(f"the point {point} is a corner of the screen: {_CORNERS_ARE}")
        if step.picture is None:
            step.picture = self.look()
        return point

    def _middle(self, step: Step, target: Any, find: dict[str, Any]) -> tuple[int, int]:
        __tracebackhide__ = True
        if is_element(target):
            step.box = self._uncovered(target)
            return _center(step.box)
        if isinstance(target, (Match, Box, tuple, list)):
            self._require_same_size()
            if isinstance(target, (tuple, list)) and len(target) == 2:
                return int(target[0]), int(target[1])
            if isinstance(target, Match):
                step.saw(target)
            step.box = box_of(target)
            return _center(step.box)
        return self._found(step, self._query(target, **find), steady=True).center

    def _uncovered(self, element: Any) -> Box:
        box = self.opened.to_screen(element)
        x, y = _center(box)
        above = [one for one in self.opened.above() if one.box.overlaps(Box(x, y, 1, 1))]
        if above:
            raise WindowCovered(
                f"the element at {box} is covered by the window {above[-1].title!r} at"
                f" {above[-1].box}: close it, or wait until it is gone"
            )
        return box

    @property
    def opened(self) -> BrowserWindow:
        """The browser window that was opened last."""
        if self.window is None:
            raise UsageError("no browser was opened on this screen: call open(url) first")
        return self.window

    def _require_same_size(self) -> None:
        now = self.size
        if now != self._seen:
            raise ScreenResized(
                f"the screen was {_sized(self._seen)} when it was looked at, and is"
                f" {_sized(now)} now: the place may be another; find it again"
            )


def _center(box: Box) -> tuple[int, int]:
    return box.x + box.width // 2, box.y + box.height // 2


def _sized(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def _named(target: Any) -> str:
    if is_element(target):
        return "an element"
    if isinstance(target, Match):
        return f"the match at {target.box}"
    known = isinstance(target, str) or hasattr(target, "__fspath__")
    return str(target) if known or isinstance(target, (Box, tuple, list)) else "a picture"
