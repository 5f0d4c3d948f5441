"""What the example tests share: the example site on a free loopback port, and a way to log in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server import App, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from selenium.webdriver.remote.webdriver import WebDriver


@pytest.fixture(scope="session")
def site() -> Iterator[App]:
    """The example site; the environment variable DEMO_BUG plants a bug in it."""
    with serve() as app:
        yield app


@pytest.fixture
def logged_in(site: App) -> Callable[[WebDriver], None]:
    """Give a browser the cookie of a user who has logged in."""

    def log_in(driver: WebDriver) -> None:
        driver.get(f"{site.url}/login")
        driver.add_cookie(site.login_cookie())

    return log_in
