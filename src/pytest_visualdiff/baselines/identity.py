"""Which test a check belongs to, and which browser and window that test was parametrised with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pytest_visualdiff.model import Environment

VARIANT = re.compile(r"(?:chrome|chromium|firefox|edge)-\d+x\d+(?:@[\d.e+-]+x)?")
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

    def name_for(self, environment: Environment) -> str:
        """The name without that parameter which the variant of the baseline tells, too.

        A ready-made picture, or one of another driver, needs it: tests would share a baseline.
        """
        from pytest_visualdiff.baselines.naming import without_parameter

        if self.variant is None or not self.variant.names(environment):
            return self.name
        return without_parameter(self.name, self.variant.id)


TestIdentity.__test__ = False  # type: ignore[attr-defined]  # no test, whatever its name
