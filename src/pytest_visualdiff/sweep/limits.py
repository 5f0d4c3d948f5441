"""How much two browsers may differ before it is a finding."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SweepLimits:
    """The limits of a comparison of two layouts; all are tolerated up to and with the value."""

    move: float = 3.0
    """CSS pixels that an edge may lie elsewhere than its neighbours explain."""
    size: float = 0.04
    """Relative change of width or height beyond what content and container explain."""
    text: float = 0.06
    """Relative difference of the widths that two font engines give the same text."""
    colour: float = 6.0
    """Colour difference (CIEDE2000) of text, background or border."""


NATIVE = frozenset(
    "button input select textarea progress meter option fieldset legend hr summary details audio"
    " video iframe dialog".split()
)
"""Elements that each browser draws in its own way unless the page styles them."""
