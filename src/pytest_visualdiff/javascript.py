"""The JavaScript that runs in pages: files of this package joined to one text; what runs them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from importlib.abc import Traversable

_COMMENT = re.compile(
    r"^[ \t]*(?://[^\n]*|/\*\*(?:(?!\*/).)*\*/)[ \t]*\n", re.MULTILINE | re.DOTALL
)


def joined(folder: Traversable, *names: str) -> str:
    """The text of some files in this order, without comments that fill their lines."""
    texts = (folder.joinpath(name).read_text("utf-8") for name in names)
    return "\n".join(_COMMENT.sub("", text) for text in texts)


class ScriptFailed(Exception):
    """A script threw in the page."""


class ElementGone(Exception):
    """An element that a script was given is no longer in the page."""


class ScriptRunner(Protocol):
    """A page that scripts can be run in, whatever drives its browser."""

    name: str
    """What pictures of its browser are called: ``chrome``, ``firefox`` …"""
    version: str

    def run(self, script: str, *arguments: Any) -> Any:
        """What a function body returns for ``arguments``; elements may be among them.

        Raises ``ScriptFailed`` where the script throws, ``ElementGone`` for an element that left
        the page, and whatever the driver raises for any other trouble.
        """
