"""The context of one check (test, name, line in the test), and the verdicts that start from it."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.baselines import naming
from pytest_visualdiff.errors import (
    CaptureError,
    ImageError,
    StoreError,
    UnexpectedError,
    UnstableTarget,
    VisualDiffError,
)
from pytest_visualdiff.model import BaselineKey, Environment, Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.baselines.identity import TestIdentity
    from pytest_visualdiff.checks.services import CheckServices


@dataclass(frozen=True, slots=True)
class CheckContext:
    """The test, the name and the line of a check, before anything is captured."""

    test: TestIdentity
    name: str
    location: str
    """``path:line`` of the call in the test."""

    def key(self, environment: Environment) -> BaselineKey:
        """The key of the check's baseline for a picture from that environment."""
        return self.test.key(self.name, environment)

    def earlier_baseline(self, environment: Environment, services: CheckServices) -> Iterator[str]:
        """A note on a baseline that an earlier version wrote to another path."""
        earlier = self.test.earlier_key(self.name, environment)
        if earlier and services.store.read(earlier) is not None:
            old, new = map(services.store.describe, (earlier, self.key(environment)))
            yield (
                "names that differ only in upper and lower case have paths of their own now: if"
                f" {old} is its baseline, move it to {new}"
            )

    def verdict(self, status: Status, message: str = "", **values: Any) -> Verdict:
        """A verdict on the check; ``values`` are further fields of the verdict."""
        fields = {"key": "", "variant": "", **values}
        return Verdict(
            status=status,
            test=self.test.nodeid,
            name=self.name,
            message=message,
            attempt=self.test.attempt,
            location=self.location,
            **fields,
        )

    def failed(self, error: VisualDiffError, services: CheckServices) -> Verdict:
        """The verdict on a check that could not be made; never a visual difference.

        The frames of a target that never settled are saved in the run folder.
        """
        frames = tuple(self._save_frames(error, services))
        message = f"{self.name!r} was not compared: {type(error).__name__}: {error}"
        for frame in frames:
            message += f"\n  frame {services.display_path(services.folder.path / frame)}"
        return self.verdict(_status_of(error), message, frames=frames)

    def _save_frames(self, error: VisualDiffError, services: CheckServices) -> Iterator[str]:
        if not isinstance(error, UnstableTarget):
            return
        stem = f"images/{self.test.folder}/{naming.slug(self.name)}.frame{self.test.file_suffix}"
        for number, frame in enumerate(error.frames, 1):
            with suppress(StoreError):  # the capture error is the one to report
                yield services.folder.save(f"{stem}{number}.png", frame)


def _status_of(error: VisualDiffError) -> Status:
    if isinstance(error, (CaptureError, ImageError, UnexpectedError)):
        return Status.CAPTURE_ERROR
    return Status.STORE_ERROR if isinstance(error, StoreError) else Status.USAGE_ERROR


def caller(test: TestIdentity) -> str:
    """``path:line`` of the innermost frame inside the test's file."""
    frame = sys._getframe(1)  # noqa: SLF001 - the documented way to a caller's line
    while frame is not None:
        if frame.f_code.co_filename == test.path:
            return f"{test.file}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]  # None ends the loop
    return test.file
