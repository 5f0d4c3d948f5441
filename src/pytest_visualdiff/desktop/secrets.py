"""Texts that may be typed and never shown."""

from __future__ import annotations

from typing import NoReturn

MASKED = "•••"
"""What stands for a secret wherever it would be shown; of the same length for each of them."""


class Secret:
    """A text that is typed and never shown: its ``str`` and ``repr`` are three dots."""

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def __repr__(self) -> str:
        return MASKED

    __str__ = __repr__

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written anywhere: it cannot be pickled or copied")

    def __reduce_ex__(self, _: object) -> NoReturn:
        self.__reduce__()

    def reveal(self) -> str:
        """The text itself, for the keyboard."""
        return self.__text


def secret(text: str) -> Secret:
    """A text for ``screen.type`` that reaches no file, log, picture or message.

    Read it from where it is safe: ``secret(os.environ["PASSWORD"])``. A literal in the test would
    be in the test's source, which pytest shows.
    """
    return Secret(text)
