"""The first look: where, and at which scales, a template may be, on smaller sizes of the scene."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_visualdiff.matching.correlation import Stencil, correlation, peaks
from pytest_visualdiff.matching.planes import MIDDLE, halved, outlined
from pytest_visualdiff.matching.refine import Pose

if TYPE_CHECKING:
    from pytest_visualdiff.matching.planes import Floats, Scene, Template

_QUARTER, _HALF = 32, 11  # pixels of the shorter side from which a smaller size is searched
_ROUGH = 24  # the same for a quarter, where only the likeliest scale is asked for


def factor_of(side: float, *, rough: bool = False) -> int:
    """How much smaller the scene is searched for a template whose shorter side is that long."""
    if side >= (_ROUGH if rough else _QUARTER):
        return 4
    return 2 if side >= _HALF else 1


def proposed(  # noqa: PLR0913 - what is searched, where, and how
    template: Template, scene: Scene, scale: float, count: int, *, edges: bool, rough: bool = False
) -> list[Pose]:
    """At most ``count`` peaks of the correlation at that scale, the best first."""
    width, height = (round(side * scale) for side in template.size)
    factor = factor_of(min(width, height), rough=rough)
    ink, weights = template.sized(width, height)
    values = outlined(ink) if edges else ink
    stencil = Stencil.of(_reduced(values, factor) - np.float32(MIDDLE), _weights(weights, factor))
    plane = scene.edges if edges else scene.ink
    scores = correlation(plane.level(factor), stencil, plane.smaller(factor))
    rows, columns = stencil.deviations.shape
    apart = max(1, columns // 3), max(1, rows // 3)
    return [
        Pose(x * factor, y * factor, scale, score, edges)
        for x, y, score in peaks(scores, apart, count)
    ]


def _reduced(values: Any, factor: int) -> Floats:
    while factor > 1:
        values, factor = halved(values), factor // 2
    return np.asarray(values, np.float32)


def _weights(weights: Floats | None, factor: int) -> Floats | None:
    if weights is None:
        return None
    return np.asarray(_reduced(weights, factor) > 0.99, np.float32)
