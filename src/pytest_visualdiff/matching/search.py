"""The search: coarse to fine, each candidate registered and then verified by its structure.

The steps go from what is cheap and likely to what is rare: the same size in ink, the same size in
outlines (another theme), other sizes in ink, other sizes in outlines. The first step that verifies
a place ends the search.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np

from pytest_visualdiff.matching.correlation import Stencil, correlation, peaks
from pytest_visualdiff.matching.planes import MIDDLE, Scene, Template, halved, outlined
from pytest_visualdiff.matching.refine import ROUND_SCALES, Grid, Pose, Registrar, sample
from pytest_visualdiff.matching.structure import agreement, faintest, margin_of
from pytest_visualdiff.model import Box, Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.matching import Wanted
    from pytest_visualdiff.matching.planes import Floats, Scene, Template
    from pytest_visualdiff.model import Array

CANDIDATES = 8
"""Peaks of each coarse search that are looked at in full size."""
VERIFIED = 3
"""Of those, the best ones whose structure is compared."""

_RIVAL = 0.6  # share of the best coarse score from which a place may be better
_SPARE = 0.85  # share of the best registered score from which structure may decide otherwise
_NEARLY = 0.93  # share of the best score from which places can be told by structure only
_LEAST = 0.5  # registered score that only the best of a step may fall short of
_CLEAR = 0.7  # registered score at another scale that is verified before all others are tried
_SHARP = 0.75  # correlation in ink from which it may place better than outlines
_RUNNER_UP = 0.3  # agreement below which a place behind a certain one is not looked at twice
_STEP = 1.05  # between two scales of a coarse search
_AT_LIMIT = 0.63  # agreement of structure that means a confidence of 0.9
_FEW_PIXELS, _FEW_PIXELS_MORE = 2500, 0.21  # smaller matches need more, at most so much
_UNUSUAL_MORE = 0.03  # needed at a scale that no browser offers
_RECOLOURED = 0.01  # confidence lost at most where colours differ
_ANOTHER_THEME = 0.25  # of that: from here on outlines count as much as ink
_OTHER_COLOUR = 64.0  # mean difference in levels that is as much as can be


class _Look(NamedTuple):
    """A place as it was seen on a smaller scene, and as it was registered in full size."""

    coarse: Pose
    fine: Pose


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
            found = _apart([*found, *step])[: self.count]
            if self._sure(found):
                break
        return found

    def _steps(self) -> Iterator[list[Match]]:
        """Verified places, a list for each step of the search."""
        same = self.wanted.admits(1.0) and self._fits(1.0)
        if same:
            yield self._unscaled()
        scales = [scale for scale in self._scales() if self._fits(scale)]
        likely = [scale for scale in scales if scale in ROUND_SCALES or not self.wanted.is_range]
        yield from self._resized(likely, edges=False)
        if same:
            yield self._verified(self._registered(self._coarse(1.0, edges=True)))
        yield from self._resized([one for one in scales if one not in likely], edges=False)
        yield from self._resized(likely, edges=True)

    def _unscaled(self) -> list[Match]:
        """Places of the template's own size in ink; equal ones need a runner-up only."""
        poses = self._coarse(1.0, edges=False)
        reach = factor_of(min(self.template.size)) + 1
        needle = Needle(self.template)
        places = [needle.near(self.scene.rgb, pose.x, pose.y, reach) for pose in poses]
        equal = [self._certain(*place) for place in places if place is not None]
        rest = [pose for pose, place in zip(poses, places, strict=True) if place is None]
        if equal and self.count == VERIFIED:
            registered = self._registered(rest[: len(equal) < 2])
            return [*equal, *(self._match(pose, _RUNNER_UP) for pose in registered)]
        return [*equal, *self._verified(self._registered(rest))]

    def _resized(self, scales: list[float], *, edges: bool) -> Iterator[list[Match]]:
        """Places of other sizes, those first that are seen on the smallest scene."""
        looks: list[_Look] = []
        side = min(self.template.size)
        for factor in (4, 2, 1):
            near = [one for one in scales if factor_of(side * one, rough=True) == factor]
            for scale in near:
                fresh = self._looks(scale, edges=edges)
                looks += fresh
                if not edges and self.count == VERIFIED:
                    yield self._at_once(fresh)
            if near and not edges:
                tried = self._best(_ranked(looks, self.template), 2 * self.count)
                yield self._verified(self._rescaled(tried))
                looks = [look for look in looks if look.fine not in tried]
        tried = _ranked(looks, self.template)[: max(CANDIDATES, self.count)]
        yield self._verified(self._rescaled(tried))

    def _looks(self, scale: float, *, edges: bool) -> list[_Look]:
        """The likeliest places of that size, as both looks see them."""
        reach = factor_of(min(self.template.size) * scale, rough=True) + 2
        return [
            _Look(pose, self.registrar.refined(pose, reach))
            for pose in self._best(self._coarse(scale, edges=edges, rough=True))
        ]

    def _at_once(self, looks: list[_Look]) -> list[Match]:
        """Places that are clear enough to end the search before all scales were tried."""
        fine = sorted((look.fine for look in looks), key=lambda pose: -pose.score)
        if not fine or fine[0].score < _CLEAR:
            return []
        best, *others = (pose for pose in fine if pose.score > _SPARE * fine[0].score)
        found = self._verified(self._rescaled([best]))
        if not self._sure(found):
            return [*found, *self._verified(self._rescaled(others))]
        size = found[0].scale / best.scale
        return [*found, *(self._match(self.registrar.at(o, size, 3), _RUNNER_UP) for o in others)]

    def _sure(self, matches: list[Match]) -> bool:
        return any(match.confidence >= self.wanted.confidence for match in matches)

    def _best(self, poses: list[Pose], count: int = 0) -> list[Pose]:
        """The first ones of these, which are in order, and those that score nearly as high."""
        enough = _NEARLY * max((pose.score for pose in poses), default=0.0)
        count = count or self.count
        others = [pose for pose in poses[count:CANDIDATES] if pose.score > enough]
        return [*poses[:count], *others]

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

    def _coarse(self, scale: float, *, edges: bool, rough: bool = False) -> list[Pose]:
        most = max(CANDIDATES, self.count)
        return proposed(self.template, self.scene, scale, most, edges=edges, rough=rough)

    def _registered(self, poses: list[Pose]) -> list[Pose]:
        """Refined at the template's own size."""
        reach = factor_of(min(self.template.size)) + 1
        refined = [
            self.registrar.refined(pose, reach)
            for pose in poses
            if pose.score > _RIVAL * poses[0].score
        ]
        return sorted(refined, key=lambda pose: -pose.score)

    def _rescaled(self, poses: list[Pose]) -> list[Pose]:
        """The better ones of these, which are placed, refined in scale."""
        enough = _RIVAL * max((pose.score for pose in poses), default=0.0)
        refined = [
            climbed if self.wanted.admits(climbed.scale) else pose
            for pose, climbed in ((one, self._climbed(one)) for one in poses if one.score >= enough)
        ]
        return sorted(refined, key=lambda pose: -pose.score)

    def _climbed(self, pose: Pose) -> Pose:
        """At the best scale near by; ink often tells it more sharply than outlines."""
        best = self.registrar.scaled(pose, 3, 0.03)
        if not pose.edges:
            return best
        ink = self.registrar.scaled(replace(best, edges=False), 3, 0.03)
        if ink.score < _SHARP:
            return best
        return max(best, replace(ink, score=best.score), key=self._confidence)

    def _verified(self, poses: list[Pose]) -> list[Match]:
        """The best of these compared by structure; a clearly worse one only as the runner-up."""
        inside = self._best([pose for pose in poses if self.wanted.admits(pose.scale)])
        matches: list[Match] = []
        for pose in inside:
            enough = max(_LEAST, _SPARE * inside[0].score)
            if self.count > VERIFIED or pose is inside[0] or pose.score >= enough:
                few = self._sure(matches) and self.count == VERIFIED
                matches.append(self._match(pose, _RUNNER_UP if few else 0.0))
        return matches

    def _certain(self, x: int, y: int) -> Match:
        width, height = self.template.size
        return Match(Box(x, y, width, height), (x, y, width, height), 1.0, 1.0)

    def _match(self, pose: Pose, least: float = 0.0) -> Match:
        width, height = (side * pose.scale for side in self.template.size)
        confidence = self._confidence(pose, least)
        exact = (pose.x, pose.y, width, height)
        left, top = round(pose.x), round(pose.y)
        box = Box(
            left, top, max(1, round(pose.x + width) - left), max(1, round(pose.y + height) - top)
        )
        return Match(box.clipped(*self.scene.size), exact, confidence, pose.scale)

    def _confidence(self, pose: Pose, least: float = 0.0) -> float:
        """Compared on the template's own pixels, so that windows hold as much of a letter."""
        width, height = self.template.size
        grid = Grid(width, height, pose.scale, pose.scale)
        ink, weights = self.template.sized(width, height)
        around = sample(self.scene.ink.values, pose.x, pose.y, grid, margin_of(pose.scale))
        ours = _floats(ink)
        if pose.scale < 0.95:  # what the smaller match cannot show is not asked of it
            soft = 0.45 * math.sqrt(pose.scale**-2 - 1)
            ours = np.asarray(cv2.GaussianBlur(ours, (0, 0), soft), np.float32)
        colours = self._recoloured(pose, grid)
        agreed = agreement(
            ours,
            _floats(around),
            weights,
            self.floor,
            recoloured=colours > _ANOTHER_THEME,
            least=least,
        )
        pixels = width * height * min(1.0, pose.scale) ** 2  # enlarged ones tell nothing more
        confidence = confidence_of(agreed, pixels, usual=pose.scale in ROUND_SCALES)
        return confidence * (1 - _RECOLOURED * colours)

    def _recoloured(self, pose: Pose, grid: Grid) -> float:
        """How much colours differ, from 0 to 1: it decides between places of one structure."""
        around = sample(self.scene.rgb, pose.x, pose.y, grid, 0)
        apart = cv2.absdiff(np.ascontiguousarray(around), self.template.rgb)
        weights = self.template.weights_of_pixels
        mask = None if weights is None else weights.astype(np.uint8)
        mean = sum(cv2.mean(apart, mask)[:3]) / 3
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


