"""The project that a command is about: its root folder, its options, and its store of baselines.

The same options hold as for pytest: those of the configuration file, with ``addopts``. The file is
read here, which is quick; pytest itself is started only where a plugin or ``conftest.py`` adds to
what can be chosen, as a store of its own.
"""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.errors import UsageError
from pytest_visualdiff.options.configuration_file import configured_in, lines
from pytest_visualdiff.options.table import OPTIONS, PREFIX, Layer, Settings, pick

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_visualdiff.baselines import BaselineStore
    from pytest_visualdiff.checks.registry import Registry

HOOK = f"{PREFIX}_register"
"""Ends the name of the hook that adds stores, reports and comparators."""


@dataclass(frozen=True)
class Project:
    """A project, as far as its configuration file tells."""

    root: Path
    """Paths of the options are relative to it."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """All of pytest's section in the configuration file."""
    runs_code: bool = True
    """Whether plugins and ``conftest.py`` may be imported. Not for a run from elsewhere, of which
    the checked-out code may be a stranger's, too."""

    @classmethod
    def found(cls, start: Path | None = None, *, runs_code: bool = True) -> Project:
        """The project of a folder: the closest one above it that pytest is configured in.

        Without a configuration, the closest folder that holds runs; else the folder itself.
        """
        here = (start or Path.cwd()).absolute()
        for folder in (here, *here.parents):
            options = configured_in(folder)
            if options is not None:
                return cls(folder, options, runs_code)
        runs = str(OPTIONS["output_dir"].default)
        root = next((one for one in (here, *here.parents) if (one / runs).is_dir()), here)
        return cls(root, runs_code=runs_code)

    @cached_property
    def settings(self) -> Settings:
        """The options of the configuration file; raises ``UsageError`` for a wrong one."""
        if self.needs_pytest:
            return self._registered[0]
        ini = {
            name: self.options[row.ini]
            for name, row in OPTIONS.items()
            if Layer.INI in row.layers and self.options.get(row.ini) not in (None, "", [])
        }
        lists = {name: lines(value) if OPTIONS[name].kind.many else value
                 for name, value in ini.items()}  # fmt: skip
        flags = dict(_flags(self.options.get("addopts", "")))
        return Settings().over(Layer.INI, lists).over(Layer.FLAG, flags)

    @property
    def output(self) -> Path:
        """The folder of runs, as one would name it from here."""
        return _from_here(self.root / self.settings["output_dir"])

    @property
    def baselines(self) -> Path:
        """The folder of baselines."""
        return (self.root / str(self.settings["baseline_dir"])).resolve()

    @cached_property
    def registry(self) -> Registry:
        """What can be chosen by name, with what plugins and ``conftest.py`` add."""
        from pytest_visualdiff.session import built_in

        registry = built_in(Path.cwd())
        self.register(registry)
        return registry

    def register(self, registry: Registry) -> None:
        """Add what plugins and ``conftest.py`` offer."""
        if self.needs_pytest:
            self._registered[1](registry=registry)

    def store(self, baselines: Path) -> BaselineStore:
        """The store that the options choose, for a folder of baselines."""
        usual = self.settings["store"] == OPTIONS["store"].default
        if not usual and not self.runs_code:
            raise UsageError(
                f"the store {self.settings['store']!r} is code of this project, which is not run"
                " for a run from elsewhere: add --plugins where you trust what is checked out"
            )
        if usual and not self.needs_pytest:
            from pytest_visualdiff.baselines.directory import DirectoryStore

            return DirectoryStore(baselines)
        return pick("store", self.settings["store"], self.registry.stores)(baselines)

    @cached_property
    def needs_pytest(self) -> bool:
        """Whether only pytest knows all options and parts: something else adds to them."""
        said = f"{self.options.get('addopts', '')} {self.options.get(OPTIONS['store'].ini, '')}"
        chosen = self.options.get(OPTIONS["store"].ini) not in (None, "", OPTIONS["store"].default)
        added = chosen or f"--{PREFIX}-store" in said or any(map(_registers, self._conftests()))
        return self.runs_code and added

    @cached_property
    def _registered(self) -> tuple[Settings, Any]:
        from pytest_visualdiff.plugin.project import configured

        return configured(self.root)

    def _conftests(self) -> Iterator[Path]:
        """The files that pytest imports before it collects anything."""
        paths = lines(self.options.get("testpaths", []))
        folders = [self.root, *(self.root / one for one in paths), *self.root.glob("test*")]
        return (folder / "conftest.py" for folder in dict.fromkeys(folders))


def _registers(conftest: Path) -> bool:
    try:
        text = conftest.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return HOOK in text


def _flags(addopts: Any) -> Iterator[tuple[str, Any]]:
    """Our flags in ``addopts``."""
    words = list(addopts) if isinstance(addopts, (list, tuple)) else shlex.split(str(addopts))
    rows = {row.flag_name: row for row in OPTIONS.values() if Layer.FLAG in row.layers}
    many: dict[str, list[str]] = {}
    for at, word in enumerate(map(str, words)):
        flag, equals, value = word.partition("=")
        row = rows.get(flag)
        if row is None:
            continue
        if row.kind.switch:
            yield row.name, True
            continue
        given = value if equals else str(words[at + 1]) if at + 1 < len(words) else ""
        if row.kind.many:
            many.setdefault(row.name, []).append(given)
        else:
            yield row.name, given
    yield from many.items()


def _from_here(path: Path) -> Path:
    """The path relative to the current folder where it lies below it or beside."""
    try:
        return Path(os.path.relpath(path))
    except ValueError:  # another drive of Windows
        return path
