"""Writes and reads the records of a run: ``run.json``, and the verdicts of one that did not end.

Workers save pictures; one writer, the controller, gathers the verdicts and writes the records.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_visualdiff import model
from pytest_visualdiff.errors import RunUnreadable, StoreError
from pytest_visualdiff.files import write_atomically
from pytest_visualdiff.runs import schema
from pytest_visualdiff.runs.folder import LATEST, RunFolder
from pytest_visualdiff.runs.history import MARKER, UNFINISHED, unfinished
from pytest_visualdiff.runs.record import SCHEMA, CheckRecord, RunRecord
from pytest_visualdiff.runs.schema import NotOfSchema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_visualdiff.model import Verdict

_ESCAPED = "backslashreplace"  # a page's title may hold a lone surrogate; JSON writes it so, too


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it is read: its folder, and its record."""

    folder: RunFolder
    record: RunRecord
    foreign: bool = field(default=False)
    """Whether it comes from elsewhere, so that nothing that it says of pictures is believed."""

    @property
    def checks(self) -> tuple[Verdict, ...]:
        """The verdicts of the run."""
        return self.record.verdicts

    @property
    def data(self) -> dict[str, Any]:
        """The record as JSON-able data, as reports take it."""
        return self.record.to_dict()

    @property
    def baseline_dir(self) -> Path:
        """The folder of baselines that the run compared with."""
        return self.folder.output / self.record.baseline_dir


def record(
    folder: RunFolder,
    verdicts: Iterable[Verdict],
    *,
    baseline_dir: Path,
    facts: Mapping[str, Any],
) -> RunRecord:
    """Write ``run.json`` and the pointer to the latest run; returns what was written.

    ``facts`` are further entries of the record (exit status, flaky checks, approvals).
    """
    relative = relative_to(baseline_dir, folder.output)
    written = RunRecord.of(folder.id, verdicts, baseline_dir=relative, **facts)
    write(folder, written)
    write_atomically(folder.output / LATEST, folder.id.encode())
    (folder.path / UNFINISHED).unlink(missing_ok=True)
    return written


def write(folder: RunFolder, written: RunRecord) -> None:
    """Write ``run.json``; raises ``StoreError``."""
    text = json.dumps(written.to_dict(), indent=1, ensure_ascii=False)
    folder.save("run.json", text.encode("utf-8", _ESCAPED), durable=True)


def append(folder: RunFolder, verdicts: Iterable[Verdict], baseline_dir: Path) -> None:
    """Write verdicts down as they come in, for the case that the run ends before ``record``."""
    there = relative_to(baseline_dir, folder.output)
    lines = [{"baseline_dir": there, "check": one.to_dict()} for one in verdicts]
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    try:
        folder.create()
        with (folder.path / UNFINISHED).open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise StoreError(f"cannot write to {folder.path}: {error}") from error


def relative_to(path: Path, start: Path) -> str:
    """The path as seen from a folder, so that it stays right where both move together."""
    try:
        return Path(os.path.relpath(path, start)).as_posix()
    except ValueError:  # another drive of Windows
        return path.absolute().as_posix()


def load(output: Path, run_id: str = "") -> Run:
    """A run of the output folder, the latest by default; raises ``RunUnreadable``."""
    folder = RunFolder(output, run_id or _latest(output))
    if not (folder.path / "run.json").exists() and _is_run(folder):
        return _recovered(folder)
    text = folder.load("run.json")
    try:
        data = schema.parse(text)
        if not isinstance(data, dict):
            raise NotOfSchema("it must be an object")  # noqa: TRY301 - told with the others
        if "schema" not in data:
            raise NotOfSchema("schema is missing")  # noqa: TRY301 - likewise
        if data["schema"] != SCHEMA:
            raise RunUnreadable(
                f"run {folder.id} has schema {data['schema']!r}, this version reads {SCHEMA}:"
                f" use the version that wrote it ({data.get('tool', 'unknown')})"
            )
        found = RunRecord.from_dict(data)
        if not found.baseline_dir:
            raise NotOfSchema("baseline_dir is missing")  # noqa: TRY301 - told with the others
        return Run(folder, replace(found, id=folder.id))
    except NotOfSchema as error:
        raise RunUnreadable(f"run.json of run {folder.id} is damaged: {error}") from error


def _recovered(folder: RunFolder) -> Run:
    """What is known of a run that ended before its ``run.json``: a crash, or kill -9."""
    found: dict[str, Verdict] = {}
    baseline_dir = ""
    for line in folder.load(UNFINISHED).splitlines() if _has_notes(folder) else ():
        with suppress(NotOfSchema, KeyError, TypeError):  # the last line may be torn
            data = schema.parse(line)
            verdict = CheckRecord.from_dict(data["check"]).verdict
            baseline_dir = str(data["baseline_dir"])
            found[verdict.id] = verdict
    if not found:
        raise RunUnreadable(
            f"run {folder.id} ended before anything was recorded: there may be pictures in"
            f" {folder.path}, but nothing says what they are. Run pytest again"
        )
    known = RunRecord.of(
        folder.id,
        found.values(),
        baseline_dir=baseline_dir,
        exit_status=1,
        interrupted=True,
        crashed=True,
        counts=model.counts([*found.values()]),
    )
    return Run(folder, known)


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
