"""The configuration file is read as pytest reads it, and native TOML tables keep their types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_visualdiff.errors import UsageError
from pytest_visualdiff.options.configuration_file import configured_in, lines, native_toml

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("pyproject.toml", "[tool.pytest]\na = true\nb = [1, 2]", {"a": True, "b": [1, 2]}),
        ("pytest.toml", "[pytest]\na = 2.5", {"a": 2.5}),
        (".pytest.toml", "[pytest]\na = 2.5", {"a": 2.5}),
        ("pyproject.toml", "[tool.pytest.ini_options]\na = true", {}),
        ("pyproject.toml", "[tool.black]\na = true", {}),
        ("pytest.ini", "[pytest]\na = true", {}),
    ],
)
def test_only_native_tables_keep_their_types(
    tmp_path: Path, name: str, text: str, expected: dict[str, object]
) -> None:
    (tmp_path / name).write_text(text)
    assert native_toml(tmp_path / name) == expected


def test_without_a_file_the_native_table_is_empty() -> None:
    assert native_toml(None) == {}


def test_the_first_configured_file_counts(tmp_path: Path) -> None:
    (tmp_path / "tox.ini").write_text("[pytest]\na = 1")
    (tmp_path / "pyproject.toml").write_text("[tool.pytest]\na = 2")
    assert configured_in(tmp_path) == {"a": 2}
    (tmp_path / "pytest.ini").write_text("")
    assert configured_in(tmp_path) == {}


def test_a_folder_without_a_configuration_is_none(tmp_path: Path) -> None:
    (tmp_path / "setup.cfg").write_text("[metadata]\nname = x")
    assert configured_in(tmp_path) is None


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "pytest.toml").write_text("[pytest\n")
    with pytest.raises(UsageError, match=r"cannot read .*pytest\.toml"):
        configured_in(tmp_path)


def test_lines_are_split_as_pytest_splits_them() -> None:
    assert lines("\n #a, #b \n\n.c") == ["#a, #b", ".c"]
    assert lines(["#a", "#b"]) == ["#a", "#b"]
