"""What the reports say of the machine that measured."""

from __future__ import annotations

import os
import platform
import time


def machine() -> str:
    """Say where this ran."""
    cores = f"{os.cpu_count()} shared cores"
    return f"{cores} ({platform.system()}, Python {platform.python_version()}), {today()}"


def today() -> str:
    """The date in UTC."""
    return time.strftime("%Y-%m-%d", time.gmtime())
