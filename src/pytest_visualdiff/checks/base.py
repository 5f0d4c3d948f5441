"""What the checks of one test share, whatever they look at: names, soft differences, skipping."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_visualdiff.baselines import naming
from pytest_visualdiff.errors import DuplicateName, VisualDifference
from pytest_visualdiff.model import Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_visualdiff.baselines.identity import TestIdentity
    from pytest_visualdiff.checks.context import CheckContext
    from pytest_visualdiff.checks.services import CheckServices
    from pytest_visualdiff.options.table import Settings


@dataclass
class CheckBase:
    """The checks of one test. ``seen`` is told each verdict, also that of a failed check."""

    test: TestIdentity
    settings: Settings
    services: CheckServices
    seen: Callable[[Verdict], None]
    skip: Callable[[str], None] | None = None
    postponed: list[Verdict] = field(default_factory=list)
    """Soft differences: the test fails with them at its end."""
    names: set[str] = field(default_factory=set)
    """Names that are taken in this test, in one case."""

    def fail_late(self) -> None:
        """Raise ``VisualDifference`` for the soft differences so far, once."""
        __tracebackhide__ = True
        differing, self.postponed = self.postponed, []
        if differing:
            raise VisualDifference(differing)

    def claim(self, name: str) -> str:
        """Take a name for a check; raises ``InvalidName`` or ``DuplicateName``."""
        chosen = naming.checked_name(name)
        # Some file systems fold case: names that differ in it alone would share a file there.
        if chosen.casefold() in self.names:
            raise DuplicateName(
                f"{chosen!r} is checked twice in {self.test.nodeid}: each check of a test needs a"
                " name of its own, and not only in upper or lower case"
            )
        self.names.add(chosen.casefold())
        return chosen

    def skip_if_off(self, here: CheckContext) -> None:
        """Leave the test where visual checks are switched off."""
        if self.skip is not None:
            self.seen(here.verdict(Status.SKIPPED, "visual checks are switched off"))
            self.skip("visual checks are switched off (--visualdiff-skip)")
