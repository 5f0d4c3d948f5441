"""Which causes a test tolerates: by kind or property, anywhere or below an element."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_visualdiff.layouts.page_layout import Element, PageLayout
    from pytest_visualdiff.model import Cause

_PART = re.compile(r"([#.]?)((?:[\w-]|[^\x00-\x7f]|\\.)+)")


def is_ignored(cause: Cause, entries: Iterable[str], layouts: Sequence[PageLayout]) -> bool:
    """Whether an entry such as ``text``, ``box-shadow`` or ``text in .clock`` names a cause."""
    return any(_names(entry, cause, layouts) for entry in entries)


def _names(entry: str, cause: Cause, layouts: Sequence[PageLayout]) -> bool:
    what, _, place = (part.strip() for part in entry.partition(" in "))
    if what not in ("*", cause.kind, cause.name):
        return False
    return not place or any(_lies_in(cause.selector, place, layout) for layout in layouts)


def _lies_in(selector: str, place: str, layout: PageLayout) -> bool:
    """Whether the element of a selector, or one that holds it, is the one of a place."""
    at = next((one.index for one in layout.elements if layout.selector(one.index) == selector), -1)
    while at >= 0:
        if layout.selector(at) == place or _matches(layout.elements[at], place):
            return True
        at = layout.elements[at].parent
    return False


def _matches(one: Element, place: str) -> bool:
    """Whether an element has the tag, the id and the classes of a simple selector."""
    if _PART.sub("", place):
        return False
    known = {"": {one.tag}, "#": {one.id}, ".": set(one.classes.split())}
    return all(name in known[sign] for sign, name in _PART.findall(place))
