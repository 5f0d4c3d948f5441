"""Who imports whom inside the package, read from the source: also imports for type checkers."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "pytest_visualdiff"
FILES = sorted(SOURCE.rglob("*.py"))
NAME = "pytest_visualdiff"

LAYERS = (
    "_version",
    "model",
    "text",
    "secrets",
    "clock",
    "files",
    "javascript",
    "errors",
    "browsers",
    "options",
    "images",
    "layouts",
    "comparison",
    "matching",
    "capture",
    "runs",
    "baselines",
    "causes",
    "report",
    "calibrate",
    "api",
    "checks",
    "review",
    "session",
    "sweep",
    "desktop",
    "plugin",
    "cli",
)
"""Packages and modules, the lowest first: each imports only from those before it."""

FACE = {"__init__", "__main__"}
"""What stands outside the layers: the public face and ``python -m``."""


def module_of(path: Path) -> str:
    """The dotted name below the package; a package's own name for its ``__init__``."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def package_of(module: str) -> str:
    """The package, or the module at the top level, that a module lies in."""
    return module.split(".", 1)[0]


MODULES = {module_of(path): path for path in FILES}


@cache
def tree(path: Path) -> ast.Module:
    """The parsed source of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> set[str]:
    """Full names of everything that a file imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def own_imports(path: Path) -> set[str]:
    """The modules of this package that a file imports; of a name, the module it comes from."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(NAME):
            base = node.module.removeprefix(NAME).removeprefix(".")
            for alias in node.names:
                full = f"{base}.{alias.name}" if base else alias.name
                found.add(full if full in MODULES else base)
        elif isinstance(node, ast.Import):
            found |= {
                alias.name.removeprefix(f"{NAME}.")
                for alias in node.names
                if alias.name.startswith(f"{NAME}.")
            }
    return {name for name in found if name} - {module_of(path)}


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Groups of names that reach each other (strongly connected, Tarjan 1972), two or more each."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        order[name] = low[name] = len(order)
        stack.append(name)
        for other in sorted(graph.get(name, ())):
            if other not in order:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], order[other])
        if low[name] == order[name]:
            group = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(group) > 1:
                found.append(sorted(group))

    for name in graph:
        if name not in order:
            visit(name)
    return found
