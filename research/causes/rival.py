"""The kind of a change as ``blazediff-interpret`` tells it from the pixels alone, beside ours.

It is no dependency: ``pip install blazediff-interpret`` for its column.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_visualdiff.model import Cause

KINDS = {
    **dict.fromkeys(("color", "background"), "colour"),
    **dict.fromkeys(("text-word", "text-digit"), "content"),
    **dict.fromkeys(("remove", "display-none"), "removed"),
    **dict.fromkeys(("transform", "relative", "margin-left"), "moved"),
    "insert": "added",
}
"""Mutation → the kind of change that both can tell."""

_THEIRS = {"color-change": "colour", "content-change": "content", "deletion": "removed",
           "shift": "moved", "addition": "added"}  # fmt: skip


def rival_kind(expected: bytes, actual: bytes, box: Sequence[float]) -> str:
    """What the rival says of the largest region that meets a box; empty where it is not there."""
    try:
        interpret = importlib.import_module("blazediff_interpret")
    except ImportError:
        return ""
    regions = interpret.interpret_buffers(expected, actual)["regions"]
    near = [one for one in regions if _meet(one["bbox"], box)] or regions
    largest = max(near, key=lambda one: one["pixelCount"], default={"changeType": "none"})
    return _THEIRS.get(largest["changeType"], largest["changeType"])


def _meet(one: dict[str, Any], box: Sequence[float]) -> bool:
    x, y, width, height = box
    sideways = bool(one["x"] < x + width and x < one["x"] + one["width"])
    return bool(sideways and one["y"] < y + height and y < one["y"] + one["height"])


def our_kind(cause: Cause) -> str:
    """The kind of our first cause in the same words."""
    if cause.kind in ("added", "removed"):
        return cause.kind
    if cause.kind == "text":
        return "content"
    if cause.name == "display":
        return "removed" if cause.after == "none" else "added"
    if cause.name in ("color", "background-color"):
        return "colour"
    moving = ("transform", "position", "inset", "top", "margin-left")
    return "moved" if cause.name in moving or cause.kind == "moved" else cause.kind
