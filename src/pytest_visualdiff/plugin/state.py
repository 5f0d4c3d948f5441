"""The stash keys under which pytest keeps this plugin's state, and functions that read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest

from pytest_visualdiff.errors import UsageError
from pytest_visualdiff.options.table import PREFIX, Layer, Settings

if TYPE_CHECKING:
    from pytest_visualdiff.desktop.screen import Screen
    from pytest_visualdiff.model import Verdict
    from pytest_visualdiff.session import Session


class Soft(Protocol):
    """An object whose soft differences fail a test at its end."""

    def fail_late(self) -> None:
        """Raise the postponed differences, once."""


SETTINGS = pytest.StashKey[Settings]()
SESSION: pytest.StashKey[Session] = pytest.StashKey()
VERDICTS: pytest.StashKey[list[Verdict]] = pytest.StashKey()
NAMES = pytest.StashKey["set[str]"]()
"""Names of checks already used in a test."""
SOFT: pytest.StashKey[list[Soft]] = pytest.StashKey()
SCREEN: pytest.StashKey[Screen | None] = pytest.StashKey()
ATTEMPTS = pytest.StashKey[int]()


def session_of(config: pytest.Config) -> Session:
    """The session, made by the first test or report that needs it."""
    if SESSION not in config.stash:
        from pytest_visualdiff.session import Session

        worker = getattr(config, "workerinput", {})
        config.stash[SESSION] = Session.create(
            config.stash[SETTINGS],
            root=config.rootpath,
            shown_from=config.invocation_params.dir,
            run_id=worker.get(f"{PREFIX}_run", ""),
            register=config.hook.pytest_visualdiff_register,
            verbose=config.get_verbosity() > 0,
        )
    return config.stash[SESSION]


def marked(node: pytest.Item | Any, settings: Settings) -> Settings:
    """The settings with the markers of module, class and function; the closest one wins."""
    for mark in reversed(list(node.iter_markers(PREFIX))):
        if mark.args:
            raise UsageError(
                f"@pytest.mark.{PREFIX} takes keywords only, not {mark.args[0]!r}: write"
                f" @pytest.mark.{PREFIX}(threshold=3)"
            )
        settings = settings.over(Layer.MARKER, mark.kwargs)
    return settings
