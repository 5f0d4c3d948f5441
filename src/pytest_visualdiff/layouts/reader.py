"""Reads the layout of a page, in one script call."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.errors import CaptureError
from pytest_visualdiff.javascript import ScriptFailed, joined
from pytest_visualdiff.layouts.page_layout import (
    DETAILED,
    MOST_ELEMENTS,
    PROPERTIES,
    Element,
    PageLayout,
    Rect,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_visualdiff.javascript import ScriptRunner

_UNIT, _ROW = "\x1f", "\x1e"


@lru_cache(maxsize=1)
def script() -> str:
    """The script that reads a layout: the body of a function."""
    text = joined(
        resources.files(__package__), "selector.js", "covers.js", "layout.js", "sharing.js"
    )
    return f"const [properties, most, detailed] = arguments;\n{text}\nreturn readPage();\n"


def read_layout(
    page: ScriptRunner, *, most: int = MOST_ELEMENTS, detailed: bool = False
) -> PageLayout:
    """The layout of a page, in one script call.

    Open shadow roots and frames of the same origin are part of it. A ``detailed`` layout says why
    a picture differs: it has more computed styles, generated content, hidden elements and custom
    properties, and the page is not scrolled for it. Raises ``CaptureError`` where
    the page has more than ``most`` elements, is no document, or breaks the script.
    """
    properties = DETAILED if detailed else PROPERTIES
    try:
        raw = page.run(script(), list(properties), most, detailed)
    except ScriptFailed as error:
        raise CaptureError(f"the page broke the layout script: {error}") from error
    return parse(raw, browser=page.name, version=page.version, most=most, properties=properties)


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
            hint = " (max_elements): raise the limit, or compare a part of the page"
            raise CaptureError(
                f"{raw['url']:.200} has {raw['total']:,} elements, more than {most:,} are not read"
                f"{hint if 'aspect-ratio' not in properties else ''}"
            )
        elements = _elements(raw["numbers"], raw["words"])
        return PageLayout(
            browser=browser,
            version=version,
            url=str(raw["url"]),
            title=str(raw["title"]),
            viewport=(round(raw["viewport"][0]), round(raw["viewport"][1])),
            page=(round(raw["page"][0]), round(raw["page"][1])),
            ratio=float(raw["ratio"]) or 1.0,
            elements=elements,
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


class _Numbers(dict[str, float]):
    """Text to number. Most numbers of a page are the same few, and whole."""

    def __missing__(self, text: str) -> float:
        value = float(text)
        number = self[text] = int(value) if value.is_integer() else value
        return number


def _columns(text: str, count: int) -> list[list[str]]:
    """The columns of a table of so many; raises ``ValueError`` for any other table."""
    cells = text.replace(_ROW, _UNIT).split(_UNIT) if text else []
    rows = text.count(_ROW) + 1 if text else 0
    if len(cells) != count * rows:
        raise ValueError(f"a table of {len(cells)} cells in {rows} rows of {count}")
    return [cells[at::count] for at in range(count)]


def _elements(numbers: str, words: str) -> tuple[Element, ...]:
    known = _Numbers()
    columns = [list(map(known.__getitem__, column)) for column in _columns(numbers, 22)]
    parent, nth, root, x, y, width, height, visible, shown, fixed, lines = columns[:11]
    tags, ids, classes, roles, texts, sources, attributes, selectors = _columns(words, 8)
    if not tags:
        raise ValueError("a page without elements")
    _fill(selectors, parent)
    return tuple(
        map(
            Element,
            *(range(len(tags)), parent, tags, nth, root, ids, classes, roles, texts, sources),
            map(Rect, x, y, width, height),
            *(map(bool, visible), shown, map(bool, fixed), lines, map(Rect, *columns[11:15])),
            *(zip(*columns[15:17], strict=True), columns[17], zip(*columns[18:20], strict=True)),
            *(columns[20], columns[21], attributes, selectors),
        )
    )


def _fill(selectors: list[str], parents: Sequence[float]) -> None:
    """Write out the selectors that begin as those of their parents do."""
    for at, selector in enumerate(selectors):
        if selector.startswith("^"):
            selectors[at] = selectors[int(parents[at])] + selector[1:]
