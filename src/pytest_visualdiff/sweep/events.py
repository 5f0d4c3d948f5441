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


class Reason(NamedTuple):
    """An explanation of a change: by which element, and what it leaves unexplained."""

    rest: float
    """CSS pixels."""
    link: int = -1
    """The element that explains it; -1 where the font engine does."""
    by: str = ""
    """parent, content or row."""


class Sized(NamedTuple):
    """A change of width or height that other elements explain, all of which may need a reason."""

    event: Event
    reasons: tuple[Reason, ...]
    certain: bool
    """Whether it is large enough to be a finding."""

    def by(self, what: str) -> bool:
        """Whether its parent, content or row explains it."""
        return any(one.by == what for one in self.reasons)


@dataclass
class Change:
    """What is known of one element."""

    events: list[Event] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    """The elements that explain what is no event."""
    sized: dict[str, Sized] = field(default_factory=dict)
    """By axis: changes of size that other elements explain."""
