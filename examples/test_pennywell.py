"""Visual tests of the example site, in two browsers and two window sizes.

Run them with ``pytest examples``; plant a bug with ``DEMO_BUG=button-shift pytest examples``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from selenium.webdriver.common.by import By

if TYPE_CHECKING:
    from collections.abc import Callable

    from selenium.webdriver.remote.webdriver import WebDriver

    from pytest_visualdiff import Checker
    from server import App

pytestmark = pytest.mark.visualdiff(
    browsers=["chrome", "firefox"], viewports=[(1280, 800), (390, 844)]
)


def test_pricing(visualdiff: Checker, visualdiff_driver: WebDriver, site: App) -> None:
    visualdiff_driver.get(f"{site.url}/pricing")
    visualdiff.check(visualdiff_driver, "pricing")


def test_plan_card(visualdiff: Checker, visualdiff_driver: WebDriver, site: App) -> None:
    visualdiff_driver.get(f"{site.url}/pricing")
    visualdiff_driver.find_element(By.CSS_SELECTOR, "label[for=billing-yearly]").click()
    card = visualdiff_driver.find_element(By.ID, "plan-studio")
    visualdiff.check(card, "studio plan, yearly", shadow=True)


def test_login(visualdiff: Checker, visualdiff_driver: WebDriver, site: App) -> None:
    visualdiff_driver.get(f"{site.url}/login")
    visualdiff.check(visualdiff_driver, "empty")
    visualdiff_driver.find_element(By.ID, "username").send_keys("ada")
    visualdiff_driver.find_element(By.ID, "password").send_keys("wrong")
    visualdiff_driver.find_element(By.ID, "login").click()
    # The server answers a wrong password with 403: here that is the page that is meant.
    visualdiff.check(
        visualdiff_driver, "wrong password", redact=["#password"], allow_error_page=True
    )


def test_dashboard(
    visualdiff: Checker,
    visualdiff_driver: WebDriver,
    site: App,
    logged_in: Callable[[WebDriver], None],
) -> None:
    logged_in(visualdiff_driver)
    visualdiff_driver.get(f"{site.url}/dashboard")
    visualdiff.check(visualdiff_driver, "dashboard", full_page=True, mask=["#clock"])


def test_article(visualdiff: Checker, visualdiff_driver: WebDriver, site: App) -> None:
    visualdiff_driver.get(f"{site.url}/article")
    visualdiff.check(visualdiff_driver, "article", full_page=True, lazy=True)


def test_form(visualdiff: Checker, visualdiff_driver: WebDriver, site: App) -> None:
    visualdiff_driver.get(f"{site.url}/form")
    visualdiff.check(visualdiff_driver, "form")
    visualdiff_driver.find_element(By.ID, "submit").click()
    visualdiff.check(visualdiff_driver, "complaints")
