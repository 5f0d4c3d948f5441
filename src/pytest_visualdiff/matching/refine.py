"""Where exactly a candidate is: place and scale refined on pixels of full size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_visualdiff.matching.correlation import PreparedTemplate, correlation, subpixel
from pytest_visualdiff.matching.planes import MIDDLE, outlined
from pytest_visualdiff.matching.search_tuning import REFINE

if TYPE_CHECKING:
    from pytest_visualdiff.matching.planes import Floats, Plane, SearchImage, Template

ROUND_SCALES = (0.5, 2 / 3, 0.75, 0.8, 0.9, 1.0, 1.1, 1.25, 4 / 3, 1.5, 1.75, 2.0)
"""Pixel ratios and zoom levels that browsers offer."""


@dataclass(frozen=True, slots=True)
class Placement:
    """A place of the template: left, top, and the scale; ``score`` is a correlation."""

    x: float
    y: float
    scale: float
    score: float
    edges: bool = False
    """Found in the plane of edges rather than of ink."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The pixels on which template and screen are compared: those of the smaller of the two."""

    width: int
    height: int
    step_x: float
    step_y: float
    """Screen pixels per grid pixel."""

    @classmethod
    def of(cls, template: Template, scale: float) -> Grid:
        """The grid of a template whose match has that scale."""
        width, height = template.size
        if scale >= 1:
            return cls(width, height, scale, scale)
        across = max(REFINE.smallest, round(width * scale))
        down = max(REFINE.smallest, round(height * scale))
        return cls(across, down, width * scale / across, height * scale / down)


def sample(picture: Any, x: float, y: float, grid: Grid, margin: int) -> Any:
    """The picture around a place, resampled to the grid, with a margin in grid pixels."""
    left, top = x - margin * grid.step_x, y - margin * grid.step_y
    width, height = grid.width + 2 * margin, grid.height + 2 * margin
    if grid.step_x == grid.step_y == 1 and left == int(left) and top == int(top):
        return _cut(picture, int(left), int(top), width, height)
    reach = 4
    outer_x, outer_y = int(np.floor(left)) - reach, int(np.floor(top)) - reach
    across = int(np.ceil(width * grid.step_x)) + 2 * reach + 1
    down = int(np.ceil(height * grid.step_y)) + 2 * reach + 1
    source = _cut(picture, outer_x, outer_y, across, down)
    if grid.step_x > 1.05:  # what the smaller grid cannot hold is taken out first
        source = cv2.GaussianBlur(source, (0, 0), 0.45 * float(np.sqrt(grid.step_x**2 - 1)))
    place = np.array(
        [
            [grid.step_x, 0, left - outer_x + 0.5 * grid.step_x - 0.5],
            [0, grid.step_y, top - outer_y + 0.5 * grid.step_y - 0.5],
        ],
        np.float32,
    )
    return cv2.warpAffine(
        source,
        place,
        (width, height),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )


def _cut(picture: Any, left: int, top: int, width: int, height: int) -> Any:
    """A part that may reach over the rim, where the outermost pixels are repeated."""
    rows, columns = picture.shape[:2]
    before_x, before_y = max(0, -left), max(0, -top)
    after_x, after_y = max(0, left + width - columns), max(0, top + height - rows)
    part = picture[max(0, top) : max(0, top + height), max(0, left) : max(0, left + width)]
    if not (before_x or before_y or after_x or after_y):
        return part
    if not part.size:
        return np.zeros((height, width, *picture.shape[2:]), picture.dtype)
    return cv2.copyMakeBorder(part, before_y, after_y, before_x, after_x, cv2.BORDER_REPLICATE)


class Refiner:
    """Refines placements of one template on one screen; keeps the prepared templates."""

    def __init__(self, template: Template, screen: SearchImage) -> None:
        self.template = template
        self.screen = screen
        self._prepared: dict[tuple[int, int, bool], PreparedTemplate] = {}

    def plane(self, edges: bool) -> Plane:  # noqa: FBT001 - one of two planes
        """The plane of the screen that a placement was found in."""
        return self.screen.edges if edges else self.screen.ink

    def prepared(self, width: int, height: int, edges: bool) -> PreparedTemplate:  # noqa: FBT001 - as above
        """The template at that size, in that plane."""
        key = (width, height, edges)
        if key not in self._prepared:
            ink, weights = self.template.sized(width, height)
            values = outlined(ink) if edges else ink
            self._prepared[key] = PreparedTemplate.of(values.astype(np.float32) - MIDDLE, weights)
        return self._prepared[key]

    def refined(self, placement: Placement, reach: int) -> Placement:
        """The best place within ``reach`` screen pixels, at the placement's scale."""
        grid = Grid.of(self.template, placement.scale)
        margin = max(1, round(reach / max(grid.step_x, 1)))
        prepared = self.prepared(grid.width, grid.height, placement.edges)
        x, y = (
            (placement.x, placement.y)
            if grid.step_x != 1
            else (round(placement.x), round(placement.y))
        )
        around = self._sampled(x, y, grid, margin, placement.edges)
        scores = correlation(around, prepared)
        _, best, _, (column, row) = cv2.minMaxLoc(scores)
        across, down = subpixel(scores, column, row)
        return replace(
            placement,
            x=x + (across - margin) * grid.step_x,
            y=y + (down - margin) * grid.step_y,
            score=float(best),
        )

    def _sampled(self, x: float, y: float, grid: Grid, margin: int, edges: bool) -> Floats:  # noqa: FBT001
        if edges and grid.step_x != 1:
            # Outlines are one pixel wide at any size, so they are drawn after resampling.
            ink = sample(self.screen.ink.values, x, y, grid, margin + 1)
            values = outlined(ink)[1:-1, 1:-1]
        else:
            values = sample(self.plane(edges).values, x, y, grid, margin)
        floats: Floats = np.asarray(values, np.float32) - np.float32(MIDDLE)
        return floats

    def scaled(self, placement: Placement, reach: int, spread: float) -> Placement:
        """The best place and scale, the scale within a relative ``spread`` of the placement's."""
        step = spread / 3
        best = self.refined(placement, reach)
        best = max(
            (self._climbed(best, way * step, reach) for way in (1, -1)), key=lambda one: one.score
        )
        fine = [self.at(best, 1 + way * step / 3, 2) for way in (-1, 1)]
        best = max([best, *fine], key=lambda one: one.score)
        return self._rounded(best)

    def _climbed(self, start: Placement, step: float, reach: int) -> Placement:
        """The best of ever larger (or smaller) scales; a whole pixel's rounding may intervene."""
        best, fails = start, 0
        for number in range(1, REFINE.climb + 1):
            other = self.at(start, 1 + number * step, reach)
            best, fails = (other, 0) if other.score > best.score else (best, fails + 1)
            if fails == REFINE.fails:
                break
        return best

    def at(self, placement: Placement, factor: float, reach: int) -> Placement:
        """The best place at another scale around the same middle."""
        width, height = self.template.size
        grown = placement.scale * (factor - 1) / 2
        moved = replace(
            placement,
            x=placement.x - width * grown,
            y=placement.y - height * grown,
            scale=placement.scale * factor,
        )
        return self.refined(moved, reach)

    def _rounded(self, placement: Placement) -> Placement:
        """The same at a scale that browsers offer, where that fits as well."""
        nearest = min(ROUND_SCALES, key=lambda one: abs(one / placement.scale - 1))
        if nearest == placement.scale or abs(nearest / placement.scale - 1) > 0.015:
            return placement
        neat = self.at(placement, nearest / placement.scale, 2)
        return neat if neat.score >= placement.score - 0.01 else placement
