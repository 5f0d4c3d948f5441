"""One check, from a target to a verdict: capture, compare, judge, and what is kept of it.

The object behind the ``visualdiff`` fixture. It knows no pytest: the plugin hands it the
callbacks it needs.
"""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pytest_visualdiff import judge, naming, provenance
from pytest_visualdiff import png as png_file
from pytest_visualdiff.errors import (
    BaselineUnreadable,
    CaptureError,
    DuplicateName,
    ImageError,
    StoreError,
    UnstableTarget,
    VisualDifference,
    VisualDiffError,
)
from pytest_visualdiff.model import BaselineKey, Environment, Status, Verdict, plain
from pytest_visualdiff.options import OPTIONS, Layer, pick

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pytest_visualdiff.comparison.result import Comparison
    from pytest_visualdiff.identity import TestIdentity
    from pytest_visualdiff.model import Box, Screenshot
    from pytest_visualdiff.options import Settings
    from pytest_visualdiff.registry import Registry
    from pytest_visualdiff.run import RunFolder
    from pytest_visualdiff.store import BaselineStore


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a check works with, made once for a session."""

    store: BaselineStore
    folder: RunFolder
    registry: Registry
    shown_from: Path
    """Paths in messages are relative to it."""


@dataclass
class Checker:
    """The checks of one test. ``seen`` is told each verdict, also that of a failed check."""

    test: TestIdentity
    settings: Settings
    rooms: Rooms
    seen: Callable[[Verdict], None]
    skip: Callable[[str], None] | None = None
    postponed: list[Verdict] = field(default_factory=list)
    """Soft differences: the test fails with them at its end."""
    _names: set[str] = field(default_factory=set)

    def check(self, target: Any, name: str | None = None, **options: Any) -> Verdict:
        """Compare a picture of the target with its approved baseline.

        ``target`` is a WebDriver, a WebElement, a path, PNG bytes, a PIL image, an array, or any
        object with a ``screenshot()`` of its own. ``name`` must be unique in the test. Options
        are those of the option table; ``soft=True`` lets the test go on after a difference, and
        fails it at its end.

        Raises ``VisualDifference`` for a difference or a missing baseline, ``CaptureError`` when
        no trustworthy picture could be made, ``StoreError`` when the baseline cannot be read or
        written, ``UsageError`` for a wrong name or option.
        """
        __tracebackhide__ = True
        started = time.perf_counter()
        here = _Here(self.test, name if isinstance(name, str) else repr(name), _caller(self.test))
        try:
            settings, here = self._begin(name, options, here)
            verdict = self._look(target, settings, here)
        except VisualDiffError as error:
            self.seen(replace(here.trouble(error, self.rooms), duration=_since(started)))
            raise
        verdict = replace(verdict, duration=_since(started))
        self.seen(verdict)
        if not verdict.passed and not settings["soft"]:
            raise VisualDifference([verdict])
        if not verdict.passed:
            self.postponed.append(verdict)
        return verdict

    def fail_late(self) -> None:
        """Raise ``VisualDifference`` for the soft differences so far, once."""
        __tracebackhide__ = True
        differing, self.postponed = self.postponed, []
        if differing:
            raise VisualDifference(differing)

    def _begin(
        self, name: str | None, options: Mapping[str, Any], here: _Here
    ) -> tuple[Settings, _Here]:
        chosen = naming.checked_name(self._next() if name is None else name)
        # Some file systems fold case: names that differ in it alone would share a file there.
        if chosen.casefold() in self._names:
            raise DuplicateName(
                f"{chosen!r} is checked twice in {self.test.nodeid}: each check of a test needs a"
                " name of its own, and not only in upper or lower case"
            )
        self._names.add(chosen.casefold())
        here = replace(here, name=chosen)
        if self.skip is not None:
            self.seen(here.verdict(Status.SKIPPED, "visual checks are switched off"))
            self.skip("visual checks are switched off (--visualdiff-skip)")
        return self.settings.over(Layer.CALL, options), here

    def _next(self) -> str:
        count = len(self._names) + 1
        return "shot" if count == 1 else f"shot-{count}"

    def _look(self, target: Any, settings: Settings, here: _Here) -> Verdict:
        from pytest_visualdiff.capture import CaptureOptions, capture

        baselines: dict[str, bytes | None] = {}

        def expected(environment: Environment) -> bytes | None:
            key = here.key(environment)
            if key.path not in baselines:
                baselines[key.path] = self.rooms.store.read(key)
            return baselines[key.path]

        shot = capture(
            target,
            CaptureOptions(**settings.group("capture")),
            expected,
            adapters=self.rooms.registry.adapters,
        )
        return self._judge(shot, expected(shot.environment), settings, here)

    def _judge(
        self, shot: Screenshot, baseline: bytes | None, settings: Settings, here: _Here
    ) -> Verdict:
        comparison = None if baseline is None else self._compare(baseline, shot, settings)
        status = judge.decide(
            has_baseline=baseline is not None,
            same=comparison is None or comparison.same,
            approve=settings["approve"],
        )
        key = here.key(shot.environment)
        if status.writes:
            self.rooms.store.ready(key)
        verdict = here.verdict(
            status,
            key=key.path,
            variant=shot.environment.variant,
            confidence=comparison.confidence if comparison else None,
            differences=comparison.differences if comparison and not comparison.same else (),
            before=png_file.digest(baseline) if baseline else "",
            size=png_file.size(shot.png),
            limits=_limits(settings),
            url=shot.url,
            title=shot.title,
        )
        return self._keep(verdict, shot, baseline, comparison, settings)

    def _compare(self, baseline: bytes, shot: Screenshot, settings: Settings) -> Comparison:
        from pytest_visualdiff.comparison import Limits
        from pytest_visualdiff.comparison.result import Comparison
        from pytest_visualdiff.image import to_array

        masks = (*shot.masks, *provenance.masks(baseline))
        if png_file.same_data(baseline, shot.png) and _something_left(shot, masks):
            return Comparison(confidence=1.0)
        comparator = pick("comparator", settings["comparator"], self.rooms.registry.comparators)
        try:
            approved = to_array(baseline)
        except ImageError as error:
            raise BaselineUnreadable(f"a baseline of {self.test.nodeid}: {error}") from error
        return comparator(
            approved,
            to_array(shot.png),
            masks=masks,
            region=shot.region,
            limits=Limits(**settings.group("compare")),
        )

    def _keep(
        self,
        verdict: Verdict,
        shot: Screenshot,
        baseline: bytes | None,
        comparison: Comparison | None,
        settings: Settings,
    ) -> Verdict:
        """Store what a person needs to decide, and write the message."""
        if verdict.status is not Status.MATCH:
            from pytest_visualdiff.image import compact

            texts = provenance.texts(shot, verdict.limits)
            png = png_file.vouch(compact(shot.png), shot.png, texts)
            stem = f"images/{verdict.key.removesuffix('.png')}{_try(verdict.attempt)}"
            save = self.rooms.folder.save
            verdict = replace(
                verdict,
                after=png_file.digest(png),
                actual=save(f"{stem}.actual.png", png),
                expected=save(f"{stem}.expected.png", baseline) if baseline else "",
                diff=_diff(f"{stem}.diff.png", comparison, save),
                environment=texts,
                notes=tuple(judge.made_elsewhere(png_file.texts(baseline or png), texts)),
            )
        output = _shown(self.rooms.folder.output, self.rooms)
        message = judge.explain(verdict, self._places(verdict), settings, output)
        return replace(verdict, message=message)

    def _places(self, verdict: Verdict) -> dict[str, str]:
        def shown(relative: str) -> str:
            return _shown(self.rooms.folder.path / relative, self.rooms) if relative else ""

        return {
            "baseline": self.rooms.store.where(BaselineKey(verdict.key)),
            "actual": shown(verdict.actual),
            "diff": shown(verdict.diff),
        }


@dataclass(frozen=True, slots=True)
class _Here:
    """What is known of a check before anything was seen."""

    test: TestIdentity
    name: str
    location: str

    def key(self, environment: Environment) -> BaselineKey:
        test = self.test.name_for(environment)
        return naming.baseline_key(self.test.file, test, self.name, environment.variant)

    def verdict(self, status: Status, message: str = "", **values: Any) -> Verdict:
        known = {"key": "", "variant": "", **values}
        return Verdict(
            status=status,
            test=self.test.nodeid,
            name=self.name,
            message=message,
            attempt=self.test.attempt,
            location=self.location,
            **known,
        )

    def trouble(self, error: VisualDiffError, rooms: Rooms) -> Verdict:
        """The verdict on a check that could not be made; never a visual difference."""
        frames: list[str] = []
        if isinstance(error, UnstableTarget):
            stem = naming.baseline_key(self.test.file, self.test.name, self.name, "frame")
            for number, frame in enumerate(error.frames, 1):
                path = f"images/{stem.path.removesuffix('.png')}{_try(self.test.attempt)}{number}"
                with suppress(StoreError):  # the first trouble is the one to tell
                    frames.append(rooms.folder.save(f"{path}.png", frame))
        message = f"{self.name!r} was not compared: {type(error).__name__}: {error}"
        shown = [f"\n  frame {_shown(rooms.folder.path / path, rooms)}" for path in frames]
        return self.verdict(_family(error), message + "".join(shown), frames=tuple(frames))


def _family(error: VisualDiffError) -> Status:
    if isinstance(error, (CaptureError, ImageError)):
        return Status.CAPTURE_ERROR
    return Status.STORE_ERROR if isinstance(error, StoreError) else Status.USAGE_ERROR


def _diff(relative: str, comparison: Comparison | None, save: Callable[[str, bytes], str]) -> str:
    if comparison is None or comparison.same or comparison.picture is None:
        return ""
    from pytest_visualdiff.image import encode

    return save(relative, encode(comparison.diff_image()))


def _something_left(shot: Screenshot, masks: tuple[Box, ...]) -> bool:
    """Whether some pixel is surely compared; False means that it must be counted."""
    width, height = png_file.size(shot.png)
    whole = shot.region.clipped(width, height).area if shot.region else width * height
    return sum(mask.clipped(width, height).area for mask in masks) < whole


def _limits(settings: Settings) -> dict[str, Any]:
    """The options that decided, JSON-able, with the layer (and level) that set each."""
    return {
        name: {"value": plain(settings[name]), "origin": settings.who_set(name)}
        for name, option in OPTIONS.items()
        if option.group == "compare" or settings.origin(name) not in (Layer.DEFAULT, Layer.FLAG)
        if option.group in ("compare", "capture")
    }


def _caller(test: TestIdentity) -> str:
    """``path:line`` of the innermost frame inside the test's file."""
    frame = sys._getframe(1)  # noqa: SLF001 - the documented way to a caller's line
    while frame is not None:
        if frame.f_code.co_filename == test.path:
            return f"{test.file}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]  # None ends the loop
    return test.file


def _shown(path: Path, rooms: Rooms) -> str:
    try:
        return path.relative_to(rooms.shown_from).as_posix()
    except ValueError:
        return str(path)


def _try(attempt: int) -> str:
    return "" if attempt == 1 else f".try{attempt}"


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 6)
