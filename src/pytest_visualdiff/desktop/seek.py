"""Looking at a screen until a template is there, or is gone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pytest_visualdiff import clock
from pytest_visualdiff.capture.screen import POLL, equal
from pytest_visualdiff.errors import (
    AmbiguousTemplate,
    TemplateMissing,
    TemplateNotFound,
    TemplateStillThere,
)
from pytest_visualdiff.images.codec import encode
from pytest_visualdiff.matching import CONFIDENCE, SCALES
from pytest_visualdiff.matching.locate import locate, locate_all
from pytest_visualdiff.model import Box, Match

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_visualdiff.desktop.template_files import Template
    from pytest_visualdiff.model import Array

NEAR = 12
"""Pixels around the last place that are searched before everything else is."""


RESTLESS = 25
"""After so many looks all sizes are searched, though the screen never stands still."""


@dataclass(frozen=True)
class Wish:
    """What is looked for: alternatives, how sure it must be, where, and for how many seconds."""

    templates: Sequence[Template]
    confidence: float = CONFIDENCE
    region: Box | None = None
    timeout: float = 5.0

    @property
    def names(self) -> str:
        """The alternatives in words."""
        return " or ".join(repr(one.name) for one in self.templates)


@dataclass(frozen=True)
class Found:
    """A match, the alternative that matched, and the screen that it was found on."""

    match: Match
    template: Template
    picture: Array


@dataclass
class Seeker:
    """Finds templates on what ``look`` shows, and remembers where they were."""

    look: Callable[[], Array]
    _last: dict[Any, tuple[Box, float]] = field(default_factory=dict)
    """Template -> its last place, and its scale there."""

    def find(self, wish: Wish, *, steady: bool = False) -> Found:
        """The first alternative that is there; ``steady``: and stays where it is for two looks.

        While the screen changes, the last place and the usual size are searched; once it stands
        still, and now and then, everything is. Raises ``TemplateNotFound`` with what was tried and
        for how long, and at once ``AmbiguousTemplate`` on a still screen, ``FlatTemplate`` and
        ``ImageError``.
        """
        started, looks = clock.now(), 0
        until = started + wish.timeout
        before: Array | None = None
        searched = False
        while True:
            picture, looks = self.look(), looks + 1
            still = before is not None and equal(before, picture)
            last_chance = clock.now() >= until
            if not (still and searched) or last_chance:
                thorough = still or last_chance or looks % RESTLESS == 0
                found = self._one_look(wish, picture, thorough=thorough)
                searched = still
                if isinstance(found, Found):
                    if not steady or self._stays(found):
                        return found
                elif last_chance or found.best is None:
                    raise _explained(found, wish, picture, clock.now() - started, looks)
            before = picture
            clock.sleep(POLL)

    def find_all(self, wish: Wish) -> tuple[list[Match], Array]:
        """Every place of the first alternative that has any, once there is one; may be empty."""
        until = clock.now() + wish.timeout
        before: Array | None = None
        while True:
            picture = self.look()
            if before is not None and equal(before, picture):
                for template in wish.templates:
                    found = locate_all(
                        template.source, picture, confidence=wish.confidence, region=wish.region
                    )
                    if found:
                        return list(found), picture
            if clock.now() >= until:
                return [], picture
            before = picture
            clock.sleep(POLL)

    def wait_gone(self, wish: Wish) -> Array:
        """Look until no alternative is there; raises ``TemplateStillThere``.

        While one is still at its last place, nothing else is searched.
        """
        started = clock.now()
        while True:
            picture = self.look()
            there = self._still_there(wish, picture)
            if there is None:
                return picture
            waited = clock.now() - started
            if waited >= wish.timeout:
                raise TemplateStillThere(
                    f"{wish.names} is still at {there.box} after {waited:.1f} s, confidence"
                    f" {there.confidence:.3f}, required {wish.confidence:g}",
                    match=there,
                )
            clock.sleep(POLL)

    def _one_look(self, wish: Wish, picture: Array, *, thorough: bool) -> Found | TemplateNotFound:
        """The first alternative on one picture, or the error of the one that came nearest."""
        nearest: TemplateNotFound | None = None
        for template in sorted(wish.templates, key=lambda one: self._key(one) not in self._last):
            try:
                match = self._search(template, wish, picture, thorough=thorough)
            except TemplateNotFound as error:
                if nearest is None or _score(error) > _score(nearest):
                    nearest = error
            except AmbiguousTemplate:
                if thorough:
                    raise
                nearest = nearest or TemplateNotFound("", best=_NOTHING)
            else:
                self._last[self._key(template)] = (match.box, match.scale)
                return Found(match, template, picture)
        if nearest is None:
            raise TemplateMissing("no template was given")
        return nearest

    def _search(self, template: Template, wish: Wish, picture: Array, *, thorough: bool) -> Match:
        last = self._last.get(self._key(template))
        if last is not None and _inside(last[0], wish.region):
            try:
                self._again(template, wish, picture)
                # It is there; at this size alone, what comes next is known quickly.
                return self._locate(template, wish, picture, (last[1],))
            except (TemplateNotFound, AmbiguousTemplate):
                pass
        return self._locate(template, wish, picture, SCALES if thorough else (1.0,))

    def _again(self, template: Template, wish: Wish, picture: Array) -> Match:
        """The template at its last place; raises ``TemplateNotFound``."""
        box, scale = self._last[self._key(template)]
        near = box.grown(NEAR).clipped(picture.shape[1], picture.shape[0])
        return self._locate(template, replace(wish, region=near), picture, (scale,))

    def _locate(
        self, template: Template, wish: Wish, picture: Array, scales: tuple[float, ...]
    ) -> Match:
        return locate(
            template.source,
            picture,
            confidence=wish.confidence,
            scales=scales,
            region=wish.region,
        )

    def _still_there(self, wish: Wish, picture: Array) -> Match | None:
        for template in wish.templates:
            if self._key(template) in self._last:
                try:
                    return self._again(template, wish, picture)
                except (TemplateNotFound, AmbiguousTemplate):
                    pass
        for template in wish.templates:
            found = locate_all(
                template.source, picture, confidence=wish.confidence, region=wish.region
            )
            if found:
                self._last[self._key(template)] = (found[0].box, found[0].scale)
                return found[0]
        return None

    def _stays(self, found: Found) -> bool:
        """Whether the place looks the same a moment later: what moves is not clicked."""
        clock.sleep(POLL)
        now, box = self.look(), found.match.box
        if now.shape != found.picture.shape:
            return False
        here = (slice(box.y, box.bottom), slice(box.x, box.right))
        return equal(now[here], found.picture[here])

    def _key(self, template: Template) -> Any:
        return template.name if template.name != "a picture" else id(template.source)


_NOTHING = Match(Box(0, 0, 0, 0), (0, 0, 0, 0), 0.0)


def _score(error: TemplateNotFound) -> float:
    return error.best.confidence if error.best else -1.0


def _inside(box: Box, region: Box | None) -> bool:
    return region is None or region.union(box) == region


def _explained(
    error: TemplateNotFound, wish: Wish, picture: Array, waited: float, looks: int
) -> TemplateNotFound:
    """The same error with what was tried, for how long, and the whole screen."""
    tried = f"looked for {wish.names}, {looks} times in {waited:.1f} s (timeout {wish.timeout:g})"
    told = TemplateNotFound(f"{error}\n  {tried}", best=error.best, picture=error.picture)
    told.screen, told.tried = encode(picture), tuple(one.name for one in wish.templates)
    told.waited = waited
    return told
