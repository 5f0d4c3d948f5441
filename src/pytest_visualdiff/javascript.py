"""The JavaScript that runs in pages: files of this package joined to one text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.abc import Traversable

_COMMENT = re.compile(
    r"^[ \t]*(?://[^\n]*|/\*\*(?:(?!\*/).)*\*/)[ \t]*\n", re.MULTILINE | re.DOTALL
)


def joined(folder: Traversable, *names: str) -> str:
    """The text of some files in this order, without comments that fill their lines."""
    texts = (folder.joinpath(name).read_text("utf-8") for name in names)
    return "\n".join(_COMMENT.sub("", text) for text in texts)
