"""Runs are ordered by numbers: whatever a clock says, the run that was made last is the newest."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pytest_visualdiff.runs import history, run_files
from pytest_visualdiff.runs.folder import RunFolder

if TYPE_CHECKING:
    from pathlib import Path

# In the order in which they are made: clocks were set back, and frozen twice at the same second.
IDS = (
    "20991231-235959-ffffff", "20260101-000000-bbbbbb", "20010203-000000-cccccc",
    "20010203-000000-aaaaaa",
)  # fmt: skip


@pytest.fixture
def output(tmp_path: Path) -> Path:
    for id_ in IDS:
        ended(tmp_path, id_)
    return tmp_path


def ended(output: Path, id_: str) -> None:
    RunFolder(output, id_).save("run.json", b"{}")


def names(output: Path) -> list[str]:
    return [path.name for path in history.runs(output)]


def test_runs_are_in_the_order_in_which_they_were_made(output: Path) -> None:
    assert names(output) == [*IDS]
    assert [path.name for path in history.earlier(output, IDS[2])] == [*IDS[:2]]


def test_the_run_that_was_made_last_is_never_deleted(output: Path) -> None:
    assert history.prune(output, 1, IDS[3]) == [*IDS[:3]]
    assert names(output) == [IDS[3]]


def test_the_newest_stays_also_where_its_number_is_not_the_largest(output: Path) -> None:
    """Two runs that were made at once may have the same number, or the other order."""
    assert history.prune(output, 2, IDS[0]) == [*IDS[1:3]]
    assert names(output) == [IDS[0], IDS[3]]


def test_runs_of_a_restored_cache_are_older_than_the_next_one(tmp_path: Path) -> None:
    """Also those of an earlier version, whose markers have no number, dated ahead."""
    for id_ in ("20981231-000000-aaaaaa", "20991231-000000-aaaaaa"):
        ended(tmp_path, id_)
        (tmp_path / id_ / history.MARKER).write_text("Made by visualdiff.\n")
    ended(tmp_path, "20260101-000000-aaaaaa")
    assert names(tmp_path)[-1] == "20260101-000000-aaaaaa"
    assert history.prune(tmp_path, 1) == ["20981231-000000-aaaaaa", "20991231-000000-aaaaaa"]


def test_a_crashed_run_is_newer_than_the_runs_that_were_made_before(output: Path) -> None:
    crashed = RunFolder(output, "20000101-000000-aaaaaa")
    run_files.append(crashed, [], output / "baselines")
    assert history.unfinished(output, IDS[3]) == crashed.id
    ended(output, "20000101-000000-bbbbbb")
    assert history.unfinished(output, "20000101-000000-bbbbbb") == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no advisory locks of this kind")
def test_a_run_of_another_process_that_goes_on_is_not_deleted(output: Path) -> None:
    program = (
        "import pathlib, sys; from pytest_visualdiff.runs.folder import RunFolder;"
        f" RunFolder(pathlib.Path({str(output)!r}), 'other').save('a', b'');"
        " print('ready', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"ready\n"
        ended(output, "20000101-000000-bbbbbb")
        history.prune(output, 1, "20000101-000000-bbbbbb")
        assert names(output) == ["other", "20000101-000000-bbbbbb"]
        other.communicate(b"")
    assert history.prune(output, 1, "20000101-000000-bbbbbb") == ["other"]
