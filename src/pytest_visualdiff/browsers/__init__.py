"""Real browsers: found, started, reset between tests, and always ended.

``table`` lists the browsers that are known. Importing this package loads no selenium, which only
``launch`` imports.
"""

from __future__ import annotations

from pytest_visualdiff.browsers.browser_types import BROWSERS, BrowserType
from pytest_visualdiff.browsers.spec import BrowserSpec

__all__ = ["BROWSERS", "BrowserSpec", "BrowserType"]
