"""pytest's view of a project, for the command: its options, and the hook that adds parts by name.

pytest reads its configuration, imports plugins and the first ``conftest.py`` files, and stops
before it would collect anything.
"""

from __future__ import annotations

import contextlib
import io
import os
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.errors import UsageError
from pytest_visualdiff.plugin.main import settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_visualdiff.options.table import Settings


class _Stop:
    """A plugin that keeps the configuration, and ends pytest there."""

    config: pytest.Config

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> int:
        """Take the place of the session."""
        self.config = config
        return 0


def configured(root: Path) -> tuple[Settings, Callable[..., Any]]:
    """The settings of a project, and the hook that fills a registry; raises ``UsageError``."""
    stop, said = _Stop(), io.StringIO()
    with _inside(root), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        # No assertion is rewritten: pytest would warn that this package is imported already.
        status = pytest.main(["--assert=plain"], plugins=[stop])
    if status != 0 or not hasattr(stop, "config"):
        raise UsageError(
            f"pytest cannot be configured in {root}, so its plugins and stores are not known:"
            f" {said.getvalue().strip() or f'exit status {int(status)}'}"
        )
    return settings_of(stop.config), stop.config.hook.pytest_visualdiff_register


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = os.getcwd()  # noqa: PTH109 - given back as it was
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
