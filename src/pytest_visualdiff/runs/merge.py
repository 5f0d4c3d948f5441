"""Runs of several machines as one: shards, browsers, platforms.

Each run's files go to a folder of their own in the new one. A check that several runs made counts
as the run that finished last saw it.
"""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.errors import StoreError, UsageError
from pytest_visualdiff.runs import record
from pytest_visualdiff.runs.folder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pytest_visualdiff.model import Verdict
    from pytest_visualdiff.runs.record import Run

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
    ordered = sorted(runs, key=lambda one: str(one.data.get("finished", "")))
    baselines = sorted({str(one.data["baseline_dir"]) for one in ordered})
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
    counts = Counter(one.status.value for one in checks.values())
    facts = {**_facts(ordered), "counts": dict(counts)}
    record.write(folder, record.document(folder, checks.values(), baselines[0], facts))
    repeated = sum(len(one.checks) for one in ordered) - len(checks)
    return Merged(record.load(folder.output, folder.id), repeated)


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
    facts = [one.data for one in runs]
    return {
        "started": min((str(one.get("started", "")) for one in facts), default=""),
        "finished": max((str(one.get("finished", "")) for one in facts), default=""),
        "exit_status": max((int(one.get("exit_status", 1)) for one in facts), default=0),
        "interrupted": any(one.get("interrupted") for one in facts),
        "approve": "none",
        "flaky": sorted({id_ for one in facts for id_ in one.get("flaky", ())}),
        "approvals": {id_: it for one in facts for id_, it in one.get("approvals", {}).items()},
        "journeys": list(_journeys(facts)),
        "merged": [one.folder.id for one in runs],
        **({"crashed": True} if any(one.get("crashed") for one in facts) else {}),
        **_collected([one["collected"] for one in facts if one.get("collected")]),
    }


def _journeys(facts: Iterable[Mapping[str, Any]]) -> Iterator[Any]:
    for number, one in enumerate(facts, 1):
        yield from (_pictures_moved(journey, number) for journey in one.get("journeys", ()))


def _collected(some: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What was collected in any run; a file is partial where no run collected all of it."""
    if not some:
        return {}
    tests: dict[str, str] = {}
    whole: set[str] = set()
    for one in some:
        whole |= {test.partition("::")[0] for test in one["tests"]} - {*one["partial"]}
        for test, outcome in one["tests"].items():
            tests[test] = max(tests.get(test, ""), outcome, key=_RANK.index)
    partial = {file for one in some for file in one["partial"]} - whole
    return {"collected": {"root": some[0]["root"], "tests": tests, "partial": sorted(partial)}}
