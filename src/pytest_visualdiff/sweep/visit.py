"""One browser's visit to one page: is it the page that was asked for?, its picture, its layout."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from pytest_visualdiff import clock
from pytest_visualdiff.browsers.webdriver_errors import describe, explained, first_line
from pytest_visualdiff.capture.live_page import FrameGone
from pytest_visualdiff.capture.page import PageShooter, portrait
from pytest_visualdiff.capture.selenium_page import SeleniumPage
from pytest_visualdiff.errors import CaptureError, PageNotShown, UnstableTarget
from pytest_visualdiff.javascript import ElementGone, ScriptFailed
from pytest_visualdiff.layouts.reader import read_layout
from pytest_visualdiff.model import Screenshot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from pytest_visualdiff.capture import CaptureOptions
    from pytest_visualdiff.capture.stable import Frame
    from pytest_visualdiff.layouts.page_layout import PageLayout

    Steps: TypeAlias = str | Callable[[Any], object]
    """Where a page is: its URL, or what leads to it, given the driver."""

_ASK = """
const entry = performance.getEntriesByType("navigation")[0] || {};
const field = document.querySelector("input[type=password]");
const links = [], found = document.querySelectorAll("a[href]:not([download])");
for (let at = 0; at < found.length && at < 5000; at++) links.push(String(found[at].href));
return {
  url: location.href, type: document.contentType, status: entry.responseStatus || 0,
  login: !!field && field.getClientRects().length > 0, links,
};
"""

# All places in one number. Without array methods, which some pages patch.
_DIGEST = """
const nodes = document.getElementsByTagName("*");
let sum = 7;
const add = (value) => { sum = (Math.imul(sum, 31) + Math.round(value * 100)) | 0; };
for (let at = 0; at < nodes.length; at++) {
  const box = nodes[at].getBoundingClientRect();
  add(box.left); add(box.top); add(box.width); add(box.height);
}
return nodes.length + ":" + sum;
"""

STILL_SECONDS = 0.1
"""For so long at least nothing must move for one shot to be enough."""

_DRAWN_BY_SCRIPT = ("canvas", "video", "embed", "object")

_NETERROR = re.compile(r"Reached error page: about:neterror\?e=(\w+).*")

_PAGES = ("html", "xml", "svg", "text/plain")
"""Parts of the content types that a browser shows as a page of its own."""


class PageInfo(NamedTuple):
    """What a loaded page says of itself."""

    url: str
    type: str
    status: int
    """HTTP status; 0 where the browser does not know one."""
    login: bool
    """It asks for a password."""
    links: tuple[str, ...]


@dataclass(frozen=True)
class PageObservation:
    """What one browser showed of one page; ``error`` says why there is nothing to compare."""

    browser: str
    version: str = ""
    layout: PageLayout | None = None
    shot: Screenshot | None = None
    error: str = ""
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    """Of load, layout and capture; capture is without the reading of the layout."""
    links: tuple[str, ...] = ()
    note: str = ""
    """What a person should know of the picture."""


@dataclass(frozen=True)
class Visit:
    """How pages are looked at."""

    capture: CaptureOptions
    most: int
    """Elements that are read at most."""
    load: float
    """Seconds until a page must have loaded."""

    def see(self, driver: Any, browser: str, steps: Steps) -> PageObservation:
        """Go there and look; all trouble with browser or page becomes the observation's error."""
        version = str(driver.capabilities.get("browserVersion", ""))
        try:
            with explained(driver):
                return self._look(driver, browser, version, steps)
        except CaptureError as error:
            return PageObservation(browser, version, error=f"{type(error).__name__}: {error}")
        except Exception as error:
            # Whatever else a browser says; what is wrong with the caller's steps is theirs.
            if not (isinstance(error, _IN_THE_PAGE) or _is_of_webdriver(error)):
                raise
            said = f"{type(error).__name__}: {describe(driver)}: {first_line(error)}"
            return PageObservation(browser, version, error=said)

    def _look(self, driver: Any, browser: str, version: str, steps: Steps) -> PageObservation:
        started = clock.now()
        answer = self._open(driver, steps)
        loaded = clock.now()
        shooter = LayoutShooter(driver, self.capture, most=self.most)
        shot, note = _picture(shooter)
        shown = clock.now()
        if shooter.layout is None:
            raise CaptureError("the page was left before its layout was read")
        spent = {
            "load": loaded - started,
            "layout": shooter.seconds,
            "capture": shown - loaded - shooter.seconds,
        }
        told = {name: round(1000 * seconds, 1) for name, seconds in spent.items()}
        return PageObservation(browser, version, shooter.layout, shot, "", told, answer.links, note)

    def _open(self, driver: Any, steps: Steps) -> PageInfo:
        driver.set_page_load_timeout(self.load)
        if callable(steps):
            steps(driver)
            answer = ask(driver)
            refuse(answer, answer.url, driver)
            return answer
        try:
            driver.get(steps)
        except Exception as error:
            # A browser's own error page: no such host, refused, a certificate.
            if type(error).__name__ != "WebDriverException":
                raise
            with explained(driver):
                _ = driver.title  # a browser that died says so
            why = _NETERROR.sub(r"\1", first_line(error))
            raise PageNotShown(f"{describe(driver)} cannot load {steps}: {why}") from error
        answer = ask(driver)
        refuse(answer, steps, driver)
        return answer


