"""Data flows one way: layers, no circles, and which module may import which library."""

from __future__ import annotations

import pytest

from imports import (
    FACE,
    FILES,
    LAYERS,
    MODULES,
    SOURCE,
    circles,
    imported,
    own_imports,
    package_of,
)

# Which modules may import what at all, wherever in the file; a folder ends in a slash.
MAY_IMPORT = {
    "pytest": {"plugin/"},
    "selenium": {"browsers/launch.py", "plugin/fixtures.py"},
    "pyautogui": {"desktop/input.py"},
    "Xlib": {"desktop/windows.py", "desktop/display.py"},
    "mss": {"desktop/grabber.py"},
    "filelock": {"desktop/machine.py", "review/transaction.py"},
    "starlette": {"review/server.py"},
    "uvicorn": {"cli/review_command.py"},
}

GRAPH = {module: own_imports(path) for module, path in MODULES.items()}
PACKAGES = sorted({package_of(module) for module in MODULES} - FACE)


def test_every_package_has_a_layer() -> None:
    assert set(PACKAGES) <= set(LAYERS)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_from_lower_layers(package: str) -> None:
    """A store never compares, a report never captures, the core knows no pytest."""
    allowed = {*LAYERS[: LAYERS.index(package)], package}
    wrong = [
        f"{module} imports {other}"
        for module in MODULES
        if package_of(module) == package
        for other in sorted(GRAPH[module])
        if package_of(other) not in allowed
    ]
    assert wrong == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports for type checkers count as well."""
    assert circles(GRAPH) == []


def test_no_packages_import_each_other_in_a_circle() -> None:
    packages: dict[str, set[str]] = {}
    for module, others in GRAPH.items():
        if package_of(module) not in FACE:
            used = {package_of(other) for other in others} - {package_of(module)}
            packages.setdefault(package_of(module), set()).update(used)
    assert circles(packages) == []


@pytest.mark.parametrize(
    ("graph", "found"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b"}, "b": {"a"}}, [["a", "b"]]),
        ({"a": {"b"}, "b": {"c"}, "c": {"b", "a"}, "d": {"a"}}, [["a", "b", "c"]]),
    ],
)
def test_a_circle_is_found(graph: dict[str, set[str]], found: list[list[str]]) -> None:
    assert circles(graph) == found


@pytest.mark.parametrize("library", MAY_IMPORT)
def test_a_library_is_imported_only_where_it_belongs(library: str) -> None:
    users = {
        path.relative_to(SOURCE).as_posix()
        for path in FILES
        if any(name.split(".", 1)[0] == library for name in imported(path))
    }
    homes = MAY_IMPORT[library]
    assert {user for user in users if not any(user.startswith(home) for home in homes)} == set()
