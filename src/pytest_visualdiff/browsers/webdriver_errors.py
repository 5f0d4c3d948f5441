"""Say in one typed error what a WebDriver exception means, and what to do about it.

Exceptions are told apart by the names of their classes, so selenium and urllib3 need not be
imported here.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pytest_visualdiff import errors
from pytest_visualdiff.browsers import installed
from pytest_visualdiff.browsers.browser_types import BROWSERS, type_of
from pytest_visualdiff.browsers.remote import grid_at
from pytest_visualdiff.secrets import without_password
from pytest_visualdiff.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.browsers.installed import Located
    from pytest_visualdiff.browsers.remote import Grid
    from pytest_visualdiff.browsers.spec import BrowserSpec
    from pytest_visualdiff.errors import BrowserUnavailable, CaptureError

_DEAD_NAMES = {
    "InvalidSessionIdException",
    "ConnectionError",
    "MaxRetryError",
    "NewConnectionError",
    "ProtocolError",
    "ReadTimeoutError",
}
_DEAD_WORDS = re.compile(
    "chrome not reachable|msedge not reachable|not connected to devtools|disconnected|tab crashed"
    "|target frame detached|failed to decode response from marionette|session deleted"
    "|without establishing a connection|connection refused|marionette port"
    # A Grid whose node went away
    r"|java\.(io|net)\.\w+|header parser received no bytes|unable to (find session|execute request)"
    "|session timed out|session .*not found",
    re.IGNORECASE,
)
_EMPTY_WORDS = re.compile(
    r"\b0 (width|height)|zero[- ]size|has no size|dimensions? of 0", re.IGNORECASE
)


@contextmanager
def explained(driver: Any) -> Iterator[None]:
    """Turn WebDriver exceptions of the block into typed errors; all others pass unchanged."""
    try:
        yield
    except Exception as error:
        typed = translate(error, driver)
        if typed is None or typed is error:
            raise
        raise typed from error


def translate(error: BaseException, driver: Any) -> CaptureError | None:
    """The typed error for an exception, or None for one that is not the browser's.

    ``driver`` is a WebDriver or the name of a browser.
    """
    if isinstance(error, errors.CaptureError):
        return error
    names = {kind.__name__ for kind in type(error).__mro__}
    who, reason = describe(driver), first_line(error)
    if _is_dead(names, reason):
        return errors.BrowserDied(
            f"{who} went away in the middle of the test{_exit(driver)}: {reason}\n"
            "  nothing was compared; the next test gets a new browser\n"
            "  if it happens again: is there enough memory (and /dev/shm in a container)?"
        )
    for name, explain in _EXPLAIN.items():
        if name in names:
            return explain(error, who, reason)
    if "WebDriverException" in names and _EMPTY_WORDS.search(reason):
        return errors.EmptyTarget(f"the target has no size in {who}: {reason}")
    if "WebDriverException" in names and "JavascriptException" not in names:
        return errors.CaptureError(
            f"{who} refused a command of the capture: {reason}\n"
            "  nothing was compared; is the page larger than the browser can draw at once"
            " (Firefox: 65,535 px a side)? Then check parts of it"
        )
    return None


def unavailable(
    spec: BrowserSpec, located: Located, error: BaseException | str
) -> BrowserUnavailable:
    """The error for a local browser that does not start: what was found, and what to install."""
    lines = [
        f"{spec.name} cannot start: {first_line(error)}",
        f"  browser  {located.browser or 'not found'}",
        f"  driver   {located.driver or 'left to Selenium Manager'}",
        *(f"  passed over: {reason}" for reason in located.rejected),
    ]
    if spec.headed and sys.platform.startswith("linux") and not _screen():
        lines.append("  screen   there is none: neither DISPLAY nor WAYLAND_DISPLAY is set")
    lines.append(f"  to do    {installed.advice(spec.name)}")
    return errors.BrowserUnavailable("\n".join(lines))


def unavailable_remote(spec: BrowserSpec, reason: str) -> BrowserUnavailable:
    """The error for a remote browser that does not start: what the server has, and what to set."""
    grid = grid_at(spec.remote)
    lines = [f"{spec.name} cannot start: {spec.scrubbed(first_line(reason))}"]
    lines.append(f"  remote   {without_password(spec.remote)}")
    if grid is not None:
        lines.append(f"  grid     {grid.words()}")
        lines.append(f"  to do    {_grid_advice(spec, grid)}")
    return errors.BrowserUnavailable("\n".join(lines))


def _grid_advice(spec: BrowserSpec, grid: Grid) -> str:
    own = [slot for slot in grid.slots if _same_browser(slot.browser, spec.name)]
    if not grid.nodes:
        return "start a node, or see in its log why it does not reach the hub"
    if not own:
        return f"start a node with slots for {spec.name}, or leave it out of browsers"
    if all(slot.session for slot in own):
        return (
            f"no slot for {spec.name} was free within {spec.remote_wait:g} s (remote_wait): run"
            " fewer workers (-n), give the nodes more slots (max-sessions), or wait longer"
        )
    return "see the log of the node that tried"


def _same_browser(reported: str, name: str) -> bool:
    row = type_of({"browserName": reported})
    wanted = BROWSERS.get(name)
    return row is not None and wanted is not None and row.options_key == wanted.options_key


def describe(driver: Any) -> str:
    """A browser in words: name, version, driver and its version."""
    if isinstance(driver, str):
        return driver
    caps = getattr(driver, "caps", None) or {}
    name = caps.get("visualdiff:browser") or caps.get("browserName") or "the browser"
    words = f"{name} {caps.get('browserVersion', '')}".strip()
    maker = _driver_version(caps)
    return f"{words} ({maker})" if maker else words


def whole(error: BaseException) -> str:
    """All that an exception says."""
    if type(error).__name__ == "MaxRetryError":  # whose own text is mostly its address
        return f"no answer: {type(getattr(error, 'reason', error)).__name__}"
    return str(getattr(error, "msg", None) or error) or type(error).__name__


def first_line(error: BaseException | str) -> str:
    """What an exception says, without stack traces of the browser and links."""
    text = error if isinstance(error, str) else whole(error)
    line = next((line for line in text.strip().splitlines() if line.strip()), "")
    line = re.sub(r"^Message: |; For documentation on this error.*$|\s*\(Session info.*$", "", line)
    return printable(without_password(line.strip()))[:400] or type(error).__name__


def _screen() -> str:
    return os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or ""


def _is_dead(names: set[str], reason: str) -> bool:
    if names & _DEAD_NAMES:
        return True
    selenium = "WebDriverException" in names and "NoSuchWindowException" not in names
    return selenium and bool(_DEAD_WORDS.search(reason))


def _exit(driver: Any) -> str:
    process = getattr(getattr(driver, "service", None), "process", None)
    code = None if process is None else process.poll()
    return "" if code is None else f" (its driver ended with {code})"


def _driver_version(caps: dict[str, Any]) -> str:
    if "moz:geckodriverVersion" in caps:
        return f"geckodriver {caps['moz:geckodriverVersion']}"
    for key in ("chrome", "msedge"):
        part = caps.get(key)
        for name in ("chromedriverVersion", "msedgedriverVersion"):
            if isinstance(part, dict) and name in part:
                return f"{name[: -len('Version')]} {str(part[name]).split()[0]}"
    return ""


def _alert(error: BaseException, who: str, reason: str) -> CaptureError:
    text = getattr(error, "alert_text", None) or ""
    what = f"the dialog {text!r}" if text else "a JavaScript dialog"
    return errors.AlertOpen(
        f"{what} covers the page in {who}: accept or dismiss it before the check"
        f" (driver.switch_to.alert.accept()){'' if text else ': ' + reason}"
    )


def _window(_error: BaseException, who: str, reason: str) -> CaptureError:
    return errors.WindowClosed(
        f"the window of the target is closed in {who}: {reason}\n"
        "  switch to an open one first (driver.switch_to.window(...))"
    )


def _target(_error: BaseException, who: str, reason: str) -> CaptureError:
    return errors.TargetNotFound(f"no such target in {who}: {reason}")


def _timeout(_error: BaseException, who: str, reason: str) -> CaptureError:
    return errors.PageTimeout(f"the page did not answer in time in {who}: {reason}")


def _start(_error: BaseException, who: str, reason: str) -> CaptureError:
    return errors.BrowserUnavailable(f"{who} cannot start: {reason}")


_EXPLAIN = {
    "UnexpectedAlertPresentException": _alert,
    "NoSuchWindowException": _window,
    "NoSuchElementException": _target,
    "StaleElementReferenceException": _target,
    "NoSuchFrameException": _target,
    "NoSuchShadowRootException": _target,
    "DetachedShadowRootException": _target,
    "InvalidSelectorException": _target,
    "TimeoutException": _timeout,
    "SessionNotCreatedException": _start,
    "NoSuchDriverException": _start,
}
