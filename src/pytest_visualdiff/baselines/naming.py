"""From a test, a name and an environment to the path of a baseline: pure and injective.

Two checks never share a path: whenever making a part readable lost anything, a short hash of the
original is added to it.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from pytest_visualdiff.errors import InvalidName
from pytest_visualdiff.model import BaselineKey

if TYPE_CHECKING:
    from collections.abc import Container

MAX_SLUG = 80
"""Longest readable part of a file or folder name, before the hash."""

MAX_NAME = 1000
"""Longest name that a check may have."""

MOST_APPROVED = 9
"""Most approved pictures that one check may have: the baseline and its alternatives."""

_UNSAFE = re.compile(r"[^A-Za-z0-9._=@+-]+")
_LOOKS_HASHED = re.compile(r"(^|-)[0-9a-f]{10}$")
# Windows refuses these as file names, with any extension.
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")

# No slug contains a tilde, so no name of a test, check or variant leads to an alternative.
_ALTERNATIVE = re.compile(r"~[2-9](?=\.png$|\.sweep\.json$)")

_ENDING = re.compile(r"\.png$|\.sweep\.json$")

# A dot in a variant, other than that of its pixel ratio, could be taken for the end of the name.
_AMBIGUOUS = re.compile(r"\.(?!\d+x$)|^\d+x$")


def slug(text: str, *, apart: bool = False) -> str:
    """A portable file name for any text; different texts always give different names.

    ``apart`` gives one that also differs on a disk which folds upper and lower case.
    """
    lossless = text and text == _readable(text) and not apart
    if lossless and not _RESERVED.match(text) and not _LOOKS_HASHED.search(text):
        return text
    return _hashed(text)


def looks_hashed(part: str) -> bool:
    """Whether a slug may have lost something, so that what it was made of is not known."""
    return bool(_LOOKS_HASHED.search(part))


def _readable(text: str) -> str:
    return _UNSAFE.sub("-", text).strip("-.")[:MAX_SLUG].rstrip("-.")


def _hashed(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    readable = _RESERVED.sub(r"_\g<0>", _readable(text))
    return f"{readable}-{digest}" if readable else digest


def folder(test_file: str, test_name: str, apart: Container[str] = ()) -> str:
    """``<test file without .py>/<test name>``, every part made safe.

    ``apart`` has the parts beside which there is one that differs only in case.
    """
    parts = [*(part for part in test_file.removesuffix(".py").split("/") if part), test_name]
    return "/".join(slug(part, apart=part in apart) for part in parts)


def baseline_key(  # noqa: PLR0913, PLR0917 - the parts of one path
    test_file: str,
    test_name: str,
    name: str,
    variant: str,
    ending: str = ".png",
    apart: Container[str] = (),
) -> BaselineKey:
    """``<test file without .py>/<test name>/<name>.<variant>.png``, every part made safe.

    ``test_file`` is a POSIX path relative to the root folder; ``test_name`` is the class and
    function with those parameters that are not in the variant; ``apart`` is as in ``folder``.
    """
    told = _hashed(variant) if _AMBIGUOUS.search(variant) else slug(variant)
    return BaselineKey(f"{folder(test_file, test_name, apart)}/{slug(name)}.{told}{ending}")


def alternatives(key: BaselineKey) -> tuple[BaselineKey, ...]:
    """Keys of further approved pictures of a check: ``<name>.<variant>~2.png`` to ``~9.png``."""
    main = main_key(key).path
    ending = _ENDING.search(main)
    stem, last = (main[: ending.start()], ending.group()) if ending else (main, "")
    return tuple(BaselineKey(f"{stem}~{number}{last}") for number in range(2, MOST_APPROVED + 1))


def main_key(key: BaselineKey) -> BaselineKey:
    """The key of the baseline that an alternative belongs to; a baseline's own key as it is."""
    return BaselineKey(_ALTERNATIVE.sub("", key.path))


def checked_name(name: object) -> str:
    """The name of a check as given; raises ``InvalidName`` for what cannot be one."""
    if not isinstance(name, str):
        raise InvalidName(f"the name of a check is a text, not {type(name).__name__} ({name!r})")
    if not name.strip():
        raise InvalidName(f"the name of a check cannot be empty ({name!r})")
    if len(name) > MAX_NAME:
        raise InvalidName(
            f"the name of a check may have {MAX_NAME} characters, this one has {len(name)}:"
            f" {name[:40]!r}…"
        )
    return name


def without_parameter(test_name: str, parameter: str) -> str:
    """A test name such as ``test_a[dark-chrome-1280x800]`` without one of its parameter ids."""
    stem, bracket, ids = test_name.partition("[")
    ids = ids.removesuffix("]")
    if not bracket or not parameter:
        return test_name
    if ids == parameter:
        return stem
    if ids.endswith(f"-{parameter}"):
        return f"{stem}[{ids[: -len(parameter) - 1]}]"
    if ids.startswith(f"{parameter}-"):
        return f"{stem}[{ids[len(parameter) + 1 :]}]"
    return test_name.replace(f"-{parameter}-", "-", 1)
