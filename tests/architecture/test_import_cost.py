"""Starting pytest with the plugin installed costs nothing: no heavy library is imported early."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from imports import ROOT

HEAVY = {"cv2", "numpy", "PIL", "selenium", "playwright", "pyautogui", "starlette", "uvicorn"}


def loaded_by(statement: str) -> set[str]:
    """Modules that a fresh interpreter has loaded after a statement."""
    program = f"{statement}; import sys, json; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "statement",
    [
        "import pytest_visualdiff",
        "import pytest_visualdiff.plugin.main",
        "import pytest_visualdiff.session, pytest_visualdiff.checks.checker",
        "import pytest_visualdiff.images.png, pytest_visualdiff.images.codec",
        "import pytest_visualdiff.cli.command_line",
        "import pytest_visualdiff.browsers, pytest_visualdiff.capture",
        "import pytest_visualdiff.comparison",
        "import pytest_visualdiff.matching.locate",
        "import pytest_visualdiff.sweep.compare, pytest_visualdiff.sweep.sweeper",
    ],
)
def test_importing_loads_nothing_heavy(statement: str) -> None:
    assert not HEAVY & loaded_by(statement)


def test_starting_pytest_loads_only_the_plugin_and_the_options() -> None:
    """With the plugin installed, a run without visual tests imports little more than a table."""
    own = {
        name for name in loaded_by("import pytest_visualdiff.plugin.main") if "visualdiff" in name
    }
    start = {
        "_version",
        "clock",
        "errors",
        "secrets",
        "text",
        "baselines.identity",
        "plugin",
        "options",
    }
    start |= {"plugin.main", "plugin.collection", "plugin.items", "plugin.state", "plugin.variants"}
    start |= {"options.table", "options.parsing", "options.strictness", "baselines", "secrets"}
    start |= {"plugin.tracebacks", "plugin.worker_reports", "plugin.terminal_output"}
    start |= {"files", "browsers.environment"}
    start |= {"browsers", "browsers.spec", "browsers.browser_types"}
    assert own == {"pytest_visualdiff", *(f"pytest_visualdiff.{name}" for name in start)}
