"""The part of a screen that looks: finding templates, and waiting until they are gone."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.browsers import webdriver_errors
from pytest_visualdiff.desktop.seek import Seeker, Wish
from pytest_visualdiff.errors import (
    BrowserDied,
    InvalidValue,
    LocateError,
    StoreError,
    TemplateNotFound,
)
from pytest_visualdiff.matching import CONFIDENCE
from pytest_visualdiff.model import Box, Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.desktop.browser_window import BrowserWindow
    from pytest_visualdiff.desktop.machine import Desktop
    from pytest_visualdiff.desktop.masking import Concealer
    from pytest_visualdiff.desktop.recording import Journal, Step
    from pytest_visualdiff.desktop.template_files import Templates
    from pytest_visualdiff.model import Array
    from pytest_visualdiff.options.table import Settings


@dataclass
class Finds:
    """What a screen needs to look, and its verbs that only look."""

    desktop: Desktop
    settings: Settings
    journal: Journal
    templates: Templates
    concealer: Concealer
    window: BrowserWindow | None = None
    """The browser window that was opened last."""
    postponed: list[LocateError] = field(default_factory=list)
    """Soft steps that failed: the test fails with them at its end."""

    def __post_init__(self) -> None:
        self._seeker = Seeker(self.look)
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
        height, width = self.desktop.eyes.look().shape[:2]
        return width, height

    def look(self) -> Array:
        """The screen now: RGB ``uint8`` (height, width, 3), with secrets painted over."""
        return self.concealer.clean(self.desktop.eyes.look())

    def find(
        self,
        template: Any,
        *,
        confidence: float | None = None,
        region: Any = None,
        timeout: float | None = None,
        soft: bool = False,
    ) -> Match | None:
        """The place that shows a template, looked for until it is there.

        ``template`` names a file in the folder of templates (``.png`` may be left out) or a
        folder whose pictures are alternatives; or it is a picture. ``confidence`` in [0, 1] is
        0.9 without one; ``region`` is a ``Box``, (x, y, width, height) or a ``Match``, in screen
        pixels; ``timeout`` in seconds is the option's without one. The result has ``confidence``,
        ``runner_up`` and ``margin``.

        Raises ``TemplateNotFound`` with the best candidate, the whole screen, what was tried and
        for how long; ``AmbiguousTemplate``, ``FlatTemplate``, ``TemplateMissing`` or
        ``ImageError``. With ``soft=True`` a template that cannot be found gives None, and the
        test fails at its end.
        """
        __tracebackhide__ = True
        with self._step("find", _called(template), soft=soft) as step:
            return self._found(step, self._wish(template, confidence, region, timeout))
        return None

    def wait_for(self, template: Any, **options: Any) -> Match | None:
        """The same as ``find``, told as waiting in the record."""
        __tracebackhide__ = True
        soft = options.pop("soft", False)
        with self._step("wait_for", _called(template), soft=soft) as step:
            return self._found(step, self._wish(template, **options))
        return None

    def find_all(
        self,
        template: Any,
        *,
        confidence: float | None = None,
        region: Any = None,
        timeout: float | None = None,
    ) -> tuple[Match, ...]:
        """Every place that shows a template, best first; empty where none does in time."""
        __tracebackhide__ = True
        with self._step("find_all", _called(template)) as step:
            wish = self._wish(template, confidence, region, timeout)
            found, step.picture = self._seeker.find_all(wish)
            step.required = wish.confidence
            if found:
                step.saw(found[0])
            step.message = f"{len(found)} found"
            self._seen = self.size
            return tuple(found)
        return ()

    def wait_gone(
        self,
        template: Any,
        *,
        confidence: float | None = None,
        region: Any = None,
        timeout: float | None = None,
        soft: bool = False,
    ) -> None:
        """Wait until a template is nowhere to be seen; raises ``TemplateStillThere``."""
        __tracebackhide__ = True
        with self._step("wait_gone", _called(template), soft=soft) as step:
            wish = self._wish(template, confidence, region, timeout)
            step.required = wish.confidence
            step.template = wish.templates[0].source
            step.picture = self._seeker.wait_gone(wish)

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

    def _found(self, step: Step, wish: Wish, *, steady: bool = False) -> Match:
        __tracebackhide__ = True
        step.required, step.template = wish.confidence, wish.templates[0].source
        found = self._seeker.find(wish, steady=steady)
        step.picture, step.template = found.picture, found.template.source
        step.saw(found.match)
        self._seen = found.picture.shape[1], found.picture.shape[0]
        return found.match

    def _wish(
        self,
        template: Any,
        confidence: float | None = None,
        region: Any = None,
        timeout: float | None = None,
    ) -> Wish:
        seconds = self.settings["timeout"] if timeout is None else timeout
        if not seconds >= 0:
            raise InvalidValue(f"timeout must be 0 seconds or more, not {timeout!r}")
        return Wish(
            self.templates.named(template),
            CONFIDENCE if confidence is None else confidence,
            None if region is None else box_of(region),
            seconds,
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
