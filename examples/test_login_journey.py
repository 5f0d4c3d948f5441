"""A person logs in: a real browser window, keys, pointer and eyes, no DOM needed.

The templates lie in ``templates/``; they were cut with ``visualdiff pick``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import pytest_visualdiff as vd
from server import USERS

if TYPE_CHECKING:
    from pytest_visualdiff import Checker, Screen
    from server import App

PASSWORD = vd.secret(USERS["ada"])
LOCATION_BAR = (0, 0, 1280, 88)  # the example site's port differs from run to run


@pytest.mark.parametrize("browser", ["chrome", "firefox"])
def test_login(visualdiff: Checker, visualdiff_screen: Screen, site: App, browser: str) -> None:
    screen = visualdiff_screen
    screen.open(f"{site.url}/login", browser=browser)
    screen.click("name-field", offset=(0, 30))
    screen.type("ada")
    screen.press("tab")
    screen.type(PASSWORD)
    screen.click("login-button")
    screen.wait_for("dashboard")
    assert screen.driver.current_url == f"{site.url}/dashboard"
    visualdiff.check(screen, "logged in", mask=[LOCATION_BAR, "#clock"])
