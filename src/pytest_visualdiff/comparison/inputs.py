"""What is compared: checked arrays, cut to the region, without masked pixels, and opaque."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from pytest_visualdiff.comparison.arrays import crop
from pytest_visualdiff.errors import BrokenImage, NothingCompared
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_visualdiff.comparison.arrays import Bools
    from pytest_visualdiff.model import Array

_OPAQUE = 255
_CHANNELS = (3, 4)


@dataclass(frozen=True, slots=True)
class ComparedAreas:
    """The compared parts of the two pictures; ``origin`` is where they start in the given ones.

    The valid pixels are those that no mask covers in that picture; None without masks. ``rows``
    are those that may differ, where it is known.
    """

    expected: Array
    actual: Array
    origin: tuple[int, int]
    expected_valid: Bools | None = None
    actual_valid: Bools | None = None
    rows: tuple[int, int] | None = None
    alpha: tuple[Array, Array] | None = None
    """The opacity of the expected and of the actual pixels, where some are not opaque."""


def take_areas(
    expected: Array,
    actual: Array,
    masks: Sequence[Box],
    region: Box | None,
    rows: tuple[int, int] | None,
) -> ComparedAreas:
    """Check both pictures and cut them to the region. Raises BrokenImage, NothingCompared."""
    _check(expected, "expected")
    _check(actual, "actual")
    boxes = _area(expected, region), _area(actual, region)
    if boxes[0].area == 0 or boxes[1].area == 0:
        raise NothingCompared(_nothing(expected, actual, masks, region))
    parts = crop(expected, boxes[0]), crop(actual, boxes[1])
    origin = boxes[0].x, boxes[0].y
    if not masks:
        return ComparedAreas(*parts, origin, rows=rows)
    valid = _unmasked(expected, masks, boxes[0]), _unmasked(actual, masks, boxes[1])
    if not valid[0].any() or not valid[1].any():
        raise NothingCompared(_nothing(expected, actual, masks, region))
    return ComparedAreas(*parts, origin, *valid, rows)


def _check(picture: Array, name: str) -> None:
    fits = picture.ndim == len(_CHANNELS) + 1 and picture.shape[2] in _CHANNELS
    if not fits or picture.dtype != np.uint8:
        message = (
            f"the {name} picture must be a uint8 array of shape (height, width, 3 or 4), "
            f"not {picture.dtype} {picture.shape}"
        )
        raise BrokenImage(message)
    if picture.size == 0:
        message = f"the {name} picture has no pixels: {picture.shape[1]}x{picture.shape[0]}"
        raise BrokenImage(message)


def _area(picture: Array, region: Box | None) -> Box:
    height, width = picture.shape[:2]
    return Box(0, 0, width, height) if region is None else region.clipped(width, height)


def _unmasked(picture: Array, masks: Sequence[Box], area: Box) -> Bools:
    valid: Bools = np.ones(picture.shape[:2], np.bool_)
    for mask in masks:
        crop(valid, mask.clipped(picture.shape[1], picture.shape[0]))[:] = False
    inside: Bools = crop(valid, area)
    return inside


def _nothing(expected: Array, actual: Array, masks: Sequence[Box], region: Box | None) -> str:
    sizes = " and ".join(f"{p.shape[1]}x{p.shape[0]}" for p in (expected, actual))
    where = "" if region is None else f" inside the region {region}"
    return f"no pixel of {sizes} is left to compare{where} with {len(masks)} masks"


def opaque_layers(areas: ComparedAreas) -> Iterator[ComparedAreas]:
    """Both parts as opaque RGB: once where they are opaque, else over white and over black."""
    opaque = _is_opaque(areas.expected) and _is_opaque(areas.actual)
    alpha = None if opaque else (_opacity(areas.expected), _opacity(areas.actual))
    for backdrop in (255,) if opaque else (255, 0):
        expected, actual = _over(areas.expected, backdrop), _over(areas.actual, backdrop)
        yield replace(areas, expected=expected, actual=actual, alpha=alpha)


def _opacity(picture: Array) -> Array:
    if picture.shape[2] == _CHANNELS[0]:
        return np.full(picture.shape[:2], _OPAQUE, np.uint8)
    return picture[:, :, 3]


def _is_opaque(picture: Array) -> bool:
    return picture.shape[2] == _CHANNELS[0] or bool((picture[:, :, 3] == _OPAQUE).all())


def _over(picture: Array, backdrop: int) -> Array:
    rgb = np.ascontiguousarray(picture[:, :, :3])
    if _is_opaque(picture):
        return rgb
    alpha = picture[:, :, 3:].astype(np.uint32)
    mixed = (rgb * alpha + backdrop * (_OPAQUE - alpha) + _OPAQUE // 2) // _OPAQUE
    return mixed.astype(np.uint8)
