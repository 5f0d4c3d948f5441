"""The same pages in Firefox and Chrome, compared by their structure: no baseline is needed.

Run it with ``pytest examples/test_everywhere.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from selenium.webdriver.common.by import By

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver

    from pytest_visualdiff import Sweeper
    from server import App


@pytest.mark.parametrize("page", ["pricing", "article", "form", "login"])
def test_same_everywhere(visualdiff_sweep: Sweeper, site: App, page: str) -> None:
    visualdiff_sweep.check(f"{site.url}/{page}", page, viewports=[(390, 844), (1280, 800)])


def test_yearly_prices_are_the_same_everywhere(visualdiff_sweep: Sweeper, site: App) -> None:
    """Steps in place of a URL: they are done in every browser."""

    def choose_yearly(driver: WebDriver) -> None:
        driver.get(f"{site.url}/pricing")
        driver.find_element(By.CSS_SELECTOR, "label[for=billing-yearly]").click()

    result = visualdiff_sweep.check(choose_yearly, "yearly")
    assert not result.findings
