"""Fetches Chrome and Firefox with their drivers where the distribution has none (needs network).

Prints shell assignments that tell the project where they are.
"""

from __future__ import annotations

import shlex

from selenium.webdriver.common.selenium_manager import SeleniumManager

VARIABLES = {
    "chrome": ("VISUALDIFF_CHROME_BINARY", "VISUALDIFF_CHROMEDRIVER"),
    "firefox": ("VISUALDIFF_FIREFOX_BINARY", "VISUALDIFF_GECKODRIVER"),
}

for browser, (binary, driver) in VARIABLES.items():
    found = SeleniumManager().binary_paths(["--browser", browser])
    print(f"{binary}={shlex.quote(found['browser_path'])}")
    print(f"{driver}={shlex.quote(found['driver_path'])}")
