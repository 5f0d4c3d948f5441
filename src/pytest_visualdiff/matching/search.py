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

from pytest_visualdiff.matching.correlation import PreparedTemplate, correlation, peaks
from pytest_visualdiff.matching.planes import MIDDLE, SearchImage, Template, halved, outlined
from pytest_visualdiff.matching.refine import ROUND_SCALES, Grid, Placement, Refiner, sample
from pytest_visualdiff.matching.search_tuning import CONFIDENCE_SCALE, SEARCH
from pytest_visualdiff.matching.template_structure import agreement, faintest, margin_of
from pytest_visualdiff.model import Box, Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.matching.planes import Floats
    from pytest_visualdiff.matching.search_options import SearchOptions
    from pytest_visualdiff.model import Array


class _Candidate(NamedTuple):
    """A place as it was seen on a smaller screen, and as it was registered in full size."""

    coarse: Placement
    fine: Placement


@dataclass(frozen=True)
class Search:
    """One template on one screen."""

    template: Template
    screen: SearchImage
    options: SearchOptions
    count: int = SEARCH.verified
    """How many places are wanted."""

    @cached_property
    def refiner(self) -> Refiner:
        """What refines the placements of this search."""
        return Refiner(self.template, self.screen)

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
        same = self.options.admits(1.0) and self._fits(1.0)
        if same:
            yield self._unscaled()
        scales = [scale for scale in self._scales() if self._fits(scale)]
        likely = [scale for scale in scales if scale in ROUND_SCALES or not self.options.is_range]
        yield from self._resized(likely, edges=False)
        if same:
            yield self._verified(self._registered(self._coarse(1.0, edges=True)))
        yield from self._resized([one for one in scales if one not in likely], edges=False)
        yield from self._resized(likely, edges=True)

    def _unscaled(self) -> list[Match]:
        """Places of the template's own size in ink; equal ones need a runner-up only."""
        placements = self._coarse(1.0, edges=False)
        reach = factor_of(min(self.template.size)) + 1
        matcher = ExactMatcher(self.template)
        places = [
            matcher.near(self.screen.rgb, placement.x, placement.y, reach)
            for placement in placements
        ]
        equal = [self._certain(*place) for place in places if place is not None]
        rest = [
            placement for placement, place in zip(placements, places, strict=True) if place is None
        ]
        if equal and self.count == SEARCH.verified:
            registered = self._registered(rest[: len(equal) < 2])
            return [*equal, *(self._match(placement, SEARCH.runner_up) for placement in registered)]
        return [*equal, *self._verified(self._registered(rest))]

    def _resized(self, scales: list[float], *, edges: bool) -> Iterator[list[Match]]:
        """Places of other sizes, those first that are seen on the smallest screen."""
        candidates: list[_Candidate] = []
        side = min(self.template.size)
        for factor in (4, 2, 1):
            near = [one for one in scales if factor_of(side * one, rough=True) == factor]
            for scale in near:
                fresh = self._candidates(scale, edges=edges)
                candidates += fresh
                if not edges and self.count == SEARCH.verified:
                    yield self._at_once(fresh)
            if near and not edges:
                tried = self._best(_ranked(candidates, self.template), 2 * self.count)
                yield self._verified(self._rescaled(tried))
                candidates = [candidate for candidate in candidates if candidate.fine not in tried]
        tried = _ranked(candidates, self.template)[: max(SEARCH.candidates, self.count)]
        yield self._verified(self._rescaled(tried))

    def _candidates(self, scale: float, *, edges: bool) -> list[_Candidate]:
        """The likeliest places of that size, as they are seen coarsely and in full size."""
        reach = factor_of(min(self.template.size) * scale, rough=True) + 2
        return [
            _Candidate(placement, self.refiner.refined(placement, reach))
            for placement in self._best(self._coarse(scale, edges=edges, rough=True))
        ]

    def _at_once(self, candidates: list[_Candidate]) -> list[Match]:
        """Places that are clear enough to end the search before all scales were tried."""
        fine = sorted(
            (candidate.fine for candidate in candidates), key=lambda placement: -placement.score
        )
        if not fine or fine[0].score < SEARCH.clear:
            return []
        best, *others = (
            placement for placement in fine if placement.score > SEARCH.spare * fine[0].score
        )
        found = self._verified(self._rescaled([best]))
        if not self._sure(found):
            return [*found, *self._verified(self._rescaled(others))]
        size = found[0].scale / best.scale
        return [
            *found,
            *(self._match(self.refiner.at(o, size, 3), SEARCH.runner_up) for o in others),
        ]

    def _sure(self, matches: list[Match]) -> bool:
        return any(match.confidence >= self.options.confidence for match in matches)

    def _best(self, placements: list[Placement], count: int = 0) -> list[Placement]:
        """The first ones of these, which are in order, and those that score nearly as high."""
        enough = SEARCH.nearly * max((placement.score for placement in placements), default=0.0)
        count = count or self.count
        others = [
            placement
            for placement in placements[count : SEARCH.candidates]
            if placement.score > enough
        ]
        return [*placements[:count], *others]

    def _scales(self) -> list[float]:
        """Scales other than 1, those that browsers offer first."""
        if not self.options.is_range:
            return [scale for scale in self.options.scales if abs(scale - 1) > 0.015]
        low, high = self.options.scales
        steps = math.ceil(math.log(high / low) / math.log(SEARCH.step))
        grid = [low * (high / low) ** (step / steps) for step in range(steps + 1)]
        likely = [scale for scale in ROUND_SCALES if self.options.admits(scale) and scale != 1]
        likely.sort(key=lambda scale: abs(math.log(scale)))
        near = [*likely, 1.0]
        return [
            *likely,
            *(one for one in grid if all(abs(one / other - 1) > 0.02 for other in near)),
        ]

    def _fits(self, scale: float) -> bool:
        width, height = self.template.size
        room_x, room_y = self.screen.size
        return round(width * scale) <= room_x and round(height * scale) <= room_y

    def _coarse(self, scale: float, *, edges: bool, rough: bool = False) -> list[Placement]:
        most = max(SEARCH.candidates, self.count)
        return proposed(self.template, self.screen, scale, most, edges=edges, rough=rough)

    def _registered(self, placements: list[Placement]) -> list[Placement]:
        """Refined at the template's own size."""
        reach = factor_of(min(self.template.size)) + 1
        refined = [
            self.refiner.refined(placement, reach)
            for placement in placements
            if placement.score > SEARCH.rival * placements[0].score
        ]
        return sorted(refined, key=lambda placement: -placement.score)

    def _rescaled(self, placements: list[Placement]) -> list[Placement]:
        """The better ones of these, which are placed, refined in scale."""
        enough = SEARCH.rival * max((placement.score for placement in placements), default=0.0)
        refined = [
            climbed if self.options.admits(climbed.scale) else placement
            for placement, climbed in (
                (one, self._climbed(one)) for one in placements if one.score >= enough
            )
        ]
        return sorted(refined, key=lambda placement: -placement.score)

    def _climbed(self, placement: Placement) -> Placement:
        """At the best scale near by; ink often tells it more sharply than outlines."""
        best = self.refiner.scaled(placement, 3, 0.03)
        if not placement.edges:
            return best
        ink = self.refiner.scaled(replace(best, edges=False), 3, 0.03)
        if ink.score < SEARCH.sharp:
            return best
        return max(best, replace(ink, score=best.score), key=self._confidence)

    def _verified(self, placements: list[Placement]) -> list[Match]:
        """The best of these compared by structure; a clearly worse one only as the runner-up."""
        inside = self._best(
            [placement for placement in placements if self.options.admits(placement.scale)]
        )
        matches: list[Match] = []
        for placement in inside:
            enough = max(SEARCH.least, SEARCH.spare * inside[0].score)
            if self.count > SEARCH.verified or placement is inside[0] or placement.score >= enough:
                few = self._sure(matches) and self.count == SEARCH.verified
                matches.append(self._match(placement, SEARCH.runner_up if few else 0.0))
        return matches

    def _certain(self, x: int, y: int) -> Match:
        width, height = self.template.size
        return Match(Box(x, y, width, height), (x, y, width, height), 1.0, 1.0)

    def _match(self, placement: Placement, least: float = 0.0) -> Match:
        width, height = (side * placement.scale for side in self.template.size)
        confidence = self._confidence(placement, least)
        exact = (placement.x, placement.y, width, height)
        left, top = round(placement.x), round(placement.y)
        box = Box(
            left,
            top,
            max(1, round(placement.x + width) - left),
            max(1, round(placement.y + height) - top),
        )
        return Match(box.clipped(*self.screen.size), exact, confidence, placement.scale)

    def _confidence(self, placement: Placement, least: float = 0.0) -> float:
        """Compared on the template's own pixels, so that windows hold as much of a letter."""
        width, height = self.template.size
        grid = Grid(width, height, placement.scale, placement.scale)
        ink, weights = self.template.sized(width, height)
        around = sample(
            self.screen.ink.values, placement.x, placement.y, grid, margin_of(placement.scale)
        )
        in_template = _floats(ink)
        if placement.scale < 0.95:  # what the smaller match cannot show is not asked of it
            soft = 0.45 * math.sqrt(placement.scale**-2 - 1)
            in_template = np.asarray(cv2.GaussianBlur(in_template, (0, 0), soft), np.float32)
        colours = self._recoloured(placement, grid)
        agreed = agreement(
            in_template,
            _floats(around),
            weights,
            self.floor,
            recoloured=colours > CONFIDENCE_SCALE.another_theme,
            least=least,
        )
        pixels = width * height * min(1.0, placement.scale) ** 2  # enlarged ones tell nothing more
        confidence = confidence_of(agreed, pixels, usual=placement.scale in ROUND_SCALES)
        return confidence * (1 - CONFIDENCE_SCALE.recoloured * colours)

    def _recoloured(self, placement: Placement, grid: Grid) -> float:
        """How much colours differ, from 0 to 1: it decides between places of one structure."""
        around = sample(self.screen.rgb, placement.x, placement.y, grid, 0)
        apart = cv2.absdiff(np.ascontiguousarray(around), self.template.rgb)
        weights = self.template.weights_of_pixels
        mask = None if weights is None else weights.astype(np.uint8)
        mean = sum(cv2.mean(apart, mask)[:3]) / 3
        return min(1.0, mean / CONFIDENCE_SCALE.other_colour)


