"""One browser process for many tests: each test gets it clean, alive and in the wanted size."""

from __future__ import annotations

import atexit
import logging
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pytest_visualdiff import clock
from pytest_visualdiff.browsers import launch as browsers
from pytest_visualdiff.browsers import reset, viewport, webdriver_errors
from pytest_visualdiff.browsers.processes import within
from pytest_visualdiff.browsers.remote import SessionGuard, grid_at, waiting_at
from pytest_visualdiff.errors import (
    BrowserUnavailable,
    CaptureError,
    UsageError,
    ViewportRefused,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_visualdiff.browsers.launch import Browser, Customise, WebDriver
    from pytest_visualdiff.browsers.reset import Cleaner
    from pytest_visualdiff.browsers.spec import BrowserSpec

CLEAN_SECONDS = 20.0
SHARE_SECONDS = 5.0
"""How long a worker keeps its session between tests while others wait in the Grid's queue."""
_LOUD = (
    "urllib3.connectionpool",
    "selenium.webdriver.common.service",
    "selenium.webdriver.remote.remote_connection",  # logs capabilities, with their access keys
)


class RemoteSessions:
    """The sessions that the pools of one worker hold on remote servers.

    A worker that waits for a slot while it holds an idle session can wait for another worker that
    does the same, for ever. So idle sessions are ended before a new one is asked for, down to
    ``most`` together with the new one.
    """

    def __init__(self, most: int = 1) -> None:
        self.most = most
        self._checked = clock.now()
        self._open: dict[tuple[BrowserPool, BrowserSpec], bool] = {}
        """Session -> whether a test uses it; the one that was used longest ago is the first."""
        self._guards: dict[str, SessionGuard] = {}

    def label(self, remote: str) -> str:
        """The label of this worker's sessions on a Grid; empty where it is no Grid."""
        if remote not in self._guards and grid_at(remote) is not None:
            self._guards[remote] = SessionGuard(remote)
        return self._guards[remote].label if remote in self._guards else ""

    def gave_up(self, remote: str) -> None:
        """A session was asked for in vain: the Grid may start it when nobody waits any more."""
        if remote in self._guards:
            self._guards[remote].gave_up = True

    def use(self, pool: BrowserPool, key: BrowserSpec) -> None:
        """A test uses this session now."""
        self._open.pop((pool, key), None)
        self._open[pool, key] = True

    def leave(self, pool: BrowserPool) -> None:
        """The sessions of a pool are idle from now on; now and then they go to who waits."""
        self._open.update({one: False for one in self._open if one[0] is pool})
        if not self._open or clock.now() - self._checked < SHARE_SECONDS:
            return
        self._checked = clock.now()
        for owner, key in [one for one, used in self._open.items() if not used]:
            if waiting_at(key.remote):
                owner.end(key)

    def forget(self, pool: BrowserPool, key: BrowserSpec) -> None:
        """This session has ended."""
        self._open.pop((pool, key), None)

    def make_room(self) -> None:
        """End idle sessions, so that one more may be opened."""
        idle = [one for one, used in self._open.items() if not used]
        for pool, key in idle[: max(0, len(self._open) + 1 - self.most)]:
            pool.end(key)

    def close(self) -> None:
        """End what is left on Grids under our labels."""
        while self._guards:
            _, guard = self._guards.popitem()
            guard.dismiss()


class BrowserPool:
    """Browsers by what they were started as; ``customise(name, options)`` may change options.

    Pools of one worker share ``sessions``, so that together they hold no more than they may.
    """

    def __init__(
        self, customise: Customise | None = None, sessions: RemoteSessions | None = None
    ) -> None:
        self._customise = customise
        self._sessions = sessions or RemoteSessions()
        self._owns_sessions = sessions is None
        self._running: dict[BrowserSpec, tuple[Browser, Cleaner]] = {}
        self._process = os.getpid()
        atexit.register(self.close)

    def acquire(self, spec: BrowserSpec) -> WebDriver:
        """A clean driver with one window of the wanted inner size.

        A browser that has died since the last test is replaced silently, once; then
        ``BrowserUnavailable`` says what is wrong.
        """
        key = spec.identity
        if spec.remote:
            if key in self._running:
                self._sessions.use(self, key)
            else:
                self._sessions.make_room()
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

    def release(self) -> None:
        """No test uses a browser of this pool now: a remote one may be ended for another."""
        self._sessions.leave(self)

    def at_once(self, specs: Sequence[BrowserSpec]) -> bool:
        """Whether a test may hold all of these browsers at the same time."""
        return sum(bool(spec.remote) for spec in specs) <= self._sessions.most

    def end(self, key: BrowserSpec) -> None:
        """End one browser."""
        self._sessions.forget(self, key)
        browser, _ = self._running.pop(key, (None, None))
        if browser is not None:
            with _quiet():
                browser.quit()

    def close(self) -> None:
        """End all browsers; nothing of them is left running."""
        if os.getpid() != self._process:
            return  # A forked child inherits the pool, but the browsers are its parent's.
        atexit.unregister(self.close)
        while self._running:
            self.end(next(iter(self._running)))
        if self._owns_sessions:
            self._sessions.close()

    def _start(self, key: BrowserSpec) -> None:
        with _quiet():
            label = self._sessions.label(key.remote) if key.remote else ""
            try:
                browser = browsers.start(key, self._customise, label=label)
            except BrowserUnavailable:
                self._sessions.gave_up(key.remote)
                raise
            # Known before anything else is asked of it, so that close() ends it in any case.
            self._running[key] = browser, reset.plain
            if key.remote:
                self._sessions.use(self, key)
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
        browser, _ = self._running.get(key, (None, None))
        if browser is not None:
            browser.kill()
            self.end(key)


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
