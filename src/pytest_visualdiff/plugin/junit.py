"""Pictures in the JUnit file, as GitLab and others show them: ``[[ATTACHMENT|path]]``.

The tag stands in the ``system-out`` of the test case, with a path from the top of the project
("Unit test reports", docs.gitlab.com). GitLab shows the first one, so the difference comes first.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pytest

    from pytest_visualdiff.model import Verdict


def note(item: pytest.Item, verdict: Verdict, run: Path) -> None:
    """In the test's process: add the tags to what pytest itself writes as ``system-out``, if so."""
    if item.config.getoption("xmlpath", None) and _writes_output(item.config):
        paths = [verdict.diff, verdict.actual, verdict.expected]
        if lines := _tags(paths, run):
            item.add_report_section("call", "stdout", "\n".join(lines))


def attach(
    config: pytest.Config, report: pytest.TestReport, checks: Sequence[Mapping[str, Any]], run: Path
) -> None:
    """On the controller: write a ``system-out`` with the tags, where pytest itself writes none."""
    from _pytest.junitxml import xml_key  # no public way leads to the element of a test

    writer = config.stash.get(xml_key, None)
    wanted = ("diff", "actual", "expected")
    lines = _tags([check[what] for check in checks for what in wanted], run)
    if writer is not None and lines and not _writes_output(config):
        element = ET.Element("system-out")
        element.text = "\n".join(lines)
        writer.node_reporter(report).append(element)


def _writes_output(config: pytest.Config) -> bool:
    return config.getini("junit_logging") in ("system-out", "out-err", "all")


def _tags(paths: Iterable[str], run: Path) -> list[str]:
    top = Path(os.environ.get("CI_PROJECT_DIR") or Path.cwd()).resolve()
    return [
        f"[[ATTACHMENT|{os.path.relpath((run / path).resolve(), top)}]]" for path in paths if path
    ]
