"""Comparing two pictures from anywhere: no pytest, no browser, no display."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.comparison import Limits, compare_arrays
from pytest_visualdiff.comparison.encoded_pair import Encoded, Rules, compare_encoded
from pytest_visualdiff.errors import InvalidValue
from pytest_visualdiff.images import opencv
from pytest_visualdiff.images.codec import named, read, to_array
from pytest_visualdiff.model import Box
from pytest_visualdiff.options.table import Layer, Settings

if TYPE_CHECKING:
    from pytest_visualdiff.comparison.result import Comparison
    from pytest_visualdiff.images.codec import ImageSource

_ENCODED = (str, bytes, os.PathLike)


@opencv.needed()
def compare(
    expected: ImageSource,
    actual: ImageSource,
    *,
    cache: str | os.PathLike[str] | None = None,
    **options: Any,
) -> Comparison:
    """Compare two pictures: what differs, where, and the confidence that nothing does.

    Each picture is a path, encoded bytes, a PIL image, or an RGB/RGBA ``uint8`` array of shape
    (height, width, 3|4); their sizes may differ. Options: ``strictness`` (a named level),
    ``threshold`` (CIEDE2000 units), ``confidence`` in [0, 1], ``antialiasing``, ``max_move``
    (pixels), ``max_resize`` (relative), ``max_recolour`` (CIEDE2000 units), ``mask`` (boxes or
    (x, y, width, height) in image pixels) and ``region`` (one of those). ``cache`` names a folder
    that keeps the decoded expected picture, so that the next comparison with it is faster.

    Raises ``ImageError`` for a picture that cannot be read, ``UnknownOption`` or ``InvalidValue``
    for a wrong option, ``NothingCompared`` if masks leave no pixel.
    """
    settings = Settings().over(Layer.CALL, options)
    area = settings["region"]
    rules = Rules(
        tuple(_box("mask", area) for area in settings["mask"]),
        None if area is None else _box("region", area),
        Limits(**settings.group("compare")),
    )
    if isinstance(expected, _ENCODED) and isinstance(actual, _ENCODED):
        names = named(expected), named(actual)
        kept = None if cache is None else Path(cache)
        first, second = read(expected), read(actual)
        comparison = compare_encoded(Encoded(first, second, names, kept), rules)
        if comparison.same:
            return comparison
        from pytest_visualdiff.causes.stored_layouts import with_causes

        return replace(comparison, differences=with_causes(comparison.differences, first, second))
    return rules.judge(compare_arrays, to_array(expected), to_array(actual))


def _box(option: str, area: Any) -> Box:
    if not isinstance(area, Box):
        raise InvalidValue(
            f"{option} of a picture is a Box or (x, y, width, height) in pixels, not {area!r}:"
            " a picture has no elements to select"
        )
    return area
