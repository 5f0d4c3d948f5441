"""What is known of a check before, besides and without a comparison; its verdict starts here."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.baselines import naming, provenance
from pytest_visualdiff.checks import decision
from pytest_visualdiff.errors import (
    CaptureError,
    ImageError,
    StoreError,
    UnstableTarget,
    VisualDiffError,
)
from pytest_visualdiff.model import BaselineKey, Environment, Status, Verdict, plain
from pytest_visualdiff.options.table import OPTIONS, Layer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_visualdiff.baselines.identity import TestIdentity
    from pytest_visualdiff.checks.closest import Closest
    from pytest_visualdiff.checks.services import CheckServices
    from pytest_visualdiff.model import Screenshot
    from pytest_visualdiff.options.table import Settings


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What is known of a check before anything was seen."""

    test: TestIdentity
    name: str
    location: str

    def key(self, environment: Environment) -> BaselineKey:
        """The key of the check's baseline for a picture from there."""
        return self.test.key(self.name, environment)

    def moved(self, environment: Environment, services: CheckServices) -> Iterator[str]:
        """A note on a baseline that an earlier version wrote to another path."""
        earlier = self.test.earlier_key(self.name, environment)
        if earlier and services.store.read(earlier) is not None:
            old, new = map(services.store.describe, (earlier, self.key(environment)))
            yield (
                "names that differ only in upper and lower case have paths of their own now: if"
                f" {old} is its baseline, move it to {new}"
            )

    def verdict(self, status: Status, message: str = "", **values: Any) -> Verdict:
        """A verdict on the check; ``values`` are further fields of it."""
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

    def trouble(self, error: VisualDiffError, services: CheckServices) -> Verdict:
        """The verdict on a check that could not be made; never a visual difference."""
        frames: list[str] = []
        if isinstance(error, UnstableTarget):
            stem = f"images/{self.test.folder}/{naming.slug(self.name)}.frame"
            for number, frame in enumerate(error.frames, 1):
                path = f"{stem}{self.test.file_suffix}{number}"
                with suppress(StoreError):  # the first trouble is the one to tell
                    frames.append(services.folder.save(f"{path}.png", frame))
        message = f"{self.name!r} was not compared: {type(error).__name__}: {error}"
        lines = [f"\n  frame {shown(services.folder.path / path, services)}" for path in frames]
        return self.verdict(_family(error), message + "".join(lines), frames=tuple(frames))


def _family(error: VisualDiffError) -> Status:
    if isinstance(error, (CaptureError, ImageError)):
        return Status.CAPTURE_ERROR
    return Status.STORE_ERROR if isinstance(error, StoreError) else Status.USAGE_ERROR


def limits(settings: Settings) -> dict[str, Any]:
    """The options that decided, JSON-able, with the layer (and level) that set each."""
    return {
        name: {"value": plain(settings[name]), "origin": settings.who_set(name)}
        for name, option in OPTIONS.items()
        if option.group == "compare" or settings.origin(name) not in (Layer.DEFAULT, Layer.FLAG)
        if option.group in ("compare", "capture")
    }


def notes(
    best: Closest | None, shot: Screenshot, settings: Settings, services: CheckServices
) -> Iterator[str]:
    """What a person should know of a picture and its comparison, whatever the outcome."""
    yield from shot.notes
    if best is None:
        return
    alternative = best.note(services.store.describe(best.baseline.key))
    if alternative:
        yield alternative
    yield from best.found.notes
    tolerated = [one for one in best.found.comparison.tolerated if one not in best.found.ignored]
    yield from decision.tolerated(tolerated, settings)
    yield from decision.still_masked(
        provenance.no_longer_masked(best.baseline.png, shot.masks, plain(settings["mask"]))
    )


def caller(test: TestIdentity) -> str:
    """``path:line`` of the innermost frame inside the test's file."""
    frame = sys._getframe(1)  # noqa: SLF001 - the documented way to a caller's line
    while frame is not None:
        if frame.f_code.co_filename == test.path:
            return f"{test.file}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]  # None ends the loop
    return test.file


def shown(path: Path, services: CheckServices) -> str:
    """A path as messages show it."""
    try:
        return path.relative_to(services.shown_from).as_posix()
    except ValueError:
        return str(path)
