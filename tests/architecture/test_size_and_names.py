"""Files and functions stay small, and names say one thing each."""

from __future__ import annotations

import ast
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from imports import FILES, MODULES, ROOT, SOURCE, tree

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_FILE = 600
LONGEST_FUNCTION = 60

METAPHORS = (
    "cellar", "court", "ledger", "desk", "door", "eyes", "house", "leash", "rooms",
    "twin", "twins", "brood", "aunts", "cousins", "kin", "pardon", "blindness",
)  # fmt: skip
"""Words for parts of this program that say nothing to a stranger."""

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


def test_no_two_modules_have_the_same_name() -> None:
    """A package and a module do not share one either; ``__init__`` is Python's own."""
    names = Counter(module.rsplit(".", 1)[-1] for module in MODULES)
    assert sorted(name for name, count in names.items() if count > 1) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_no_metaphors_in_the_source(path: Path) -> None:
    """Terms of the field only: a reader knows them before reading this project."""
    words = {*re.split(r"[^a-z]+", path.read_text(encoding="utf-8").lower())}
    assert sorted(words & {*METAPHORS}) == []
