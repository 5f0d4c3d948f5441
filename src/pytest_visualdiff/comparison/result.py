"""The value a comparison returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_visualdiff.comparison.diff_image import Picture
    from pytest_visualdiff.model import Array, Difference


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two pictures.

    ``differences`` are beyond the limits, worst first; ``tolerated`` are those within.
    ``confidence`` in [0, 1] is that of the worst region of either, 1.0 when nothing differs.
    """

    confidence: float
    differences: tuple[Difference, ...] = ()
    tolerated: tuple[Difference, ...] = ()
    picture: Picture | None = field(default=None, repr=False, compare=False)
    """What ``diff_image`` draws from; None for a comparator of another make, and at first for
    equal files."""
    undrawn: Callable[[], Picture] | None = field(default=None, repr=False, compare=False)
    """Makes the picture of equal files, which are decoded only if someone wants to see them."""

    @property
    def same(self) -> bool:
        """Whether nothing differs beyond the limits."""
        return not self.differences

    def explain(self) -> str:
        """One line per difference, worst first; empty when the pictures are the same."""
        return "\n".join(
            f"'{difference.kind}' at {difference.box}: {difference.message}"
            for difference in self.differences
        )

    def diff_image(self) -> Array:
        """The actual picture dimmed, with what differs in strong colours, boxed and labelled.

        RGB; larger than the actual picture where the expected one was larger. Raises
        ``ValueError`` where the comparator kept no pictures.
        """
        picture = self.undrawn() if self.picture is None and self.undrawn else self.picture
        if picture is None:
            message = "this comparison kept no pictures to draw"
            raise ValueError(message)
        from pytest_visualdiff.comparison.diff_image import draw

        return draw(picture)
