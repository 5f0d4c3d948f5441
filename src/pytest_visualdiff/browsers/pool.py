"""One browser process for many tests: each test gets it clean, alive and in the wanted size."""

from __future__ import annotations

import atexit
import logging
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pytest_visualdiff.browsers import launch as browsers
from pytest_visualdiff.browsers import reset, viewport, webdriver_errors
from pytest_visualdiff.browsers.processes import within
from pytest_visualdiff.errors import (
    BrowserUnavailable,
    CaptureError,
    UsageError,
    ViewportRefused,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.browsers.launch import Browser, Customise, WebDriver
    from pytest_visualdiff.browsers.reset import Cleaner
    from pytest_visualdiff.browsers.spec import BrowserSpec

CLEAN_SECONDS = 20.0
_LOUD = ("urllib3.connectionpool", "selenium.webdriver.common.service")


class BrowserPool:
    """Browsers by what they were started as; ``customise(name, options)`` may change options."""

    def __init__(self, customise: Customise | None = None) -> None:
        self._customise = customise
        self._running: dict[BrowserSpec, tuple[Browser, Cleaner]] = {}
        self._process = os.getpid()
        atexit.register(self.close)

    def acquire(self, spec: BrowserSpec) -> WebDriver:
        """A clean driver with one window of the wanted inner size.

        A browser that has died since the last test is replaced silently, once; then
        ``BrowserUnavailable`` says what is wrong.
        """
        key = spec.identity
        if key in self._running:
            try:
                return self._ready(spec)
            except ViewportRefused:
                raise
            except Exception:  # noqa: BLE001 - whatever it has, a new browser is the remedy
                self._drop(key)
        try:
            self._start(key)
            return self._ready(spec)
        except (CaptureError, UsageError):
            raise
        except Exception as error:
            self._drop(key)
            raise BrowserUnavailable(
                f"{spec.name} starts but does not work: {webdriver_errors.first_line(error)}"
            ) from error

    def close(self) -> None:
        """End all browsers; nothing of them is left running."""
        if os.getpid() != self._process:
            return  # A forked child inherits the pool, but the browsers are its parent's.
        atexit.unregister(self.close)
        while self._running:
            _, (browser, _) = self._running.popitem()
            with _quiet():
                browser.quit()

    def _start(self, key: BrowserSpec) -> None:
        with _quiet():
            browser = browsers.start(key, self._customise)
            # Known before anything else is asked of it, so that close() ends it in any case.
            self._running[key] = browser, reset.plain
            self._running[key] = browser, reset.prepare(browser)

    def _ready(self, spec: BrowserSpec) -> WebDriver:
        browser, cleaner = self._running[spec.identity]
        with (
            _quiet(),
            browsers.patience(browser.driver, CLEAN_SECONDS),
            within(2 * CLEAN_SECONDS, browser.kill),
        ):
            if browser.used:
                _clean(browser, cleaner)
            browser.used = True
            viewport.set_viewport(browser.driver, spec.viewport, spec.pixel_ratio)
        return browser.driver

    def _drop(self, key: BrowserSpec) -> None:
        browser, _ = self._running.pop(key, (None, None))
        if browser is not None:
            with _quiet():
                browser.kill()
                browser.quit()


def _clean(browser: Browser, cleaner: Cleaner) -> None:
    try:
        cleaner(browser)
    except Exception as error:
        died = webdriver_errors.translate(error, browser.driver)
        if type(died).__name__ == "BrowserDied":
            raise
        # A dialog or a closed window is in the way.
        reset.rescue(browser)
        cleaner(browser)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the words of a dying connection out of the test's captured log."""
    loggers = [logging.getLogger(name) for name in _LOUD]
    usual = [(logger, logger.level) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in usual:
            logger.setLevel(level)
