"""The browser that a test wants."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from pytest_visualdiff.secrets import (
    MaskedMapping,
    MaskedUrl,
    masked,
    scrubbed,
    sensitive_values,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class BrowserSpec:
    """The browser that a test wants.

    ``viewport`` is the *inner* size in CSS pixels, ``pixel_ratio`` the device pixels per CSS
    pixel, ``remote`` the address of a WebDriver server or Grid (empty: a local browser),
    ``remote_wait`` the seconds until it must have given a session, and ``capabilities`` are merged
    over the ones that this package asks for. Its ``repr`` shows no credentials.
    """

    name: str
    viewport: tuple[int, int] = (1280, 800)
    pixel_ratio: float = 1.0
    headed: bool = False
    remote: str = ""
    capabilities: Mapping[str, Any] = field(default_factory=dict, hash=False)
    remote_wait: float = 120.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "remote", MaskedUrl(self.remote[:]))
        object.__setattr__(self, "capabilities", MaskedMapping(self.capabilities))

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
            remote_wait=settings["remote_wait"],
        )

    @property
    def identity(self) -> BrowserSpec:
        """What decides whether two tests can share a browser process: all but the viewport."""
        return replace(self, viewport=(0, 0))

    def scrubbed(self, text: str) -> str:
        """A text of the server without the credentials that this spec holds."""
        parts = urlsplit(self.remote)
        own = [unquote(one) for one in (parts.username, parts.password) if one]
        return scrubbed(masked(text), (*own, *sensitive_values(self.capabilities)))
