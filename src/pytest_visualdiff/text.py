"""Helpers for the words of messages: counts, hints, and foreign text made safe to print."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def counted(count: int, noun: str) -> str:
    """A number with its noun, such as ``1 difference`` or ``2 differences``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


COMMANDS = ("::", "##[")
"""What a line must not begin with: GitHub and Azure take it for a command."""


def printable(text: str) -> str:
    """Foreign text as one line, without what could steer a terminal or a CI system."""
    line = "".join(sign if sign.isprintable() else "?" for sign in text)
    return f"'{line}" if line.lstrip().startswith(COMMANDS) else line


def quoted(text: str) -> str:
    """A text as one word of a POSIX shell."""
    import shlex

    return shlex.quote(text)


def nearest(name: str, names: Iterable[str]) -> str:
    """A hint such as ``did you mean 'threshold'?``, empty where nothing is near."""
    close = difflib.get_close_matches(name, list(names), n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else ""


def one_line(thing: object, told: str) -> str:
    """What ``repr`` says of an object: its class and a few words, in a short line."""
    words = printable(" ".join(told.split()))
    return f"<{type(thing).__name__} {words[:80] + '…' if len(words) > 80 else words}>"
