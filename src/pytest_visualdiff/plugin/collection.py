"""Which tests there are and how each ended.

``visualdiff unused`` needs it to distinguish an unused baseline from one whose test was not run.

Tests are noted when they are collected, before any filter (``-k``, shards, ``--deselect``) removes
them. A file is ``partial`` if the command line named single tests of it, or if it could not be
read: a test that is not noted may still exist there.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.plugin.items import COLLECTED_AS, collected_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NAME = "visualdiff_collected"


class Collected:
    """A plugin object: a worker notes tests and sends them, the controller notes and receives."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._tests: dict[str, dict[str, str]] = {}
        """Collected id -> node id of each repetition -> outcome."""
        self._partial = {_file(one, config) for one in config.args if "::" in one}
        self._everywhere = bool(config.getoption("lf", default=False))

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Note a test, whether or not it will be run."""
        self._tests.setdefault(collected_id(item), {})

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file that could not be read, or that skipped itself."""
        if not report.passed:
            self._partial.add(report.nodeid.partition("::")[0])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how the last attempt of a test ended; a phase that did not pass counts."""
        if report.when == "setup" or not report.passed:
            test = getattr(report, COLLECTED_AS, report.nodeid)
            self._tests.setdefault(test, {})[report.nodeid] = report.outcome

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Send what this worker collected to the controller."""
        output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[NAME] = {"tests": [*self._tests], "partial": sorted(self._partial)}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take in what a worker of xdist collected."""
        sent = getattr(node, "workeroutput", {}).get(NAME)
        if sent:
            self._partial.update(sent["partial"])
            for test in sent["tests"]:
                self._tests.setdefault(test, {})

    def data(self, output: Path) -> dict[str, Any]:
        """The notes as JSON values: tests with outcomes, partial files, and the root folder.

        The root folder is relative to the output folder.
        """
        files = {test.partition("::")[0] for test in self._tests}
        return {
            "root": os.path.relpath(self._config.rootpath, output),
            "tests": {test: _outcome(ended.values()) for test, ended in self._tests.items()},
            "partial": sorted(files if self._everywhere else self._partial),
        }


def _outcome(repetitions: Iterable[str]) -> str:
    """How a test ended over all its repetitions; empty if it was not run."""
    return min(repetitions, key=lambda one: one == "passed", default="")


def _file(argument: str, config: pytest.Config) -> str:
    """The file of a node id on the command line, in the form that node ids have."""
    path = config.invocation_params.dir / argument.partition("::")[0]
    try:
        return path.resolve().relative_to(config.rootpath).as_posix()
    except ValueError:
        return argument.partition("::")[0]


COLLECTED: pytest.StashKey[Collected] = pytest.StashKey()
