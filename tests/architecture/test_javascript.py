"""JavaScript is held to what Python is held to: every file is checked, by exact tools, in full."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "pytest_visualdiff"
SCRIPTS = sorted(SOURCE.rglob("*.js"))
RESEARCH = sorted((ROOT / "research").rglob("*.js"))


def settings(path: Path) -> dict[str, object]:
    """A tsconfig.json, which may have comments."""
    text = re.sub(r"^\s*//.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    read: dict[str, object] = json.loads(text)
    return read


def test_the_common_settings_check_javascript_strictly() -> None:
    options = settings(ROOT / "tsconfig.json")["compilerOptions"]
    assert isinstance(options, dict)
    assert all(options[name] for name in ("allowJs", "checkJs", "noEmit", "strict"))


def program(folder: Path) -> dict[str, object]:
    """How the scripts of a folder are checked in another way than the common settings say."""
    own = settings(folder / "tsconfig.json")
    assert (folder / str(own["extends"])).resolve() == ROOT / "tsconfig.json"
    assert set(own) <= {"extends", "include", "compilerOptions"}
    included = own["include"]
    assert isinstance(included, list)
    assert "*.js" in included
    options = own.get("compilerOptions", {})
    assert isinstance(options, dict)
    return options


@pytest.mark.parametrize("folder", sorted({path.parent for path in SCRIPTS}))
def test_all_scripts_of_the_package_are_checked_strictly(folder: Path) -> None:
    assert set(program(folder)) <= {"lib", "moduleDetection"}, "which names there are, no more"


@pytest.mark.parametrize("folder", sorted({path.parent for path in RESEARCH}))
def test_names_and_calls_of_all_scripts_of_research_are_checked(folder: Path) -> None:
    assert program(folder) == {"strict": False}


@pytest.mark.parametrize(
    "script", SCRIPTS + sorted(SOURCE.rglob("*.d.ts")), ids=lambda path: path.name
)
def test_no_script_of_the_package_escapes_the_checks(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    escapes = (
        r"@ts-(?:ignore|nocheck|expect-error)|eslint-disable|\{any\b|\bany\b\s*[,)\]}>;]|: any\b"
    )
    assert re.findall(escapes, text) == []


def test_the_tools_are_pinned_and_their_lock_names_no_host() -> None:
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    assert set(package["devDependencies"]) >= {"typescript", "eslint"}
    for version in package["devDependencies"].values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    entries = {name: one for name, one in lock["packages"].items() if name}
    assert entries
    for name, entry in entries.items():
        assert "resolved" not in entry, name
        assert entry["integrity"].startswith("sha512-"), name


def test_lint_checks_every_program() -> None:
    lint = (ROOT / "script" / "lint").read_text(encoding="utf-8")
    commands = [line for line in lint.splitlines() if not line.lstrip().startswith("#")]
    assert "node_modules/.bin/eslint ." in commands
    assert any("tsconfig.json" in line for line in commands)
    assert any("tsc -p" in line for line in commands)


DECLARED = re.compile(r"^(?:export )?(?:async )?(?:function|class|const|let) (\w+)", re.MULTILINE)
COMMENT = re.compile(r"/\*\*(?:(?!\*/).)*\*/|^\s*//[^\n]*", re.MULTILINE | re.DOTALL)
ENTRIES = {"firstLook", "readPage"}
"""What Python calls by name once the scripts are joined."""


@pytest.mark.parametrize("folder", sorted({path.parent for path in SCRIPTS}))
def test_everything_that_a_script_declares_is_used(folder: Path) -> None:
    """ESLint sees one file at a time, and the scripts of a folder share their names."""
    code = "\n".join(COMMENT.sub("", path.read_text("utf-8")) for path in folder.glob("*.js"))
    declared = set(DECLARED.findall(code))
    assert len(declared) > 10
    unused = {
        name for name in declared if len(re.findall(rf"(?:\.\.\.|(?<![\w.])){name}\b", code)) < 2
    }
    assert unused - ENTRIES == set()
