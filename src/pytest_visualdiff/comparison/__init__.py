"""The scale: says what differs between two pictures, where, and how sure it is that all is well.

This module is cheap to import; numpy and OpenCV are loaded when the first comparison happens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pytest_visualdiff.errors import InvalidValue
from pytest_visualdiff.options.strictness import NORMAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_visualdiff.comparison.result import Comparison
    from pytest_visualdiff.model import Array, Box

__all__ = ["Comparator", "Limits", "compare_arrays"]


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


class Comparator(Protocol):
    """Compares two pictures; register another one under a name to replace the built-in scale."""

    def __call__(
        self,
        expected: Array,
        actual: Array,
        *,
        masks: Sequence[Box],
        region: Box | None,
        limits: Limits,
    ) -> Comparison:
        """Compare two RGB or RGBA ``uint8`` arrays; never raises because they differ."""
        ...


def compare_arrays(  # noqa: PLR0913 - what a Comparator takes, and a hint
    expected: Array,
    actual: Array,
    *,
    masks: Sequence[Box] = (),
    region: Box | None = None,
    limits: Limits | None = None,
    rows: tuple[int, int] | None = None,
) -> Comparison:
    """Compare two RGB or RGBA ``uint8`` arrays of shape (height, width, 3|4).

    Args:
        expected: the picture as it was approved.
        actual: the picture as it is now; its size may differ.
        masks: boxes in pixels left out of both pictures; they only ever remove differences.
        region: compare only inside this box, in pixels of each picture.
        limits: what is tolerated; the defaults of ``Limits`` without it.
        rows: from the first to behind the last that may differ, where that is known.

    Raises:
        BrokenImage: an array of another shape or type, or without any pixel.
        NothingCompared: masks and region leave no pixel to compare.

    """
    from pytest_visualdiff.comparison.pipeline import compare

    limits = limits or Limits()
    return compare(expected, actual, masks=masks, region=region, limits=limits, rows=rows)
