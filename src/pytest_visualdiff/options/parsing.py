"""How the values of options are written: as text (ini, command line) or as Python values.

The ``parse`` of an option's type turns both into one form. It raises ``ValueError`` or a similar
error for a wrong value.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_visualdiff.secrets import MaskedMapping, MaskedUrl
from pytest_visualdiff.text import nearest

if TYPE_CHECKING:
    from collections.abc import Callable


class OptionType(NamedTuple):
    """How a value is written: ``parse`` turns text or Python values into one form."""

    accepts: str
    parse: Callable[[Any], Any]
    many: bool = False
    """A list: the flag may be repeated, the ini key has one entry a line."""
    switch: bool = False
    """On or off: the flag takes no value."""


def number(low: float, high: float) -> OptionType:
    """A float in [low, high]."""

    def parse(value: Any) -> float:
        if isinstance(value, bool) or not low <= float(value) <= high:
            raise ValueError
        return float(value)

    return OptionType(f"a number from {low:g} to {high:g}", parse)


def integer(low: int, high: int) -> OptionType:
    """A whole number in [low, high]."""

    def parse(value: Any) -> int:
        if isinstance(value, (bool, float)) or not low <= int(value) <= high:
            raise ValueError
        return int(value)

    return OptionType(f"a whole number from {low} to {high}", parse)


def choice(*names: str) -> OptionType:
    """One of the names."""

    def parse(value: Any) -> str:
        if str(value) not in names:
            raise ValueError(nearest(str(value), names))
        return str(value)

    return OptionType("one of " + ", ".join(names), parse)


def choices(*names: str) -> OptionType:
    """Some of the names, as a list or separated by commas or blanks."""

    def parse(value: Any) -> tuple[str, ...]:
        wanted = _words(value)
        for name in wanted:
            if name not in names:
                raise ValueError(nearest(name, names))
        return wanted

    return OptionType("some of " + ", ".join(names), parse, many=True)


def _words(value: Any) -> tuple[str, ...]:
    parts = [value] if isinstance(value, str) else list(value)
    words = [word for part in parts for word in str(part).replace(",", " ").split()]
    if not words:
        raise ValueError
    return tuple(dict.fromkeys(words))


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False,
            "no": False, "off": False}[str(value).strip().lower()]  # fmt: skip


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _path(value: Any) -> str:
    text = _text(os.fspath(value))
    if not text:
        raise ValueError
    return text


def _url(value: Any) -> str:
    text = _text(value)
    if text and not text.startswith(("http://", "https://")):
        raise ValueError
    return MaskedUrl(text[:])


def _viewport(value: Any) -> tuple[int, int]:
    width, height = value.lower().split("x") if isinstance(value, str) else value
    if not (isinstance(width, (int, str)) and isinstance(height, (int, str))):
        raise TypeError
    size = int(width), int(height)
    if not all(50 <= side <= 20_000 for side in size):
        raise ValueError
    return size


def _viewports(value: Any) -> tuple[tuple[int, int], ...]:
    single = isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], int)
    parts: Any = [value] if single else _words(value) if isinstance(value, str) else value
    sizes = [size for part in parts for size in (_words(part) if isinstance(part, str) else [part])]
    if not sizes:
        raise ValueError
    return tuple(dict.fromkeys(map(_viewport, sizes)))


def _mapping(value: Any) -> dict[str, Any]:
    found = json.loads(value) if isinstance(value, str) else dict(value)
    if not isinstance(found, dict):
        raise TypeError
    return MaskedMapping(found)


_OF_ELEMENTS = (
    "tag_name", "screenshot_as_base64", "wrapped_element",  # Selenium
    "frame_locator", "owner_frame",  # Playwright
)  # fmt: skip
"""Attributes by which elements and locators of the drivers are known."""


def _area(value: Any) -> Any:
    from pytest_visualdiff.model import Box

    if isinstance(value, Box):
        return value
    if isinstance(value, (tuple, list)):
        x, y, width, height = value
        if width <= 0 or height <= 0:
            raise ValueError
        return Box.enclosing(x, y, width, height)
    if isinstance(value, str) and not value.strip():
        raise ValueError
    if not isinstance(value, str) and not is_element(value):
        raise TypeError
    return value


def is_element(value: Any) -> bool:
    """Whether it is an element or locator of a driver.

    The browser is not asked: attributes of elements are calls, those of their types are not.
    """
    return any(hasattr(type(value), name) for name in _OF_ELEMENTS)


def _areas(value: Any) -> tuple[Any, ...]:
    four_numbers = (
        isinstance(value, tuple) and len(value) == 4 and isinstance(value[0], (int, float))
    )
    single = four_numbers or not isinstance(value, Iterable) or isinstance(value, str)
    return tuple(map(_area, [value] if single else value))


def _selectors(value: Any) -> tuple[str, ...]:
    found = [value] if isinstance(value, str) else list(value)
    if not all(isinstance(one, str) and one.strip() for one in found):
        raise ValueError
    return tuple(found)


def _causes(value: Any) -> tuple[str, ...]:
    parts = [value] if isinstance(value, str) else list(value)
    entries = [" ".join(entry.split()) for part in parts for entry in str(part).split(",")]
    return tuple(dict.fromkeys(entry for entry in entries if entry))


NAMES = OptionType("names, as a list or separated by commas", _words, many=True)
CAUSES = OptionType(
    "kinds or properties, each maybe with “in” and a selector, in a list or separated by commas",
    _causes, many=True,
)  # fmt: skip
SELECTORS = OptionType("CSS selectors, alone or in a list", _selectors, many=True)
TRUTH = OptionType("true or false", _truth, switch=True)
TEXT = OptionType("a text", _text)
PATH = OptionType("a folder", _path)
URL = OptionType("a URL that starts with http:// or https://", _url)
VIEWPORT = OptionType("a size such as 1280x800 or (1280, 800), each side 50 to 20000", _viewport)
VIEWPORTS = OptionType(
    "sizes such as 1280x800 or (1280, 800), each side 50 to 20000", _viewports, many=True
)
MAPPING = OptionType("a mapping (as text: a JSON object)", _mapping)
AREA = OptionType("a CSS selector, an element, a locator or (x, y, width, height)",
            lambda value: None if value is None else _area(value))  # fmt: skip
AREAS = OptionType(
    "CSS selectors, elements, locators or (x, y, width, height), alone or in a list",
    _areas,
    many=True,
)
