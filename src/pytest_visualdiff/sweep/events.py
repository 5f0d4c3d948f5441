"""What the rules find out about one element: events, and explanations of its changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Event(NamedTuple):
    """Something about one element that nothing around it explains."""

    kind: str
    """larger, smaller, misaligned, wrapped …"""
    amount: float
    """CSS pixels."""
    axis: str = ""
    """width or height, x or y, or the computed style."""


class Explanation(NamedTuple):
    """An explanation of a change: by which element, and what it leaves unexplained."""

    rest: float
    """CSS pixels."""
    link: int = -1
    """The element that explains it; -1 where the font engine does."""
    by: str = ""
    """parent, content or row."""


class SizeChange(NamedTuple):
    """A change of width or height that other elements explain, all of which may need a reason."""

    event: Event
    reasons: tuple[Explanation, ...]
    certain: bool
    """Whether it is large enough to be a finding."""

    def by(self, what: str) -> bool:
        """Whether its parent, content or row explains it."""
        return any(one.by == what for one in self.reasons)


@dataclass
class ElementChange:
    """What is known of one element."""

    events: list[Event] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    """The elements that explain what is no event."""
    sized: dict[str, SizeChange] = field(default_factory=dict)
    """By axis: changes of size that other elements explain."""


OBSCURED_KINDS = frozenset({"off-screen", "overlapped", "clipped", "missing"})
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
class RootCause:
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
        """Whether more than its place and its size differs."""
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
        """Whether it is only hidden or moved out of observation, for no reason of its own."""
        return not self.strong and self.kinds <= OBSCURED_KINDS

    @property
    def weight(self) -> tuple[bool, float]:
        """What makes it the likelier cause among those without evidence."""
        return bool(self.kinds & _SIZED), max(one.amount for one in self.events)
