"""The ledger: one folder for each run, with the pictures, and ``run.json`` once it is over.

Workers save pictures; one writer, the controller, gathers the verdicts and writes the records.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_visualdiff._version import __version__
from pytest_visualdiff.errors import RunUnreadable, StoreError
from pytest_visualdiff.files import write_atomically
from pytest_visualdiff.model import Status, Verdict
from pytest_visualdiff.runs.folder import LATEST, RunFolder
from pytest_visualdiff.runs.history import MARKER, UNFINISHED, unfinished

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


SCHEMA = 1
"""Number of the shape of ``run.json``; a reader refuses another one."""


_ESCAPED = "backslashreplace"  # a page's title may hold a lone surrogate; JSON writes it so, too


@dataclass
class RunCollector:
    """Gathers verdicts from test reports, over all workers and attempts."""

    attempts: dict[str, list[Verdict]] = field(default_factory=dict)
    failed: dict[str, bool] = field(default_factory=dict)
    """Node id -> whether its last attempt failed."""
    last: dict[str, set[str]] = field(default_factory=dict)
    """Node id -> the checks of its last attempt."""

    def report(self, test: str, when: str, *, failed: bool, verdicts: Sequence[Verdict]) -> None:
        """Take in one phase (setup, call, teardown) of a test."""
        self.failed[test] = failed or (when != "setup" and self.failed.get(test, False))
        if when == "setup":
            self.last[test] = set()
        for verdict in verdicts:
            self.attempts.setdefault(verdict.id, []).append(verdict)
            self.last.setdefault(test, set()).add(verdict.id)

    def final(self) -> tuple[Verdict, ...]:
        """The verdicts of the last attempt of each check: more than one where its name was used
        again in the test, so that none takes the place of another.
        """
        return tuple(
            one
            for tries in self.attempts.values()
            for one in tries
            if one.attempt == tries[-1].attempt
        )

    def flaky(self) -> tuple[str, ...]:
        """Checks whose attempts did not agree."""
        return tuple(id_ for id_, tries in self.attempts.items() if _disagree(tries))

    def refusal(self, verdict: Verdict) -> str:
        """Why what was seen may not become a baseline; empty where it may."""
        if self.failed.get(verdict.test, False):
            return "the test failed for another reason"
        if verdict.id not in self.last.get(verdict.test, ()):
            return "the last attempt of the test did not make this check"
        tries = self.attempts[verdict.id]
        if len({one.after for one in tries}) > 1:
            return f"its {len(tries)} attempts saw different pictures (flaky)"
        repeated = [one for one in self.final() if one.key == verdict.key]
        if len({one.after for one in repeated}) > 1:
            return f"its {len(repeated)} repetitions saw different pictures (flaky)"
        return ""


def _disagree(tries: Sequence[Verdict]) -> bool:
    outcomes: dict[int, list[Status]] = {}
    for one in tries:
        outcomes.setdefault(one.attempt, []).append(one.status)
    return len({tuple(statuses) for statuses in outcomes.values()}) > 1


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run, as ``run.json`` tells it."""

    folder: RunFolder
    data: Mapping[str, Any]
    checks: tuple[Verdict, ...]

    @property
    def baseline_dir(self) -> Path:
        """The folder of baselines that the run compared with."""
        return self.folder.output / str(self.data["baseline_dir"])


def record(
    folder: RunFolder,
    verdicts: Sequence[Verdict],
    *,
    baseline_dir: Path,
    facts: Mapping[str, Any],
) -> dict[str, Any]:
    """Write ``run.json`` and the pointer to the latest run; returns what was written.

    ``facts`` are further JSON-able entries (exit status, flaky checks, approvals).
    """
    data = document(folder, verdicts, _relative(baseline_dir, folder.output), facts)
    write(folder, data)
    write_atomically(folder.output / LATEST, folder.id.encode())
    (folder.path / UNFINISHED).unlink(missing_ok=True)
    return data


def document(
    folder: RunFolder, verdicts: Iterable[Verdict], baseline_dir: str, facts: Mapping[str, Any]
) -> dict[str, Any]:
    """The data of a ``run.json``; ``baseline_dir`` is relative to the output folder."""
    return {
        "schema": SCHEMA,
        "tool": f"pytest-visualdiff {__version__}",
        "id": folder.id,
        "baseline_dir": baseline_dir,
        **facts,
        "checks": [verdict.to_dict() for verdict in verdicts],
    }


