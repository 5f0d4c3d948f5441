"""What was edited, whichever elements of whichever pages it is seen on. Pure.

One edit of a style sheet or a template shows on many elements: another currency sign in all
prices, another colour in buttons and links, a web font that is missing. Each page tells causes of
its own elements. ``marks`` gives each cause the names of the edits that it may be; causes that
share a name are the same edit.
"""

from __future__ import annotations

import json
import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_visualdiff.model import Cause

MOST = 500
"""Letters, or words, of a text that are compared."""

_WORD = re.compile(r"\w+|[^\w\s]")
_COLOUR = re.compile(r"rgba?\([^)]*\)|#[0-9a-f]{3,8}\b", re.IGNORECASE)
_LENGTH = re.compile(r"-?\d+(?:\.\d+)?(?=px$)")
_NO_LENGTH = re.compile(r"[^-\d.px ]")
_ORIGIN = re.compile(r"\bhttps?://[^/\s\"')]*")
_NUMBER_IN_LIST = re.compile(r":nth-[\w-]+\(\d+\)|:(?:first|last|only)-[\w-]+")
_UNTOLD = ("moved", "resized")
"""Kinds of causes that say what happened to an element, not what was edited."""


def edits(causes: Iterable[Cause]) -> list[str]:
    """The marks of all causes that say what was edited; without such a one, those of all.

    Where a font was not loaded, sizes and distances follow from it.
    """
    told = [one for one in causes if not _is_other_server(one)]
    known = [one for one in told if one.kind not in _UNTOLD]
    if any(map(is_lost_font, known)):
        known = [one for one in known if is_lost_font(one) or not _is_length(one)]
    return [mark for one in known or told for mark in marks(one)[:1]]


def marks(cause: Cause) -> list[str]:
    """The names of the edits that a cause may be, the most general one first."""
    return [json.dumps(one) for one in _marks(cause)]


def _marks(cause: Cause) -> Iterator[list[str]]:
    if cause.kind in ("added", "removed"):
        yield [cause.kind, _NUMBER_IN_LIST.sub("", cause.selector)]
    elif cause.kind in _UNTOLD or cause.before == cause.after:
        # Text that only moved is read as another font, too: the families tell nothing apart.
        yield [cause.kind, cause.name, "" if is_lost_font(cause) else cause.selector]
    elif colours := _other_colours(cause.before, cause.after):
        yield ["colour", *colours]
    elif cause.kind == "style":
        yield [cause.kind, cause.name, cause.before, cause.after]
        yield from _growth(cause)
    else:
        yield [cause.kind, cause.name, *changed_parts(cause.before, cause.after)]


def is_lost_font(cause: Cause) -> bool:
    """A font that was not loaded keeps its name."""
    return cause.name == "font-family" and cause.before == cause.after


def _is_other_server(cause: Cause) -> bool:
    """A picture with the same path on another server, as where a test takes a free port."""
    before, after = (_ORIGIN.sub("", text) for text in (cause.before, cause.after))
    return cause.before != cause.after and before == after


def _is_length(cause: Cause) -> bool:
    return cause.kind == "style" and not _NO_LENGTH.search(cause.before + cause.after)


def _other_colours(before: str, after: str) -> list[str]:
    """Which colours became which others; empty where something else was changed, too."""
    ours, theirs = _COLOUR.findall(before), _COLOUR.findall(after)
    if len(ours) != len(theirs) or _COLOUR.sub("", before) != _COLOUR.sub("", after):
        return []
    changed = {f"{one} {other}" for one, other in zip(ours, theirs, strict=True) if one != other}
    return sorted(changed)


def _growth(cause: Cause) -> Iterator[list[str]]:
    """The same rule in another window: by as much, or by the same factor."""
    sizes = [_LENGTH.match(value) for value in (cause.before, cause.after)]
    if sizes[0] and sizes[1]:
        one, other = (float(size[0]) for size in sizes if size)
        where = [cause.selector, cause.name]
        yield [*where, f"{other - one:+.1f}"]
        if one:
            yield [*where, f"x {other / one:.2f}"]


def changed_parts(before: str, after: str) -> list[str]:
    """What was replaced: signs such as ``€`` by themselves, letters and digits as whole words.

    Each once, so that one price and three prices with another currency are the same edit.
    """
    signs = _replaced(list(before), list(after), "")
    if not any(sign.isalnum() for pair in signs for sign in pair):
        return sorted(signs)
    return sorted(_replaced(_WORD.findall(before), _WORD.findall(after), " "))


def _replaced(before: list[str], after: list[str], joint: str) -> set[str]:
    ours, theirs = before[:MOST], after[:MOST]
    steps = SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    return {
        f"{joint.join(ours[low:high])} → {joint.join(theirs[start:end])}"
        for kind, low, high, start, end in steps
        if kind != "equal"
    }
