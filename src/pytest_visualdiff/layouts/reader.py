"""Reads the layout of a page that a driver shows, in one script call."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.errors import CaptureError
from pytest_visualdiff.javascript import joined
from pytest_visualdiff.layouts.page_layout import DETAILED, PROPERTIES, Element, PageLayout, Rect

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_ELEMENTS = 25_000
"""Elements of a page that are read at most."""


_UNIT, _ROW = "\x1f", "\x1e"


@lru_cache(maxsize=1)
def script() -> str:
    """The script that reads a layout: the body of a function."""
    text = joined(resources.files(__package__), "selector.js", "covers.js", "layout.js")
    return f"const [properties, most, detailed] = arguments;\n{text}\nreturn readPage();\n"


def read_layout(driver: Any, *, most: int = MOST_ELEMENTS, detailed: bool = False) -> PageLayout:
    """The layout of the page that a driver shows, in one script call.

    Open shadow roots and frames of the same origin are part of it. A ``detailed`` layout says why
    a picture differs: it has more computed styles, generated content, hidden elements and custom
    properties, and the page is not scrolled for it. Raises ``CaptureError`` where
    the page has more than ``most`` elements, is no document, or breaks the script.
    """
    properties = DETAILED if detailed else PROPERTIES
    try:
        raw = driver.execute_script(script(), list(properties), most, detailed)
    except Exception as error:
        if type(error).__name__ != "JavascriptException":
            raise
        raise CaptureError(f"the page broke the layout script: {error}") from error
    capabilities = driver.capabilities
    name = str(capabilities.get("browserName", "")).lower()
    return parse(
        raw,
        browser=str(capabilities.get("visualdiff:browser") or name),
        version=str(capabilities.get("browserVersion", "")),
        most=most,
        properties=properties,
    )


def parse(
    raw: Any,
    *,
    browser: str,
    version: str,
    most: int = MOST_ELEMENTS,
    properties: Sequence[str] = PROPERTIES,
) -> PageLayout:
    """The script's answer as a value."""
    try:
        if raw["total"] > most:
            raise CaptureError(
                f"{raw['url']} has {raw['total']:,} elements, more than {most:,} are not read"
                " (max_elements): raise the limit, or compare a part of the page"
            )
        numbers, words = _table(raw["numbers"]), _table(raw["words"])
        rows = zip(numbers, words, strict=True)
        return PageLayout(
            browser=browser,
            version=version,
            url=str(raw["url"]),
            title=str(raw["title"]),
            viewport=(round(raw["viewport"][0]), round(raw["viewport"][1])),
            page=(round(raw["page"][0]), round(raw["page"][1])),
            ratio=float(raw["ratio"]) or 1.0,
            elements=_elements(rows),
            styles=tuple(map(tuple, _table(raw["styles"]))),
            properties=tuple(properties),
            fonts=tuple(map(tuple, _table(raw["fonts"]))),
            total=int(raw["total"]),
            scroll=(float(raw["scroll"][0]), float(raw["scroll"][1])),
            hidden=tuple(raw["hidden"].split(_ROW)) if raw["hidden"] else (),
            variables=tuple((row[0], row[1]) for row in _table(raw["variables"])),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise CaptureError(
            f"the page's own scripts changed what the browser answers: {raw!r:.200}"
        ) from error


def _table(text: str) -> list[list[str]]:
    return [row.split(_UNIT) for row in text.split(_ROW)] if text else []


def _elements(rows: Iterable[tuple[list[str], list[str]]]) -> tuple[Element, ...]:
    found: list[Element] = []
    for at, (row, text) in enumerate(rows):
        one = _parsed(at, list(map(float, row)), text)
        if one.selector.startswith("^"):
            outer = found[one.parent].selector
            one = one._replace(selector=outer + one.selector[1:])
        found.append(one)
    return tuple(found)


def _parsed(index: int, row: Sequence[float], words: Sequence[str]) -> Element:
    tag, identity, classes, role, text, source, attributes, selector = words
    return Element(
        index=index, parent=int(row[0]), tag=tag, nth=int(row[1]), root=int(row[2]), id=identity,
        classes=classes, role=role, text=text, source=source, box=Rect(*row[3:7]),
        visible=row[7] > 0, shown=row[8], fixed=row[9] > 0, lines=int(row[10]),
        text_box=Rect(*row[11:15]), hidden=(int(row[15]), int(row[16])), picture=int(row[17]),
        natural=(int(row[18]), int(row[19])), style=int(row[20]), cover=int(row[21]),
        attributes=attributes, selector=selector,
    )  # fmt: skip
