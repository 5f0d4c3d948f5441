"""The services of all checks of a session: store, run folder, and registered parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_visualdiff.baselines.ignored import today
from pytest_visualdiff.files import display_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from pytest_visualdiff.baselines import BaselineStore
    from pytest_visualdiff.baselines.ignored import Ignored
    from pytest_visualdiff.checks.registry import Registry
    from pytest_visualdiff.runs.folder import RunFolder


@dataclass(frozen=True, slots=True)
class CheckServices:
    """The services of a check, made once for a session."""

    store: BaselineStore
    folder: RunFolder
    registry: Registry
    shown_from: Path
    """Paths in messages are relative to it."""
    ignored: Callable[[], Sequence[Ignored]] = tuple
    """Reads the known differences that are ignored until a date."""
    today: Callable[[], date] = today

    verbose: bool = False
    """Whether messages give all numbers (pytest's ``-v``)."""

    def display_path(self, path: Path) -> str:
        """A path as messages show it: relative if it lies below ``shown_from``."""
        return display_path(path, self.shown_from)

    @property
    def displayed_output(self) -> str:
        """The folder of all runs as messages show it."""
        return self.display_path(self.folder.output)
