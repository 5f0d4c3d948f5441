"""The search: coarse to fine, each candidate registered and then verified by its structure.

The steps go from what is cheap and likely to what is rare: the same size in ink, the same size in
outlines (another theme), other sizes in ink, other sizes in outlines. The first step that verifies
a place ends the search.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_visualdiff.locator.planes import MIDDLE, Scene, Template, halved, outlined
from pytest_visualdiff.locator.register import ROUND_SCALES, Grid, Pose, Registrar, sample
from pytest_visualdiff.locator.scores import Stencil, correlation, peaks
from pytest_visualdiff.locator.structure import MARGIN, agreement, faintest
from pytest_visualdiff.model import Box, Match

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_visualdiff.locator import Wanted
    from pytest_visualdiff.locator.planes import Floats
    from pytest_visualdiff.model import Array

CANDIDATES = 8
"""Peaks of each coarse search that are looked at in full size."""
VERIFIED = 3
"""Of those, the best ones whose structure is compared."""

_RIVAL = 0.7  # share of the best coarse score from which a place may be as equal
_STEP = 1.05  # between two scales of a coarse search
_QUARTER, _HALF = 32, 11  # pixels of the shorter side from which a smaller size is searched
_AT_LIMIT = 0.66  # agreement of structure that means a confidence of 0.9
_FEW_PIXELS, _FEW_PIXELS_MORE = 2500, 0.12  # smaller matches need more, at most so much
_UNUSUAL_MORE = 0.03  # needed at a scale that no browser offers
_RECOLOURED = 0.01  # confidence lost at most where colours differ
_ANOTHER_THEME = 0.25  # of that: from here on outlines count as much as ink
_OTHER_COLOUR = 64.0  # mean difference in levels that is as much as can be


@dataclass(frozen=True)
class Search:
    """One template on one scene."""

    template: Template
    scene: Scene
    wanted: Wanted
    count: int = VERIFIED
    """How many places are wanted."""

    @cached_property
    def registrar(self) -> Registrar:
        """What refines the poses of this search."""
        return Registrar(self.template, self.scene)

    @cached_property
    def floor(self) -> float:
        """Variance above which a window of the template shows something; 0 for a flat one."""
        ink, weights = self.template.sized(*self.template.size)
        return faintest(ink.astype(np.float32) - np.float32(MIDDLE), weights)

    def run(self) -> list[Match]:
        """The best places, best first, at most ``count``; none overlaps a better one."""
        found: list[Match] = []
        for step in self._steps():
            found = _apart([*found, *self._verified(step)])[: self.count]
            if found and found[0].confidence >= self.wanted.confidence:
                break
        return found

    def _steps(self) -> Iterator[list[Pose]]:
        """Registered poses, a list for each step of the search, the best first."""
        if self.wanted.admits(1.0) and self._fits(1.0):
            for edges in (False, True):
                yield self._registered(self._coarse(1.0, edges=edges))
        scales = [scale for scale in self._scales() if self._fits(scale)]
        for edges in (False, True):
            yield from self._resized(scales, edges=edges)

    def _resized(self, scales: list[float], *, edges: bool) -> Iterator[list[Pose]]:
        likely = [scale for scale in scales if scale in ROUND_SCALES]
        seen: list[Pose] = []
        for scale in likely:
            poses = self._coarse(scale, edges=edges)[: self.count]
            seen += poses
            if poses and poses[0].score > 0.8:
                yield self._rescaled(poses[: max(1, self.count - VERIFIED)])
        for scale in scales:
            if scale not in ROUND_SCALES:
                seen += self._coarse(scale, edges=edges)[: self.count]
        best = sorted(seen, key=lambda pose: -pose.score)[: 2 * max(CANDIDATES, self.count)]
        yield self._rescaled(_distinct(best, self.template)[: max(CANDIDATES, self.count)])

    def _scales(self) -> list[float]:
        """Scales other than 1, those that browsers offer first."""
        if not self.wanted.is_range:
            return [scale for scale in self.wanted.scales if abs(scale - 1) > 0.015]
        low, high = self.wanted.scales
        steps = math.ceil(math.log(high / low) / math.log(_STEP))
        grid = [low * (high / low) ** (step / steps) for step in range(steps + 1)]
        likely = [scale for scale in ROUND_SCALES if self.wanted.admits(scale) and scale != 1]
        likely.sort(key=lambda scale: abs(math.log(scale)))
        near = [*likely, 1.0]
        return [
            *likely,
            *(one for one in grid if all(abs(one / other - 1) > 0.02 for other in near)),
        ]

    def _fits(self, scale: float) -> bool:
        width, height = self.template.size
        room_x, room_y = self.scene.size
        return round(width * scale) <= room_x and round(height * scale) <= room_y

    def _coarse(self, scale: float, *, edges: bool) -> list[Pose]:
        """Peaks of the correlation on a smaller size of the scene, the best first."""
        width, height = (round(side * scale) for side in self.template.size)
        factor = _factor(min(width, height))
        ink, weights = self.template.sized(width, height)
        values = outlined(ink) if edges else ink
        stencil = Stencil.of(
            _reduced(values, factor) - np.float32(MIDDLE), _weights(weights, factor)
        )
        plane = self.registrar.plane(edges)
        scores = correlation(plane.level(factor), stencil)
        rows, columns = stencil.deviations.shape
        apart = max(1, columns // 3), max(1, rows // 3)
        return [
            Pose(x * factor, y * factor, scale, score, edges)
            for x, y, score in peaks(scores, apart, max(CANDIDATES, self.count))
        ]

    def _registered(self, poses: list[Pose]) -> list[Pose]:
        """Refined at the template's own size; where the first is equal only its rivals are."""
        reach = _factor(min(self.template.size)) + 1
        if not poses:
            return []
        first, rest = self.registrar.refined(poses[0], reach), poses[1:]
        if self.count == VERIFIED and self._equal(_whole(first)):
            rest = [pose for pose in rest if pose.score > _RIVAL * poses[0].score] or rest[:1]
        refined = [first, *(self.registrar.refined(pose, reach) for pose in rest)]
        return sorted(refined, key=lambda pose: -pose.score)

    def _rescaled(self, poses: Iterable[Pose]) -> list[Pose]:
        refined = []
        for pose in poses:
            side = min(self.template.size) * pose.scale
            refined.append(self.registrar.scaled(pose, _factor(side) + 2, 0.03))
        return sorted(refined, key=lambda pose: -pose.score)

    def _verified(self, poses: list[Pose]) -> list[Match]:
        inside = [pose for pose in poses if self.wanted.admits(pose.scale)][: self.count]
        matches: list[Match] = []
        for pose in inside:
            matches.append(self._match(pose))
            if self.count == VERIFIED == len(matches) + 1 and matches[0].confidence == 1:
                break  # a runner-up is known, and nothing can be better
        return matches

    def _match(self, pose: Pose) -> Match:
        width, height = (side * pose.scale for side in self.template.size)
        whole = _whole(pose)
        if pose.scale == 1 and self._equal(whole):
            pose, confidence = whole, 1.0
        else:
            confidence = self._confidence(pose)
        exact = (pose.x, pose.y, width, height)
        left, top = round(pose.x), round(pose.y)
        box = Box(
            left, top, max(1, round(pose.x + width) - left), max(1, round(pose.y + height) - top)
        )
        return Match(box.clipped(*self.scene.size), exact, confidence, pose.scale)

    def _equal(self, pose: Pose) -> bool:
        """Whether each pixel that counts is the template's."""
        part = sample(self.scene.rgb, pose.x, pose.y, Grid.of(self.template, 1.0), 0)
        counts = self.template.counts
        if counts is None:
            return np.array_equal(part, self.template.rgb)
        return np.array_equal(part[counts], self.template.rgb[counts])

    def _confidence(self, pose: Pose) -> float:
        """Compared on the template's own pixels, so that windows hold as much of a letter."""
        width, height = self.template.size
        grid = Grid(width, height, pose.scale, pose.scale)
        ink, weights = self.template.sized(width, height)
        around = sample(self.scene.ink.values, pose.x, pose.y, grid, MARGIN)
        ours = _floats(ink)
        if pose.scale < 0.95:  # what the smaller match cannot show is not asked of it
            soft = 0.45 * math.sqrt(pose.scale**-2 - 1)
            ours = np.asarray(cv2.GaussianBlur(ours, (0, 0), soft), np.float32)
        colours = self._recoloured(pose, grid)
        agreed = agreement(
            ours, _floats(around), weights, self.floor, recoloured=colours > _ANOTHER_THEME
        )
        confidence = confidence_of(
            agreed, width * height * pose.scale**2, usual=pose.scale in ROUND_SCALES
        )
        return confidence * (1 - _RECOLOURED * colours)

    def _recoloured(self, pose: Pose, grid: Grid) -> float:
        """How much colours differ, from 0 to 1: it decides between places of one structure."""
        around = sample(self.scene.rgb, pose.x, pose.y, grid, 0)
        apart = cv2.absdiff(np.ascontiguousarray(around), self.template.rgb).mean(axis=2)
        weights = self.template.weights_of_pixels
        mean = float(np.average(apart, weights=weights))
        return min(1.0, mean / _OTHER_COLOUR)


