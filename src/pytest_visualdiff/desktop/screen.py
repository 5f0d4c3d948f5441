"""The object behind the ``visualdiff_screen`` fixture: one screen, its browsers, and its checks."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

from pytest_visualdiff import clock
from pytest_visualdiff.browsers import BrowserSpec
from pytest_visualdiff.browsers.processes import GuardedFolder
from pytest_visualdiff.desktop import browser_window as windows
from pytest_visualdiff.desktop.actions import REACT_SECONDS, ScreenActions
from pytest_visualdiff.desktop.finding import box_of
from pytest_visualdiff.desktop.input import CONTROL
from pytest_visualdiff.errors import PageTimeout, StepsFailed, TargetNotFound, UsageError
from pytest_visualdiff.images.codec import encode
from pytest_visualdiff.model import Box, Environment
from pytest_visualdiff.options.parsing import is_element
from pytest_visualdiff.secrets import without_password
from pytest_visualdiff.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pytest_visualdiff.browsers.launch import Customise, WebDriver
    from pytest_visualdiff.desktop.browser_window import BrowserWindow
    from pytest_visualdiff.model import Array, Verdict

LEFT_SECONDS = 3.0
"""How long to wait until a page is left; a download, which leaves none, takes this long."""
_PARTIAL = (".part", ".crdownload", ".tmp")
SHOW_SECONDS = 0.3
"""At most so long a screen is waited for to stand still before the first frame of a check."""
_NEUTRAL_PLACE = (0.6, 1)
"""A place where the pointer hovers nothing: share of the width, and row; beside the tabs."""


@dataclass(repr=False)
class Screen(ScreenActions):
    """A real screen: browser windows, keyboard, pointer and pictures, in screen pixels."""

    customise: Customise | None = None
    """Changes the options that browsers start with."""
    _windows: dict[str, BrowserWindow] = field(default_factory=dict)
    _downloads: GuardedFolder | None = None
    _captured: Array | None = None

    def __repr__(self) -> str:
        return one_line(self, f"of {self.journal.test.nodeid}")

    def open(self, url: str, browser: str | None = None) -> None:
        """Type an address into the location bar of a browser, and wait until the page stands still.

        The browser starts with the first call, in a window of its own with a clean profile;
        further calls go on in it. Without a name it is the one of the option ``browsers``.
        Raises ``BrowserUnavailable``, and ``UsageError`` without a name where ``browsers`` has
        several.
        """
        __tracebackhide__ = True
        with self._step("open", without_password(url)) as step:
            self.window = self._window_of(browser or self._usual())
            self.journal.browser = self.window.browser.spec.name
            self.window.front()
            self._visit(self.window, url)
            self.masker.forget_places()
            step.picture = self.masker.clean(self.desktop.grabber.settled(self.settings["timeout"]))

    @property
    def driver(self) -> WebDriver:
        """The browser that was opened last, through Selenium: the same session."""
        return self.opened.driver

    def to_screen(self, element: Any) -> Box:
        """Where a WebElement is on the screen, in screen pixels, scrolled into view if need be.

        Right for any pixel ratio, zoom and window decoration, and in frames of the same origin.
        Raises ``EmptyTarget`` for one without size, ``UnsupportedTarget`` in a foreign frame.
        """
        return self.opened.to_screen(element)

    def region(self, box: Any) -> Region:
        """A part of the screen that ``visualdiff.check`` can look at: a ``Box``, a ``Match`` or
        (x, y, width, height).
        """
        return Region(self, box_of(box))

    def screenshot(self) -> bytes:
        """PNG bytes of the screen now, with secrets painted over."""
        return encode(self.look())

    def wait_still(self, timeout: float | None = None) -> None:
        """Wait until nothing on the screen moves, or ``timeout`` seconds have passed."""
        self.desktop.grabber.settled(self.settings["timeout"] if timeout is None else timeout)

    def choose_file(self, path: str | Path, timeout: float | None = None) -> None:
        """Type a path into the file dialog that is open or opens now; raises ``TargetNotFound``."""
        __tracebackhide__ = True
        with self._step("type", str(path)):
            seconds = self.settings["timeout"] if timeout is None else timeout
            if not self._dialog(seconds, there=True):
                raise TargetNotFound(f"no file dialog opened within {seconds:g} s")
            self._focus()
            self.desktop.grabber.settled(seconds)
            if self.desktop.windows:  # GTK's dialog: its field for a path
                self.desktop.inputs.hotkey("ctrl", "l")
                self.desktop.grabber.settled(REACT_SECONDS)
            self.desktop.inputs.type(str(path))
            self.desktop.grabber.settled(REACT_SECONDS)
            if self.desktop.display.is_virtual:  # where the menus are English
                self.desktop.inputs.hotkey("alt", "o")  # Chromium's dialog takes enter for cancel
            else:
                self.desktop.inputs.press("enter")
            if not self._dialog(seconds, there=False):
                raise TargetNotFound(f"the file dialog did not take {str(path)!r}: is it there?")

    def downloaded(self, pattern: str = "*", timeout: float | None = None) -> Path:
        """The whole file that a browser of this screen downloaded; raises ``PageTimeout``.

        ``pattern`` is one of file names, such as ``*.pdf``. The file is deleted with the test.
        """
        seconds = self.settings["timeout"] if timeout is None else timeout
        until = clock.now() + seconds
        while True:
            found = self._complete(pattern)
            if found:
                return found[0]
            if clock.now() >= until:
                raise PageTimeout(f"no file {pattern!r} was downloaded within {seconds:g} s")
            clock.sleep(0.05)

    # --- what a check needs ---------------------------------------------------------------------

    @property
    def environment(self) -> Environment:
        """Where pictures of this screen come from; it names their baselines."""
        ratio = self.window.ratio if self.window else self.settings["pixel_ratio"]
        width, height = self.size
        caps = self.window.driver.caps if self.window else {}
        name = self.window.browser.spec.name if self.window else ""
        return Environment(
            f"{name}-screen" if name else "screen",
            str(caps.get("browserVersion", "")),
            windows.platform(),
            (round(width / ratio), round(height / ratio)),
            ratio,
        )

    def part(self) -> Box | None:
        """All of it."""
        return None

    def place(self, area: Any) -> Sequence[Box]:
        """Where an element, or what a selector fits, is on the screen."""
        elements = [area] if is_element(area) else self.opened.elements(area)
        if not elements:
            raise TargetNotFound(f"{area!r} fits nothing on the page that is open")
        return [self.opened.to_screen(one, reveal=False) for one in elements]

    def ready(self) -> None:
        """Wait until the screen shows what was done through Selenium, which does not wait."""
        if self.window is not None:
            self.window.painted()
        self.desktop.grabber.settled(SHOW_SECONDS)

    def move_pointer_away(self) -> None:
        """Move the pointer where it hovers nothing."""
        self.desktop.inputs.move((round(self.size[0] * _NEUTRAL_PLACE[0]), _NEUTRAL_PLACE[1]))

    def captured(self, picture: Array) -> None:
        """Remember what a check saw, for the record."""
        self._captured = picture

    def checked(self, verdict: Verdict) -> None:
        """Record a check of this screen as a step; checks of other targets are none."""
        picture, self._captured = self._captured, None
        if picture is not None:
            self.journal.checked(verdict, picture)

    # --- its end --------------------------------------------------------------------------------

    def fail_late(self) -> None:
        """Raise ``StepsFailed`` for the soft steps so far, once."""
        __tracebackhide__ = True
        failed, self.postponed = self.postponed, []
        if failed:
            count = f"{len(failed)} soft step{'s' * (len(failed) > 1)} of the journey failed"
            told = "\n\n".join(f"{type(one).__name__}: {one}" for one in failed)
            raise StepsFailed(f"{count}:\n\n{told}", errors=failed)

    def close(self) -> None:
        """End the browsers, and delete what they downloaded."""
        while self._windows:
            _, window = self._windows.popitem()
            window.browser.quit()
        if self._downloads:
            self._downloads.remove()
            self._downloads = None

    # --- inside ---------------------------------------------------------------------------------

    def _usual(self) -> str:
        if self.window:
            return self.window.browser.spec.name
        first, *others = self.settings["browsers"]
        if others:
            raise UsageError(
                f"the screen would open {first} alone, and not {', '.join(others)} (browsers from"
                f" {self.settings.origin_text('browsers')}): name it, as in"
                " screen.open(url, browser=browser) in a test with"
                f' @pytest.mark.parametrize("browser", {[first, *others]})'
            )
        return str(first)

    def _window_of(self, name: str) -> BrowserWindow:
        if name in self._windows and self._windows[name].gone:
            self._windows.pop(name).browser.quit()
        if name not in self._windows:
            self._downloads = self._downloads or GuardedFolder("visualdiff-downloads-")
            spec = BrowserSpec(
                name,
                pixel_ratio=self.settings["pixel_ratio"],
                headed=True,
                capabilities=self.settings["capabilities"],
            )
            extra = windows.for_a_screen(self._downloads.path, self.customise)
            display = self.desktop.display
            self._windows[name] = windows.start(spec, display, self.desktop.windows, extra)
            self.masker.watch(self._windows[name])
        return self._windows[name]

    def _visit(self, window: BrowserWindow, url: str) -> None:
        """What a person does, with keys alone."""
        inputs, grabber = self.desktop.inputs, self.desktop.grabber
        page = window.mark()
        before = grabber.settled(REACT_SECONDS)
        inputs.hotkey(CONTROL, "l")
        # The page is asked first whether it wants this key: too early, the address ends there.
        grabber.settled(REACT_SECONDS, changed_from=before)
        inputs.type(url)
        inputs.press("delete", "enter")  # without what the browser added of its own
        window.arrived(page, LEFT_SECONDS)

    def _dialog(self, seconds: float, *, there: bool) -> bool:
        """Wait until a window above the browser's opens, or until none is left."""
        if not self.desktop.windows:
            return True
        until = clock.now() + seconds
        while any(not one.is_popup for one in self.opened.above()) != there:
            if clock.now() >= until:
                return False
            clock.sleep(0.04)
        return True

    def _complete(self, pattern: str) -> list[Path]:
        files = sorted(self._downloads.path.iterdir()) if self._downloads else []
        if any(path.suffix in _PARTIAL for path in files):
            return []
        return [path for path in files if fnmatch(path.name, pattern) and path.stat().st_size]


@dataclass(frozen=True)
class Region:
    """A part of a screen, in screen pixels."""

    screen: Screen
    box: Box

    @property
    def environment(self) -> Environment:
        """Where pictures of it come from."""
        return self.screen.environment

    def look(self) -> Array:
        """The whole screen now."""
        return self.screen.look()

    def part(self) -> Box | None:
        """The region."""
        return self.box

    def place(self, area: Any) -> Sequence[Box]:
        """Where an element, or what a selector fits, is on the screen."""
        return self.screen.place(area)

    def ready(self) -> None:
        """Wait until the screen shows what was done."""
        self.screen.ready()

    def move_pointer_away(self) -> None:
        """Move the pointer where it hovers nothing."""
        self.screen.move_pointer_away()

    def captured(self, picture: Array) -> None:
        """Remember what a check saw, for the record."""
        self.screen.captured(picture)
