"""Finding templates on a screen, and waiting until they appear or are gone."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_visualdiff import clock
from pytest_visualdiff.browsers import webdriver_errors
from pytest_visualdiff.desktop.grabber import POLL, same_picture
from pytest_visualdiff.errors import (
    AmbiguousTemplate,
    BrowserDied,
    InvalidValue,
    LocateError,
    StoreError,
    TemplateMissing,
    TemplateNotFound,
    TemplateStillThere,
)
from pytest_visualdiff.images.codec import encode
from pytest_visualdiff.matching import CONFIDENCE, SCALES
from pytest_visualdiff.matching.locate import locate, locate_all
from pytest_visualdiff.model import Box, Match

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pytest_visualdiff.desktop.browser_window import BrowserWindow
    from pytest_visualdiff.desktop.machine import Desktop
    from pytest_visualdiff.desktop.masking import SecretMasker
    from pytest_visualdiff.desktop.recording import Journal, Step
    from pytest_visualdiff.desktop.template_files import Template, Templates
    from pytest_visualdiff.model import Array
    from pytest_visualdiff.options.table import Settings

NEAR = 12
"""Pixels around the last place that are searched before everything else is."""
RESTLESS = 25
"""On a screen that never stands still, all sizes are searched every so many pictures."""


@dataclass
class ScreenFinder:
    """The methods of a screen that look for templates."""

    desktop: Desktop
    settings: Settings
    journal: Journal
    templates: Templates
    masker: SecretMasker
    window: BrowserWindow | None = None
    """The browser window that was opened last."""
    postponed: list[LocateError] = field(default_factory=list)
    """Soft steps that failed: the test fails with them at its end."""

    def __post_init__(self) -> None:
        self._waiter = TemplateWaiter(self.look)
        self._seen = self.size
        self.journal.look = self.look
        ratio = self.settings["pixel_ratio"]
        width, height = (round(side / ratio) for side in self._seen)
        self.journal.screen = f"{width}x{height}@{ratio:g}x"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the screen in pixels, as they are now."""
        if self.desktop.windows:
            return self.desktop.windows.size()
        height, width = self.desktop.grabber.look().shape[:2]
        return width, height

    def look(self) -> Array:
        """The screen now: RGB ``uint8`` (height, width, 3), with secrets painted over."""
        return self.masker.clean(self.desktop.grabber.look())

    def find(  # noqa: PLR0913 - all but one are keywords
        self,
        template: Any,
        *,
        confidence: float | None = None,
        region: Any = None,
        timeout: float | None = None,
        colour: bool = False,
        soft: bool = False,
    ) -> Match | None:
        """The place that shows a template, looked for until it is there.

        ``template`` names a file in the folder of templates (``.png`` may be left out) or a
        folder whose pictures are alternatives; or it is a picture. ``confidence`` in [0, 1] is
        0.9 without one; ``region`` is a ``Box``, (x, y, width, height) or a ``Match``, in screen
        pixels; ``timeout`` in seconds is the option's without one. With ``colour`` the place must
        also have the template's colours and contrast, so that a disabled button is not taken for
        an enabled one; a template whose file is called ``NAME.colour.png`` always asks for that.
        The result has ``confidence``, ``runner_up``, ``margin``, and in ``look`` what its colours
        or contrast differ in.

        Raises ``TemplateNotFound`` with the best candidate, the whole screen, what was tried and
        for how long; ``AmbiguousTemplate``, ``FlatTemplate``, ``TemplateMissing`` or
        ``ImageError``. With ``soft=True`` a template that cannot be found gives None, and the
        test fails at its end.
        """
        __tracebackhide__ = True
        with self._step("find", _called(template), soft=soft) as step:
            return self._found(
                step, self._query(template, confidence, region, timeout, colour=colour)
            )
        return None

    def wait_for(self, template: Any, **options: Any) -> Match | None:
        """The same as ``find``, told as waiting in the record."""
        __tracebackhide__ = True
        soft = options.pop("soft", False)
        with self._step("wait_for", _called(template), soft=soft) as step:
            return self._found(step, self._query(template, **options))
        return None

    def find_all(
        self,
        template: Any,
        *,
        confidence: float | None = None,
        region: Any = None,
        timeout: float | None = None,
        colour: bool = False,
    ) -> tuple[Match, ...]:
        """Every place that shows a template, best first; empty where none does in time."""
        __tracebackhide__ = True
        with self._step("find_all", _called(template)) as step:
            query = self._query(template, confidence, region, timeout, colour=colour)
            found, step.picture = self._waiter.find_all(query)
            step.required = query.confidence
            if found:
                step.saw(found[0])
            step.message = f"{len(found)} found"
            self._seen = self.size
            return tuple(found)
        return ()

    def wait_gone(  # noqa: PLR0913 - all but one are keywords
        self,
        template: Any,
        *,
        confidence: float | None = None,
        region: Any = None,
        timeout: float | None = None,
        colour: bool = False,
        soft: bool = False,
    ) -> None:
        """Wait until a template is nowhere to be seen; raises ``TemplateStillThere``."""
        __tracebackhide__ = True
        with self._step("wait_gone", _called(template), soft=soft) as step:
            query = self._query(template, confidence, region, timeout, colour=colour)
            step.required = query.confidence
            step.template = query.templates[0].source
            step.picture = self._waiter.wait_gone(query)

    @contextmanager
    def _step(self, action: str, what: str, *, soft: bool = False) -> Iterator[Step]:
        """A recorded step; one that is soft and finds nothing lets the test go on."""
        __tracebackhide__ = True
        try:
            with self.journal.step(action, what) as step:
                try:
                    yield step
                except TemplateNotFound as error:
                    self._show(error)
                    raise
        except LocateError as error:
            if not soft:
                raise
            self.postponed.append(error)

    def _found(self, step: Step, query: TemplateQuery, *, steady: bool = False) -> Match:
        __tracebackhide__ = True
        step.required, step.template = query.confidence, query.templates[0].source
        found = self._waiter.find(query, steady=steady)
        step.picture, step.template = found.picture, found.template.source
        step.saw(found.match)
        self._seen = found.picture.shape[1], found.picture.shape[0]
        return found.match

    def _query(
        self,
        template: Any,
        confidence: float | None = None,
        region: Any = None,
        timeout: float | None = None,
        *,
        colour: bool = False,
    ) -> TemplateQuery:
        seconds = self.settings["timeout"] if timeout is None else timeout
        if not seconds >= 0:
            raise InvalidValue(f"timeout must be 0 seconds or more, not {timeout!r}")
        return TemplateQuery(
            self.templates.named(template),
            CONFIDENCE if confidence is None else confidence,
            None if region is None else box_of(region),
            seconds,
            colour,
        )

    def _show(self, error: TemplateNotFound) -> None:
        """Keep the pictures of a failed search, and say where they are and what is in the way."""
        if self.window and self.window.gone:
            raise BrowserDied(
                f"{webdriver_errors.describe(self.window.driver)} has no window any more:"
                " it was closed, or the browser was killed, while a template was looked for on the"
                " screen"
            ) from error
        number = len(self.journal.steps) + 1
        lines = [
            f"\n  covered by {one.title!r} at {one.box}"
            for one in (self.window.above() if self.window else ())
            if not one.is_popup
        ]
        with suppress(StoreError):  # the first trouble is the one to tell
            kept = {"candidate": error.picture(), "screen": error.screen}
            for what, png in kept.items():
                if png:
                    path = self.journal.save(f"{number:02}.{what}", png)
                    lines.append(f"\n  {what:<9} {self.journal.shown(path)}")
        error.args = (f"{error}{''.join(lines)}",)