def write(folder: RunFolder, data: Mapping[str, Any]) -> None:
    """Write ``run.json``; raises ``StoreError``."""
    text = json.dumps(data, indent=1, ensure_ascii=False)
    folder.save("run.json", text.encode("utf-8", _ESCAPED))


def append(folder: RunFolder, verdicts: Iterable[Verdict], baseline_dir: Path) -> None:
    """Write verdicts down as they come in, for the case that the run ends before ``record``."""
    there = _relative(baseline_dir, folder.output)
    lines = [{"baseline_dir": there, "check": one.to_dict()} for one in verdicts]
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    try:
        folder.create()
        with (folder.path / UNFINISHED).open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise StoreError(f"cannot write to {folder.path}: {error}") from error


def _relative(path: Path, start: Path) -> str:
    try:
        return Path(os.path.relpath(path, start)).as_posix()
    except ValueError:  # another drive of Windows
        return path.absolute().as_posix()


def load(output: Path, run_id: str = "") -> Run:
    """A run of the output folder, the latest by default; raises ``RunUnreadable``."""
    folder = RunFolder(output, run_id or _latest(output))
    if not (folder.path / "run.json").exists() and _is_run(folder):
        return _recovered(folder)
    try:
        data = json.loads(folder.load("run.json"))
        if data["schema"] != SCHEMA:
            raise RunUnreadable(
                f"run {folder.id} has schema {data['schema']}, this version reads {SCHEMA}: use the"
                f" version that wrote it ({data.get('tool', 'unknown')})"
            )
        data = with_present_words(data)
        run = Run(folder, data, tuple(map(Verdict.from_dict, data["checks"])))
        run.baseline_dir  # noqa: B018 - a run without it is damaged, too
    except (ValueError, KeyError, TypeError) as error:
        raise RunUnreadable(f"run.json of run {folder.id} is damaged: {error!r}") from error
    return run


def with_present_words(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a ``run.json`` with the statuses that this version knows."""
    renamed = dict(data)
    renamed["checks"] = [{**one, "status": str(_status(one["status"]))} for one in data["checks"]]
    if "counts" in data:
        renamed["counts"] = {str(_status(name)): count for name, count in data["counts"].items()}
    return renamed


def _status(name: str) -> str:
    with suppress(ValueError):
        return Status(name)
    return name


def _recovered(folder: RunFolder) -> Run:
    """What is known of a run that ended before its ``run.json``: a crash, or kill -9."""
    found: dict[str, Verdict] = {}
    baseline_dir = ""
    for line in folder.load(UNFINISHED).splitlines() if _has_notes(folder) else ():
        with suppress(ValueError, KeyError, TypeError):  # the last line may be torn
            data = json.loads(line)
            verdict, baseline_dir = Verdict.from_dict(data["check"]), str(data["baseline_dir"])
            found[verdict.id] = verdict
    if not found:
        raise RunUnreadable(
            f"run {folder.id} ended before anything was recorded: there may be pictures in"
            f" {folder.path}, but nothing says what they are. Run pytest again"
        )
    facts = {
        **dict.fromkeys(("started", "finished"), ""),
        "exit_status": 1,
        "interrupted": True,
        "crashed": True,
        "approve": "none",
        "counts": dict(Counter(one.status.value for one in found.values())),
        "flaky": [],
        "approvals": {},
    }
    data = document(folder, found.values(), baseline_dir, facts)
    return Run(folder, data, tuple(found.values()))


def _has_notes(folder: RunFolder) -> bool:
    return (folder.path / UNFINISHED).exists()


def _is_run(folder: RunFolder) -> bool:
    return _has_notes(folder) or (folder.path / MARKER).exists()


def _latest(output: Path) -> str:
    """The run that ended last; one that did not only where there is no other."""
    try:
        return (output / LATEST).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        crashed = unfinished(output)
        if crashed:
            return crashed
        raise RunUnreadable(
            f"no run in {output}: run pytest first, or name the folder with --output-dir"
        ) from error
