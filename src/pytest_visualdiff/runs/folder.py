"""The folder of a run: its pictures and records, written whole or not at all.

A background thread may write files; ``settle()`` waits for it and re-raises its errors.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from pytest_visualdiff import clock
from pytest_visualdiff.errors import RunUnreadable, StoreError
from pytest_visualdiff.files import inside, make_folders, write_atomically
from pytest_visualdiff.runs import history

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future, ThreadPoolExecutor
    from pathlib import Path

LARGEST = 512 << 20
"""Bytes of a file of a run that is still read."""

MAX_JOBS = 2
"""Jobs under way or waiting; each may hold a picture, and a further one waits for the first."""


class BackgroundWriter:
    """Jobs on a thread of their own, in the order they came.

    The interpreter waits for them at its end, so that none is lost where nobody settles.
    """

    def __init__(self) -> None:
        self._jobs: list[Future[object]] = []
        self._thread: ThreadPoolExecutor | None = None

    def start(self, job: Callable[[], object]) -> None:
        """Have a job done; raises what an earlier one raised, where that had to be waited for."""
        if self._thread is None:
            from concurrent.futures import ThreadPoolExecutor

            self._thread = ThreadPoolExecutor(1, "visualdiff-writer")
        while len(self._jobs) >= MAX_JOBS:
            self._jobs.pop(0).result()
        self._jobs.append(self._thread.submit(job))

    def settle(self) -> None:
        """Wait until all is done; raises the first error that a job raised, after the last one."""
        jobs, self._jobs = self._jobs, []
        errors = [job.exception() for job in jobs]
        for error in filter(None, errors):
            raise error


LATEST = "latest"
"""File in the output folder that names the newest run."""


def new_id() -> str:
    """A name for a run: sorts by time, unique on a shared folder."""
    return clock.stamp("%Y%m%d-%H%M%S-") + secrets.token_hex(3)


@dataclass(frozen=True, slots=True)
class RunFolder:
    """One run's folder below the output folder; created by the first thing saved in it."""

    foreign: ClassVar[bool] = False
    """Whether the run comes from elsewhere."""

    output: Path
    id: str
    writer: BackgroundWriter = field(default_factory=BackgroundWriter, compare=False, repr=False)
    """Files that are still being made."""

    @property
    def path(self) -> Path:
        """The folder of this run."""
        return self.output / self.id

    def save(self, relative: str, data: bytes, *, durable: bool = False) -> str:
        """Write a file of the run, whole or not at all; returns ``relative``.

        A picture is not waited for until it is on the disk: what a power failure takes is told,
        as its SHA-256 is in the record, and the next run makes it again.
        """
        try:
            self.create()
            write_atomically(inside(self.path, relative), data, durable=durable)
        except (OSError, ValueError) as error:
            raise StoreError(
                f"cannot write {self.path / relative}: {error}; set another folder with"
                " --visualdiff-output-dir"
            ) from error
        return relative

    def keep(self, relative: str, data: bytes) -> str:
        """The same for a picture that is of use, but of less than what it shows: empty where the
        folder takes no files, as in a read-only checkout.
        """
        try:
            return self.save(relative, data)
        except StoreError:
            return ""

    def save_in_background(self, relative: str, make: Callable[[], bytes]) -> str:
        """The same with what ``make`` gives, off the critical path; ``settle`` or a ``load`` waits
        for it, and raises what went wrong.
        """
        self.writer.start(lambda: self.save(relative, make()))
        return relative

    def settle(self) -> None:
        """Wait for files that are being made; raises ``StoreError`` for one that failed."""
        self.writer.settle()

    def load(self, relative: str) -> bytes:
        """A file of the run; raises ``RunUnreadable`` where it is gone or lies elsewhere."""
        self.settle()
        try:
            path = inside(self.path, relative)
            if path.exists() and not path.is_file():
                raise ValueError("it is no plain file")  # noqa: TRY301 - told with the others
            if path.stat().st_size > LARGEST:
                raise ValueError(f"it has more than {LARGEST:,} bytes")  # noqa: TRY301 - likewise
            return path.read_bytes()
        except (OSError, ValueError) as error:
            raise RunUnreadable(f"cannot read {relative!r} of run {self.id}: {error}") from error

    def create(self) -> None:
        """Make the folder, marked as ours; raises ``OSError``."""
        if history.hold(self.path):
            return
        make_output(self.output)
        make_folders(self.path)
        history.mark(self.path)


def make_output(output: Path) -> None:
    """Make the output folder where there is none, ignored by git; raises ``OSError``."""
    if not output.exists():  # a folder that was there before may hold what others want in git
        make_folders(output)
        write_atomically(output / ".gitignore", b"*\n")


OUTPUT = ".visualdiff"
"""Where the command looks for runs when it is not told."""
