"""OpenCV's threads, sent home while little is compared.

Its workers wait actively for more: waking them for a few rows costs several times what those do.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import cv2

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Alone:
    """How many threads OpenCV had before the first of those who now want one."""

    lock = threading.Lock()
    users = 0
    before = 1


@contextmanager
def alone() -> Iterator[None]:
    """Let OpenCV work in the thread that calls it; any number of threads may ask at once."""
    with _Alone.lock:
        if not _Alone.users:
            _Alone.before = cv2.getNumThreads()
            cv2.setNumThreads(1)
        _Alone.users += 1
    try:
        yield
    finally:
        with _Alone.lock:
            _Alone.users -= 1
            if not _Alone.users:
                cv2.setNumThreads(_Alone.before)
