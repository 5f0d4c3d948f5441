"""The errors that a page wrote to the browser's console; WebDriver tells them in Chromium alone."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MOST_TOLD = 5
"""Errors that are told one by one."""

_KEPT: WeakKeyDictionary[Any, list[dict[str, Any]]] = WeakKeyDictionary()
"""What was read of a driver's log and not yet given to the test: reading empties the log."""

_SOURCES = ("javascript", "console-api")
"""Who writes errors; failed requests are known better from the page itself."""


def console_errors(driver: Any, since: float, until: float) -> tuple[str, ...]:
    """What the page wrote between two times (milliseconds since 1970); empty where unknown.

    Errors after the beginning of a capture may be those of the capture's own script.
    """
    read = getattr(driver, "get_log", None)
    if read is None or not hasattr(driver, "execute_cdp_cmd"):
        return ()
    kept = _KEPT.get(driver)
    if kept is None:
        kept = _KEPT[driver] = []
        driver.get_log = _handing_on(read, kept)
    with suppress(Exception):  # a log is welcome, but no picture needs it
        kept += _original(read)("browser")
    errors = [
        str(entry.get("message", ""))[:300]
        for entry in kept
        if entry.get("level") == "SEVERE"
        and entry.get("source") in _SOURCES
        and since <= float(entry.get("timestamp", 0)) <= until
    ]
    return told(errors)


def told(messages: Iterable[str]) -> tuple[str, ...]:
    """Errors as notes: the first few of different ones, and how many more there are."""
    notes = [f"console: {message}" for message in dict.fromkeys(messages)]
    more = len(notes) - MOST_TOLD
    return (*notes[:MOST_TOLD], f"console: {more} more errors") if more > 0 else tuple(notes)


def _handing_on(
    read: Callable[[str], list[dict[str, Any]]], kept: list[dict[str, Any]]
) -> Callable[[str], list[dict[str, Any]]]:
    """The driver's method, which also gives the test what was read before."""

    def get_log(log_type: str) -> list[dict[str, Any]]:
        if log_type != "browser":
            return read(log_type)
        earlier, kept[:] = list(kept), []
        return [*earlier, *read(log_type)]

    get_log.original = read  # type: ignore[attr-defined]
    return get_log


def _original(read: Any) -> Callable[[str], list[dict[str, Any]]]:
    original: Callable[[str], list[dict[str, Any]]] = getattr(read, "original", read)
    return original
