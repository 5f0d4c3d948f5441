"""What an engine answers, how one is asked, and our own engine behind that.

An engine lives in a process of its own that reads jobs as JSON lines and answers each with one
line, so that no process start, no library of another engine and no crash ever counts.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from research.harness.places import Rectangle

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
WORKERS = HERE / "workers"
PATIENCE = 120.0
"""Seconds one pair may take."""
GRACE = 3.0
"""Seconds an engine may take to end."""


@dataclass(frozen=True)
class Answer:
    """What an engine says of one pair of pictures."""

    same: bool
    score: float
    """Any number that grows with the difference; ranks pairs for the ROC curve."""
    boxes: tuple[Rectangle, ...] | None
    """Where the pictures differ; None from an engine that names no places."""
    milliseconds: float
    """Files in, verdict out, inside the engine's process."""
    confidence: float | None = None
    """In [0, 1] that the pair is the same, where an engine has such a number."""
    note: str = ""
    """What the engine has to say, or its error."""
    failed: bool = False
    """Whether the engine gave an error in place of a verdict."""

    def to_dict(self) -> dict[str, Any]:
        """Return the same as JSON-able data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Answer:
        """Return the value that ``to_dict`` or a worker wrote."""
        boxes = data.get("boxes")
        found = None if boxes is None else tuple(_rectangle(box) for box in boxes)
        known = {name: value for name, value in data.items() if name in cls.__annotations__}
        return cls(**(known | {"boxes": found}))


def _rectangle(box: Sequence[float]) -> Rectangle:
    x, y, width, height = map(round, box)
    return x, y, width, height


@dataclass(frozen=True)
class Found:
    """Where an engine found a template on a screen; ``box`` is None where it found nothing."""

    box: tuple[float, float, float, float] | None
    score: float
    milliseconds: float


class Engine(Protocol):
    """Compares files; ``version`` changes with everything that may change its answers."""

    name: str
    version: str

    def compare(self, expected: Path, actual: Path) -> Answer:
        """Compare two PNG files; an engine's own failure is an answer, too."""
        ...

    def close(self) -> None:
        """End the engine's process."""
        ...


class EngineError(Exception):
    """An engine cannot be installed or started; the text says what failed."""


@dataclass(frozen=True)
class Command:
    """How to start the process of an engine: each job carries ``options`` as well."""

    name: str
    label: str
    """The engine and its settings, as the table shows them."""
    version: str
    words: tuple[str, ...]
    options: tuple[tuple[str, Any], ...] = ()

    def start(self) -> Worker:
        """Start one process."""
        return Worker(self)


class Worker:
    """One running process of an engine; started anew after a crash or a hang."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.name, self.version = command.name, command.version
        self._process: subprocess.Popen[str] | None = None

    def compare(self, expected: Path, actual: Path) -> Answer:
        """Compare two files; what went wrong is told in the note of a failed answer."""
        job = {"expected": str(expected), "actual": str(actual), **dict(self.command.options)}
        try:
            reply = self._ask(job)
        except (OSError, ValueError) as error:
            self.close()
            return _failure(str(error))
        if "error" in reply:
            return _failure(str(reply["error"]), reply.get("milliseconds", 0.0))
        return Answer.from_dict(reply)

    def _ask(self, job: Mapping[str, Any]) -> dict[str, Any]:
        process = self._running()
        guard = threading.Timer(PATIENCE, process.kill)
        guard.start()
        try:
            _pipe(process.stdin).write(json.dumps(job) + "\n")
            _pipe(process.stdin).flush()
            line = _pipe(process.stdout).readline()
        finally:
            guard.cancel()
        if not line:
            raise OSError(f"{self.name} ended without an answer (status {process.wait()})")
        reply: dict[str, Any] = json.loads(line)
        return reply

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(
                self.command.words, stdin=pipe, stdout=pipe, text=True, encoding="utf-8"
            )
        return self._process

    def close(self) -> None:
        """Let the process end by itself, as its input does; kill it where it does not."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            _pipe(process.stdin).close()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
        with process:  # closes the other pipe and waits
            pass


def _pipe(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise OSError("no pipe")
    return stream


def _failure(text: str, milliseconds: float = 0.0) -> Answer:
    """An engine's error counts as a difference: the test of a user would have failed as well."""
    return Answer(
        same=False, score=1e9, boxes=None, milliseconds=milliseconds, note=text, failed=True
    )


class Ours:
    """Our engine in this process, with its default options."""

    name = "ours"

    @cached_property
    def version(self) -> str:
        """A digest of the whole source: any change makes stored answers stale."""
        return source_version()

    def compare(self, expected: Path, actual: Path) -> Answer:
        """Compare two files."""
        from research.harness.workers.ours import compare

        return Answer.from_dict(compare(expected, actual))

    def close(self) -> None:
        """Nothing to end."""


def source_version() -> str:
    """Digest the source of the installed plugin."""
    import pytest_visualdiff

    root = Path(pytest_visualdiff.__file__).parent
    sources = sorted(path for path in root.rglob("*") if path.suffix in {".py", ".so", ".c"})
    digest = hashlib.blake2b(digest_size=8)
    for path in sources:
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def ours() -> Command:
    """Our engine in a process of its own, like every peer."""
    from pytest_visualdiff import __version__

    words = (sys.executable, "-m", "research.harness.workers.ours")
    return Command("ours", f"visualdiff {__version__}", source_version(), words)
