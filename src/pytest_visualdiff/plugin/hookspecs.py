"""Hooks that a ``conftest.py`` or another plugin may implement. Each docstring is a recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_visualdiff.checks.registry import Registry
    from pytest_visualdiff.model import Verdict


@pytest.hookspec
def pytest_visualdiff_register(registry: Registry) -> None:
    r"""Add comparators, stores, reports and target adapters, each under a name.

    A report that writes one line per check::

        def pytest_visualdiff_register(registry):
            def lines(data, folder):
                path = folder / "lines.txt"
                path.write_text("\n".join(check["status"] for check in data["checks"]))
                return path

            registry.reports["lines"] = lines      # chosen by --visualdiff-report=html,lines
    """


@pytest.hookspec
def pytest_visualdiff_verdict(item: pytest.Item, verdict: Verdict) -> None:
    """Called in the test's process after each check, whatever its outcome.

    Attach the pictures of a difference to another report::

        def pytest_visualdiff_verdict(item, verdict):
            if not verdict.passed:
                print(verdict.name, verdict.status, verdict.actual)

    The diff image (``verdict.diff``) may not be written yet. It is written when the test's teardown
    is over.
    """


@pytest.hookspec
def pytest_visualdiff_finish(config: pytest.Config, run: Mapping[str, Any]) -> None:
    """Called once, on the controller, with the data of ``run.json`` after the last test.

    Send a number to a dashboard::

        def pytest_visualdiff_finish(config, run):
            print(sum(check["status"] == "mismatch" for check in run["checks"]))
    """
