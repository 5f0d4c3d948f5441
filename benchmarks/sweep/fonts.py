"""One family of fonts for both browsers.

The web fonts of the pages are out of reach here, and each browser replaces a family that is not
there in its own way: Firefox takes what fontconfig has for Helvetica, Chromium the next one of the
list. That would be measured in place of the pages, so both see the DejaVu fonts alone, and those
that a page brings along.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path("/usr/share/fonts/truetype/dejavu")
_FAMILIES = {"sans-serif": "DejaVu Sans", "serif": "DejaVu Serif", "monospace": "DejaVu Sans Mono"}
_ALIAS = "<alias><family>{}</family><prefer><family>{}</family></prefer></alias>"
_CONFIG = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{cache}</cachedir>{aliases}</fontconfig>
"""


@contextmanager
def alike() -> Iterator[None]:
    """Let the browsers that start meanwhile see these fonts alone."""
    if not any(FOLDER.glob("*.ttf")):
        raise FileNotFoundError(f"no fonts in {FOLDER}: install fonts-dejavu")
    aliases = "".join(_ALIAS.format(*pair) for pair in _FAMILIES.items())
    usual = os.environ.get("FONTCONFIG_FILE")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "fonts.conf")
        path.write_text(_CONFIG.format(folder=FOLDER, cache=folder, aliases=aliases), "utf-8")
        os.environ["FONTCONFIG_FILE"] = str(path)
        try:
            yield
        finally:
            os.environ.pop("FONTCONFIG_FILE")
            if usual is not None:
                os.environ["FONTCONFIG_FILE"] = usual
