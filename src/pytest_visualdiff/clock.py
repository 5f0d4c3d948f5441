"""The real time, independent of what a test does to ``time``, ``datetime`` or the clock.

Tests freeze time (freezegun, time-machine) or patch ``time.sleep``. A wait that asked the frozen
clock would never end, and a run would be dated into the past. The functions are therefore taken
when pytest starts, and nothing else in this package reads a clock.

The plugin imports this module before any test runs.
"""

from __future__ import annotations

import time
from datetime import date


class _Real:
    """The original functions. freezegun replaces attributes of modules, but not of classes."""

    monotonic = staticmethod(time.monotonic)
    sleep = staticmethod(time.sleep)
    gmtime = staticmethod(time.gmtime)
    strftime = staticmethod(time.strftime)
    date = date
    # ``wall`` counts from here, because time-machine changes the function itself.
    started = time.time() - time.monotonic()


def now() -> float:
    """Seconds from a fixed moment; never goes back."""
    return _Real.monotonic()


def sleep(seconds: float) -> None:
    """Wait so many seconds of real time."""
    _Real.sleep(seconds)


def wall() -> float:
    """Seconds since 1970: the machine's time at the start of this process, plus elapsed time."""
    return _Real.started + _Real.monotonic()


def iso(seconds: float | None = None) -> str:
    """A moment (now without one) in UTC, for example ``2026-11-30T13:10:16Z``."""
    return stamp("%Y-%m-%dT%H:%M:%SZ", seconds)


def stamp(form: str, seconds: float | None = None) -> str:
    """A moment (now without one) in UTC, in a form of ``time.strftime``."""
    return _Real.strftime(form, _Real.gmtime(wall() if seconds is None else seconds))


def today() -> date:
    """The date in UTC."""
    return _Real.date(*_Real.gmtime(wall())[:3])
