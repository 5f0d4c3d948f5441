"""The browser that a test wants."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class BrowserSpec:
    """The browser that a test wants.

    ``viewport`` is the *inner* size in CSS pixels, ``pixel_ratio`` the device pixels per CSS
    pixel, ``remote`` the address of a WebDriver server or Grid (empty: a local browser), and
    ``capabilities`` are merged over the ones that this package asks for.
    """

    name: str
    viewport: tuple[int, int] = (1280, 800)
    pixel_ratio: float = 1.0
    headed: bool = False
    remote: str = ""
    capabilities: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @classmethod
    def of(
        cls,
        settings: Mapping[str, Any],
        name: str,
        viewport: tuple[int, int],
        pixel_ratio: float | None = None,
    ) -> BrowserSpec:
        """A browser as the options want it; ``pixel_ratio`` is theirs without one."""
        return cls(
            name=name,
            viewport=viewport,
            pixel_ratio=settings["pixel_ratio"] if pixel_ratio is None else pixel_ratio,
            headed=settings["headed"],
            remote=settings["remote"],
            capabilities=settings["capabilities"],
        )

    @property
    def identity(self) -> BrowserSpec:
        """What decides whether two tests can share a browser process: all but the viewport."""
        return replace(self, viewport=(0, 0))
