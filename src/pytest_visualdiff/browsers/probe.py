"""What a browser behind a WebDriver server or Grid can do, found by trying."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.browsers import launch, reset
from pytest_visualdiff.browsers.browser_types import browser_type
from pytest_visualdiff.browsers.spec import BrowserSpec
from pytest_visualdiff.browsers.webdriver_errors import describe
from pytest_visualdiff.errors import CaptureError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_visualdiff.browsers.launch import Browser

PROBE_SECONDS = 60.0


def probe(name: str, remote: str) -> tuple[str, bool]:
    """What a browser there is and can do, in words; and whether it works at all."""
    wanted = {"webSocketUrl": True, "se:downloadsEnabled": True}
    for capabilities in (wanted, {"webSocketUrl": True}, {}):
        spec = BrowserSpec(
            name, remote=remote, remote_wait=PROBE_SECONDS, capabilities=capabilities
        )
        try:
            browser = launch.start(spec)
        except CaptureError as error:
            refused = str(error)
            continue
        try:
            return f"{describe(browser.driver)}: {_abilities(browser)}", True
        finally:
            browser.quit()
    return refused.replace("\n", "; "), False


def _abilities(browser: Browser) -> str:
    tried: dict[str, Callable[[Browser], bool]] = {
        "cleaned for all sites between tests": lambda one: reset.prepare(one) is not reset.plain,
        "whole page": _full_page,
        "DevTools": _devtools,
        "BiDi": lambda one: isinstance(one.driver.caps.get("webSocketUrl"), str),
        "uploads": _upload,
        "downloads": lambda one: bool(one.driver.caps.get("se:downloadsEnabled")),
    }
    can = {ability: _works(attempt, browser) for ability, attempt in tried.items()}
    lacking = [ability for ability, works in can.items() if not works]
    having = ", ".join(ability for ability, works in can.items() if works)
    return having + (f"; not: {', '.join(lacking)}" if lacking else "")


def _works(attempt: Callable[[Browser], bool], browser: Browser) -> bool:
    try:
        return attempt(browser)
    except Exception:  # noqa: BLE001 - whatever a server answers, it does not work
        return False


def _devtools(browser: Browser) -> bool:
    command = {"cmd": "Browser.getVersion", "params": {}}
    return bool(browser.driver.execute("executeCdpCommand", command)["value"])


def _full_page(browser: Browser) -> bool:
    row = browser_type(browser.spec.name)
    if row.devtools:
        return _devtools(browser)
    path = f"/session/$sessionId/{row.full_page}"
    executor: Any = browser.driver.command_executor
    executor.add_command("visualdiffFullPage", "GET", path)
    return bool(row.full_page and browser.driver.execute("visualdiffFullPage")["value"])


def _upload(browser: Browser) -> bool:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("probe.txt", "visualdiff")
    file = base64.b64encode(packed.getvalue()).decode()
    return bool(browser.driver.execute("uploadFile", {"file": file})["value"])
