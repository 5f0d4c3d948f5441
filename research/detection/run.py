"""Puts every case to every engine, several at a time, and keeps the answers for the next run."""

from __future__ import annotations

import json
import queue
import re
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from research.detection.cases import ROOT
from research.detection.score import Outcome
from research.harness.engine import Answer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from research.detection.cases import Case
    from research.harness.engine import Command, Worker

ANSWERS = ROOT / "answers"
KEPT = 6
"""Versions of an engine whose answers are kept."""


class Memory:
    """Answers of one version of an engine, by the content of the pictures; appended to a file."""

    def __init__(self, command: Command) -> None:
        slug = re.sub(r"[^\w.+@-]+", "_", f"{command.name}@{command.version}")
        self.file = ANSWERS / f"{slug}.jsonl"
        self._lock = threading.Lock()
        self._answers = dict(_stored(self.file))
        _forget(command.name)

    def get(self, case: Case) -> Answer | None:
        """Return what was answered before."""
        return self._answers.get(case.key)

    def keep(self, case: Case, answer: Answer) -> None:
        """Remember an answer; an engine's failure is asked again next time."""
        if answer.failed:
            return
        line = json.dumps({"key": case.key} | answer.to_dict())
        with self._lock:
            self._answers[case.key] = answer
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.file.open("a", encoding="utf-8") as file:
                file.write(line + "\n")


def _stored(file: Path) -> list[tuple[str, Answer]]:
    if not file.is_file():
        return []
    rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return [(row["key"], Answer.from_dict(row)) for row in rows]


def _forget(name: str) -> None:
    files = sorted(ANSWERS.glob(f"{name}@*.jsonl"), key=lambda file: file.stat().st_mtime)
    for old in files[:-KEPT]:
        old.unlink()


def run(command: Command, cases: Sequence[Case], jobs: int, *, fresh: bool) -> list[Outcome]:
    """Ask one engine about all cases, ``jobs`` at a time; ``fresh`` asks again what is known."""
    memory = Memory(command)
    answers: dict[str, Answer] = {}
    for case in cases:
        known = None if fresh else memory.get(case)
        if known is not None:
            answers[case.id] = known
    left = [case for case in cases if case.id not in answers]
    answers |= _ask(command, left, jobs, memory)
    return [Outcome(case, answers[case.id]) for case in cases]


def _ask(command: Command, cases: Sequence[Case], jobs: int, memory: Memory) -> dict[str, Answer]:
    """Answers by the id of the case, each kept as it comes: a stopped run goes on later."""
    if not cases:
        return {}
    workers = [command.start() for _ in range(min(jobs, len(cases)))]
    idle: queue.Queue[Worker] = queue.Queue()
    for worker in workers:
        worker.compare(cases[0].expected, cases[0].expected)  # loads its libraries, untimed
        idle.put(worker)
    progress = Progress(command.label, len(cases))

    def ask(case: Case) -> tuple[str, Answer]:
        worker = idle.get()
        try:
            answer = worker.compare(case.expected, case.actual)
        finally:
            idle.put(worker)
            progress.step()
        memory.keep(case, answer)
        return case.id, answer

    try:
        with ThreadPoolExecutor(len(workers)) as pool:
            return dict(pool.map(ask, cases))
    finally:
        progress.end()
        for worker in workers:
            worker.close()


def timed(commands: Sequence[Command], cases: Sequence[Case]) -> dict[str, list[float]]:
    """Milliseconds by label: the engines take turns on each case, one process at a time.

    Only this makes their times comparable: what else the machine does hits all of them alike.
    """
    workers = [command.start() for command in commands]
    times: dict[str, list[float]] = {command.label: [] for command in commands}
    progress = Progress("timing", len(cases))
    try:
        for worker in workers:
            worker.compare(cases[0].expected, cases[0].actual)
        for case in cases:
            for worker in workers:
                answer = worker.compare(case.expected, case.actual)
                if not answer.failed:
                    times[worker.command.label].append(answer.milliseconds)
            progress.step()
    finally:
        for worker in workers:
            worker.close()
    progress.end()
    return times


class Progress:
    """A line on standard error that tells how far an engine is."""

    def __init__(self, label: str, total: int) -> None:
        self.label, self.total, self.done = label, total, 0
        self.start = self.told = time.monotonic()
        self._lock = threading.Lock()

    def step(self) -> None:
        """Count one case; told about every five seconds."""
        with self._lock:
            self.done += 1
            if time.monotonic() - self.told > 5:
                self.told = time.monotonic()
                print(f"{self.label}: {self.done} of {self.total}", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Tell how long it took."""
        seconds = time.monotonic() - self.start
        text = f"{self.label}: {self.done} of {self.total} cases in {seconds:.1f} s"
        print(text, file=sys.stderr, flush=True)
