"""The steps of a test on a screen, as ``run.json`` and the report show them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_visualdiff import clock
from pytest_visualdiff.checks.context import caller
from pytest_visualdiff.errors import TemplateNotFound, TemplateStillThere, VisualDiffError
from pytest_visualdiff.images.codec import as_png, encode
from pytest_visualdiff.model import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_visualdiff.baselines.identity import TestIdentity
    from pytest_visualdiff.checks.services import CheckServices
    from pytest_visualdiff.images.codec import ImageSource
    from pytest_visualdiff.model import Array, Box, Match, Verdict


@dataclass
class Step:
    """One step while it happens; ``picture`` is the whole screen, points are its pixels."""

    action: str
    what: str
    picture: Array | None = None
    template: ImageSource | None = None
    match: Match | None = None
    required: float | None = None
    box: Box | None = None
    point: tuple[int, int] | None = None
    message: str = ""

    def saw(self, match: Match) -> None:
        """What was found."""
        self.match, self.box = match, match.box
        self.message = self.message or match.look


@dataclass
class Journal:
    """The steps of one test; their pictures are saved in the run folder."""

    test: TestIdentity
    services: CheckServices
    look: Callable[[], Array] | None = None
    """The screen now, without secrets."""
    browser: str = ""
    screen: str = ""
    """Size in CSS pixels and pixel ratio, such as ``1280x800@1x``."""
    steps: list[dict[str, Any]] = field(default_factory=list)
    _last: tuple[bytes, str] = (b"", "")
    """The last picture's PNG and where it was saved."""

    @contextmanager
    def step(self, action: str, what: str) -> Iterator[Step]:
        """Record what happens in the block, also when it fails."""
        __tracebackhide__ = True
        step, started = Step(action, what), clock.now()
        try:
            yield step
        except BaseException as error:
            _failed(step, error)
            self._record(step, clock.now() - started, status="failed")
            raise
        self._record(step, clock.now() - started, status="done")

    def to_dict(self, *, failed: bool) -> dict[str, Any]:
        """The journey as JSON-able data (an entry of ``journeys`` in ``run.json``)."""
        return {
            "test": self.test.nodeid,
            "browser": self.browser,
            "screen": self.screen,
            "outcome": "failed" if failed else "passed",
            "steps": list(self.steps),
        }

    def save(self, name: str, png: bytes) -> str:
        """Save a picture of this journey; its path relative to the run folder."""
        return self.services.folder.keep(f"journeys/{self.test.folder}/{name}.png", png)

    def checked(self, verdict: Verdict, picture: Array) -> None:
        """Record a check of the screen."""
        step = Step("check", verdict.name, picture=picture, message=verdict.message)
        status = "done" if verdict.passed else "failed"
        self._record(step, verdict.duration, status=status, location=verdict.location)

    def shown(self, relative: str) -> str:
        """A file of the run as messages name it."""
        return self.services.display_path(self.services.folder.path / relative)

    def _record(self, step: Step, duration: float, *, status: str, location: str = "") -> None:
        number = len(self.steps) + 1
        name = f"{number:02}{self.test.file_suffix}"
        png = self._png(step)
        height, width = step.picture.shape[:2] if step.picture is not None else (0, 0)
        self.steps.append(
            {
                "number": number,
                "action": step.action,
                "what": plain(step.what),
                "status": status,
                "picture": self._picture(name, png),
                "size": [width, height],
                "box": _listed(step.box),
                "point": list(step.point) if step.point else None,
                "template": self._template(name, step.template),
                **_measures(step),
                "duration": round(duration, 6),
                "message": plain(step.message),
                "location": location or caller(self.test),
            }
        )

    def _png(self, step: Step) -> bytes:
        """The picture of a step: its own, or the screen as it is now; empty without a screen."""
        if step.picture is None and self.look:
            try:
                step.picture = self.look()
            except VisualDiffError:
                return b""
        return b"" if step.picture is None else encode(step.picture)

    def _picture(self, name: str, png: bytes) -> str:
        if not png:
            return ""
        if png != self._last[0]:
            self._last = png, self.save(name, png)
        return self._last[1]

    def _template(self, name: str, source: ImageSource | None) -> str:
        return "" if source is None else self.save(f"{name}.template", as_png(source))


def _listed(box: Box | None) -> list[int] | None:
    return [box.x, box.y, box.width, box.height] if box else None


def _measures(step: Step) -> dict[str, float | None]:
    """How sure the match was."""
    match = step.match
    other = match.runner_up if match else None
    return {
        "confidence": round(match.confidence, 6) if match else None,
        "required": step.required,
        "runner_up": round(other.confidence, 6) if other else None,
        "margin": round(match.margin, 6) if match else None,
    }


def _failed(step: Step, error: BaseException) -> None:
    known = isinstance(error, VisualDiffError)
    step.message = str(error) if known else type(error).__name__
    seen = error.best if isinstance(error, TemplateNotFound) else None
    seen = error.match if isinstance(error, TemplateStillThere) else seen
    if seen is not None:
        step.saw(seen)
