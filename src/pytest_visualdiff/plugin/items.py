"""Which test a pytest item belongs to, without what other plugins added to its name.

pytest-xdist appends the group of a test to its node id, and repeating plugins parametrise a test
with a counter. It is still the same test, and the path of its baselines must not change.
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
"""Of a collector: all names in it, by their case-folded form."""

TEST = f"{PREFIX}_test"
"""Attribute of a test report: the ``node_id`` of its test, if the report has another node id."""

COLLECTED_AS = f"{PREFIX}_collected_as"
"""Attribute of a test report: the ``collected_id``, in the same case."""

COUNTERS = "__"
"""Prefix of the parameters by which plugins repeat a test (pytest-repeat, pytest-flakefinder)."""


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
    """Write on a report which test it belongs to, if its node id is another one."""
    for name, id_ in ((TEST, node_id(item)), (COLLECTED_AS, collected_id(item))):
        if id_ != report.nodeid:
            vars(report)[name] = id_


def _parent(item: pytest.Item) -> str:
    # Not the item's own node id: pytest-xdist appends to that, and a parameter may hold a "::".
    return item.parent.nodeid if item.parent else ""


def _counter(item: pytest.Item) -> str:
    """The parameter that repeats the test; empty if there is none."""
    callspec: Any = getattr(item, "callspec", None)
    names = callspec.params if callspec else ()
    return next((name for name in names if name.startswith(COUNTERS)), "")


def _without_counter(item: pytest.Item) -> str:
    from pytest_visualdiff.baselines.naming import without_parameter

    counter = _counter(item)
    if not counter:
        return item.name
    callspec: Any = item.callspec  # type: ignore[attr-defined]  # there is a counter in it
    # A parametrisation may have several names but one id, so only the first and last are certain.
    names, ids = [*callspec.params], callspec._idlist  # noqa: SLF001 - no public way
    at = -1 if names[-1] == counter else names.index(counter)
    return without_parameter(item.name, ids[at])


# --- names that differ only in case -------------------------------------------------------------


def note_names(collector: pytest.Collector, made: object) -> None:
    """Remember the names in a module or class, also of tests that are not selected."""
    folded = collector.stash.setdefault(FOLDED, {})
    for node in made if isinstance(made, list) else [made]:
        if isinstance(node, pytest.Item | pytest.Collector):
            folded.setdefault(node.name.casefold(), set()).add(node.name)


def _apart(item: pytest.Item, file: str, name: str) -> Iterator[str]:
    """The test's name and parts of its path that differ from others only in case.

    They get a hash in the path of baselines.
    """
    if name != name.casefold() and any(map(_has_case_variant, item.listchain())):
        yield name
    folder = item.config.rootpath
    for part in file.split("/"):
        own = part.removesuffix(".py")
        if own != own.casefold() and own.casefold() in _case_folded_siblings(str(folder), own):
            yield own
        folder /= part


def _has_case_variant(node: Any) -> bool:
    parent = node.parent
    if parent is None:
        return False
    names = parent.stash.get(FOLDED, {}).get(node.name.casefold(), set())
    if hasattr(parent, "newinstance") and not names:  # unittest finds methods by name
        names = {name for name in dir(parent.obj) if name.casefold() == node.name.casefold()}
    return len(names) > 1


def _case_folded_siblings(folder: str, own: str) -> set[str]:
    """The other entries of a folder, case-folded and without ``.py``."""
    try:
        entries = [name.removesuffix(".py") for name in os.listdir(folder)]  # noqa: PTH208 - names alone
    except OSError:
        return set()
    return {name.casefold() for name in entries if name != own}
