"""Where something is on a screenshot."""

from __future__ import annotations

Rectangle = tuple[int, int, int, int]
"""Left, top, width and height in image pixels."""