def confidence_of(agreed: float, pixels: float, *, usual: bool = True) -> float:
    """Confidence of an agreement of structure in [0, 1]; only equal pixels reach 1.

    The fewer ``pixels`` of the screen agree, the easier they do so by chance; and so they do at
    one of many scales that are not ``usual``.
    """
    limit = CONFIDENCE_SCALE.at_limit + CONFIDENCE_SCALE.few_pixels_more * max(
        0.0, 1 - pixels / CONFIDENCE_SCALE.few_pixels
    )
    limit += 0 if usual else CONFIDENCE_SCALE.unusual_more
    if agreed < limit:
        return 0.9 * agreed / limit
    return 0.9 + 0.099 * (agreed - limit) / (1 - limit)


def _floats(picture: Array) -> Floats:
    floats: Floats = np.ascontiguousarray(picture, np.float32) - np.float32(MIDDLE)
    return floats


def _ranked(candidates: list[_Candidate], template: Template) -> list[Placement]:
    """Their registered places, the best of either candidate first.

    A small screen tells small templates less surely, but forgives large ones a wrong scale.
    """
    sharper = sorted(candidates, key=lambda candidate: -candidate.fine.score)
    softer = sorted(candidates, key=lambda candidate: -candidate.coarse.score)
    pairs = zip(sharper, softer, strict=True)
    return _distinct([candidate.fine for pair in pairs for candidate in pair], template)


