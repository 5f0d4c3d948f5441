"""An element that differs: what happened to it, and what speaks for its being the reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_visualdiff.sweep.events import Event

OBSCURED = frozenset({"off-screen", "overlapped", "clipped", "missing"})
"""What may happen to an element because of those around it, at any depth."""

RANK = ("missing", "broken", "wrapped", "clipped", "larger", "smaller", "reordered", "off-screen",
        "overlapped", "misaligned", "restyled")  # fmt: skip
"""Which event of one element names the finding."""

FALLBACK = "font"
"""Says of an event that both browsers ask for the same font, and each has found another one."""

FONT = frozenset({FALLBACK, "font-family", "font-size", "font-weight", "font-style",
                  "text-transform"})  # fmt: skip
"""What changes the size of a text, and so of all that holds it."""

_DECIDED = frozenset({"reordered", "broken"})
_SIZED = frozenset({"larger", "smaller", "wrapped"})


@dataclass
class Cause:
    """An element whose events are a finding, and what follows from them."""

    a: int
    """Index in the first layout; -1 where it is only in the second."""
    b: int
    events: list[Event]
    evidence: tuple[str, ...] = ()
    """Computed styles that differ and may be why."""
    own: bool = True
    """Whether it is for its own sake that it is gone or cut off, not for an ancestor's."""
    followers: set[int] = field(default_factory=set)
    """Indices in the first layout of the elements that are changed by it."""

    @property
    def kinds(self) -> set[str]:
        """The kinds of its events."""
        return {one.kind for one in self.events}

    @property
    def strong(self) -> bool:
        """Whether something beside its place and size speaks for it."""
        return bool(self.restyled or self.leading)

    @property
    def restyled(self) -> bool:
        """Whether it looks different."""
        return "restyled" in self.kinds

    @property
    def leading(self) -> bool:
        """Whether changes of place and size around it follow from it."""
        if self.kinds & _DECIDED:
            return True
        if self.own and self.kinds & {"missing", "clipped"}:
            return True
        if any(one.axis in FONT for one in self.events):
            return True
        return bool(self.evidence) and bool(self.kinds - {"restyled"})

    @property
    def obscured(self) -> bool:
        """Whether it is only hidden or moved out of sight, for no reason of its own."""
        return not self.strong and self.kinds <= OBSCURED

    @property
    def weight(self) -> tuple[bool, float]:
        """What makes it the likelier cause among those without evidence."""
        return bool(self.kinds & _SIZED), max(one.amount for one in self.events)
