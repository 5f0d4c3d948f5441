"""A picture that is put together from several shots of the viewport, while the page is scrolled.

Only for what no browser command shows: a page that begins left of its origin or above it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_visualdiff.capture.photo import Photo, scale_of
from pytest_visualdiff.capture.script import CALL
from pytest_visualdiff.images.codec import encode, to_array
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.capture.areas import Rect
    from pytest_visualdiff.capture.live_page import LivePage
    from pytest_visualdiff.capture.script import Answer
    from pytest_visualdiff.model import Array


def tiled(page: LivePage, answer: Answer) -> Photo:
    """The picture of ``answer.picture``, of a page that is scrolled to its origin."""
    import numpy as np

    # At the origin, places of the viewport are places of the page.
    wanted, view = answer.picture, answer.view
    tiles = []
    try:
        for left, top in _corners(wanted, view):
            at = page.run(CALL, "tile", [left, top])
            tiles.append((at, to_array(page.view_png())))
    finally:
        page.run(CALL, "tile", [None, 0])
    scale = scale_of(tiles[0][1].shape[1], view[0], answer.ratio)
    box = wanted.scaled(scale)
    whole = np.zeros((box.height, box.width, 3), np.uint8)
    for (x, y), part in tiles:
        _paste(whole, part[..., :3], round(x * scale) - box.x, round(y * scale) - box.y)
    return Photo(encode(whole), box, scale)


def _corners(wanted: Rect, view: tuple[int, int]) -> Iterator[tuple[float, float]]:
    """Where to scroll to, from the first corner on."""
    top = wanted.y
    while top < wanted.y + wanted.height:
        left = wanted.x
        while left < wanted.x + wanted.width:
            yield left, top
            left += view[0]
        top += view[1]


def _paste(whole: Array, part: Array, x: int, y: int) -> None:
    """Copy one picture into another, as far as they overlap."""
    inside = Box(x, y, part.shape[1], part.shape[0]).clipped(whole.shape[1], whole.shape[0])
    whole[inside.y : inside.bottom, inside.x : inside.right] = part[
        inside.y - y : inside.bottom - y, inside.x - x : inside.right - x
    ]
