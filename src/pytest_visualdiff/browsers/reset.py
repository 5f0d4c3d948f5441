"""Make a used browser clean for the next test, without starting it again.

Cookies, every kind of storage, permissions, the window's name and its history go; the HTTP cache
stays, because loading pages is most of a test's time. Chromium does it through DevTools and
Firefox through its own privileged scripts, for all origins at once. A browser that grants neither
(some remote services) gets what plain WebDriver can do: see ``plain``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_visualdiff.browsers.browser_types import resolve, type_of
from pytest_visualdiff.browsers.launch import reset_timeouts

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from pytest_visualdiff.browsers.launch import Browser, WebDriver

    Cleaner: TypeAlias = Callable[[Browser], None]

BLANK = "about:blank"
DIALOGS = 5
"""How many dialogs in a row a window may open until its browser is given up."""

# What a test may have changed through DevTools, and how it is undone.
_UNDO: dict[str, tuple[str, dict[str, Any]]] = {
    "Emulation.setCPUThrottlingRate": ("Emulation.setCPUThrottlingRate", {"rate": 1}),
    "Emulation.setDeviceMetricsOverride": ("Emulation.clearDeviceMetricsOverride", {}),
    "Emulation.setEmulatedMedia": ("Emulation.setEmulatedMedia", {"media": "", "features": []}),
    "Emulation.setGeolocationOverride": ("Emulation.clearGeolocationOverride", {}),
    "Emulation.setLocaleOverride": ("Emulation.setLocaleOverride", {}),
    "Emulation.setScriptExecutionDisabled": (
        "Emulation.setScriptExecutionDisabled",
        {"value": False},
    ),
    "Emulation.setDefaultBackgroundColorOverride": (
        "Emulation.setDefaultBackgroundColorOverride",
        {},
    ),
    "Emulation.setTimezoneOverride": ("Emulation.setTimezoneOverride", {"timezoneId": ""}),
    "Emulation.setTouchEmulationEnabled": (
        "Emulation.setTouchEmulationEnabled",
        {"enabled": False},
    ),
    "Network.emulateNetworkConditions": (
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1},
    ),
    "Network.setBlockedURLs": ("Network.setBlockedURLs", {"urls": []}),
    "Network.setCacheDisabled": ("Network.setCacheDisabled", {"cacheDisabled": False}),
    "Network.setExtraHTTPHeaders": ("Network.setExtraHTTPHeaders", {"headers": {}}),
    "Browser.grantPermissions": ("Browser.resetPermissions", {}),
    "Browser.setPermission": ("Browser.resetPermissions", {}),
    "setPermissions": ("Browser.resetPermissions", {}),
}
# Other lasting changes end with the tab that they were made in.
_LASTING = ("Emulation.set", "Network.set", "Network.emulate", "Page.add", "Page.set", "Fetch.")
_LASTING_COMMANDS = ("setNetworkConditions",)

# Session storage can only be purged while a page of the web is still in the tab. Where there is
# none, but there was one, the answer is that the tab must go.
_FIREFOX_PURGE = """
const context = gBrowser.selectedBrowser.browsingContext;
const page = context.currentWindowGlobal && context.currentWindowGlobal.documentURI.scheme;
Services.obs.notifyObservers(null, "browser:purge-sessionStorage");
return !["http", "https", "file"].includes(page) && context.sessionHistory.count > 1;
"""
_FIREFOX_CLEAN = """
const done = arguments[arguments.length - 1];
const history = gBrowser.selectedBrowser.browsingContext.sessionHistory;
if (history && history.count > 1) history.purgeHistory(history.count - 1);
const names = ["COOKIES", "DOM_STORAGES", "PERMISSIONS", "AUTH_CACHE"];
const flag = name => Services.clearData["CLEAR_" + name] || Ci.nsIClearDataService["CLEAR_" + name];
const flags = names.reduce((all, name) => all | (flag(name) || 0), 0);
Services.clearData.deleteData(flags, {onDataDeleted: failed => done(failed)});
"""
# Firefox keeps its window 500 px wide or more for its own buttons, which nobody looks at here.
_FIREFOX_NARROW = "document.documentElement.style.setProperty('min-width', '0', 'important')"

_FORGET_ORIGIN = """
const done = arguments[arguments.length - 1];
const quietly = work => { try { return work(); } catch (error) { return null; } };
quietly(() => localStorage.clear());
quietly(() => sessionStorage.clear());
const all = quietly(() => indexedDB.databases()) || Promise.resolve([]);
all.then(list => list.forEach(one => indexedDB.deleteDatabase(one.name)))
   .catch(() => null).then(() => done());
