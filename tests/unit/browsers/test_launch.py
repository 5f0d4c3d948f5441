"""What browsers are started with; no browser is started here."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_visualdiff.browsers import BrowserSpec, flags, installed, launch
from pytest_visualdiff.browsers.processes import Guard
from pytest_visualdiff.browsers.remote import address_of
from pytest_visualdiff.errors import BrowserUnavailable, InvalidValue


def chrome_arguments(**spec: Any) -> list[str]:
    options = launch.build_options(BrowserSpec("chrome", **spec))
    return list(options.to_capabilities()["goog:chromeOptions"]["args"])


def test_importing_the_package_is_cheap() -> None:
    """``pytest_visualdiff.browsers`` and ``locate`` import neither selenium nor urllib3."""
    code = (
        "import sys, pytest_visualdiff.browsers, pytest_visualdiff.browsers.installed,"
        " pytest_visualdiff.browsers.webdriver_errors;"
        "sys.exit(any(n.startswith(('selenium', 'urllib3')) for n in sys.modules))"
    )
    path = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path}, check=False
    )
    assert done.returncode == 0


def test_identity_is_all_but_the_viewport() -> None:
    """Specs that differ in the viewport alone share a browser process."""
    narrow = BrowserSpec("chrome", (390, 844), capabilities={"a": {"b": 1}})
    wide = BrowserSpec("chrome", (1280, 800), capabilities={"a": {"b": 1}})
    assert {narrow.identity: 1}[wide.identity] == 1
    others = [
        BrowserSpec("chromium"),
        BrowserSpec("chrome", pixel_ratio=2),
        BrowserSpec("chrome", headed=True),
        BrowserSpec("chrome", remote="http://grid"),
        BrowserSpec("chrome", capabilities={"a": 2}),
    ]
    assert wide.identity not in [other.identity for other in others]


@pytest.mark.parametrize(
    "flag",
    [
        "--headless=new",
        "--force-color-profile=srgb",
        "--disable-lcd-text",
        "--font-render-hinting=none",
        "--hide-scrollbars",
        "--no-first-run",
        "--no-default-browser-check",
        "--disable-background-networking",
        "--force-device-scale-factor=1",
    ],
)
def test_chromium_is_deterministic(flag: str) -> None:
    """Chromium is started with the flags that make pixels the same elsewhere."""
    assert flag in chrome_arguments()


@pytest.mark.parametrize(
    ("preference", "value"),
    [
        ("font.size.monospace.x-western", 13),
        ("ui.caretBlinkTime", 0),
        ("ui.useOverlayScrollbars", 1),
        ("image.animation_mode", "none"),
        ("general.smoothScroll", False),
        ("media.autoplay.default", 5),
        ("app.update.disabledForTesting", True),
        ("toolkit.telemetry.enabled", False),
        ("signon.rememberSignons", False),
        ("layout.css.devPixelsPerPx", "2.0"),
    ],
)
def test_firefox_is_deterministic(preference: str, value: object) -> None:
    """Firefox is started with the preferences that make pixels the same elsewhere."""
    options = launch.build_options(BrowserSpec("firefox", pixel_ratio=2))
    assert options.to_capabilities()["moz:firefoxOptions"]["prefs"][preference] == value


def test_headed_browsers_have_a_window() -> None:
    """``headed`` leaves the headless flag out, in every browser."""
    assert "--headless=new" not in chrome_arguments(headed=True)
    options = launch.build_options(BrowserSpec("firefox", headed=True))
    assert "-headless" not in options.arguments


@pytest.mark.parametrize(("user", "expected"), [(0, True), (1000, False)])
def test_only_root_gives_up_the_sandbox(
    user: int, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``--no-sandbox`` is for root on Linux alone, and never for another machine."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    assert ("--no-sandbox" in chrome_arguments()) is expected
    assert "--no-sandbox" not in chrome_arguments(remote="http://grid")


@pytest.mark.parametrize(("megabytes", "expected"), [(64, True), (4096, False)])
def test_small_shared_memory_is_avoided(
    megabytes: int, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container's small /dev/shm is not used, because large pages would crash."""
    monkeypatch.setattr(sys, "platform", "linux")
    disk = SimpleNamespace(f_blocks=megabytes, f_frsize=2**20)
    monkeypatch.setattr(os, "statvfs", lambda _path: disk, raising=False)
    assert ("--disable-dev-shm-usage" in flags._for_this_machine()) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("chrome", "chrome"),
        ("chromium", "chrome"),
        ("edge", "MicrosoftEdge"),
        ("firefox", "firefox"),
    ],
)
def test_every_browser_asks_for_itself(name: str, expected: str) -> None:
    """The capabilities name the browser, keep dialogs open and bound loading to 30 s."""
    caps = launch.build_options(BrowserSpec(name)).to_capabilities()
    assert caps["browserName"] == expected
    assert caps["unhandledPromptBehavior"] == "ignore"
    assert caps["timeouts"] == {"pageLoad": 30000, "script": 30000}


