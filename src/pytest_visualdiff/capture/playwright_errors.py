"""What Playwright's exceptions mean, as typed errors: told apart by their names and words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pytest_visualdiff import errors
from pytest_visualdiff.text import printable

Meaning = Callable[[str, str], errors.CaptureError]
"""Where and why, to the typed error."""

_CLOSED = re.compile("has been closed|Event loop is closed|Connection closed", re.IGNORECASE)
_DIED = re.compile("crashed|Browser closed|disconnected", re.IGNORECASE)
_NAVIGATED = re.compile(
    "context was destroyed|because of a navigation|cannot find context|JSHandle is disposed"
    "|Unable to adopt element handle|context with specified id",
    re.IGNORECASE,
)
_DETACHED = re.compile("frame (was|has been) detached|element is not attached", re.IGNORECASE)


def is_playwright(kind: type) -> bool:
    """Whether a class is Playwright's."""
    return kind.__module__.split(".", 1)[0] == "playwright"


def says_navigated(error: BaseException) -> bool:
    """Whether the page was left, so that its elements are no longer there."""
    return bool(_NAVIGATED.search(str(error)))


def says_detached(error: BaseException) -> bool:
    """Whether the frame is no longer in the page."""
    return bool(_DETACHED.search(str(error)))


def first_line(error: BaseException) -> str:
    """What an exception says, and of its log of calls what it waited for."""
    text, _, log = str(error).partition("\nCall log:")
    waited = re.search(r"- (waiting for .*)", log)
    lines = " ".join(line.strip() for line in text.strip().splitlines())
    return printable(lines)[:600] + (f" ({printable(waited[1])})" if waited else "")


def unusable(page: Any) -> errors.CaptureError:
    """The error for a page that is closed."""
    return errors.WindowClosed(
        f"the page {page.url} is closed: check it before the test closes it, or its context"
    )


def is_thrown(error: BaseException) -> bool:
    """Whether one of Playwright's exceptions is what a script in the page threw."""
    return not any(is_meant(error) for is_meant, _ in _MEANINGS)


def translate(error: BaseException, who: Any) -> errors.CaptureError | None:
    """The typed error for an exception; None for one that is not Playwright's."""
    if isinstance(error, errors.CaptureError):
        return error
    if type(error).__module__ == "greenlet":
        return errors.CaptureError(
            f"{_named(who)} belongs to another thread: check it in the thread that started"
            " Playwright"
        )
    if not any(is_playwright(kind) for kind in type(error).__mro__):
        return None
    where, reason = _named(who), first_line(error)
    meanings = (typed for is_meant, typed in _MEANINGS if is_meant(error))
    return next(meanings, _refused)(where, reason)


def _is_timeout(error: BaseException) -> bool:
    return "TimeoutError" in {kind.__name__ for kind in type(error).__mro__}


def _ambiguous(_where: str, reason: str) -> errors.CaptureError:
    return errors.AmbiguousTarget(
        f"the target matches several elements: {reason}\n"
        "  make the locator strict (.first, .nth(…), .filter(…)); mask, redact and region take"
        " locators with several matches"
    )


def _died(where: str, reason: str) -> errors.CaptureError:
    return errors.BrowserDied(f"the browser of {where} went away during the check: {reason}")


def _closed(where: str, reason: str) -> errors.CaptureError:
    return errors.WindowClosed(
        f"{where} is closed: {reason}\n  check it before the test closes it, or its context"
    )


def _left(where: str, reason: str) -> errors.CaptureError:
    return errors.TargetNotFound(
        f"the target left {where} during the check: {reason}\n"
        "  wait until the page has arrived, then check it"
    )


def _missing(where: str, reason: str) -> errors.CaptureError:
    return errors.TargetNotFound(f"no such target in {where}: {reason}")


def _late(where: str, reason: str) -> errors.CaptureError:
    return errors.PageTimeout(f"{where} did not answer in time: {reason}")


def _refused(where: str, reason: str) -> errors.CaptureError:
    return errors.CaptureError(f"Playwright refused a command of the capture in {where}: {reason}")


_MEANINGS: tuple[tuple[Callable[[BaseException], bool], Meaning], ...] = (
    (lambda error: "strict mode violation" in str(error), _ambiguous),
    (lambda error: bool(_DIED.search(str(error))), _died),
    (lambda error: bool(_CLOSED.search(str(error))), _closed),
    (lambda error: says_detached(error) or says_navigated(error), _left),
    (lambda error: _is_timeout(error) and "waiting for" in str(error), _missing),
    (_is_timeout, _late),
)
"""What an exception may mean, and the typed error for it; the first that fits counts."""


def _named(who: Any) -> str:
    """The page of a target in words."""
    page = getattr(who, "page", who)
    url = getattr(page, "url", "")
    return f"the page {url}" if isinstance(url, str) and url else "the page"
