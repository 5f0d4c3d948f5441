"""What checks of pictures and sweeps share in one test: names, soft differences, reporting."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_visualdiff.baselines import naming
from pytest_visualdiff.checks.context import CheckContext, caller
from pytest_visualdiff.errors import (
    DuplicateName,
    UnexpectedError,
    VisualDifference,
    VisualDiffError,
)
from pytest_visualdiff.images import opencv
from pytest_visualdiff.model import Status, Verdict
from pytest_visualdiff.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pytest_visualdiff.baselines.identity import TestIdentity
    from pytest_visualdiff.checks.services import CheckServices
    from pytest_visualdiff.options.table import Settings


@dataclass(repr=False)
class CheckBase:
    """The checks of one test. ``on_verdict`` receives each verdict, also that of a failed check."""

    test: TestIdentity
    settings: Settings
    services: CheckServices
    on_verdict: Callable[[Verdict], None]
    skip: Callable[[str], None] | None = None
    """Skips the test; given if visual checks are switched off."""
    postponed: list[Verdict] = field(default_factory=list)
    """Soft differences: the test fails with them at its end."""
    names: set[str] = field(default_factory=set)
    """Check names already used in this test, case-folded."""

    def __repr__(self) -> str:
        return one_line(self, f"of {self.test.nodeid}")

    def context(self, name: object) -> CheckContext:
        """The context of a check; accepts any name, so that a wrong one can be reported."""
        shown = name if isinstance(name, str) else repr(name)
        return CheckContext(self.test, shown, caller(self.test))

    def reserve_name(self, name: str) -> str:
        """Mark a name as used in this test; raises ``InvalidName`` or ``DuplicateName``."""
        chosen = naming.checked_name(name)
        # On some file systems, names that differ only in case are one file.
        if chosen.casefold() in self.names:
            raise DuplicateName(
                f"{chosen!r} is checked twice in {self.test.nodeid}: each check of a test needs a"
                " name of its own, and not only in upper or lower case"
            )
        self.names.add(chosen.casefold())
        return chosen

    def skip_if_off(self, context: CheckContext) -> None:
        """Skip the test if visual checks are switched off."""
        if self.skip is not None:
            self.on_verdict(context.verdict(Status.SKIPPED, "visual checks are switched off"))
            self.skip("visual checks are switched off (--visualdiff-skip)")

    @contextmanager
    def recording_failure(self, context: CheckContext) -> Iterator[None]:
        """Record a check that could not be made, and raise a typed error.

        An exception of another library becomes an ``UnexpectedError``.
        """
        __tracebackhide__ = True
        try:
            with opencv.needed():
                yield
        except VisualDiffError as error:
            self.on_verdict(context.failed(error, self.services))
            raise
        except Exception as error:
            typed = UnexpectedError(f"{type(error).__name__}: {error}")
            self.on_verdict(context.failed(typed, self.services))
            raise typed from error

    def raise_or_postpone(self, differing: Sequence[Verdict], *, soft: bool) -> None:
        """Raise ``VisualDifference`` for these verdicts, or keep them for the end of the test."""
        __tracebackhide__ = True
        if differing and not soft:
            raise VisualDifference(differing)
        self.postponed += differing

    def fail_late(self) -> None:
        """Raise ``VisualDifference`` for the soft differences so far, once."""
        __tracebackhide__ = True
        differing, self.postponed = self.postponed, []
        if differing:
            raise VisualDifference(differing)
