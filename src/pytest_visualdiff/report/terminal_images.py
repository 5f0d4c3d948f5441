"""A picture in the terminal, where the terminal can: iTerm2's and kitty's protocols, and sixel.

Sources: iTerm2, "Inline Images Protocol"; kitty, "Terminal graphics protocol"; DEC, "VT330/VT340
Programmer Reference Manual", chapter 14 (sixel).
"""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pytest_visualdiff.model import Array

COLUMNS = 80
"""Width of a picture, in characters at most."""

SIXEL_WIDTH = 640
"""Pixels; a wider picture is scaled down."""

_CHUNK = 4096
_ITERM = ("iTerm.app", "WezTerm", "vscode")
_SIXEL = ("foot", "mlterm", "yaft", "contour", "xterm-sixel")


def protocol(environment: Mapping[str, str] = os.environ) -> str:
    """``iterm``, ``kitty`` or ``sixel``, by what the terminal says of itself; else ``none``."""
    program, terminal = environment.get("TERM_PROGRAM", ""), environment.get("TERM", "")
    if environment.get("KITTY_WINDOW_ID") or terminal == "xterm-kitty" or program == "ghostty":
        return "kitty"
    if program in _ITERM:
        return "iterm"
    return "sixel" if terminal.startswith(_SIXEL) else "none"


def preview(png: bytes, how: str) -> str:
    """What to print so that the picture shows; empty for ``none``."""
    drawers: Mapping[str, Callable[[bytes], str]] = {
        "iterm": _iterm,
        "kitty": _kitty,
        "sixel": _sixel,
    }
    return drawers[how](png) if how in drawers else ""


def _iterm(png: bytes) -> str:
    data = base64.b64encode(png).decode()
    size = f"size={len(png)};width={COLUMNS};preserveAspectRatio=1"
    return f"\x1b]1337;File=inline=1;{size}:{data}\a\n"


def _kitty(png: bytes) -> str:
    data = base64.b64encode(png).decode()
    parts = [data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK)]
    first = f"a=T,f=100,c={COLUMNS},"
    return (
        "".join(
            f"\x1b_G{first if not at else ''}m={int(at < len(parts) - 1)};{part}\x1b\\"
            for at, part in enumerate(parts)
        )
        + "\n"
    )


def _sixel(png: bytes) -> str:
    import numpy as np
    from PIL import Image

    from pytest_visualdiff.images.codec import to_array

    picture = Image.fromarray(to_array(png)).convert("RGB")
    picture.thumbnail((SIXEL_WIDTH, SIXEL_WIDTH * 10))
    reduced = picture.quantize(64)
    palette = np.array(reduced.getpalette(), dtype=np.int64).reshape(-1, 3) * 100 // 255
    colours = "".join(f"#{at};2;{r};{g};{b}" for at, (r, g, b) in enumerate(palette.tolist()))
    bands = "-".join(_bands(np.asarray(reduced)))
    return f'\x1bPq"1;1;{picture.width};{picture.height}{colours}{bands}\x1b\\\n'


def _bands(indices: Array) -> Iterator[str]:
    """Rows of six pixels: for each colour in it, a sign for each column."""
    import numpy as np

    weights = (1 << np.arange(6))[:, None]
    for top in range(0, len(indices), 6):
        band = indices[top : top + 6]
        layers = []
        for colour in np.unique(band):
            bits = ((band == colour) * weights[: len(band)]).sum(axis=0)
            layers.append(f"#{colour}" + "".join(chr(63 + bit) for bit in bits.tolist()))
        yield "$".join(layers)
