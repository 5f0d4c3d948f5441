"""The environment that this process was started with, whatever a test takes out of it.

The plugin imports this module before any test runs.
"""

from __future__ import annotations

import os

ENVIRONMENT = dict(os.environ)


def environment() -> dict[str, str]:
    """The environment for programs that are started: as it is now, and what a test took away.

    A browser is started once for many tests; without ``PATH`` or ``HOME`` it would not be found.
    """
    return {**ENVIRONMENT, **os.environ}
