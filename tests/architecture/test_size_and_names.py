"""Files and functions stay small, and packages say what they are for."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from imports import FILES, ROOT, SOURCE, tree

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_FILE = 600
LONGEST_FUNCTION = 60

PACKAGES = sorted(path for path in SOURCE.rglob("__init__.py") if path.parent != SOURCE)


def functions() -> list[tuple[str, int]]:
    """Each function of the source and its length in lines."""
    return [
        (f"{path.relative_to(ROOT)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


def test_functions_stay_short() -> None:
    sizes = functions()
    assert [name for name, lines in sizes if lines > LONGEST_FUNCTION] == []
    assert sorted(lines for _, lines in sizes)[len(sizes) // 2] < 8


def test_files_can_be_read_in_one_go() -> None:
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert [path for path, lines in sizes.items() if lines > LONGEST_FILE] == []


def test_the_top_level_has_few_modules() -> None:
    assert len(list(SOURCE.glob("*.py"))) <= 12


@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: path.parent.name)
def test_a_package_says_what_it_is_for(path: Path) -> None:
    assert len((ast.get_docstring(tree(path)) or "").split()) >= 8
