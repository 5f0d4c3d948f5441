"""What a baseline can be, by the ending of its key: a picture, or the findings of a sweep."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pytest_visualdiff.errors import StoreError
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.images.codec import check_size

if TYPE_CHECKING:
    from collections.abc import Callable

PICTURE = ".png"
SWEEP = ".sweep.json"

MOST_BYTES = 20_000_000
"""Largest document of findings; a larger one was not written by us."""


def _picture(data: bytes) -> None:
    check_size(*png_file.verify(data), "it")


def _document(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise ValueError(f"it has {len(data):,} bytes, at most {MOST_BYTES:,} are read")
    if not isinstance(json.loads(data), dict):
        raise ValueError("it is JSON, but no object")  # noqa: TRY004 - damaged like any other


_VERIFY: dict[str, Callable[[bytes], None]] = {PICTURE: _picture, SWEEP: _document}

ENDINGS = tuple(_VERIFY)
"""Allowed endings of baseline keys, so that a hostile run.json cannot address other files."""


def ending(path: str) -> str:
    """The ending of a baseline's path; raises ``StoreError`` where it cannot be a baseline."""
    found = next((one for one in ENDINGS if path.endswith(one)), "")
    if not found:
        raise StoreError(
            f"refused: the baseline {path!r} ends neither in {' nor in '.join(ENDINGS)}"
        )
    return found


def verify(path: str, data: bytes) -> None:
    """Raise ``ImageError`` or ``ValueError`` where the bytes are not what the ending says."""
    _VERIFY[ending(path)](data)
