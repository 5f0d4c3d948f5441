"""What can be checked: one row for each kind of target, with the function that captures it.

Another kind (such as an object of another driver) is a row here, and a module beside this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_visualdiff.capture.capture_options import Adapter, CaptureOptions, Expected
    from pytest_visualdiff.model import Screenshot

ACCEPTED = (
    "a WebDriver, a WebElement, an image (path, bytes, PIL image, numpy array), a screen or a part"
    " of it, or an object with a screenshot() that returns image bytes"
)


def hint(target: Any) -> str:
    """What to try for an object that is no target; empty where nothing is known of it."""
    if type(target).__module__.split(".")[0] == "playwright":
        return (
            "; of Playwright's sync API that is a page, a locator or an element handle, else the"
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

    return capture_page(_unwrapped(target), options, expected)


def _held_page(target: Any, options: CaptureOptions, expected: Expected) -> Screenshot:
    return _page(target.driver, options, expected)


def _element(target: Any, options: CaptureOptions, expected: Expected) -> Screenshot:
    from pytest_visualdiff.capture.page import capture_element

    return capture_element(_unwrapped(target), options, expected)


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
    (_is_picture, _picture),
    (_is_screen, _screen),
    (_is_self_portrayer, _portrait),
    (_holds_driver, _held_page),
)
"""The built-in adapters, in the order in which they are asked."""
