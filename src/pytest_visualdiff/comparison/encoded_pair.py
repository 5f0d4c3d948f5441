"""Comparing encoded pictures: equal data needs no image library, and decoding stops early.

The order is that of cost: bytes, compressed data, filtered rows, pixels, diagnosis.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pytest_visualdiff.comparison import compare_arrays
from pytest_visualdiff.comparison.result import Comparison
from pytest_visualdiff.errors import ImageError
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.images.codec import check_size, to_array

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_visualdiff.comparison import Comparator, Limits
    from pytest_visualdiff.comparison.diff_image import DiffSource
    from pytest_visualdiff.model import Array, Box


@dataclass(frozen=True, slots=True)
class Rules:
    """Where two pictures are compared, and what is tolerated; boxes in image pixels."""

    masks: tuple[Box, ...]
    region: Box | None
    limits: Limits

    def judge(
        self,
        comparator: Comparator,
        expected: Array,
        actual: Array,
        rows: tuple[int, int] | None = None,
    ) -> Comparison:
        """What a comparator says of two pictures, equal outside of ``rows``, under these rules."""
        masks, region, limits = self.masks, self.region, self.limits
        if comparator is compare_arrays and rows is not None:  # others need not know of rows
            return compare_arrays(
                expected, actual, masks=masks, region=region, limits=limits, rows=rows
            )
        return comparator(expected, actual, masks=masks, region=region, limits=limits)

    def leave_something(self, width: int, height: int) -> bool:
        """Whether some pixel is surely compared; False means that it must be counted."""
        whole = self.region.clipped(width, height).area if self.region else width * height
        return sum(mask.clipped(width, height).area for mask in self.masks) < whole


@dataclass(frozen=True, slots=True)
class Encoded:
    """Two encoded pictures, what errors call them, and a folder that keeps the first decoded."""

    expected: bytes
    actual: bytes
    names: tuple[str, str] = ("the image", "the image")
    cache: Path | None = None


def compare_encoded(
    files: Encoded, rules: Rules, comparator: Comparator = compare_arrays
) -> Comparison:
    """What differs between two encoded pictures; loads no image library for equal data.

    Raises ``ImageError`` with one of the names, and what the comparator raises.
    """
    actual = files.actual
    if _same_data(files.expected, actual, rules):
        return _same(actual, rules)
    from pytest_visualdiff.images.decode_pair import decode_pair
    from pytest_visualdiff.images.decoded_cache import DecodedCache

    cache = None if files.cache is None else DecodedCache(files.cache)
    pictures = decode_pair(files.expected, actual, files.names, cache)
    if pictures is not None:
        return rules.judge(comparator, *pictures)
    if rules.leave_something(*png_file.size(actual)):
        return _same(actual, rules)
    picture = to_array(actual)
    return rules.judge(comparator, picture, picture)


def _same_data(expected: bytes, actual: bytes, rules: Rules) -> bool:
    try:
        size = png_file.complete(actual)
        check_size(*size, "the image")
        if expected != actual and not png_file.same_data(expected, actual):
            return False
    except ImageError:
        return False  # to decode it says what is wrong
    return rules.leave_something(*size)


def _same(actual: bytes, rules: Rules) -> Comparison:
    return Comparison(confidence=1.0, diff_source=partial(_diff_source, actual, rules))


def _diff_source(actual: bytes, rules: Rules) -> DiffSource:
    """What the diff image of equal pictures is drawn from."""
    picture = to_array(actual)
    source = rules.judge(compare_arrays, picture, picture).diff_source
    assert source is not None  # noqa: S101 - the built-in comparator keeps it
    return source() if callable(source) else source
