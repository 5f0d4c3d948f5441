"""What is done later is done in order, is never lost, and its errors are not either."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from pytest_visualdiff.errors import StoreError
from pytest_visualdiff.runs.folder import MAX_JOBS, BackgroundWriter, RunFolder

if TYPE_CHECKING:
    from pathlib import Path


def test_starting_does_not_wait_and_settling_does() -> None:
    """Jobs are done one after the other, in the order they came."""
    late, go, done = BackgroundWriter(), threading.Event(), list[int]()
    late.start(lambda: done.append(int(go.wait(10))))
    late.start(lambda: done.append(2))
    assert not done
    go.set()
    late.settle()
    assert done == [1, 2]


def test_an_error_is_raised_once_all_is_done() -> None:
    """By whoever settles, and once."""
    late, done = BackgroundWriter(), list[int]()

    def fail() -> None:
        raise StoreError("no space left")

    late.start(fail)
    late.start(lambda: done.append(1))
    with pytest.raises(StoreError, match="no space left"):
        late.settle()
    assert done == [1]
    late.settle()


def test_no_more_than_a_few_jobs_wait() -> None:
    """Pictures do not pile up: a further job waits for the first."""
    late, order = BackgroundWriter(), list[int]()
    for number in range(MAX_JOBS + 3):
        late.start(lambda number=number: order.append(number))  # type: ignore[misc]
    assert len(order) >= 3
    late.settle()
    assert order == list(range(MAX_JOBS + 3))


def test_nothing_is_lost_where_nobody_settles(tmp_path: Path) -> None:
    """The interpreter finishes the work before it ends."""
    program = (
        "import sys, time; from pathlib import Path\n"
        "from pytest_visualdiff.runs.folder import RunFolder\n"
        "folder = RunFolder(Path(sys.argv[1]), 'run')\n"
        "folder.save_in_background('a.png', lambda: (time.sleep(0.5), b'made')[1])\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)
    assert (tmp_path / "run" / "a.png").read_bytes() == b"made"


def test_a_file_that_is_being_made_can_be_loaded(tmp_path: Path) -> None:
    """Readers wait for it."""
    folder = RunFolder(tmp_path, "run")
    folder.save_in_background("a.png", lambda: b"made")
    assert folder.load("a.png") == b"made"


def test_a_file_that_cannot_be_written_is_a_store_error(tmp_path: Path) -> None:
    """It is told when the run folder settles, not swallowed by the thread."""
    (tmp_path / "run").write_text("in the way")
    folder = RunFolder(tmp_path, "run")
    folder.save_in_background("a.png", lambda: b"made")
    with pytest.raises(StoreError, match="cannot write"):
        folder.settle()
