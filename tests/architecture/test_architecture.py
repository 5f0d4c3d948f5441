"""The rules of the architecture, held by tests: imports, public names, documented options, cost."""

from __future__ import annotations

import ast
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import pytest_visualdiff as vd
from pytest_visualdiff.options import strictness, table

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "pytest_visualdiff"
FILES = sorted(SOURCE.rglob("*.py"))

HEAVY = {"cv2", "numpy", "PIL", "selenium", "pyautogui", "starlette", "uvicorn"}

# Which modules may import what at all, wherever in the file.
MAY_IMPORT = {
    "pytest": {"plugin/"},
    "selenium": {"browsers/launch.py", "capture/page.py"},
    "pyautogui": {"desktop/input.py"},
    "Xlib": {"desktop/display.py", "desktop/windows.py"},
    "mss": {"desktop/grabber.py"},
    "filelock": {"desktop/machine.py", "review/transaction.py"},
    "starlette": {"review/server.py"},
    "uvicorn": {"cli/review.py"},
}

# One way: what a package must never import.
_LATE = {"checks", "review", "session", "plugin", "cli"}
FORBIDDEN = {
    "model": {"*"},
    "options": {"capture", "baselines", "runs", "report", "comparison"} | _LATE,
    "images": {"capture", "browsers", "baselines", "runs", "report", "comparison"} | _LATE,
    "comparison": {"capture", "browsers", "baselines", "runs", "report"} | _LATE,
    "matching": {"capture", "browsers", "baselines", "runs", "report"} | _LATE,
    "calibrate": {"baselines", "runs", "report"} | _LATE,
    "capture": {"comparison", "baselines", "runs", "report"} | _LATE,
    "browsers": {"options", "comparison", "capture", "baselines", "runs", "report"} | _LATE,
    "desktop": {"comparison", "review", "report", "session", "plugin", "cli"},
    "runs": {"capture", "browsers", "report", "desktop", "sweep"} | _LATE - {"review"},
    "sweep": {"review", "report", "session", "cli", "calibrate", "plugin"},
    "report": {"comparison", "capture", "browsers"} | _LATE - {"review"},
    "review": {"comparison", "capture", "browsers", "checks", "report", "session", "plugin"},
}


def imports(path: Path, *, runtime_only: bool = True) -> set[str]:
    """Full names of the modules that a file imports; those for type checkers left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if runtime_only:
        tree = WithoutTypeChecking().visit(tree)
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


class WithoutTypeChecking(ast.NodeTransformer):
    """Drops the blocks that only a type checker reads."""

    def visit_If(self, node: ast.If) -> ast.AST | None:
        return None if ast.unparse(node.test) == "TYPE_CHECKING" else node


@pytest.mark.parametrize("library", MAY_IMPORT)
def test_a_library_is_imported_only_in_its_rooms(library: str) -> None:
    users = {
        path.relative_to(SOURCE).as_posix()
        for path in FILES
        if any(name.split(".")[0] == library for name in imports(path))
    }
    homes = MAY_IMPORT[library]
    assert {user for user in users if not any(user.startswith(home) for home in homes)} == set()


@pytest.mark.parametrize("package", FORBIDDEN)
def test_data_flows_one_way(package: str) -> None:
    """A store never compares, a report never captures, the core knows no pytest."""
    own = (package, f"{package}.py")
    files = [path for path in FILES if path.relative_to(SOURCE).parts[0] in own]
    assert files, f"no package {package}"
    for path in files:
        used = {
            name.split(".")[1]
            for name in imports(path)
            if name.startswith("pytest_visualdiff.") and len(name.split(".")) > 1
        }
        assert not used & FORBIDDEN[package], path.name


def test_only_one_file_asks_a_clock() -> None:
    """A wait by a clock that a test froze would never end."""
    users = [
        path.relative_to(SOURCE).as_posix()
        for path in FILES
        if any(name.split(".")[0] == "time" for name in imports(path))
        or re.search(r"\b(datetime\.(now|utcnow|today)|date\.today)\(", path.read_text("utf-8"))
    ]
    assert users == ["clock.py"]


def test_public_names_are_these_and_each_can_be_had() -> None:
    contract = {"compare", "Comparison", "Difference", "Box", "Verdict", "Status", "Checker"}
    contract |= {"locate", "locate_all", "Match", "TemplateNotFound", "AmbiguousTemplate"}
    contract |= {"FlatTemplate", "PageLayout", "Finding", "compare_layouts", "SweepResult"}
    assert contract <= set(vd.__all__)
    for name in vd.__all__:
        assert getattr(vd, name) is not None
    assert callable(vd.compare)


def test_compare_stays_the_function_whatever_is_imported() -> None:
    """No module has the name of a public function: importing it would hide the function."""
    modules = {path.name for path in SOURCE.iterdir()} | {path.stem for path in SOURCE.glob("*.py")}
    assert not modules & {"compare", "locate", "locate_all", "compare_layouts"}


@pytest.mark.parametrize("name", [name for name in vd.__all__ if not name.startswith("__")])
def test_public_names_have_docstrings(name: str) -> None:
    assert inspect.getdoc(getattr(vd, name))


def test_every_option_is_documented_by_the_table_itself() -> None:
    written = (ROOT / "docs" / "options.md").read_text(encoding="utf-8")
    printed = f"{table.markdown()}\n{strictness.markdown()}"
    assert printed in written, "run: visualdiff options, and paste into docs/options.md"


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
        "import pytest_visualdiff.cli.main",
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
    start = {"_version", "clock", "errors", "text", "baselines.identity", "plugin", "options"}
    start |= {"plugin.main", "plugin.collection", "plugin.items", "plugin.state", "plugin.variants"}
    start |= {"options.table", "options.parsing", "options.strictness", "baselines"}
    start |= {"browsers", "browsers.spec", "browsers.table"}
    assert own == {"pytest_visualdiff", *(f"pytest_visualdiff.{name}" for name in start)}


def functions() -> list[tuple[str, int]]:
    """Each function of the source and its length in lines."""
    return [
        (f"{path.relative_to(ROOT)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


def test_functions_and_files_stay_small() -> None:
    sizes = functions()
    assert [name for name, lines in sizes if lines > 60] == []
    assert sorted(lines for _, lines in sizes)[len(sizes) // 2] < 8
    long = [path for path in FILES if len(path.read_text(encoding="utf-8").splitlines()) > 600]
    assert long == []


def test_somebody_approved_each_baseline_of_this_project() -> None:
    """The log beside our own baselines is whole, and leaves none of them out."""
    command = [sys.executable, "-m", "pytest_visualdiff", "log", "--verify"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
