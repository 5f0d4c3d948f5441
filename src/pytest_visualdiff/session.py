"""One pytest session: the services its checks work in, and what is done once they are over."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_visualdiff import clock, model
from pytest_visualdiff.baselines import ignored
from pytest_visualdiff.baselines.audit_log import Act
from pytest_visualdiff.baselines.directory import DirectoryStore
from pytest_visualdiff.checks.registry import Registry
from pytest_visualdiff.checks.services import CheckServices
from pytest_visualdiff.comparison import compare_arrays
from pytest_visualdiff.errors import StoreError
from pytest_visualdiff.model import Approval, Verdict
from pytest_visualdiff.options.table import pick
from pytest_visualdiff.report import github, html, status, terminal
from pytest_visualdiff.review import actor
from pytest_visualdiff.review.approval import approve
from pytest_visualdiff.review.transaction import DecisionTransaction
from pytest_visualdiff.runs import folder, history, run_files
from pytest_visualdiff.runs import groups as grouping
from pytest_visualdiff.runs.collector import RunCollector

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from pytest_visualdiff.options.table import Settings
    from pytest_visualdiff.runs.folder import RunFolder


def built_in(shown_from: Path) -> Registry:
    """What can be chosen by name without any plugin; messages show paths from that folder."""

    def directory(folder: Path) -> DirectoryStore:
        return DirectoryStore(folder, shown_from=shown_from)

    return Registry(
        comparators={"diagnosis": compare_arrays},
        stores={"directory": directory},
        reports={"html": html.write, "github": github.write, "status": status.write},
    )


@dataclass(frozen=True)
class Session:
    """The session's services and what its tests reported."""

    settings: Settings
    services: CheckServices
    baseline_dir: Path
    reports: Sequence[Callable[[Mapping[str, Any], Path], Path | None]]
    collector: RunCollector = field(default_factory=RunCollector)
    journeys: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Node id -> the recorded steps of its last attempt on a screen."""
    started: float = field(default_factory=clock.wall)

    @property
    def folder(self) -> RunFolder:
        """The folder of this run."""
        return self.services.folder

    @classmethod
    def create(  # noqa: PLR0913 - what a session is made of
        cls,
        settings: Settings,
        *,
        root: Path,
        shown_from: Path,
        run_id: str,
        register: Callable[..., Any],
        verbose: bool = False,
    ) -> Session:
        """The session for these settings; ``register`` is the hook by which plugins add parts."""
        baselines = root / settings["baseline_dir"]

        registry = built_in(shown_from)
        register(registry=registry)
        services = CheckServices(
            store=pick("store", settings["store"], registry.stores)(baselines),
            folder=folder.RunFolder(root / settings["output_dir"], run_id or folder.new_id()),
            registry=registry,
            shown_from=shown_from,
            ignored=partial(ignored.read, baselines),
            verbose=verbose,
        )
        names = [name for name in settings["report"] if name not in ("json", "junit")]
        reports = [pick("report", name, registry.reports) for name in names]
        return cls(settings, services, baselines, reports)

    def report(
        self,
        test: str,
        when: str,
        verdicts: Sequence[Mapping[str, Any]],
        *,
        failed: bool,
        journey: Mapping[str, Any] | None = None,
    ) -> None:
        """Record one phase of a test, with the verdicts of its pytest report."""
        values = [Verdict.from_dict(data) for data in verdicts]
        self.collector.report(test, when, failed=failed, verdicts=values)
        if values:
            with suppress(StoreError):  # ``finish`` writes again, and reports it
                run_files.append(self.folder, values, self.baseline_dir)
        if journey:
            self.journeys[test] = journey

    @property
    def saw_nothing(self) -> bool:
        """Whether no test made a check or a step."""
        return not self.collector.attempts and not self.journeys

    def finish(
        self, *, interrupted: bool, status: int, collected: Mapping[str, Any]
    ) -> tuple[dict[str, Any], terminal.SessionFacts, bool]:
        """Approve, then write the records.

        Returns run.json's data, what the terminal tells, and whether all of it succeeded.
        ``collected`` is the data of ``plugin.collection.Collected``.
        """
        verdicts = self.collector.final()
        approvals = self._approve(verdicts, interrupted=interrupted)
        facts = self._facts(verdicts, approvals, interrupted=interrupted, status=status)
        data, pages, trouble = self._record(verdicts, {**facts, "collected": collected or None})
        good = not any(approval.error for approval in approvals)
        # A check that matches does not fail because the folder takes no records.
        harmless = trouble is None or isinstance(trouble, (StoreError, OSError))
        told = terminal.SessionFacts(
            verdicts,
            grouping.groups(verdicts, self.folder),
            grouping.unique_ids(verdicts),
            approvals,
            self.collector.flaky(),
            pages,
            self._journeys(),
            _told(trouble, harmless=harmless),
            self.services.displayed_output,
        )
        return data, told, good and harmless

    def _record(
        self, verdicts: Sequence[Verdict], facts: Mapping[str, Any]
    ) -> tuple[dict[str, Any], Sequence[Path], Exception | None]:
        """Write the records; returns run.json's data, the written pages, and an error if any."""
        data: dict[str, Any] = {}
        pages: Sequence[Path] = ()
        try:
            written = run_files.record(
                self.folder, verdicts, baseline_dir=self.baseline_dir, facts=facts
            )
            data = written.to_dict()
            pages = self._write_reports(data)
            history.prune(self.folder.output, self.settings["keep_runs"], self.folder.id)
        except Exception as error:  # noqa: BLE001 - a plugin's report must not end the session
            return data, pages, error
        return data, pages, None

    def _approve(self, verdicts: Sequence[Verdict], *, interrupted: bool) -> list[Approval]:
        intended = [verdict for verdict in verdicts if verdict.status.writes]
        if interrupted:
            return [Approval(verdict, error="the run was interrupted") for verdict in intended]
        planned = [Approval(verdict, error=self.collector.refusal(verdict)) for verdict in intended]
        allowed = [approval.verdict for approval in planned if not approval.error]
        refused = [approval for approval in planned if approval.error]
        return [*self._log(allowed), *refused]

    def _log(self, allowed: Sequence[Verdict]) -> Sequence[Approval]:
        """Approve these verdicts, each with a line in the log beside the baselines."""
        if not allowed:
            return []
        transaction = DecisionTransaction(
            self.services.store,
            self.baseline_dir,
            self.folder.output,
            actor.find(actor.existing(self.baseline_dir)),
        )
        why = f"--visualdiff-approve={self.settings['approve']}"
        try:
            with transaction.locked():
                return approve(transaction, allowed, self.folder, Act.FLAG, why)
        except StoreError as error:
            return [Approval(verdict, error=str(error)) for verdict in allowed]

    def _facts(
        self,
        verdicts: Sequence[Verdict],
        approvals: Sequence[Approval],
        *,
        interrupted: bool,
        status: int,
    ) -> dict[str, Any]:
        return {
            "started": clock.iso(self.started),
            "finished": clock.iso(),
            "exit_status": status,
            "interrupted": interrupted,
            "approve": self.settings["approve"],
            "report_url": self.settings["report_url"],
            "counts": model.counts(verdicts),
            "flaky": list(self.collector.flaky()),
            **({"journeys": self._journeys()} if self.journeys else {}),
            "approvals": {
                approval.verdict.id: {"written": approval.written, "error": approval.error}
                for approval in approvals
            },
        }

    def _journeys(self) -> list[dict[str, Any]]:
        """The recorded steps of each test, with its outcome: a later phase may have failed it."""
        return [
            {**one, "outcome": "failed" if self.collector.failed.get(test) else one["outcome"]}
            for test, one in self.journeys.items()
        ]

    def _write_reports(self, data: Mapping[str, Any]) -> list[Path]:
        made = [make(data, self.folder.path) for make in self.reports]
        return [path for path in made if path]


def _told(trouble: Exception | None, *, harmless: bool) -> list[terminal.Line]:
    """The line on records that could not be written."""
    if trouble is None:
        return []
    reason = str(trouble) if harmless else repr(trouble)
    return [(f"the run could not be recorded: {reason}", "yellow" if harmless else "red")]
