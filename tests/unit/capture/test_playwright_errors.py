"""Each of Playwright's exceptions becomes a typed error that says what to do."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from playwright._impl._errors import Error, TargetClosedError
from playwright._impl._errors import TimeoutError as PlaywrightTimeout

from pytest_visualdiff import errors
from pytest_visualdiff.capture.playwright_errors import first_line, is_thrown, translate

PAGE = SimpleNamespace(url="http://shop.test/")

STRICT = 'Locator.element_handle: Error: strict mode violation: locator("b") resolved to 2 elements'
WAITED = 'Timeout 5ms exceeded.\nCall log:\n  - waiting for locator("i")\n'


@pytest.mark.parametrize(
    ("error", "typed"),
    [
        (Error(STRICT), errors.AmbiguousTarget),
        (PlaywrightTimeout(WAITED), errors.TargetNotFound),
        (PlaywrightTimeout("Page.screenshot: Timeout 9ms exceeded."), errors.PageTimeout),
        (TargetClosedError("Target page, context or browser has been closed"), errors.WindowClosed),
        (Error("Event loop is closed! Is Playwright already stopped?"), errors.WindowClosed),
        (Error("Frame.evaluate: Frame was detached"), errors.TargetNotFound),
        (Error("Execution context was destroyed, most likely because of a navigation"),
         errors.TargetNotFound),
        (Error("Page.evaluate: Target crashed"), errors.BrowserDied),
        (Error("Protocol error: Unable to capture screenshot"), errors.CaptureError),
    ],
)  # fmt: skip
def test_what_went_wrong_is_told_by_the_type(
    error: Exception, typed: type[errors.CaptureError]
) -> None:
    assert type(translate(error, PAGE)) is typed


def test_a_typed_error_stays_as_it_is() -> None:
    error = errors.EmptyTarget("no size")
    assert translate(error, PAGE) is error


def test_an_exception_of_another_library_is_not_explained() -> None:
    assert translate(ValueError("strict mode violation"), PAGE) is None


def test_what_a_script_threw_is_not_taken_for_trouble_with_the_page() -> None:
    assert is_thrown(Error("Page.evaluate: TypeError: x is null"))
    assert not is_thrown(Error("Page.evaluate: Target crashed"))


def test_the_message_says_what_was_waited_for() -> None:
    assert first_line(PlaywrightTimeout(WAITED)) == (
        'Timeout 5ms exceeded. (waiting for locator("i"))'
    )
