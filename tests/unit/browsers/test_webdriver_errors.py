"""What WebDriver exceptions mean, without a browser."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from selenium.common import exceptions as sel
from urllib3.exceptions import MaxRetryError, ProtocolError, ReadTimeoutError

from pytest_visualdiff import errors
from pytest_visualdiff.browsers import BrowserSpec, webdriver_errors
from pytest_visualdiff.browsers.installed import Located, Program

CAPS = {
    "browserName": "chrome",
    "browserVersion": "156.0.1.2",
    "chrome": {"chromedriverVersion": "156.0.1.9 (abc)"},
    "visualdiff:browser": "chromium",
}
DRIVER: Any = SimpleNamespace(caps=CAPS)
POOL: Any = None

CASES = [
    (sel.InvalidSessionIdException("invalid session id"), errors.BrowserDied),
    (sel.WebDriverException("disconnected: not connected to DevTools"), errors.BrowserDied),
    (sel.WebDriverException("chrome not reachable"), errors.BrowserDied),
    (sel.WebDriverException("tab crashed"), errors.BrowserDied),
    (sel.WebDriverException("Failed to decode response from marionette"), errors.BrowserDied),
    (MaxRetryError(POOL, "/session", None), errors.BrowserDied),
    (ReadTimeoutError(POOL, "/session", "Read timed out"), errors.BrowserDied),
    (ProtocolError("Connection aborted."), errors.BrowserDied),
    (ConnectionResetError("reset"), errors.BrowserDied),
    (
        sel.NoSuchWindowException("no such window: target window already closed"),
        errors.WindowClosed,
    ),
    (sel.NoSuchWindowException("Browsing context has been discarded"), errors.WindowClosed),
    (sel.UnexpectedAlertPresentException("open", alert_text="sure?"), errors.AlertOpen),
    (sel.NoSuchElementException("no such element"), errors.TargetNotFound),
    (sel.StaleElementReferenceException("stale"), errors.TargetNotFound),
    (sel.InvalidSelectorException("invalid selector"), errors.TargetNotFound),
    (sel.NoSuchFrameException("frame"), errors.TargetNotFound),
    (sel.TimeoutException("script timeout"), errors.PageTimeout),
    (sel.SessionNotCreatedException("no"), errors.BrowserUnavailable),
    (sel.WebDriverException("java.io.UncheckedIOException: reset"), errors.BrowserDied),
    (sel.WebDriverException("Unable to find session with ID: 1"), errors.BrowserDied),
    (sel.ScreenshotException("unable to capture screen"), errors.CaptureError),
    (sel.WebDriverException("The image is too large: 100000"), errors.CaptureError),
    (sel.WebDriverException("Cannot take screenshot with 0 width."), errors.EmptyTarget),
]


@pytest.mark.parametrize(
    ("error", "kind"), CASES, ids=lambda case: getattr(case, "__name__", str(case)[:40])
)
def test_each_exception_has_a_typed_error(error: Exception, kind: type[Exception]) -> None:
    """Each exception of WebDriver or its connection becomes one error that names the browser."""
    typed = webdriver_errors.translate(error, DRIVER)
    assert type(typed) is kind
    assert "chromium 156.0.1.2 (chromedriver 156.0.1.9)" in str(typed)


@pytest.mark.parametrize(
    "error",
    [ValueError("mine"), AssertionError("mine"), sel.JavascriptException("javascript error: x")],
)
def test_other_exceptions_are_left_alone(error: Exception) -> None:
    """An exception that is not about the browser is not translated, and passes unchanged."""
    assert webdriver_errors.translate(error, DRIVER) is None
    with pytest.raises(type(error)) as caught, webdriver_errors.explained(DRIVER):
        raise error
    assert caught.value is error


def test_explained_keeps_the_original_as_the_cause() -> None:
    """The typed error carries the exception that it came from."""
    original = sel.InvalidSessionIdException("invalid session id")
    with pytest.raises(errors.BrowserDied) as caught, webdriver_errors.explained("firefox"):
        raise original
    assert caught.value.__cause__ is original
    assert str(caught.value).startswith("firefox went away in the middle of the test")


def test_a_typed_error_passes_as_it_is() -> None:
    """An error that is typed already is not wrapped again."""
    original = errors.EmptyTarget("zero")
    with pytest.raises(errors.EmptyTarget) as caught, webdriver_errors.explained(DRIVER):
        raise original
    assert caught.value is original


def test_a_dead_driver_process_is_told() -> None:
    """Where the driver process has ended, its exit code is in the message."""
    service = SimpleNamespace(process=SimpleNamespace(poll=lambda: -9))
    typed = webdriver_errors.translate(
        ConnectionRefusedError(), SimpleNamespace(caps=CAPS, service=service)
    )
    assert "(its driver ended with -9)" in str(typed)


def test_the_dialogs_text_is_told() -> None:
    """The message about an open dialog quotes it and says how to close it."""
    typed = webdriver_errors.translate(
        sel.UnexpectedAlertPresentException("x", alert_text="sure?"), DRIVER
    )
    assert "'sure?'" in str(typed)
    assert "switch_to.alert" in str(typed)


def test_messages_carry_no_stack_traces() -> None:
    """Of a driver's answer only the first line is kept, without links and session info."""
    text = (
        "Message: invalid session id; For documentation on this error, please visit: https://x\n"
        "Stacktrace:\n#0 0x55"
    )
    assert webdriver_errors.first_line(text) == "invalid session id"
    assert webdriver_errors.first_line("a: b (Session info: chrome=1)") == "a: b"
    assert webdriver_errors.first_line(ValueError()) == "ValueError"


def test_a_missing_screen_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A headed browser on Linux without a screen: the reason is named."""
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    found = Located("chrome", Program("/c", "156"), None)
    message = str(
        webdriver_errors.unavailable(BrowserSpec("chrome", headed=True), found, "it exited")
    )
    assert "neither DISPLAY nor WAYLAND_DISPLAY is set" in message


def test_an_unavailable_browser_lists_what_was_found() -> None:
    """Browser, driver, their versions, what was passed over, and what to do are all told."""
    found = Located("firefox", Program("/f", "153.7.0"), Program("/g", "0.33.0"), ("/x: no",))
    message = str(webdriver_errors.unavailable(BrowserSpec("firefox"), found, "Message: why\nmore"))
    for part in ("firefox cannot start: why", "/f 153.7.0", "/g 0.33.0", "/x: no", "to do"):
        assert part in message
    assert "more" not in message
