"""Compares two pictures: what differs, where, and the confidence that nothing visible does.

This module is cheap to import; numpy and OpenCV are loaded when the first comparison happens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_visualdiff.comparison.limits import Limits
from pytest_visualdiff.comparison.result import Comparator, Comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_visualdiff.model import Array, Box

__all__ = ["Comparator", "Comparison", "Limits", "compare_arrays"]


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
