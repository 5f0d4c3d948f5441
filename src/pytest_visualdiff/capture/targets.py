"""What can be checked: one row for each kind of target, with the function that captures it.

Another kind (such as an object of another driver) is a row here, and a module beside this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_visualdiff.layouts.page_layout import MOST_ELEMENTS

if TYPE_CHECKING:
    from pytest_visualdiff.capture.capture_options import Adapter, CaptureOptions, Expected
    from pytest_visualdiff.capture.live_page import LivePage
    from pytest_visualdiff.layouts.page_layout import PageLayout
    from pytest_visualdiff.model import Screenshot

ACCEPTED = (
    "a WebDriver, a WebElement, a page, frame or locator of Playwright, an image (path, bytes, PIL"
    " image, numpy array), a screen or a part of it, or an object with a screenshot() that returns"
    " image bytes"
)


def hint(target: Any) -> str:
    """What to try for an object that is no target; empty where nothing is known of it."""
    if type(target).__module__.split(".")[0] == "playwright":
        return (
            "; of Playwright that is a page, a frame, a locator or an element handle, else the"
            " bytes that a screenshot() returned"
        )
    if getattr(target, "driver", target) is None:
        return "; its driver is none yet: open a page first"
    return ""


def _is_driver(target: Any) -> bool:
    return hasattr(type(_unwrapped(target)), "get_screenshot_as_base64")


def _is_element(target: Any) -> bool:
    # Asked of the type: on an element itself this would take a picture, and scroll the page.
    return hasattr(type(_unwrapped(target)), "screenshot_as_base64")


def _unwrapped(target: Any) -> Any:
    """What Selenium's event-firing wrappers wrap."""
    for name in ("wrapped_driver", "wrapped_element"):
        if hasattr(type(target), name):
            return getattr(target, name)
    return target


def _holds_driver(target: Any) -> bool:
    """Whether it is no page itself, but keeps a driver: SeleniumBase's ``sb``, a page object."""
    return _is_driver(getattr(target, "driver", None))


def _is_picture(target: Any) -> bool:
    is_image = hasattr(target, "getbands") or hasattr(target, "__array_interface__")
    return isinstance(target, (str, bytes)) or hasattr(target, "__fspath__") or is_image


def _is_screen(target: Any) -> bool:
    return hasattr(type(target), "captured") and hasattr(type(target), "part")


def _is_self_portrayer(target: Any) -> bool:
    return callable(getattr(target, "screenshot", None))


def _page(target: Any, options: CaptureOptions, expected: Expected) -> Screenshot:
    from pytest_visualdiff.capture.page import capture_page

    return capture_page(_selenium(target), options, expected)


def _selenium(driver: Any) -> LivePage:
    from pytest_visualdiff.capture.selenium_page import SeleniumPage

    return SeleniumPage(_unwrapped(driver))


def _held_page(target: Any, options: CaptureOptions, expected: Expected) -> Screenshot:
    return _page(target.driver, options, expected)


def _element(target: Any, options: CaptureOptions, expected: Expected) -> Screenshot:
    from pytest_visualdiff.capture.page import capture_page

    element = _unwrapped(target)
    return capture_page(_selenium(element.parent), options, expected, element)


def _is_playwright(target: Any) -> bool:
    if not any(kind.__module__.startswith("playwright.") for kind in type(target).__mro__):
        return False
    from pytest_visualdiff.capture.playwright_page import is_target

    return is_target(target)


def _playwright(target: Any, options: CaptureOptions, expected: Expected) -> Screenshot:
    from pytest_visualdiff.capture.page import capture_page
    from pytest_visualdiff.capture.playwright_page import opened

    page, element = opened(target, options.timeout)
    return capture_page(page, options, expected, element)


def _picture(target: Any, options: CaptureOptions, expected: Expected) -> Screenshot:
    from pytest_visualdiff.capture.picture import capture_picture

    return capture_picture(target, options, expected)


def _screen(target: Any, options: CaptureOptions, expected: Expected) -> Screenshot:
    from pytest_visualdiff.capture.screen_target import capture_screen

    return capture_screen(target, options, expected)


def _portrait(target: Any, options: CaptureOptions, expected: Expected) -> Screenshot:
    from pytest_visualdiff.capture.picture import capture_portrait

    return capture_portrait(target, options, expected)


ADAPTERS: tuple[Adapter, ...] = (
    (_is_driver, _page),
    (_is_element, _element),
    (_is_playwright, _playwright),
    (_is_picture, _picture),
    (_is_screen, _screen),
    (_is_self_portrayer, _portrait),
    (_holds_driver, _held_page),
)
"""The built-in adapters, in the order in which they are asked."""


def read_layout(target: Any, *, most: int = MOST_ELEMENTS, detailed: bool = False) -> PageLayout:
    """The layout of the page of a WebDriver or of Playwright, in one script call.

    Open shadow roots and frames of the same origin are part of it. A ``detailed`` layout says why
    a picture differs: it has more computed styles, generated content, hidden elements and custom
    properties, and the page is not scrolled for it. Raises ``CaptureError`` where the page has more
    than ``most`` elements, is no document, or breaks the script.
    """
    from pytest_visualdiff.layouts import reader

    if _is_playwright(target):
        from pytest_visualdiff.capture.playwright_page import opened

        page: LivePage = opened(target, 0)[0]
    else:
        page = _selenium(target.driver if _holds_driver(target) else target)
    with page.explained():
        return reader.read_layout(page, most=most, detailed=detailed)