def box_of(area: Any) -> Box:
    """A ``Box`` from one, from a ``Match``, or from (x, y, width, height)."""
    if isinstance(area, Match):
        return area.box
    if isinstance(area, Box):
        return area
    try:
        x, y, width, height = (int(side) for side in area)
    except (TypeError, ValueError) as error:
        raise InvalidValue(
            f"a region is a Box, a Match or (x, y, width, height) in screen pixels, not {area!r}"
        ) from error
    return Box(x, y, width, height)


def _called(template: Any) -> str:
    return str(template) if isinstance(template, (str, Path)) else "a picture"


@dataclass(frozen=True)
class TemplateQuery:
    """What to look for: alternative templates, wanted confidence, region, and seconds."""

    templates: Sequence[Template]
    confidence: float = CONFIDENCE
    region: Box | None = None
    timeout: float = 5.0
    colour: bool = False
    """Whether the place must also have the template's colours and contrast."""

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
class TemplateWaiter:
    """Finds templates on what ``look`` shows, and remembers where they were."""

    look: Callable[[], Array]
    _last: dict[Any, tuple[Box, float]] = field(default_factory=dict)
    """Template -> its last place, and its scale there."""

    def find(self, query: TemplateQuery, *, steady: bool = False) -> Found:
        """The first alternative that is there; ``steady``: and stays where it is for two looks.

        While the screen changes, the last place and the usual size are searched; once it stands
        still, and now and then, everything is. Raises ``TemplateNotFound`` with what was tried and
        for how long, and at once ``AmbiguousTemplate`` on a still screen, ``FlatTemplate`` and
        ``ImageError``.
        """
        started, looks = clock.now(), 0
        until = started + query.timeout
        before: Array | None = None
        searched = False
        while True:
            picture, looks = self.look(), looks + 1
            still = before is not None and same_picture(before, picture)
            last_chance = clock.now() >= until
            if not (still and searched) or last_chance:
                thorough = still or last_chance or looks % RESTLESS == 0
                found = self._one_look(query, picture, thorough=thorough)
                searched = still
                if isinstance(found, Found):
                    if not steady or self._stays(found):
                        return found
                elif last_chance or found.best is None:
                    raise _explained(found, query, picture, clock.now() - started, looks)
            before = picture
            clock.sleep(POLL)

    def find_all(self, query: TemplateQuery) -> tuple[list[Match], Array]:
        """Every place of the first alternative that has any, once there is one; may be empty."""
        until = clock.now() + query.timeout
        before: Array | None = None
        while True:
            picture = self.look()
            if before is not None and same_picture(before, picture):
                for template in query.templates:
                    found = _everywhere(template, query, picture)
                    if found:
                        return list(found), picture
            if clock.now() >= until:
                return [], picture
            before = picture
            clock.sleep(POLL)

    def wait_gone(self, query: TemplateQuery) -> Array:
        """Look until no alternative is there; raises ``TemplateStillThere``.

        While one is still at its last place, nothing else is searched.
        """
        started = clock.now()
        while True:
            picture = self.look()
            there = self._still_there(query, picture)
            if there is None:
                return picture
            waited = clock.now() - started
            if waited >= query.timeout:
                raise TemplateStillThere(
                    f"{query.names} is still at {there.box} after {waited:.1f} s, confidence"
                    f" {there.confidence:.3f}, required {query.confidence:g}",
                    match=there,
                )
            clock.sleep(POLL)

    def _one_look(
        self, query: TemplateQuery, picture: Array, *, thorough: bool
    ) -> Found | TemplateNotFound:
        """The first alternative on one picture, or the error of the one that came nearest."""
        nearest: TemplateNotFound | None = None
        for template in sorted(query.templates, key=lambda one: self._key(one) not in self._last):
            try:
                match = self._search(template, query, picture, thorough=thorough)
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

    def _search(
        self, template: Template, query: TemplateQuery, picture: Array, *, thorough: bool
    ) -> Match:
        last = self._last.get(self._key(template))
        if last is not None and _inside(last[0], query.region):
            try:
                self._again(template, query, picture)
                # It is there; at this size alone, what comes next is known quickly.
                return self._locate(template, query, picture, (last[1],))
            except (TemplateNotFound, AmbiguousTemplate):
                pass
        return self._locate(template, query, picture, SCALES if thorough else (1.0,))

    def _again(self, template: Template, query: TemplateQuery, picture: Array) -> Match:
        """The template at its last place; raises ``TemplateNotFound``."""
        box, scale = self._last[self._key(template)]
        near = box.grown(NEAR).clipped(picture.shape[1], picture.shape[0])
        return self._locate(template, replace(query, region=near), picture, (scale,))

    def _locate(
        self, template: Template, query: TemplateQuery, picture: Array, scales: tuple[float, ...]
    ) -> Match:
        return locate(
            template.source,
            picture,
            confidence=query.confidence,
            scales=scales,
            region=query.region,
            colour=query.colour or template.colour,
        )

    def _still_there(self, query: TemplateQuery, picture: Array) -> Match | None:
        for template in query.templates:
            if self._key(template) in self._last:
                try:
                    return self._again(template, query, picture)
                except (TemplateNotFound, AmbiguousTemplate):
                    pass
        for template in query.templates:
            found = _everywhere(template, query, picture)
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
        return same_picture(now[here], found.picture[here])

    def _key(self, template: Template) -> Any:
        return template.name if template.name != "a picture" else id(template.source)


_NOTHING = Match(Box(0, 0, 0, 0), (0, 0, 0, 0), 0.0)


def _score(error: TemplateNotFound) -> float:
    return error.best.confidence if error.best else -1.0


def _inside(box: Box, region: Box | None) -> bool:
    return region is None or region.union(box) == region


def _everywhere(template: Template, query: TemplateQuery, picture: Array) -> Sequence[Match]:
    """Every place of one alternative, best first."""
    return locate_all(
        template.source,
        picture,
        confidence=query.confidence,
        region=query.region,
        colour=query.colour or template.colour,
    )


def _explained(
    error: TemplateNotFound, query: TemplateQuery, picture: Array, waited: float, looks: int
) -> TemplateNotFound:
    """The same error with what was tried, for how long, and the whole screen."""
    tried = f"looked for {query.names}, {looks} times in {waited:.1f} s (timeout {query.timeout:g})"
    told = TemplateNotFound(f"{error}\n  {tried}", best=error.best, picture=error.picture)
    told.screen, told.tried = encode(picture), tuple(one.name for one in query.templates)
    told.waited = waited
    return told
