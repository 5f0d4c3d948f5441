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
    from collections.abc import Mapping, Sequence

    import pytest


def attach(
    config: pytest.Config, report: pytest.TestReport, checks: Sequence[Mapping[str, Any]], run: Path
) -> None:
    """Add the tags for the checks that did not match; nothing without ``--junitxml``.

    Where pytest itself writes ``system-out`` (``junit_logging``), they are part of that.
    """
    from _pytest.junitxml import xml_key  # no public way leads to the element of a test

    writer = config.stash.get(xml_key, None)
    lines = _tags(checks, run)
    if writer is None or not lines:
        return
    if str(writer.logging) in ("system-out", "out-err", "all"):
        report.sections.append(("Captured stdout call", "\n".join(lines)))
        return
    element = ET.Element("system-out")
    element.text = "\n".join(lines)
    writer.node_reporter(report).append(element)


def _tags(checks: Sequence[Mapping[str, Any]], run: Path) -> list[str]:
    top = Path(os.environ.get("CI_PROJECT_DIR") or Path.cwd()).resolve()
    paths = [
        (run / check[what]).resolve()
        for check in checks
        for what in ("diff", "actual", "expected")
        if check[what]
    ]
    return [f"[[ATTACHMENT|{os.path.relpath(path, top)}]]" for path in paths]
