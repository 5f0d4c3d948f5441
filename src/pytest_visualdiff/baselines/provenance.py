"""Where a picture comes from, written into the PNG itself so that it cannot go stale beside it."""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
import subprocess
from typing import TYPE_CHECKING

from pytest_visualdiff._version import __version__
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
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
        "scroll": "{},{}".format(*shot.scroll) if shot.scroll else "",
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


def scrolled_elsewhere(png: bytes, shot: Screenshot) -> tuple[int, int] | None:
    """How far the page of a stored picture was scrolled, where that of a new one is not."""
    try:
        x, y = map(int, png_file.texts(png)["scroll"].split(","))
    except (KeyError, ValueError):
        return None
    return None if shot.scroll in (None, (x, y)) else (x, y)


def no_longer_masked(png: bytes, found: Sequence[Box], asked: Sequence[str]) -> tuple[Box, ...]:
    """Masks of a stored picture that a test no longer asks for.

    ``found`` are the boxes that its masks have now, ``asked`` its masks as written. One that lies
    elsewhere now, as its element does, is still asked for.
    """
    stored = masks(png)
    before = _masks_asked(png) if stored else None
    if not stored or (asked and before is not None and before <= {*asked}):
        return ()
    return tuple(one for one in stored if not any(_contains(other, one) for other in found))


def _masks_asked(png: bytes) -> set[str] | None:
    """Masks as the test wrote them when the picture was taken; None where that is not known.

    Elements have no lasting names, and are left out.
    """
    try:
        asked = json.loads(png_file.texts(png)["options"])["mask"]["value"]
        return {str(one) for one in asked if not str(one).startswith("<")}
    except (KeyError, ValueError, TypeError):
        return None


def _contains(outer: Box, inner: Box) -> bool:
    return outer.union(inner) == outer


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
