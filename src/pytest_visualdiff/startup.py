"""What this process was started with, whatever a test changes: environment and file mode mask.

The plugin imports this module before any test runs.
"""

from __future__ import annotations

import os


def _read_umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current


UMASK = _read_umask()
"""The mask for the modes of new files; it can only be read by setting it, which threads notice."""

ENVIRONMENT = dict(os.environ)


def environment() -> dict[str, str]:
    """The environment for programs that are started: as it is now, and what a test took away.

    A browser is started once for many tests; without ``PATH`` or ``HOME`` it would not be found.
    """
    return {**ENVIRONMENT, **os.environ}