def confidence_of(agreed: float, pixels: float, *, usual: bool = True) -> float:
    """Confidence of an agreement of structure in [0, 1]; only equal pixels reach 1.

    The fewer ``pixels`` of the screen agree, the easier they do so by chance; and so they do at
    one of many scales that are not ``usual``.
    """
    limit = _AT_LIMIT + _FEW_PIXELS_MORE * max(0.0, 1 - pixels / _FEW_PIXELS)
    limit += 0 if usual else _UNUSUAL_MORE
    if agreed < limit:
        return 0.9 * agreed / limit
    return 0.9 + 0.099 * (agreed - limit) / (1 - limit)


def _whole(pose: Pose) -> Pose:
    """The same on whole pixels."""
    return replace(pose, x=round(pose.x), y=round(pose.y))


def _floats(picture: Array) -> Floats:
    floats: Floats = np.ascontiguousarray(picture, np.float32) - np.float32(MIDDLE)
    return floats


def _factor(side: float) -> int:
    """How much smaller the scene is searched for a template whose shorter side is that long."""
    if side >= _QUARTER:
        return 4
    return 2 if side >= _HALF else 1


def _reduced(values: Any, factor: int) -> Floats:
    while factor > 1:
        values, factor = halved(values), factor // 2
    return np.asarray(values, np.float32)


def _weights(weights: Floats | None, factor: int) -> Floats | None:
    if weights is None:
        return None
    return np.asarray(_reduced(weights, factor) > 0.99, np.float32)


def _distinct(poses: list[Pose], template: Template) -> list[Pose]:
    """Without those that are near a better one in place and scale."""
    kept: list[Pose] = []
    for pose in poses:
        reach = 0.15 * min(template.size) * pose.scale + 4
        if not any(
            abs(pose.x - one.x) < reach
            and abs(pose.y - one.y) < reach
            and abs(pose.scale / one.scale - 1) < 0.02
            for one in kept
        ):
            kept.append(pose)
    return kept


def _apart(matches: list[Match]) -> list[Match]:
    """The best first, without those that cover a better one by half."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda one: -one.confidence):
        if not any(_covers(match.box, better.box) for better in kept):
            kept.append(match)
    return kept


def _covers(first: Box, second: Box) -> bool:
    across = min(first.right, second.right) - max(first.x, second.x)
    down = min(first.bottom, second.bottom) - max(first.y, second.y)
    return across > 0 and down > 0 and across * down > 0.3 * min(first.area, second.area)
