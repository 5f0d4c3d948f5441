"""How much two pictures may differ and still count as the same."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_visualdiff.errors import InvalidValue
from pytest_visualdiff.options.strictness import NORMAL


@dataclass(frozen=True, slots=True)
class Limits:
    """How much two pictures may differ and still be the same. Raises ``InvalidValue``.

    Each kind of difference has its own limit; one that keeps to it is tolerated, with confidence
    1. Whatever its kind, a difference of the required confidence is tolerated, too.
    """

    threshold: float = NORMAL.threshold
    """CIEDE2000 units one pixel may differ, above 0 (2.3 is just noticeable)."""
    confidence: float = NORMAL.confidence
    """Required of the worst region, in [0, 1]."""
    antialiasing: bool = NORMAL.antialiasing
    """Tolerate edges drawn anew at another sub-pixel position."""
    max_move: float = NORMAL.max_move
    """Pixels (Euclidean) an otherwise equal region may have moved, 0 or more."""
    max_resize: float = NORMAL.max_resize
    """Relative change of size tolerated of an otherwise equal region, 0.02 for 2 %."""
    max_recolour: float = NORMAL.max_recolour
    """CIEDE2000 units an otherwise equal, recoloured region may have, 0 or more."""

    def __post_init__(self) -> None:
        _require(self.threshold > 0, "threshold", self.threshold, "above 0")
        _require(0 <= self.confidence <= 1, "confidence", self.confidence, "in [0, 1]")
        _require(self.max_move >= 0, "max_move", self.max_move, "0 or more")
        _require(self.max_resize >= 0, "max_resize", self.max_resize, "0 or more")
        _require(self.max_recolour >= 0, "max_recolour", self.max_recolour, "0 or more")


def _require(holds: bool, name: str, value: float, range_: str) -> None:  # noqa: FBT001
    if not holds:  # also catches NaN
        message = f"{name} must be {range_}, not {value!r}"
        raise InvalidValue(message)
