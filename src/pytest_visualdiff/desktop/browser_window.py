"""A browser's real window on a desktop, and the same browser through WebDriver: one session."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_visualdiff import clock
from pytest_visualdiff.browsers import BrowserSpec, webdriver_errors
from pytest_visualdiff.browsers.browser_types import browser_type
from pytest_visualdiff.capture.secret_fields import asked_of_all
from pytest_visualdiff.capture.selenium_page import SeleniumPage
from pytest_visualdiff.errors import BrowserUnavailable, EmptyTarget, UnsupportedTarget
from pytest_visualdiff.model import Box
from pytest_visualdiff.secrets import without_secrets

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_visualdiff.browsers.launch import Browser, Customise, WebDriver
    from pytest_visualdiff.desktop.display import Display
    from pytest_visualdiff.desktop.windows import Window, Windows

WINDOW_SECONDS = 20.0

_FIREFOX = {
    "browser.download.folderList": 2,  # a folder of ours
    "browser.urlbar.autoFill": False,
    # A scrollbar that shows itself on a new page fades for seconds.
    "ui.scrollbarFadeBeginDelay": 0,
    "ui.scrollbarFadeDuration": 0,
    "ui.scrollbarDisplayOnMouseMove": 0,
}
_POLL = 0.02

# Where an element is in the outermost viewport, and where that is on the screen, all in CSS
# pixels but `origin`, which is in device pixels. Firefox tells its inner origin; Chromium has the
# same border at the left, the right and the bottom. Its outer sizes do not grow with the zoom.
_PAINTED = """
const done = arguments[0];
setTimeout(done, 500);  // a window that nobody sees draws no frames
requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));
"""

# Of an element with text also what flows out of it.
_PLACED = """
const placed = (element, ratio, reveal, whole) => {
if (!element.isConnected) return null;
let rect = element.getBoundingClientRect();
let view = element.ownerDocument.defaultView;
const outside = r => r.top < 0 || r.left < 0 || r.bottom > view.innerHeight
                     || r.right > view.innerWidth;
if (reveal && outside(rect)) {
  element.scrollIntoView({block: 'nearest', inline: 'nearest', behavior: 'instant'});
  rect = element.getBoundingClientRect();
}
if (whole && !element.matches('input, textarea, select, iframe, frame')) {
  const range = element.ownerDocument.createRange();
  range.selectNodeContents(element);
  const all = [rect, ...range.getClientRects()];
  const left = Math.min(...all.map(one => one.left)), top = Math.min(...all.map(one => one.top));
  const right = Math.max(...all.map(one => one.right));
  rect = new DOMRect(left, top, right - left, Math.max(...all.map(one => one.bottom)) - top);
}
let {x, y} = rect;
while (view !== view.parent) {
  let frame = null;
  try { frame = view.frameElement; } catch { frame = null; }
  if (!frame) return 'foreign';
  const box = frame.getBoundingClientRect(), style = getComputedStyle(frame);
  x += box.x + frame.clientLeft + parseFloat(style.paddingLeft);
  y += box.y + frame.clientTop + parseFloat(style.paddingTop);
  view = view.parent;
}
const zoomed = view.devicePixelRatio;
let origin;
if ('mozInnerScreenX' in view) {
  origin = [view.mozInnerScreenX * zoomed, view.mozInnerScreenY * zoomed];
} else {
  const side = (view.outerWidth * ratio - view.innerWidth * zoomed) / 2;
  origin = [view.screenX * ratio + side,
            (view.screenY + view.outerHeight) * ratio - view.innerHeight * zoomed - side];
}
return [origin[0] + x * zoomed, origin[1] + y * zoomed, rect.width * zoomed, rect.height * zoomed];
};
"""
_PLACE = f"{_PLACED} return placed(...arguments)"
_SECRETS = f"{_PLACED} return marked.map(one => placed(one, arguments[3], false, true))"

_FOCUSED = """
if (!document.hasFocus()) return null;
let element = document.activeElement;
while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
const editable = element && (element.matches('input, textarea') || element.isContentEditable);
return editable ? element : null;
"""
_EXPOSED = "return arguments[0].isConnected && arguments[0].type !== 'password'"
_MARK = "window.visualdiffLeft = false; return location.href"
_LEFT = """
return document.readyState === 'complete'
       && (!('visualdiffLeft' in window) || location.href !== arguments[0]);
