"""How much two browsers may differ before it is a finding."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_visualdiff.options.table import OPTIONS


@dataclass(frozen=True)
class SweepLimits:
    """The limits of a comparison of two layouts; all are tolerated up to and with the value."""

    move: float = OPTIONS["sweep_move"].default
    """CSS pixels that an edge may lie elsewhere than its neighbours explain."""
    size: float = OPTIONS["sweep_size"].default
    """Relative change of width or height beyond what content and container explain."""
    text: float = OPTIONS["sweep_text"].default
    """Relative difference of the widths that two font engines give the same text."""
    colour: float = OPTIONS["sweep_colour"].default
    """Colour difference (CIEDE2000) of text, background or border."""


NATIVE = frozenset(
    {
        *("button", "input", "select", "textarea", "progress", "meter", "option", "fieldset"),
        *("legend", "hr", "summary", "details", "audio", "video", "iframe", "dialog", "ruby"),
        *("rt", "rp"),
    }
)
"""Elements that each browser draws in its own way unless the page styles them."""

DRAWN = frozenset(
    {
        *("img", "video", "canvas", "svg", "input", "textarea", "select", "button", "progress"),
        *("meter", "iframe"),
    }
)
"""Elements that draw something although they hold neither text nor elements."""
