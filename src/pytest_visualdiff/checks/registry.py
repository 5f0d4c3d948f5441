"""Comparators, stores and reports by name; a plugin can add others or replace them.

Filled by the hook ``pytest_visualdiff_register``; looked up by the options ``comparator``,
``store`` and ``report``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pytest_visualdiff.baselines import BaselineStore
    from pytest_visualdiff.comparison import Comparator
    from pytest_visualdiff.model import Environment, Screenshot


@dataclass
class Registry:
    """The registered parts, by name."""

    comparators: dict[str, Comparator] = field(default_factory=dict)
    stores: dict[str, Callable[[Path], BaselineStore]] = field(default_factory=dict)
    """Name -> a function of the baseline folder."""
    reports: dict[str, Callable[[Mapping[str, Any], Path], Path | None]] = field(
        default_factory=dict
    )
    """Name -> a function of run.json's data and the run's folder that returns the file made."""
    adapters: list[
        tuple[
            Callable[[Any], bool],
            Callable[[Any, Any, Callable[[Environment], bytes | None]], Screenshot],
        ]
    ] = field(default_factory=list)
    """Pairs of (is this a target of mine?, capture it); asked before the built-in ones."""