def _distinct(placements: list[Placement], template: Template) -> list[Placement]:
    """Without those that are near a better one in place and scale."""
    kept: list[Placement] = []
    for placement in placements:
        reach = 0.15 * min(template.size) * placement.scale + 4
        if not any(
            abs(placement.x - one.x) < reach
            and abs(placement.y - one.y) < reach
            and abs(placement.scale / one.scale - 1) < 0.02
            for one in kept
        ):
            kept.append(placement)
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


def factor_of(side: float, *, rough: bool = False) -> int:
    """How much smaller the screen is searched for a template whose shorter side is that long."""
    if side >= (SEARCH.rough_quarter if rough else SEARCH.quarter):
        return 4
    return 2 if side >= SEARCH.half else 1


def proposed(  # noqa: PLR0913 - what is searched, where, and how
    template: Template,
    screen: SearchImage,
    scale: float,
    count: int,
    *,
    edges: bool,
    rough: bool = False,
) -> list[Placement]:
    """At most ``count`` peaks of the correlation at that scale, the best first."""
    width, height = (round(side * scale) for side in template.size)
    factor = factor_of(min(width, height), rough=rough)
    ink, weights = template.sized(width, height)
    values = outlined(ink) if edges else ink
    prepared = PreparedTemplate.of(
        _reduced(values, factor) - np.float32(MIDDLE), _weights(weights, factor)
    )
    plane = screen.edges if edges else screen.ink
    scores = correlation(plane.level(factor), prepared, plane.smaller(factor))
    rows, columns = prepared.deviations.shape
    apart = max(1, columns // 3), max(1, rows // 3)
    return [
        Placement(x * factor, y * factor, scale, score, edges)
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


class ExactMatcher:
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
        for _ in range(SEARCH.equal_rows):
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
