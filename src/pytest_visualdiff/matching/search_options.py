"""What is accepted as the template, and where it is searched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_visualdiff.errors import InvalidValue

if TYPE_CHECKING:
    from pytest_visualdiff.model import Box

CONFIDENCE = 0.9
"""Required without another wish: what is there lies above it, what only resembles it below."""
SCALES = (0.5, 2.0)
"""Sizes of the match relative to the template that are searched without another wish."""


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """What is accepted as the template, and where. Raises ``InvalidValue``."""

    confidence: float = CONFIDENCE
    """Required of the worst part of the match, in [0, 1]."""
    scales: tuple[float, ...] = SCALES
    """Two numbers are a range, another count a list; scale 1 is always tried first if inside."""
    region: Box | None = None
    """Search only inside this box, in pixels of the screen."""

    def __post_init__(self) -> None:
        if not 0 <= self.confidence <= 1:
            raise InvalidValue(f"confidence must be in [0, 1], not {self.confidence!r}")
        if not self.scales or not all(0.1 <= scale <= 10 for scale in self.scales):
            raise InvalidValue(
                f"scales must be a range (low, high) or a list of sizes from 0.1 to 10, not"
                f" {self.scales!r}"
            )

    @property
    def is_range(self) -> bool:
        """Whether the scales are a range rather than a list."""
        return len(self.scales) == 2 and self.scales[0] < self.scales[1]

    def admits(self, scale: float) -> bool:
        """Whether a match of that size is wanted."""
        if self.is_range:
            return self.scales[0] * 0.985 <= scale <= self.scales[1] * 1.015
        return any(abs(scale / one - 1) < 0.015 for one in self.scales)
