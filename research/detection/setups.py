"""Other configurations of the same browser, which draw the same page with other pixels."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>{rules}</fontconfig>
"""


@dataclass(frozen=True)
class Setup:
    """What differs from the usual start of a browser.

    ``without`` are the starts of arguments to leave out; ``fonts`` are edits of fontconfig.
    """

    kind: str
    browser: str
    note: str
    arguments: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    fonts: tuple[tuple[str, str], ...] = ()
    redraws: bool = True
    """Whether a pair without differing pixels is of no use."""

    def customise(self, _name: str, options: Any) -> Any:
        """Change the options of a browser that is about to start."""
        kept = [one for one in options.arguments if not one.startswith(self.without or ("\0",))]
        options._arguments = [*kept, *self.arguments]  # noqa: SLF001 - no other way to drop one
        return options

    @contextmanager
    def environment(self) -> Iterator[None]:
        """Let the browsers that start meanwhile see these fonts."""
        if not self.fonts:
            yield
            return
        edits = "".join(f'<edit name="{n}" mode="assign">{v}</edit>' for n, v in self.fonts)
        rules = "".join(f'<match target="{t}">{edits}</match>' for t in ("pattern", "font"))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "fonts.conf")
            path.write_text(_FONTS.format(rules=rules), "utf-8")
            usual = os.environ.get("FONTCONFIG_FILE")
            os.environ["FONTCONFIG_FILE"] = str(path)
            try:
                yield
            finally:
                del os.environ["FONTCONFIG_FILE"]
                if usual is not None:
                    os.environ["FONTCONFIG_FILE"] = usual


def _const(**edits: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, f"<const>{value}</const>") for name, value in edits.items())


_NO_LCD = ("--disable-lcd-text", "--font-render-hinting")
_RASTER = (
    *("--enable-gpu-rasterization", "--use-gl=angle", "--use-angle=swiftshader"),
    *("--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"),
)
_UNHINTED = (("hinting", "<bool>false</bool>"), *_const(hintstyle="hintnone"))

SETUPS = (
    Setup("process", "chrome", "another process", redraws=False),
    Setup("process", "firefox", "another process", redraws=False),
    Setup("raster", "chrome", "drawn by SwiftShader", _RASTER, ("--disable-gpu",)),
    *(
        Setup(
            *("lcd-text", "chrome", f"LCD text, {order}", ("--enable-lcd-text",), _NO_LCD),
            _const(rgba=order, lcdfilter="lcddefault"),
        )
        for order in ("rgb", "bgr")
    ),
    Setup("hinting", "firefox", "text without hinting", (), (), _UNHINTED),
)


def of(browser: str) -> tuple[Setup, ...]:
    """The other configurations of one browser."""
    return tuple(setup for setup in SETUPS if setup.browser == browser)
