"""A browser is one row of a table: a made-up row is known everywhere, without another change."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pytest_visualdiff.browsers.browser_types import (
    BROWSERS,
    browser_type,
    name_of,
    resolve,
    type_of,
)
from pytest_visualdiff.errors import InvalidValue

if TYPE_CHECKING:
    from pathlib import Path

ADD_NETSCAPE = """
from pytest_visualdiff.browsers.browser_types import BROWSERS, InstallPaths
BROWSERS["netscape"] = BROWSERS["chrome"]._replace(
    name="netscape", reported=("navigator",), options_key="ns:options", devtools="ns",
    fallback="", playwright="mozilla", install={"linux": "apt install netscape"},
    program=InstallPaths(names=("netscape",), variables=("VISUALDIFF_NETSCAPE_BINARY",)),
)
"""
"""Run before anything else of the package is imported, as if the row stood in the file."""

DRIVER = """
from types import SimpleNamespace
from pytest_visualdiff.browsers import BrowserSpec
CAPABILITIES = {"browserName": "navigator", "ns:options": {}}
calls = []
DRIVER = SimpleNamespace(caps=CAPABILITIES, capabilities=CAPABILITIES,
                         execute=lambda *command: calls.append(command))
"""

PLACES = {
    "the choices of the options": """
from pytest_visualdiff.options.table import Layer, parse
assert parse("browsers", "netscape,firefox", Layer.INI) == ("netscape", "firefox")
assert parse("sweep_browsers", "netscape,firefox", Layer.INI) == ("netscape", "firefox")
""",
    "the variant in a test's name": """
from pytest_visualdiff.baselines.identity import VARIANT
assert VARIANT.search("test_a[dark-netscape-1280x800@2x]")[0] == "netscape-1280x800@2x"
""",
    "the search for the program": """
from pytest_visualdiff.browsers import installed
found = installed.find("netscape", {"PATH": FOLDER})
assert (found.browser.path, found.browser.version) == (FOLDER + "/netscape", "4.7.9"), found
found = installed.find("netscape", {"PATH": "", "VISUALDIFF_NETSCAPE_BINARY": FOLDER + "/netscape"})
assert found.browser.version == "4.7.9", found
assert "apt install netscape" in installed.advice("netscape") or sys.platform != "linux"
assert "VISUALDIFF_NETSCAPE_BINARY" in installed.advice("netscape")
""",
    "the options that it is started with": """
from pytest_visualdiff.browsers import launch
options = launch.build_options(BrowserSpec("netscape"))
assert "--hide-scrollbars" in options.arguments
""",
    "the reset between tests": """
from pytest_visualdiff.browsers import reset
browser = SimpleNamespace(driver=DRIVER)
assert reset.prepare(browser) is reset.reset_chromium
assert calls
""",
    "the viewport that a window refuses": """
from pytest_visualdiff.browsers import viewport
assert viewport._can_emulate(DRIVER)
""",
    "the camera": """
from pytest_visualdiff.capture.camera import Chromium, camera_of
from pytest_visualdiff.capture.selenium_page import SeleniumPage
assert isinstance(camera_of(SeleniumPage(DRIVER)), Chromium)
""",
    "the name of its pictures": """
from pytest_visualdiff.browsers.browser_types import name_of, playwright_type
assert name_of(CAPABILITIES) == "netscape"
assert playwright_type("mozilla").name == "netscape"
""",
    "a window on a screen": """
from pathlib import Path
from pytest_visualdiff.browsers import launch
from pytest_visualdiff.desktop.browser_window import for_a_screen
options = launch.build_options(BrowserSpec("netscape"), for_a_screen(Path("downloads"), None))
assert options.experimental_options["prefs"]["download.default_directory"] == "downloads"
""",
    "the doctor": """
from pytest_visualdiff.cli import doctor_command as doctor
assert "netscape" in [one.what for one in doctor.examine()]
""",
    "the choices of visualdiff pick": """
import contextlib, io
from pytest_visualdiff.cli.command_line import main
shown = io.StringIO()
with contextlib.redirect_stderr(shown), contextlib.suppress(SystemExit):
    main(["pick", "http://127.0.0.1:9", "name", "--browser", "lynx"])
assert "netscape" in shown.getvalue(), shown.getvalue()
""",
    "the message for an unknown one": """
from pytest_visualdiff.browsers import launch
from pytest_visualdiff.errors import InvalidValue
try:
    launch.start(BrowserSpec("netscap"))
except InvalidValue as error:
    assert "did you mean 'netscape'?" in str(error), error
else:
    raise AssertionError("it was started")
""",
}


@pytest.mark.skipif(sys.platform == "win32", reason="the pretended program is a script")
@pytest.mark.parametrize("place", PLACES)
def test_one_row_more_is_known_to(place: str, tmp_path: Path) -> None:
    """One row added to the table is enough for each place that has to know a browser."""
    program = tmp_path / "netscape"
    program.write_text("#!/bin/sh\necho 'Netscape 4.7.9'\n", "utf-8")
    program.chmod(0o755)
    head = f"import sys\nFOLDER = {str(tmp_path)!r}\n"
    code = f"{head}{ADD_NETSCAPE}{DRIVER}{PLACES[place]}"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", BROWSERS)
def test_what_a_row_names_exists(name: str) -> None:
    """Classes and functions that a row names as text can be imported, and stand-ins are rows."""
    row = browser_type(name)
    for reference in (row.options, row.driver, row.service, row.configure, row.reset):
        assert callable(resolve(reference))
    assert row.options_key == resolve(row.options)().KEY
    assert not row.fallback or row.fallback in BROWSERS
    assert row.program.variables
    assert row.driver_program.variables


def test_a_headless_shell_is_a_chromium_by_its_options() -> None:
    """A browser without a row of its own is treated by its options, and keeps its own name."""
    shell = {"browserName": "chrome-headless-shell", "goog:chromeOptions": {}}
    assert type_of(shell) is BROWSERS["chrome"]
    assert name_of(shell) == "chrome-headless-shell"
    assert type_of({"browserName": "lynx"}) is None


def test_an_unknown_browser_is_refused_with_the_nearest() -> None:
    """A typing error is answered with the name that was meant."""
    with pytest.raises(InvalidValue, match="did you mean 'firefox'"):
        browser_type("firefix")
