"""What pytest's configuration file says, read without pytest.

Commands need no pytest to know their options. The plugin reads native TOML tables here, because
pytest gives an option one type there, and ours take several: ``true`` and ``"true"``, a text where
a list has one item, ``[1280, 800]``.
"""

from __future__ import annotations

import configparser
import importlib
import sys
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Configuration file -> the sections that pytest reads, the first that is there counts.
_FILES: dict[str, tuple[tuple[str, ...], ...]] = {
    "pytest.toml": (("pytest",),),
    ".pytest.toml": (("pytest",),),
    "pytest.ini": (("pytest",),),
    ".pytest.ini": (("pytest",),),
    "pyproject.toml": (("tool", "pytest"), ("tool", "pytest", "ini_options")),
    "tox.ini": (("pytest",),),
    "setup.cfg": (("tool:pytest",),),
}

_NATIVE = {"pytest.toml": ("pytest",), ".pytest.toml": ("pytest",),
           "pyproject.toml": ("tool", "pytest")}  # fmt: skip


def native_toml(path: Path | None) -> Mapping[str, Any]:
    """The table whose values keep their TOML types; empty where the file has none.

    pytest 9 and newer read it. ``[tool.pytest.ini_options]`` is not such a table. Raises
    ``UsageError`` if the file cannot be read.
    """
    keys = _NATIVE.get(path.name) if path else None
    table = _section(_read(path), keys) if path and keys else None
    return table if table and "ini_options" not in table else {}


def configured_in(folder: Path) -> Mapping[str, Any] | None:
    """The section of pytest in the folder's configuration file; None where there is none."""
    for name, sections in _FILES.items():
        path = folder / name
        if path.is_file():
            data = _read(path)
            for keys in sections:
                found = _section(data, keys)
                if found is not None:
                    return found
            if name.endswith("pytest.ini"):
                return {}
    return None


def _section(data: Any, keys: tuple[str, ...]) -> Mapping[str, Any] | None:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    if isinstance(data, dict) and not (keys == ("tool", "pytest") and {*data} == {"ini_options"}):
        return data
    return None


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".toml":
            return _toml(text)
        parser = configparser.ConfigParser(interpolation=None, strict=False)
        parser.read_string(text)
        return {name: dict(parser[name]) for name in parser.sections()}
    except (OSError, ValueError, configparser.Error) as error:
        raise UsageError(f"cannot read {path}: {error}") from error


def _toml(text: str) -> dict[str, Any]:
    # pytest needs tomli where Python does not have it.
    parser = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    return dict(parser.loads(text))


def lines(value: Any) -> list[Any]:
    """A list of the configuration file, as pytest's ``linelist`` reads it."""
    if isinstance(value, (list, tuple)):
        return list(value)
    return [line.strip() for line in str(value).splitlines() if line.strip()]
