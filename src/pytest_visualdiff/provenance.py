"""Where a picture comes from, written into the PNG itself so that it cannot go stale beside it."""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
import subprocess
from typing import TYPE_CHECKING

from pytest_visualdiff import png as png_file
from pytest_visualdiff._version import __version__
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from pytest_visualdiff.model import Screenshot


def texts(shot: Screenshot, limits: Mapping[str, Any]) -> dict[str, str]:
    """The provenance of a screenshot as PNG texts, name -> value."""
    source = shot.environment
    described = {
        "tool": f"pytest-visualdiff {__version__}",
        "browser": source.browser,
        "browser_version": source.browser_version,
        "platform": source.platform,
        "viewport": "{}x{}".format(*source.viewport) if source.browser else "",
        "pixel_ratio": f"{source.pixel_ratio:g}" if source.browser else "",
        "fonts": fonts() if source.browser else "",
        "options": json.dumps(limits, sort_keys=True, ensure_ascii=False),
        "masks": json.dumps([[box.x, box.y, box.width, box.height] for box in shot.masks]),
    }
    return {name: value for name, value in described.items() if value}


def masks(png: bytes) -> tuple[Box, ...]:
    """The masks that a stored picture was taken with; none for a foreign picture."""
    try:
        return tuple(Box(*map(int, box)) for box in json.loads(png_file.texts(png)["masks"]))
    except (KeyError, ValueError, TypeError, OverflowError):
        return ()


@functools.cache
def fonts() -> str:
    """A fingerprint of the installed fonts (fontconfig's list), empty where it cannot be told."""
    program = shutil.which("fc-list")
    if not program:
        return ""
    try:
        listed = subprocess.run(  # noqa: S603 - a fixed program, without input
            [program, ":", "family", "style"], capture_output=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    lines = sorted(listed.stdout.splitlines())
    return hashlib.sha256(b"\n".join(lines)).hexdigest()[:12]
