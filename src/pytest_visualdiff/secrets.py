"""Texts that must not be shown: what is typed as a secret, and credentials of remote servers.

A value that holds credentials masks them in its own ``str`` and ``repr``, so that no message, log
or traceback shows them, whoever prints it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SHORTEST = 4
"""Shorter values are left in texts: they are found in too many harmless words."""
_USER_INFO = re.compile(r"(?<=://)[^/@\s]+@")
_LOOSE_USER_INFO = re.compile(r"(?<![\w/])[^\s/@:'\"]{1,100}:[^\s/@'\"]{1,200}@(?=\w)")
"""The same in an address that lacks ``http://``."""
_SENSITIVE = re.compile(
    r"key|token|secret|passw|pwd|passphrase|credential|authori[sz]ation|user_?name|^user$",
    re.IGNORECASE,
)
# Names are bounded, and begin where a word begins: a long text takes time linear in its length.
_SENSITIVE_PAIR = re.compile(
    r"""((?<![\w.-])
        (?=[\w.-]{0,80}(?:key|token|secret|passw|pwd|credential|authori[sz]ation|user_?name))
        [\w.-]{1,160}["']?\s{0,20}[:=]\s{0,20})("[^"]*"?|'[^']*'?|[^\s,;}&]+)""",
    re.IGNORECASE | re.VERBOSE,
)

MASKED = "•••"
"""What stands for a secret wherever it would be shown; of the same length for each of them."""


_typed: set[str] = set()
"""The secrets that were typed in this process: they may have come back in a page's texts."""


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
        """The text itself, for the keyboard; from now on it is scrubbed from what is written."""
        if self.__text.strip():
            _typed.add(self.__text)
        return self.__text


def secret(text: str) -> Secret:
    """A text for ``screen.type`` that reaches no file, log, picture or message.

    Read it from where it is safe: ``secret(os.environ["PASSWORD"])``. A literal in the test would
    be in the test's source, which pytest shows.
    """
    return Secret(text)


def without_password(text: str) -> str:
    """The text with ``user:password@`` of addresses left out."""
    return _USER_INFO.sub("", text[:])


def masked(text: str) -> str:
    """A foreign text with what looks like credentials in it masked."""
    text = _LOOSE_USER_INFO.sub("", without_password(text))
    return _SENSITIVE_PAIR.sub(lambda pair: f"{pair[1]}{MASKED}", text)


class MaskedUrl(str):
    """An address whose user and password are used, and never shown."""

    __slots__ = ()

    def __str__(self) -> str:
        return without_password(self)

    def __repr__(self) -> str:
        return repr(without_password(self))

    def __format__(self, spec: str) -> str:
        return format(without_password(self), spec)


class MaskedText(str):
    """A text of the command line; its ``repr`` shows no credentials, as tracebacks print it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(masked(self[:]))


class MaskedMapping(dict[str, Any]):
    """Capabilities whose keys and passwords are used, and never shown."""

    def __repr__(self) -> str:
        return repr(_masked_value("", dict(self)))

    __str__ = __repr__


def sensitive_values(values: Mapping[str, Any]) -> Iterator[str]:
    """The texts of a mapping that must not be shown, by the names of their keys."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from sensitive_values(value)
        elif isinstance(value, str) and _SENSITIVE.search(str(name)):
            yield value


def scrubbed(text: str, values: Iterator[str] | tuple[str, ...]) -> str:
    """The text without those values, wherever they are in it."""
    for value in sorted({one for one in values if len(one) >= _SHORTEST}, key=len, reverse=True):
        text = text.replace(value, MASKED)
    return text


def _masked_value(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _masked_value(str(key), one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked_value(name, one) for one in value]
    if _SENSITIVE.search(name):
        return MASKED
    return masked(value) if isinstance(value, str) else value


def typed() -> list[str]:
    """The secrets that were typed in this process, the longest first."""
    return sorted(_typed, key=len, reverse=True)


def without_secrets(text: str) -> str:
    """The text without typed secrets, also as an address, JSON or HTML spells them."""
    for value in typed():
        if len(value) >= _SHORTEST:
            for spelled in _spellings(value):
                text = text.replace(spelled, MASKED)
        elif text == value:
            text = MASKED
    return text


def data_without_secrets(data: Any) -> Any:
    """The same in all texts of JSON-able data."""
    if isinstance(data, str):
        return without_secrets(data)
    if isinstance(data, dict):
        return {key: data_without_secrets(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [data_without_secrets(value) for value in data]
    return data


def _spellings(value: str) -> list[str]:
    import html
    import json
    from urllib.parse import quote, quote_plus

    return [
        *dict.fromkeys(
            [
                *(value, repr(value)[1:-1], json.dumps(value)[1:-1], html.escape(value)),
                *(quote(value), quote(value, safe=""), quote_plus(value)),
            ]
        )
    ]
