"""What a worker of pytest-xdist hands over to the controller: verdicts on pytest's own reports.

A report survives the crash of its worker, and arrives without workers as well. Which tests there
are travels in another way: see ``collection``.
"""

from __future__ import annotations

from typing import Any

import pytest

from pytest_visualdiff.options.table import PREFIX
from pytest_visualdiff.plugin import items, terminal_output
from pytest_visualdiff.plugin.collection import COLLECTED
from pytest_visualdiff.plugin.state import SCREEN, SESSION, VERDICTS, session_of
from pytest_visualdiff.secrets import data_without_secrets, typed, without_secrets

JOURNEY = f"{PREFIX}_journey"
"""Attribute of a test report: the steps of the test on a screen."""


def attach(item: pytest.Item, report: pytest.TestReport) -> None:
    """Put the verdicts and steps of one phase of a test on its report."""
    if verdicts := item.stash.get(VERDICTS, []):
        vars(report)[PREFIX] = [verdict.to_dict() for verdict in verdicts]
        item.stash[VERDICTS] = []
    screen = item.stash.get(SCREEN, None)
    if screen and screen.journal.steps:
        vars(report)[JOURNEY] = screen.journal.to_dict(failed=report.failed)
    if typed():
        _scrub(report)


def _scrub(report: pytest.TestReport) -> None:
    """Keep typed secrets out of all that is written of a test: tracebacks, output, properties."""
    words = str(report.longrepr or "")
    if without_secrets(words) != words:
        report.longrepr = without_secrets(words)
    report.sections = [(name, without_secrets(text)) for name, text in report.sections]
    report.user_properties = [
        (name, data_without_secrets(value)) for name, value in report.user_properties
    ]
    if JOURNEY in vars(report):
        vars(report)[JOURNEY] = data_without_secrets(vars(report)[JOURNEY])


class ReportReceiver:
    """On the controller: takes verdicts off the reports, and prints the summary of the session."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._facts: Any = None
        self.failures = terminal_output.FailuresTold()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Verdicts of this process and of every worker arrive here."""
        verdicts, journey = getattr(report, PREFIX, []), getattr(report, JOURNEY, None)
        if verdicts or journey or SESSION in self._config.stash:
            failed = report.outcome not in ("passed", "skipped")
            session_of(self._config).report(
                getattr(report, items.TEST, report.nodeid),
                report.when or "",
                verdicts,
                failed=failed,
                journey=journey,
            )
            self._attach(report, verdicts)

    def _attach(self, report: pytest.TestReport, verdicts: Any) -> None:
        session = session_of(self._config)
        loud = [check for check in verdicts if check["status"] != "match"]
        if loud and "junit" in session.settings["report"]:
            from pytest_visualdiff.plugin import junit

            junit.attach(self._config, report, loud, session.folder.path)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Approve, write run.json and the reports; a refused approval fails the run."""
        config = self._config
        if SESSION not in config.stash or session_of(config).saw_nothing:
            return
        interrupted = exitstatus in (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR)
        data, self._facts, good = session_of(config).finish(
            interrupted=interrupted,
            status=int(exitstatus),
            collected=config.stash[COLLECTED].data(session_of(config).folder.output),
        )
        if not good and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if data:
            config.hook.pytest_visualdiff_finish(config=config, run=data)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the section with the results and the next steps."""
        self.failures.bring_back(terminalreporter)
        if self._facts is not None:
            terminal_output.write(terminalreporter, self._facts)
