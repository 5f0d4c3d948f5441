"""What pytest prints at its end: each visual difference once, in the section of this plugin.

pytest shows a traceback of each failed test. For a visual difference it is the line of the check
and the message, which the section tells as well, for all checks with the same change at once.
``-v``, ``--tb=long`` and ``--full-trace`` show the tracebacks, too.
"""

from __future__ import annotations

import copy
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.errors import VisualDifference
from pytest_visualdiff.options.table import PREFIX

if TYPE_CHECKING:
    from collections.abc import Generator

    from pytest_visualdiff.report.terminal import SessionFacts

TOLD = f"{PREFIX}_told"
"""Attribute of a test report: what failed is a visual difference, in these words."""

_WHOLE = 10_000
_LISTS = ("failed", "error")
_MEANT = ("long", "native")
"""Styles of tracebacks that somebody chose in order to see them."""


def shorten(excinfo: pytest.ExceptionInfo[BaseException], report: pytest.TestReport) -> None:
    """Say in pytest's short summary what differs, rather than the start of a long message."""
    if not isinstance(excinfo.value, VisualDifference):
        return
    from pytest_visualdiff.report.terminal import short_message

    words = short_message(excinfo.value.verdicts)
    vars(report)[TOLD] = words
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        crash.message = words


class FailuresTold:
    """Takes visual differences out of pytest's list of failures while their tracebacks are shown.

    The counts and the short summary have them again.
    """

    def __init__(self) -> None:
        self._whole: dict[str, list[Any]] = {}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> Generator[None, object, object]:
        """The tracebacks come first, then the sections of plugins, then the short summary."""
        option = terminalreporter.config.option
        meant = option.tbstyle in _MEANT or getattr(option, "fulltrace", False)
        if terminalreporter.config.get_verbosity() <= 0 and not meant:
            self._take_out(terminalreporter)
        try:
            return (yield)
        finally:
            self.bring_back(terminalreporter)

    def _take_out(self, terminalreporter: Any) -> None:
        for name in _LISTS:
            reports = terminalreporter.stats.get(name, [])
            if any(hasattr(one, TOLD) for one in reports):
                self._whole[name] = reports
                terminalreporter.stats[name] = [
                    _without_traceback(one) if hasattr(one, TOLD) else one
                    for one in reports
                    if not hasattr(one, TOLD) or one.sections
                ]

    def bring_back(self, terminalreporter: Any) -> None:
        """Give pytest its whole list again."""
        terminalreporter.stats.update(self._whole)
        self._whole = {}


def _without_traceback(report: Any) -> Any:
    """The same report for the terminal alone: its words, and the output that was captured."""
    short = copy.copy(report)
    short.longrepr = getattr(report, TOLD)
    return short


def write(terminalreporter: Any, facts: SessionFacts) -> None:
    """Print the section."""
    from pytest_visualdiff.report import terminal

    if getattr(terminalreporter.config.option, "no_summary", False):
        return
    verbosity = terminalreporter.config.get_verbosity()
    # A file, a pipe or a CI system has no width: nothing is cut there.
    width = shutil.get_terminal_size().columns if terminalreporter.isatty else _WHOLE
    titled, lines = terminal.section(facts, verbosity, width)
    if titled:
        terminalreporter.section(PREFIX)
    for line, colour in lines:
        terminalreporter.write_line(line, **({colour: True} if colour else {}))