def _floats(picture: Array) -> Floats:
    floats: Floats = np.ascontiguousarray(picture, np.float32) - np.float32(MIDDLE)
    return floats


def _ranked(looks: list[_Look], template: Template) -> list[Pose]:
    """Their registered places, the best of either look first.

    A small scene tells small templates less surely, but forgives large ones a wrong scale.
    """
    sharper = sorted(looks, key=lambda look: -look.fine.score)
    softer = sorted(looks, key=lambda look: -look.coarse.score)
    pairs = zip(sharper, softer, strict=True)
    return _distinct([look.fine for pair in pairs for look in pair], template)


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


# --- the first look, on smaller sizes ---


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


# --- equal pixels ---


_MOST = 64  # places at which one row of the template may be without telling anything


class Needle:
    """The row of a template that tells most, to be looked for as bytes."""

    def __init__(self, template: Template) -> None:
        self.template = template
        rgb, ink, counts = template.rgb, template.ink, template.counts
        changes = ink[:, 1:] != ink[:, :-1]
        if counts is not None:
            changes &= counts[:, 1:] & counts[:, :-1]
        self.row = int(np.argmax(changes.sum(axis=1)))
        run: tuple[int, int] = (
            (0, rgb.shape[1]) if counts is None else _longest_run(counts[self.row])
        )
        self.left: int = run[0]
        self.right: int = run[1]
        self.bytes = rgb[self.row, self.left : self.right].tobytes()

    def near(self, screen: Array, x: float, y: float, reach: int) -> tuple[int, int] | None:
        """The place within ``reach`` pixels of (x, y) whose pixels equal all that count."""
        width, height = self.template.size
        rows, columns = screen.shape[:2]
        left, top = max(0, round(x) - reach), max(0, round(y) - reach)
        right = min(columns, round(x) + reach + width)
        bottom = min(rows, round(y) + reach + height)
        if right - left < width or bottom - top < height:
            return None
        lines = screen[top + self.row : bottom - height + self.row + 1, left:right]
        for row, column in self._hits(np.ascontiguousarray(lines)):
            place = left + column, top + row
            if left <= place[0] <= right - width and self._equals(screen, *place):
                return place
        return None

    def _hits(self, lines: Array) -> Iterator[tuple[int, int]]:
        """Where the row is, as (row, column) of a template that begins there."""
        hay, pitch = lines.tobytes(), lines.shape[1] * 3
        at = -1
        for _ in range(_MOST):
            at = hay.find(self.bytes, at + 1)
            if at < 0:
                return
            row, byte = divmod(at, pitch)
            if byte % 3 == 0 and byte + len(self.bytes) <= pitch:
                yield row, byte // 3 - self.left

    def _equals(self, screen: Array, x: int, y: int) -> bool:
        width, height = self.template.size
        part = screen[y : y + height, x : x + width]
        counts = self.template.counts
        if counts is None:
            return np.array_equal(part, self.template.rgb)
        return np.array_equal(part[counts], self.template.rgb[counts])


def _longest_run(counts: Array) -> tuple[int, int]:
    """Begin and end of the longest run of true values."""
    steps = np.flatnonzero(np.diff(np.concatenate([[0], counts.astype(np.int8), [0]])))
    if not steps.size:
        return 0, 0
    begins, ends = steps[::2], steps[1::2]
    longest = int(np.argmax(ends - begins))
    return int(begins[longest]), int(ends[longest])
