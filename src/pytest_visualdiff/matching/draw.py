"""A picture of a search: the template beside the place that was found for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_visualdiff.images.codec import encode

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array, Box

_GAP = 8
_GROUND = (128, 128, 128)
_LEGIBLE = 96  # pixels; smaller pictures are enlarged by whole numbers


def side_by_side(template: Array, screen: Array, box: Box) -> bytes:
    """PNG bytes: the template to the left, the place to the right, small ones enlarged."""
    place = screen[box.y : box.bottom, box.x : box.right, :3]
    pictures = [_opaque(template), place]
    height = max(picture.shape[0] for picture in pictures)
    width = sum(picture.shape[1] for picture in pictures)
    canvas = np.full((height + 2 * _GAP, width + 3 * _GAP, 3), _GROUND, np.uint8)
    left = _GAP
    for picture in pictures:
        canvas[_GAP : _GAP + picture.shape[0], left : left + picture.shape[1]] = picture
        left += picture.shape[1] + _GAP
    times = max(1, _LEGIBLE // height)
    return encode(np.ascontiguousarray(canvas.repeat(times, axis=0).repeat(times, axis=1)))


def _opaque(template: Array) -> Array:
    """Transparent pixels shown in the colour of the ground."""
    if template.shape[2] == 3:
        return template
    alpha = template[..., 3:].astype(np.float32) / 255
    mixed = template[..., :3] * alpha + np.array(_GROUND, np.float32) * (1 - alpha)
    return np.rint(mixed).astype(np.uint8)
