"""Runs of several machines as one: shards, browsers, platforms.

Each run's files go to a folder of their own in the new one. A check that several runs made counts
as the run that finished last saw it.
"""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.errors import StoreError, UsageError
from pytest_visualdiff.model import counts
from pytest_visualdiff.runs import run_files
from pytest_visualdiff.runs.folder import RunFolder
from pytest_visualdiff.runs.record import RunRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from pytest_visualdiff.model import Verdict
    from pytest_visualdiff.runs.record import CollectedRecord
    from pytest_visualdiff.runs.run_files import Run

_RANK = ("", "skipped", "failed", "passed")
"""Of a test that several runs know, the last of these outcomes counts."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The new run, and how many checks were in more than one of the merged ones."""

    run: Run
    repeated: int


def merge(runs: Sequence[Run], into: Path) -> Merged:
    """Write the runs as one into the folder, which must be new or empty.

    Raises ``UsageError`` where it is not, and where the runs compared with different folders;
    ``StoreError`` where files cannot be copied.
    """
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise UsageError(f"{into} must be a new or an empty folder")
    ordered = sorted(runs, key=lambda one: one.record.finished)
    baselines = sorted({one.record.baseline_dir for one in ordered})
    if len(baselines) != 1:
        raise UsageError(f"these runs compared with different folders: {', '.join(baselines)}")
    checks: dict[tuple[str, str], Verdict] = {}
    for number, one in enumerate(ordered, 1):
        checks |= {(check.id, check.variant): _moved(check, number) for check in one.checks}
    folder = RunFolder(into.parent, into.name)
    try:
        folder.create()
        for number, one in enumerate(ordered, 1):
            _copy(one.folder.path, into / str(number))
    except OSError as error:
        raise StoreError(f"cannot merge into {into}: {error}") from error
    facts = {**_facts(ordered), "counts": counts([*checks.values()])}
    record = RunRecord.of(folder.id, checks.values(), baseline_dir=baselines[0], **facts)
    run_files.write(folder, record)
    repeated = sum(len(one.checks) for one in ordered) - len(checks)
    return Merged(run_files.load(folder.output, folder.id), repeated)


def _copy(source: Path, target: Path) -> None:
    """The pictures and documents of a run; links stay behind."""
    for path in sorted(source.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.suffix in (".png", ".json"):
            there = target / path.relative_to(source)
            if path != source / "run.json":
                there.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, there)


def _in(number: int, path: str) -> str:
    return f"{number}/{path}" if path else ""


def _moved(check: Verdict, number: int) -> Verdict:
    """The check with the paths that its files have now."""
    return replace(
        check,
        actual=_in(number, check.actual),
        expected=_in(number, check.expected),
        diff=_in(number, check.diff),
        frames=tuple(_in(number, one) for one in check.frames),
        sweep=_pictures_moved(check.sweep, number),
    )


def _pictures_moved(data: Any, number: int) -> Any:
    """Pages of a sweep and steps of a journey, at any depth, with the new paths of pictures."""
    if isinstance(data, dict):
        return {
            name: _in(number, one)
            if name in ("picture", "template") and isinstance(one, str)
            else _pictures_moved(one, number)
            for name, one in data.items()
        }
    return [_pictures_moved(one, number) for one in data] if isinstance(data, list) else data


def _facts(runs: Sequence[Run]) -> dict[str, Any]:
    records = [one.record for one in runs]
    approvals = {id_: one for run in records for id_, one in run.approvals.items()}
    return {
        "started": min((one.started for one in records), default=""),
        "finished": max((one.finished for one in records), default=""),
        "exit_status": max((one.exit_status for one in records), default=0),
        "interrupted": any(one.interrupted for one in records),
        "crashed": any(one.crashed for one in records),
        "flaky": sorted({id_ for one in records for id_ in one.flaky}),
        "approvals": {id_: asdict(one) for id_, one in approvals.items()},
        "journeys": list(_journeys(records)),
        "merged": [one.folder.id for one in runs],
        "collected": _collected([one.collected for one in records if one.collected]),
    }


def _journeys(runs: Iterable[RunRecord]) -> Iterator[Any]:
    for number, one in enumerate(runs, 1):
        yield from _pictures_moved(one.to_dict()["journeys"], number)


def _collected(some: Sequence[CollectedRecord]) -> dict[str, Any] | None:
    """What was collected in any run; a file is partial where no run collected all of it."""
    if not some:
        return None
    tests: dict[str, str] = {}
    whole: set[str] = set()
    for one in some:
        whole |= {test.partition("::")[0] for test in one.tests} - {*one.partial}
        for test, outcome in one.tests.items():
            tests[test] = max(tests.get(test, ""), outcome, key=_rank)
    partial = {file for one in some for file in one.partial} - whole
    return {"root": some[0].root, "tests": tests, "partial": sorted(partial)}


def _rank(outcome: str) -> int:
    return _RANK.index(outcome) if outcome in _RANK else 0
