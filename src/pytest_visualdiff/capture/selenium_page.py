"""A page that a WebDriver shows."""

from __future__ import annotations

import base64
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.browsers.browser_types import name_of, type_of
from pytest_visualdiff.browsers.webdriver_errors import explained
from pytest_visualdiff.capture.console import console_errors
from pytest_visualdiff.capture.live_page import FrameGone
from pytest_visualdiff.capture.script import PATH
from pytest_visualdiff.errors import UnsupportedTarget
from pytest_visualdiff.javascript import ElementGone, ScriptFailed
from pytest_visualdiff.model import platform_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

_GONE = {"StaleElementReferenceException", "NoSuchElementException", "DetachedShadowRootException"}
_NO_FRAME = {"NoSuchFrameException", "NoSuchWindowException"}


class SeleniumPage:
    """A ``LivePage`` of any WebDriver, local or remote."""

    emulates_ratio = False

    def __init__(self, driver: Any) -> None:
        capabilities = driver.capabilities
        self.driver = self.key = driver
        self.row = type_of(capabilities)
        self.name = name_of(capabilities)
        self.version = str(capabilities.get("browserVersion", ""))
        self.platform = platform_name(str(capabilities.get("platformName", "")))

    @property
    def url(self) -> str:
        """The address that the page shows."""
        return str(self.driver.current_url)

    def explained(self) -> AbstractContextManager[None]:
        """Turns WebDriver's exceptions in its block into typed errors."""
        return explained(self.driver)

    def run(self, script: str, *arguments: Any) -> Any:
        """What a function body returns in the frame that the driver is in."""
        try:
            return self.driver.execute_script(script, *arguments)
        except Exception as error:
            kind = type(error).__name__
            if kind in _GONE:
                raise ElementGone(str(error)) from error
            if kind == "JavascriptException":
                raise ScriptFailed(str(error)) from error
            raise

    def devtools(self, command: str, parameters: dict[str, Any]) -> Any:
        """The answer to a command of Chromium's DevTools."""
        if hasattr(self.driver, "execute_cdp_cmd"):
            return self.driver.execute_cdp_cmd(command, parameters)
        vendor = self.row.devtools if self.row else ""
        path = f"/session/$sessionId/{vendor}/cdp/execute"
        self.driver.command_executor.add_command("visualdiffCdp", "POST", path)
        wish = {"cmd": command, "params": parameters}
        return self.driver.execute("visualdiffCdp", wish)["value"]

    def view_png(self) -> bytes:
        """A picture of the viewport."""
        return base64.b64decode(self.driver.get_screenshot_as_base64())

    def full_page_png(self) -> bytes:
        """A picture of the whole page from its origin on: Firefox has a command for it."""
        if not (self.row and self.row.full_page):
            raise UnsupportedTarget(
                f"{self.name or 'this browser'} has no native picture of a whole page,"
                " or of an element larger than its viewport; Chrome, Chromium, Edge and Firefox"
                " have"
            )
        if hasattr(self.driver, "get_full_page_screenshot_as_base64"):
            return base64.b64decode(self.driver.get_full_page_screenshot_as_base64())
        path = f"/session/$sessionId/{self.row.full_page}"
        self.driver.command_executor.add_command("visualdiffFullPage", "GET", path)
        return base64.b64decode(self.driver.execute("visualdiffFullPage")["value"])

    def element_png(self, element: Any) -> bytes:
        """A picture of one element, by the driver alone."""
        return base64.b64decode(element.screenshot_as_base64)

    def park(self, view: tuple[int, int]) -> None:
        """Move the pointer to the far corner: still inside the bounds, no element is under it."""
        x, y = view
        move = {"type": "pointerMove", "duration": 0, "x": x, "y": y, "origin": "viewport"}
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}}
        self.driver.execute("actions", {"actions": [{**mouse, "actions": [move]}]})

    def elements(self, entry: Any) -> list[Any]:
        """The element itself, without an event-firing wrapper."""
        return [getattr(entry, "wrapped_element", entry)]

    def is_gone(self, element: Any) -> bool:
        """Whether an element is stale."""
        try:
            _ = element.tag_name
        except Exception as error:  # noqa: BLE001 - any other trouble is not the question here
            return type(error).__name__ in _GONE
        return False

    def path(self) -> list[int]:
        """The frame that the driver is in."""
        path: list[int] = self.run(PATH)
        return path

    def follow(self, path: Sequence[int]) -> None:
        """Switch to a frame, from the outermost document on."""
        try:
            self.driver.switch_to.default_content()
            for index in path:
                self.driver.switch_to.frame(index)
        except Exception as error:
            if type(error).__name__ in _NO_FRAME:
                raise FrameGone(str(error)) from error
            raise

    def console_errors(self, since: float, until: float) -> tuple[str, ...]:
        """What the driver's log has; Chromium alone keeps one."""
        with suppress(Exception):
            return console_errors(self.driver, since, until)
        return ()
