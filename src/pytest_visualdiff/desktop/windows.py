"""The windows of an X display; placed and focused here where no window manager does it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.desktop.display import XConnection, close_connection
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from collections.abc import Container


@dataclass(frozen=True)
class Window:
    """One top-level window that can be seen."""

    id: int
    """Of the program's own window, inside the frame that a window manager may have drawn."""
    frame: int
    box: Box
    """With its frame, in screen pixels."""
    title: str = ""
    pid: int = 0
    is_popup: bool = False
    """A menu, a tooltip: no window manager touches it."""


class Windows:
    """Lists, places and focuses the windows of a display."""

    def __init__(self, connection: XConnection) -> None:
        self._connection, self._x = connection, connection.x
        self._root = connection.x.screen().root

    def close(self) -> None:
        """Disconnect."""
        close_connection(self._x)

    def size(self) -> tuple[int, int]:
        """Width and height of the screen in pixels, as they are now."""
        with self._connection.asked("its size was asked"):
            shape = self._root.get_geometry()
            return int(shape.width), int(shape.height)

    @property
    def managed(self) -> bool:
        """Whether a window manager runs: one that died leaves its name, but not its window."""
        from Xlib.error import XError

        name = "_NET_SUPPORTING_WM_CHECK"
        with self._connection.asked("its window manager was asked"):
            own = self._property(self._root, name)
            try:
                return own is not None and bool(
                    self._property(self._x.create_resource_object("window", own[0]), name)
                )
            except XError:
                return False

    def all(self) -> list[Window]:
        """The visible top-level windows, the lowest first."""
        with self._connection.asked("its windows were asked"):
            seen = (self._window(child) for child in self._root.query_tree().children)
            return [window for window in seen if window is not None]

    def of(self, pids: Container[int]) -> list[Window]:
        """Those of some processes, without menus and tooltips; the lowest first."""
        return [one for one in self.all() if one.pid in pids and not one.is_popup]

    def at(self, x: int, y: int) -> Window | None:
        """The uppermost window at a place."""
        hit = [one for one in self.all() if one.box.overlaps(Box(x, y, 1, 1))]
        return hit[-1] if hit else None

    def place(self, window: Window, box: Box) -> None:
        """Move and resize a window, without its frame."""
        with self._connection.asked("a window was placed"):
            own = self._x.create_resource_object("window", window.id)
            own.configure(x=box.x, y=box.y, width=box.width, height=box.height)
            self._x.sync()

    def focus(self, window: Window) -> None:
        """Bring a window to the front and give it the keyboard."""
        from Xlib import X

        with self._connection.asked("a window was focused"):
            own = self._x.create_resource_object("window", window.id)
            own.configure(stack_mode=X.Above)
            own.set_input_focus(X.RevertToParent, X.CurrentTime)
            self._x.sync()

    def focus_last(self) -> None:
        """Focus the uppermost window, as a window manager does when a dialog opens."""
        from Xlib.error import XError

        if self.managed:
            return
        upper = [one for one in self.all() if not one.is_popup]
        # Where it closed this moment, nothing is left to do.
        with contextlib.suppress(XError), self._connection.asked("a window was focused"):
            if upper and not self._has_focus(upper[-1]):
                self.focus(upper[-1])

    def _has_focus(self, window: Window) -> bool:
        focus = self._x.get_input_focus().focus
        while not isinstance(focus, int):
            if focus.id in (window.id, window.frame):
                return True
            parent = focus.query_tree().parent
            if not parent or parent == 0:
                return False
            focus = parent
        return False

    def _window(self, frame: Any) -> Window | None:
        from Xlib import X
        from Xlib.error import XError

        try:
            look = frame.get_attributes()
            if look.map_state != X.IsViewable:
                return None
            shape = frame.get_geometry()
            if shape.width < 3 or shape.height < 3:  # helpers, which nobody sees
                return None
            client = self._client(frame) or frame
            return Window(
                client.id,
                frame.id,
                Box(shape.x, shape.y, shape.width, shape.height),
                str(client.get_wm_name() or ""),
                int((self._property(client, "_NET_WM_PID") or [0])[0]),
                bool(look.override_redirect),
            )
        except XError:  # it closed while it was asked
            return None

    def _client(self, window: Any) -> Any | None:
        """The program's own window inside a frame: the one that has a state."""
        if self._property(window, "WM_STATE") is not None:
            return window
        children = window.query_tree().children
        return next((found for one in children if (found := self._client(one))), None)

    def _property(self, window: Any, name: str) -> Any | None:
        from Xlib import X

        atom = self._x.intern_atom(name)
        found = window.get_full_property(atom, X.AnyPropertyType)
        return found.value if found else None
