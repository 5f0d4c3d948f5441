"""Work that nobody waits for at once, and that is never lost: one thread, and a place to settle."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future, ThreadPoolExecutor

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

            self._thread = ThreadPoolExecutor(1, "visualdiff-late")
        while len(self._jobs) >= MAX_JOBS:
            self._jobs.pop(0).result()
        self._jobs.append(self._thread.submit(job))

    def settle(self) -> None:
        """Wait until all is done; raises the first error that a job raised, after the last one."""
        jobs, self._jobs = self._jobs, []
        errors = [job.exception() for job in jobs]
        for error in filter(None, errors):
            raise error
