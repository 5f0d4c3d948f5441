"""A project with one visual test of a ready-made picture: no browser needed to test the plugin."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from pictures import page
from pytest_visualdiff.baselines.audit_log import FILE
from pytest_visualdiff.files import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TEST = """
    from pathlib import Path

    def test_page(visualdiff):
        visualdiff.check(Path(__file__).parent / "page.png", "page")
"""


@dataclass
class Project:
    """A project in a folder of its own, and what a run left in it."""

    pytester: pytest.Pytester

    def write(self, test: str = TEST) -> None:
        self.pytester.makepyfile(test_it=test)

    def show(self, png: bytes | None = None, name: str = "page.png") -> None:
        """Make the picture that the test looks at."""
        (self.pytester.path / name).write_bytes(page() if png is None else png)

    def run(self, *arguments: str) -> pytest.RunResult:
        """Run pytest in a process of its own, as a user does."""
        return self.pytester.runpytest_subprocess("-W", "error", *arguments)

    def command(self, *arguments: str) -> pytest.RunResult:
        """Run the ``visualdiff`` command in the project."""
        return self.pytester.run(sys.executable, "-m", "pytest_visualdiff", *arguments)

    def approve(self, mode: str = "new") -> pytest.RunResult:
        return self.run(f"--visualdiff-approve={mode}")

    @property
    def runs(self) -> list[Path]:
        return sorted((self.pytester.path / ".visualdiff").glob("*/run.json"))

    def record(self) -> Mapping[str, Any]:
        """What run.json of the latest run says."""
        output = self.pytester.path / ".visualdiff"
        latest = (output / "latest").read_text(encoding="utf-8")
        data: dict[str, Any] = json.loads((output / latest / "run.json").read_bytes())
        return data

    def statuses(self) -> dict[str, str]:
        return {check["name"]: check["status"] for check in self.record()["checks"]}

    def baselines(self) -> dict[str, bytes]:
        """Path below baselines/ -> bytes; but for the log of approvals and what git never sees."""
        folder = self.pytester.path / "baselines"
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name != FILE and path.parent.name != HIDDEN
        }


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with one visual test, and the picture that it looks at."""
    monkeypatch.delenv("CI", raising=False)
    made = Project(pytester)
    made.write()
    made.show()
    return made
