"""One family of fonts for both browsers.

The web fonts of the pages are out of reach here, and each browser replaces a family that is not
there in its own way: Firefox takes what fontconfig has for Helvetica, Chromium the next one of the
list. That would be measured in place of the pages, so both see DejaVu Sans with its Mono alone,
and the fonts that a page brings along.
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
_OTHERS = ("DejaVuSerif*", "*Condensed*", "*ExtraLight*", "*Math*")
_FAMILIES = {
    **dict.fromkeys(("sans-serif", "serif", "system-ui"), "DejaVu Sans"),
    "monospace": "DejaVu Sans Mono",
}
_ALIAS = '<alias binding="same"><family>{}</family><prefer><family>{}</family></prefer></alias>'
# The folder itself, not a copy: a browser's sandbox reads fonts only where fonts are.
_CONFIG = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{cache}</cachedir>
<selectfont><rejectfont>{others}</rejectfont></selectfont>{aliases}</fontconfig>
"""


@contextmanager
def alike() -> Iterator[None]:
    """Let the browsers that start meanwhile see these fonts alone."""
    if not any(FOLDER.glob("DejaVuSans-Oblique.ttf")):
        raise FileNotFoundError(f"no DejaVu fonts in {FOLDER}: install fonts-dejavu")
    aliases = "".join(_ALIAS.format(*pair) for pair in _FAMILIES.items())
    others = "".join(f"<glob>*/{name}</glob>" for name in _OTHERS)
    usual = os.environ.get("FONTCONFIG_FILE")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "fonts.conf")
        text = _CONFIG.format(folder=FOLDER, cache=folder, others=others, aliases=aliases)
        path.write_text(text, "utf-8")
        os.environ["FONTCONFIG_FILE"] = str(path)
        try:
            yield
        finally:
            os.environ.pop("FONTCONFIG_FILE")
            if usual is not None:
                os.environ["FONTCONFIG_FILE"] = usual
