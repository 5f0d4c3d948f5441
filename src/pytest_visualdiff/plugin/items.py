"""Which test a pytest item is, whatever other plugins added to its name.

pytest-xdist appends the group of a test to its node id, and repeating plugins parametrise a test
with a counter. Neither makes it another test, and neither may change the path of its baselines.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.baselines.identity import TestIdentity, Variant
from pytest_visualdiff.options.table import PREFIX
from pytest_visualdiff.plugin.state import ATTEMPTS

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDED: pytest.StashKey[dict[str, set[str]]] = pytest.StashKey()
"""Of a collector: the names of all that was found in it, by the name in one case."""

TEST = f"{PREFIX}_test"
"""Attribute of a test report: the ``node_id`` of its test, where that is not the report's own."""

COLLECTED_AS = f"{PREFIX}_collected_as"
"""Likewise the ``collected_id``."""

COUNTERS = "__"
"""Parameters that a plugin repeats a test by begin with it (pytest-repeat, pytest-flakefinder)."""


def identity(item: pytest.Item) -> TestIdentity:
    """The test of an item, for the paths of its baselines and the messages."""
    callspec = getattr(item, "callspec", None)
    variant = callspec.params.get(f"{PREFIX}_driver") if callspec else None
    file, *classes = _parent(item).split("::")
    counter = _counter(item)
    own = _without_counter(item)
    name = ".".join([*classes, own])
    return TestIdentity(
        nodeid=node_id(item),
        file=file,
        name=name,
        variant=variant if isinstance(variant, Variant) else None,
        path=str(item.path),
        attempt=item.stash[ATTEMPTS],
        repetition=callspec.indices[counter] + 1 if callspec and counter else 1,
        apart=frozenset(_apart(item, file, name)),
    )


def node_id(item: pytest.Item) -> str:
    """The node id as pytest takes it on the command line: without the group of pytest-xdist."""
    return f"{_parent(item)}::{item.name}"


def collected_id(item: pytest.Item) -> str:
    """The node id that all repetitions of a test share."""
    return f"{_parent(item)}::{_without_counter(item)}"


def note_ids(item: pytest.Item, report: pytest.TestReport) -> None:
    """Write on a report which test it is about, where its own node id does not say that."""
    for name, told in ((TEST, node_id(item)), (COLLECTED_AS, collected_id(item))):
        if told != report.nodeid:
            vars(report)[name] = told


def _parent(item: pytest.Item) -> str:
    # Not the item's own node id: pytest-xdist appends to that, and a parameter may hold a "::".
    return item.parent.nodeid if item.parent else ""


def _counter(item: pytest.Item) -> str:
    """The parameter that repeats the test; empty for none."""
    callspec: Any = getattr(item, "callspec", None)
    names = callspec.params if callspec else ()
    return next((one for one in names if one.startswith(COUNTERS)), "")


def _without_counter(item: pytest.Item) -> str:
    from pytest_visualdiff.baselines.naming import without_parameter

    counter = _counter(item)
    if not counter:
        return item.name
    callspec: Any = item.callspec  # type: ignore[attr-defined]  # there is a counter in it
    # A parametrisation may have several names and has one id: only the ends are sure.
    names, ids = [*callspec.params], callspec._idlist  # noqa: SLF001 - told nowhere else
    at = -1 if names[-1] == counter else names.index(counter)
    return without_parameter(item.name, ids[at])


# --- names that differ only in case -------------------------------------------------------------


def note_names(collector: pytest.Collector, made: object) -> None:
    """Remember what was found in a module or class, also what is not selected to run."""
    folded = collector.stash.setdefault(FOLDED, {})
    for node in made if isinstance(made, list) else [made]:
        if isinstance(node, pytest.Item | pytest.Collector):
            folded.setdefault(node.name.casefold(), set()).add(node.name)


def _apart(item: pytest.Item, file: str, name: str) -> Iterator[str]:
    """The test's name and parts of its path that need a hash to differ in more than case."""
    if name != name.casefold() and any(map(_has_twin, item.listchain())):
        yield name
    folder = item.config.rootpath
    for part in file.split("/"):
        own = part.removesuffix(".py")
        if own != own.casefold() and own.casefold() in _twins(str(folder), own):
            yield own
        folder /= part


def _has_twin(node: Any) -> bool:
    parent = node.parent
    if parent is None:
        return False
    names = parent.stash.get(FOLDED, {}).get(node.name.casefold(), set())
    if hasattr(parent, "newinstance") and not names:  # methods of unittest are found by name alone
        names = {one for one in dir(parent.obj) if one.casefold() == node.name.casefold()}
    return len(names) > 1


def _twins(folder: str, own: str) -> set[str]:
    """What lies in a folder beside a file or folder, in one case and without ``.py``."""
    try:
        entries = [one.removesuffix(".py") for one in os.listdir(folder)]  # noqa: PTH208 - names alone
    except OSError:
        return set()
    return {one.casefold() for one in entries if one != own}
