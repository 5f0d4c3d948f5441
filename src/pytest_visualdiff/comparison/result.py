"""The value that a comparison returns, and the protocol of what returns it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_visualdiff.comparison.diff_image import DiffSource
    from pytest_visualdiff.comparison.limits import Limits
    from pytest_visualdiff.model import Array, Box, Difference


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two pictures.

    ``differences`` are beyond the limits, worst first; ``tolerated`` are those within.
    ``confidence`` in [0, 1] is that of the worst region of either, 1.0 when nothing differs.
    """

    confidence: float
    differences: tuple[Difference, ...] = ()
    tolerated: tuple[Difference, ...] = ()
    diff_source: DiffSource | Callable[[], DiffSource] | None = field(
        default=None, repr=False, compare=False
    )
    """What ``diff_image`` draws from, or what makes it: equal files are decoded only if somebody
    wants to see them. None from a comparator that keeps no pictures."""
    note: str = ""
    """What is worth knowing although it is no difference."""

    @property
    def same(self) -> bool:
        """Whether nothing differs beyond the limits."""
        return not self.differences

    def explain(self) -> str:
        """One line per difference, worst first; empty when the pictures are the same."""
        return "\n".join(
            f"'{difference.kind}' at {difference.box}: {difference.message}"
            + (f" (why: {difference.causes[0].message})" if difference.causes else "")
            for difference in self.differences
        )

    def diff_image(self) -> Array:
        """The actual picture dimmed, with what differs in strong colours, boxed and labelled.

        RGB; larger than the actual picture where the expected one was larger. Raises
        ``ValueError`` where the comparator kept no pictures.
        """
        if self.diff_source is None:
            message = "this comparison kept no pictures to draw"
            raise ValueError(message)
        from pytest_visualdiff.comparison.diff_image import draw

        source = self.diff_source
        return draw(source() if callable(source) else source)


class Comparator(Protocol):
    """Compares two pictures; register one under a name to use it in place of the built-in one."""

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