def test_capabilities_are_merged_over_ours() -> None:
    """Capabilities of the spec win; arguments and preferences are added to ours."""
    caps = {
        "acceptInsecureCerts": True,
        "goog:chromeOptions": {"args": ["--mine"], "prefs": {"own": 1}, "binary": "/b"},
        "se:name": "a test",
    }
    result = launch.build_options(BrowserSpec("chrome", capabilities=caps)).to_capabilities()
    ours = result["goog:chromeOptions"]
    assert result["acceptInsecureCerts"] is True
    assert result["se:name"] == "a test"
    assert {"--mine", "--hide-scrollbars"} <= set(ours["args"])
    assert ours["prefs"]["own"] == 1
    assert ours["prefs"]["credentials_enable_service"] is False
    assert ours["binary"] == "/b"


def test_firefox_capabilities_are_merged_over_ours() -> None:
    """Firefox's own part is merged as well."""
    part = {"args": ["-mine"], "prefs": {"ui.caretBlinkTime": 7}}
    spec = BrowserSpec("firefox", capabilities={"moz:firefoxOptions": part})
    result = launch.build_options(spec).to_capabilities()["moz:firefoxOptions"]
    assert "-mine" in result["args"]
    assert result["prefs"]["ui.caretBlinkTime"] == 7
    assert result["prefs"]["ui.useOverlayScrollbars"] == 1


def test_customise_may_change_or_replace_options() -> None:
    """The user's function sees name and options; what it returns is used, None keeps ours."""
    seen = []

    def change(name: str, options: Any) -> None:
        seen.append(name)
        options.add_argument("--changed")

    assert "--changed" in launch.build_options(BrowserSpec("chrome"), change).arguments
    other = launch.build_options(BrowserSpec("chrome"))
    assert launch.build_options(BrowserSpec("chrome"), lambda _name, _options: other) is other
    assert seen == ["chrome"]


def test_an_unknown_browser_names_its_neighbour() -> None:
    """A misspelled browser is a usage error that names the nearest one."""
    with pytest.raises(InvalidValue, match=r"unknown browser 'firefix'.*did you mean 'firefox'"):
        launch.start(BrowserSpec("firefix"))


def test_a_missing_browser_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser that is not there: what was looked at, what to install, which variable to set."""
    monkeypatch.setenv("VISUALDIFF_FIREFOX_BINARY", "/no/firefox")
    with pytest.raises(BrowserUnavailable) as caught:
        launch.start(BrowserSpec("firefox"))
    message = str(caught.value)
    assert message.startswith("firefox cannot start: it is not installed")
    assert "passed over: /no/firefox does not run" in message
    assert "VISUALDIFF_FIREFOX_BINARY" in message
    assert "driver " in message


def test_a_password_of_a_remote_address_is_sent_and_never_shown() -> None:
    """User and password of a Grid's address go into a header and stay out of messages."""
    spec = BrowserSpec("chrome", remote="http://ada:s%40cret@127.0.0.1:9/wd/hub")
    assert address_of(spec.remote) == ("http://127.0.0.1:9/wd/hub", "ada", "s@cret")
    with pytest.raises(BrowserUnavailable) as caught:
        launch.start(spec)
    assert "s@cret" not in str(caught.value)
    assert "s%40cret" not in str(caught.value)
    assert "127.0.0.1:9" in str(caught.value)


@pytest.mark.parametrize(
    ("version", "expected"), [("0.33.0", False), ("0.36.0", True), ("1.0", True)]
)
def test_system_access_is_asked_of_geckodrivers_that_know_it(version: str, expected: bool) -> None:
    """Old geckodrivers need Firefox's own argument, new ones refuse it."""
    found = installed.Located("firefox", None, installed.Program("/g", version))
    assert launch._grants_system_access(found) is expected
    guard = Guard("/tmp")
    try:
        arguments = launch._service(found, guard).service_args
    finally:
        guard.dismiss()
    assert ("--allow-system-access" in arguments) is expected
