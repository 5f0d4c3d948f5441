"""Capture: one trustworthy picture of a target.

``capture`` picks an adapter for the target: a WebDriver or WebElement of any browser, a ready-made
picture (path, encoded bytes, PIL image, array), or any object with a ``screenshot()`` of its own.
Importing this package is cheap: selenium is never imported here, image libraries on first need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_visualdiff.capture.capture_options import CaptureOptions
from pytest_visualdiff.errors import UnsupportedTarget

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_visualdiff.capture.capture_options import Adapter, Expected
    from pytest_visualdiff.model import Screenshot


__all__ = ["ACCEPTED", "ADAPTERS", "CaptureOptions", "capture"]

ACCEPTED = (
    "a WebDriver, a WebElement, an image (path, bytes, PIL image, numpy array), a screen or a part"
    " of it, or an object with a screenshot() that returns image bytes"
)


def capture(
    target: Any,
    options: CaptureOptions | None = None,
    expected: Expected = lambda _environment: None,
    *,
    adapters: Iterable[Adapter] = (),
) -> Screenshot:
    """A trustworthy picture of the target; raises a ``CaptureError`` where there is none.

    ``expected`` saves the second shot where the first already shows the baseline's pixels.
    ``adapters`` are asked before the built-in ones.
    """
    for accepts, capturer in (*adapters, *ADAPTERS):
        if accepts(target):
            return capturer(target, options or CaptureOptions(), expected)
    raise UnsupportedTarget(
        f"cannot make a picture of {type(target).__module__}.{type(target).__qualname__}: a target"
        f" is {ACCEPTED} (a plugin can add others){_hint(target)}"
    )


def _hint(target: Any) -> str:
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