"""


def prepare(browser: Browser) -> Cleaner:
    """Try once what a new browser grants, and choose how it will be cleaned."""
    row = type_of(browser.driver.caps)
    cleaner: Cleaner = resolve(row.reset) if row else plain
    try:
        if cleaner is reset_chromium:
            _devtools(browser.driver, "Network.clearBrowserCookies")
        elif cleaner is reset_firefox:
            privileged(browser.driver, _FIREFOX_NARROW)
    except Exception as error:
        if browser.processes is not None or "WebDriverException" not in _names(error):
            raise
        return plain
    return cleaner


def reset_chromium(browser: Browser) -> None:
    """Clean Chrome, Chromium or Edge through DevTools: all origins."""
    driver = browser.driver
    _one_window(browser)
    reset_timeouts(driver)
    _undo(browser)
    driver.get(BLANK)
    _devtools(driver, "Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
    _devtools(driver, "Page.resetNavigationHistory")


def reset_firefox(browser: Browser) -> None:
    """Clean Firefox through a script with its own rights: all origins."""
    driver = browser.driver
    _set_context(driver, "content")
    _one_window(browser)
    reset_timeouts(driver)
    if privileged(driver, _FIREFOX_PURGE):
        _new_tab(browser)
    driver.get(BLANK)
    failed = privileged(driver, f"{_FIREFOX_NARROW};{_FIREFOX_CLEAN}", wait=True)
    if failed:
        raise RuntimeError(f"Firefox did not clear its data: {failed}")


def plain(browser: Browser) -> None:
    """Clean any browser by plain WebDriver: less, and slower.

    The cookies and storage of the origin that the test ended on go, and with a new tab also the
    session storage, history and window name. Cookies and local storage of *other* origins that
    the test visited stay.
    """
    driver = browser.driver
    _one_window(browser)
    reset_timeouts(driver)
    driver.switch_to.default_content()
    driver.execute_async_script(_FORGET_ORIGIN)
    driver.delete_all_cookies()
    _new_tab(browser)


def rescue(browser: Browser) -> None:
    """Dismiss the dialogs of all windows, then leave one window."""
    driver = browser.driver
    handles = driver.window_handles
    if browser.window not in handles:
        browser.window = handles[0]
    # All dialogs first: one of them blocks every window that shares its process.
    for handle in handles:
        driver.switch_to.window(handle)
        _dismiss(driver)
    for handle in handles:
        if handle != browser.window:
            driver.switch_to.window(handle)
            driver.close()
    driver.switch_to.window(browser.window)


def _one_window(browser: Browser) -> None:
    if browser.driver.window_handles != [browser.window]:
        rescue(browser)


def _dismiss(driver: WebDriver) -> None:
    for _ in range(DIALOGS):
        try:
            driver.switch_to.alert.dismiss()
        except Exception as error:
            if "NoAlertPresentException" in _names(error):
                return
            raise


def _undo(browser: Browser) -> None:
    used: set[str] = getattr(browser.driver, "devtools_used", set())
    others = used - _UNDO.keys()
    for command, arguments in dict(_UNDO[name] for name in used - others).items():
        _devtools(browser.driver, command, arguments)
    if any(name.startswith(_LASTING) or name in _LASTING_COMMANDS for name in others):
        _new_tab(browser)
    used.clear()


def _new_tab(browser: Browser) -> None:
    driver = browser.driver
    driver.switch_to.new_window("tab")
    new = driver.current_window_handle
    driver.switch_to.window(browser.window)
    driver.close()
    driver.switch_to.window(new)
    browser.window = new


def _devtools(driver: WebDriver, command: str, arguments: dict[str, Any] | None = None) -> None:
    driver.execute("executeCdpCommand", {"cmd": command, "params": arguments or {}})


def privileged(driver: WebDriver, script: str, *, wait: bool = False) -> Any:
    """Run a script with the rights of Firefox itself."""
    _set_context(driver, "chrome")
    try:
        run = driver.execute_async_script if wait else driver.execute_script
        return run(script)
    finally:
        _set_context(driver, "content")


def _set_context(driver: WebDriver, context: str) -> None:
    driver.execute("SET_CONTEXT", {"context": context})


def _names(error: BaseException) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}