"""


@dataclass(frozen=True)
class BrowserWindow:
    """One browser with one window; ``windows`` is None on systems without X."""

    browser: Browser
    windows: Windows | None
    window: Window | None
    ratio: float

    @property
    def driver(self) -> WebDriver:
        """The browser through Selenium."""
        return self.browser.driver

    def front(self) -> None:
        """Bring it to the front, with the keyboard."""
        if self.windows and self.window and not self.windows.managed:
            self.windows.focus(self.window)

    @property
    def gone(self) -> bool:
        """Whether it was closed, or its browser died."""
        if not self.windows or not self.window:
            return False
        return all(one.id != self.window.id for one in self.windows.all())

    def above(self) -> list[Window]:
        """The windows that may cover it."""
        if not self.windows or not self.window:
            return []
        there = self.windows.all()
        places = [place for place, one in enumerate(there) if one.id == self.window.id]
        return there[places[0] + 1 :] if places else []

    def to_screen(self, element: Any, *, reveal: bool = True) -> Box:
        """Where an element is on the screen, in screen pixels; scrolled to where it can be seen.

        Raises ``EmptyTarget`` where it has no size, and ``UnsupportedTarget`` in a frame of
        another origin.
        """
        with webdriver_errors.explained(self.driver):
            found = self.driver.execute_script(_PLACE, element, self.ratio, reveal)
            if found is None:  # a dialog that opened meanwhile is told when asked again
                found = self.driver.execute_script(_PLACE, element, self.ratio, reveal)
        if found == "foreign":
            raise UnsupportedTarget(
                "the element is in a frame of another origin, which does not tell where it is:"
                " find it by image"
            )
        if found is None or not (found[2] and found[3]):
            raise EmptyTarget("the element has no size on the screen: is it shown?")
        return Box.enclosing(*map(float, found))

    def elements(self, selector: str) -> list[Any]:
        """The visible elements that a selector fits, in the document that the driver is in."""
        with webdriver_errors.explained(self.driver):
            found: list[Any] = self.driver.execute_script(
                "return [...document.querySelectorAll(arguments[0])]"
                ".filter(one => one.checkVisibility?.() ?? true)",
                selector,
            )
        return found

    def secrets(self) -> list[Box]:
        """Where the page, its address or its title shows a typed secret.

        Raises whatever WebDriver does while the page cannot be asked.
        """
        found = asked_of_all(SeleniumPage(self.driver), _SECRETS, self.ratio)
        boxes = [Box.enclosing(*map(float, one)) for one in found if one and one[2] and one[3]]
        told = f"{self.driver.current_url} {self.driver.title}"
        if without_secrets(told) != told:
            boxes.append(self._toolbar())
        return boxes

    def _toolbar(self) -> Box:
        """What of the window lies above the page: tabs and the location bar."""
        root = self.driver.find_element("css selector", ":root")
        _, y, *_ = self.driver.execute_script(_PLACE, root, self.ratio, False)
        scrolled = self.driver.execute_script("return scrollY * devicePixelRatio")
        box = self.window.box if self.window else Box(0, 0, 100_000, 0)
        return Box(box.x, box.y, box.width, max(0, round(y + scrolled) - box.y))

    def focused(self) -> Any | None:
        """The field of the page that keys go to; None where that is not known."""
        try:
            return self.driver.execute_script(_FOCUSED)
        except Exception:  # noqa: BLE001 - a dialog is open, or the browser died: not known
            return None

    def exposed(self, field: Any) -> Box | None:
        """Where a field shows what was typed into it; None where it is gone, or shows dots.

        Raises whatever WebDriver does while the page cannot be asked.
        """
        try:
            if not self.driver.execute_script(_EXPOSED, field):
                return None
            return self.to_screen(field, reveal=False)
        except EmptyTarget:
            return None
        except Exception as error:
            if type(error).__name__ in ("StaleElementReferenceException", "TargetNotFound"):
                return None
            raise

    def painted(self) -> None:
        """Wait until the page has drawn what it holds now; not where it cannot be asked."""
        with contextlib.suppress(Exception):  # a dialog is open, or the browser died
            self.driver.execute_async_script(_PAINTED)

    def mark(self) -> str:
        """Remember which page is shown, to know when it was left; its address."""
        try:
            return str(self.driver.execute_script(_MARK))
        except Exception:  # noqa: BLE001 - a dialog is open: keys go there, too
            return ""

    def arrived(self, before: str, timeout: float) -> bool:
        """Wait until another page than the marked one is loaded."""
        until = clock.now() + timeout
        while clock.now() < until:
            try:
                if self.driver.execute_script(_LEFT, before):
                    return True
            except Exception as error:  # noqa: BLE001 - asked in the middle of leaving
                if type(error).__name__ == "UnexpectedAlertPresentException":
                    return True
            clock.sleep(_POLL)
        return False


def start(
    spec: BrowserSpec, display: Display, windows: Windows | None, extra: Customise
) -> BrowserWindow:
    """Start a browser in a window that fills the display; raises ``BrowserUnavailable``."""
    from pytest_visualdiff.browsers import launch as browsers

    with display.entered():
        browser = browsers.start(spec, extra)
    try:
        window = _appeared(browser, windows) if windows else None
        if display.is_virtual and windows and window and not windows.managed:
            windows.place(window, Box(0, 0, *windows.size()))
            windows.focus(window)
        else:
            browser.driver.maximize_window()
    except BaseException:
        browser.quit()
        raise
    return BrowserWindow(browser, windows, window, spec.pixel_ratio)


def for_a_screen(folder: Path, customise: Customise | None) -> Customise:
    """A function for options: downloads go to a folder, and windows come to rest."""

    def extra(name: str, options: Any) -> Any:
        if browser_type(name).engine == "firefox":
            for preference, value in _FIREFOX.items():
                options.set_preference(preference, value)
            options.set_preference("browser.download.dir", str(folder))
        else:
            prefs = options.experimental_options.get("prefs", {})
            own = {"download.default_directory": str(folder), "download.prompt_for_download": False}
            options.add_experimental_option("prefs", {**prefs, **own})
            # Keeps its warning about flags away, which would take a part of the window.
            options.add_argument("--test-type")
        return (customise(name, options) if customise else None) or options

    return extra


def platform() -> str:
    """linux, windows or mac."""
    return {"win32": "windows", "darwin": "mac"}.get(sys.platform, "linux")


def _appeared(browser: Browser, windows: Windows) -> Window:
    members = browser.processes.members if browser.processes else list
    until = clock.now() + WINDOW_SECONDS
    while clock.now() < until:
        found = windows.of(members())
        if found:
            return found[-1]
        clock.sleep(_POLL)
    raise BrowserUnavailable(
        f"{browser.spec.name} started, but showed no window within {WINDOW_SECONDS:g} s"
    )
