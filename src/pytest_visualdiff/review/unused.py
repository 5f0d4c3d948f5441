"""Baselines that no check uses any more. Pure.

What a run did not do says nothing: a baseline is unused only where its test is surely gone, or was
run to its end, in that browser and window, without a check of that name.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_visualdiff.baselines.identity import VARIANT
from pytest_visualdiff.baselines.naming import (
    looks_hashed,
    main_key,
    slug,
    without_parameter,
)
from pytest_visualdiff.model import BaselineKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pytest_visualdiff.model import Verdict
    from pytest_visualdiff.runs.record import CollectedRecord

_RATIO = re.compile(r"\.\d+x$")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of a baseline that the run did not use."""

    key: str
    gone: bool
    """Whether it is surely unused; else nothing is known."""
    why: str


def findings(
    keys: Iterable[BaselineKey],
    checks: Sequence[Verdict],
    collected: CollectedRecord,
    exists: Callable[[str], bool],
) -> list[Finding]:
    """What is known of each baseline that no check of the run used.

    ``collected`` is that of ``run.json``; ``exists`` tells whether a
    file is in the project, by its path below the root folder.
    """
    used = {main_key(BaselineKey(one.key)) for one in checks if one.key}
    tests = _Tests(collected, checks)
    unseen = [key for key in keys if main_key(key) not in used]
    return [tests.about(key.path, exists) for key in unseen]


class _Tests:
    """The tests that were collected, by the folders that their baselines are in."""

    def __init__(self, collected: CollectedRecord, checks: Sequence[Verdict]) -> None:
        self._outcomes: Mapping[str, str] = collected.tests
        self._partial = {*collected.partial}
        self._files: dict[str, str] = {}
        self._folders: dict[str, list[str]] = {}
        for test in self._outcomes:
            file, *folders = _folders(test)
            for place in _places(file):
                self._files[place] = file
            for folder in folders:
                self._folders.setdefault(folder, []).append(test)
        self._endings: dict[str, set[str]] = {}
        for one in checks:
            if one.key:
                self._endings.setdefault(one.test, set()).add(_ending(one.key))

    def about(self, key: str, exists: Callable[[str], bool]) -> Finding:
        """What is known of one baseline."""
        folder, _, _ = key.rpartition("/")
        place, _, test = folder.rpartition("/")
        if place not in self._files:
            return self._without_file(key, place, exists)
        file = self._files[place]
        if folder not in self._folders:
            if file in self._partial:
                return Finding(key, gone=False, why=f"only a part of {file} was collected")
            return Finding(key, gone=True, why=f"{file} has no test {test} any more")
        return self._of_test(key, self._folders[folder])

    def _without_file(self, key: str, place: str, exists: Callable[[str], bool]) -> Finding:
        if any(looks_hashed(part) for part in place.split("/")):
            return Finding(key, gone=False, why="its test file has a shortened name")
        if exists(f"{place}.py") or not place:
            return Finding(key, gone=False, why=f"{place}.py was not collected")
        return Finding(key, gone=True, why=f"there is no {place}.py any more")

    def _of_test(self, key: str, tests: Sequence[str]) -> Finding:
        for test in tests:
            outcome = self._outcomes[test]
            if outcome != "passed":
                return Finding(key, gone=False, why=f"{test} {_WORDS.get(outcome, outcome)}")
        ending = _ending(key)
        if not any(ending in self._endings.get(test, ()) for test in tests):
            return Finding(key, gone=False, why=f"its test was not run in {ending}")
        return Finding(key, gone=True, why=f"{tests[0]} passed without a check of that name")


_WORDS = {"": "was not run", "failed": "failed, maybe before the check", "skipped": "was skipped"}


def _folders(test: str) -> list[str]:
    """The file of a node id, and the folders below which its baselines may lie.

    The parameter of browser and window is left out where the variant of the baseline tells it.
    """
    named, bracket, parameters = test.partition("[")
    file, *names = named.split("::")
    name = ".".join(names) + bracket + parameters
    without = _without_variant(name)
    tests = {slug(one, apart=apart) for one in (name, without) for apart in (False, True)}
    return [file, *(f"{place}/{one}" for place in _places(file) for one in tests)]


def _without_variant(name: str) -> str:
    found = VARIANT.search(name)
    if not found:
        return name
    return without_parameter(name, found[0])


def _places(file: str) -> set[str]:
    """The folders that a file's baselines may lie in: each part as it is, or told apart."""
    parts = [part for part in file.removesuffix(".py").split("/") if part]
    forms = [{slug(part), slug(part, apart=part != part.casefold())} for part in parts]
    return {"/".join(some) for some in itertools.product(*forms)}


def _ending(key: str) -> str:
    """The variant in a baseline's name: all after the last dot that is not of a pixel ratio."""
    name = main_key(BaselineKey(key)).path.rpartition("/")[2]
    stem = name.removesuffix(".png").removesuffix(".json").removesuffix(".sweep")
    ratio = _RATIO.search(stem)
    end = ratio.start() if ratio else len(stem)
    return stem[stem.rfind(".", 0, end) + 1 :]
