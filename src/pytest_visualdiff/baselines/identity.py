"""Which test a check belongs to, and which browser and window that test was parametrised with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pytest_visualdiff.browsers.browser_types import BROWSERS

if TYPE_CHECKING:
    from pytest_visualdiff.model import BaselineKey, Environment

VARIANT = re.compile(rf"(?:{'|'.join(map(re.escape, BROWSERS))})-\d+x\d+(?:@[\d.e+-]+x)?")
"""The id of a variant, somewhere in the name of a test."""


class Variant(NamedTuple):
    """The browser and window that a test wants."""

    browser: str
    viewport: tuple[int, int]
    pixel_ratio: float

    @property
    def id(self) -> str:
        """For example ``chrome-1280x800``, with ``@2x`` where the pixel ratio is not 1."""
        width, height = self.viewport
        ratio = "" if self.pixel_ratio == 1 else f"@{self.pixel_ratio:g}x"
        return f"{self.browser}-{width}x{height}{ratio}"

    def names(self, environment: Environment) -> bool:
        """Whether a picture was really made there, so that its own variant tells it apart."""
        return (self.browser, self.viewport) == (environment.browser, environment.viewport)


class TestIdentity(NamedTuple):
    """Which test a check belongs to."""

    nodeid: str
    file: str
    """POSIX path relative to the root folder."""
    name: str
    """Class and function, with all parameters."""
    variant: Variant | None = None
    """The browser and window that it is parametrised with."""
    path: str = ""
    """The file's absolute path, to find the line of a check."""
    attempt: int = 1
    repetition: int = 1
    """Which of the times that a plugin repeats the test (pytest-repeat's ``--count``)."""
    apart: frozenset[str] = frozenset()
    """The test's name, and parts of its path, beside which there is one that differs only in case;
    without those that have no upper case."""

    @property
    def file_suffix(self) -> str:
        """Part of the file names of a further attempt or repetition, so that each keeps its own."""
        repeated = "" if self.repetition == 1 else f".rep{self.repetition}"
        return repeated + ("" if self.attempt == 1 else f".try{self.attempt}")

    @property
    def folder(self) -> str:
        """A folder for what is kept of the test, below any other."""
        from pytest_visualdiff.baselines.naming import folder

        return folder(self.file, self.name, self.apart)

    def key(self, name: str, environment: Environment, ending: str = ".png") -> BaselineKey:
        """The key of the baseline of a check, for a picture from there."""
        from pytest_visualdiff.baselines.naming import baseline_key

        test = self.name_for(environment)
        apart = {*self.apart, test} if self.name in self.apart else self.apart
        return baseline_key(self.file, test, name, environment.variant, ending, apart)

    def earlier_key(self, name: str, environment: Environment) -> BaselineKey | None:
        """The key before names that differ only in case got paths of their own; None for none."""
        return self._replace(apart=frozenset()).key(name, environment) if self.apart else None

    def name_for(self, environment: Environment) -> str:
        """The name without that parameter which the variant of the baseline tells, too.

        A ready-made picture, or one of another driver, needs it: tests would share a baseline.
        """
        from pytest_visualdiff.baselines.naming import without_parameter

        if self.variant is None or not self.variant.names(environment):
            return self.name
        return without_parameter(self.name, self.variant.id)


TestIdentity.__test__ = False  # type: ignore[attr-defined]  # no test, whatever its name
