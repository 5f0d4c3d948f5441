"""The errors that a page wrote to the browser's console.

Chromium's drivers have a log. Firefox keeps errors in its console service, and what scripts wrote
by ``console.error`` in the process of the page. A script with Firefox's own rights reads both; it
may run in the browsers that this package starts.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pytest_visualdiff.browsers.browser_types import name_of

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
    if name_of(getattr(driver, "capabilities", {})) == "firefox":
        return told(_of_firefox(driver, since, until))
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


_FIREFOX = """
const done = arguments[arguments.length - 1], name = "visualdiff:console:" + Math.random();
const thrown = Services.console.getMessageArray().flatMap((message) => {
  if (!(message instanceof Ci.nsIScriptError)) return [];
  if (message.category !== "content javascript") return [];
  const kind = message.flags & (Ci.nsIScriptError.warningFlag | Ci.nsIScriptError.infoFlag);
  return kind ? [] : [[message.timeStamp, message.errorMessage]];
});
const inPage = `
  const text = (value) => {
    try { return String(value && value.message || value) } catch (error) { return "?" }
  };
  const storage = Cc["@mozilla.org/consoleAPI-storage;1"].getService(Ci.nsIConsoleAPIStorage);
  sendAsyncMessage("${name}", storage.getEvents()
    .filter((event) => event.level === "error" && !/^(resource|chrome):/.test(event.filename))
    .map((event) => [event.timeStamp, Array.from(event.arguments, text).join(" ")]));
`;
const messages = gBrowser.selectedBrowser.messageManager;
const finish = (written) => {
  messages.removeMessageListener(name, listen);
  done([...thrown, ...written]);
};
const listen = (message) => finish(message.data);
messages.addMessageListener(name, listen);
messages.loadFrameScript("data:," + encodeURIComponent(inPage), false);
setTimeout(() => finish([]), 1000);
"""
"""Answers with [milliseconds since 1970, text] for each error."""


def _of_firefox(driver: Any, since: float, until: float) -> list[str]:
    from pytest_visualdiff.browsers.reset import privileged

    try:
        found = privileged(driver, _FIREFOX, wait=True)
    except Exception:  # noqa: BLE001 - a driver of the test's own may lack the rights
        return []
    entries = sorted((float(when), str(text)[:300]) for when, text in found)
    return [text for when, text in entries if since <= when <= until]


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
