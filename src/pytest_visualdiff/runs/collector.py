"""Gathers the verdicts of a run from the reports of its tests, over all workers and attempts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_visualdiff.model import Status, Verdict


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