def ask(driver: Any) -> PageInfo:
    """What the page of a driver says of itself."""
    try:
        raw = driver.execute_script(_ASK)
        links = tuple(map(str, raw["links"]))
        return PageInfo(
            str(raw["url"]), str(raw["type"]), int(raw["status"]), bool(raw["login"]), links
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PageNotShown(f"the page's own scripts changed what it answers: {error!r}") from error


def refuse(answer: PageInfo, wanted: str, driver: Any) -> None:
    """Raise ``PageNotShown`` where a page is not the one that was asked for."""
    who = describe(driver)
    if answer.url.startswith(("about:", "data:,", "chrome-error:")) and answer.url != wanted:
        raise PageNotShown(
            f"{who} shows nothing for {wanted} (it stays at {answer.url}): is it a download?"
        )
    if answer.status >= 400:
        raise PageNotShown(f"{wanted} answers with status {answer.status} in {who}")
    if not any(part in answer.type for part in _PAGES):
        raise PageNotShown(f"{wanted} is no page in {who} but {answer.type or 'of no type'}")
    if answer.login and page_of(answer.url) != page_of(wanted):
        raise PageNotShown(
            f"{wanted} leads to {answer.url} in {who}, which asks for a password: log in first,"
            " with steps in place of the URL"
        )


def page_of(url: str) -> str:
    """Path and query of an address, which should be the same in all browsers."""
    parts = urlsplit(url)
    return f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"


def _picture(shooter: LayoutShooter) -> tuple[Screenshot, str]:
    """The picture of the page; the last one where only pixels never settled, not the layout."""
    try:
        return portrait(shooter, shooter.stays), ""
    except UnstableTarget as error:
        if not (shooter.steady and error.frames):
            raise
        note = f"the picture never settled: {'; '.join(error.culprits)}"
        return shooter.screenshot(error.frames[-1]), note


_IN_THE_PAGE = (ScriptFailed, ElementGone, FrameGone)


def _is_of_webdriver(error: Exception) -> bool:
    return any(kind.__name__ == "WebDriverException" for kind in type(error).__mro__)


class LayoutShooter(PageShooter):
    """Takes the picture of a page, and reads its layout while it is held still for it.

    The layout is read before the shot: a picture beyond the viewport tells some pages that their
    window has been resized. One shot is enough where all that is drawn are elements, and all of
    them are where they were before; else a second shot must confirm the first one.
    """

    def __init__(self, driver: Any, options: CaptureOptions, *, most: int) -> None:
        super().__init__(SeleniumPage(driver), options)
        self.most = most
        self.layout: PageLayout | None = None
        self.seconds = 0.0
        self.steady = False
        """Whether the layout was the same when it was read again."""
        self._shots = 0
        self._places = ("", 0.0)

    def shoot(self) -> Frame:
        """Read the layout, then one shot."""
        self._shots += 1
        if self._shots != 2:
            self._places = self._digest(), clock.now()
            started = clock.now()
            before, self.layout = self.layout, read_layout(self.page, most=self.most)
            self.steady = before == self.layout
            self.seconds += clock.now() - started
        return super().shoot()

    def stays(self, frame: Frame) -> bool:
        """Whether nothing has moved since the layout was read, nor may have been drawn anew."""
        if frame.exposed:
            return False
        elements = self.layout.elements if self.layout else ()
        if any(one.root or one.tag in _DRAWN_BY_SCRIPT for one in elements):
            return False
        places, since = self._places
        clock.sleep(max(0.0, since + STILL_SECONDS - clock.now()))
        return places == self._digest()

    def _digest(self) -> str:
        return str(self.page.run(_DIGEST))

    def screenshot(self, png: bytes) -> Screenshot:
        """A frame as the picture of the page."""
        answer = self.answer
        return Screenshot(png, self._environment(), url=answer.url, title=answer.title)
