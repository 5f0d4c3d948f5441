"""Baselines in memory keep the promises of any store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_visualdiff.baselines import SupportsAlternatives, naming
from pytest_visualdiff.baselines.memory import MemoryStore
from pytest_visualdiff.errors import BaselineChanged
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.model import BaselineKey

if TYPE_CHECKING:
    from pytest_visualdiff.baselines import BaselineStore

KEY, OTHER = BaselineKey("b.png"), BaselineKey("a.png")
OLD, NEW = b"old", b"new"


@pytest.fixture
def store() -> BaselineStore:
    store = MemoryStore()
    store.check_writable(KEY)
    assert store.write(KEY, OLD, seen="")
    return store


def test_what_was_written_is_read(store: BaselineStore) -> None:
    assert store.read(KEY) == OLD
    assert store.read(OTHER) is None
    assert store.write(KEY, NEW, seen=png_file.digest(OLD))
    assert store.read(KEY) == NEW


def test_writing_what_is_there_already_does_nothing(store: BaselineStore) -> None:
    assert store.write(KEY, OLD, seen="whatever") is False


@pytest.mark.parametrize(("key", "seen"), [(KEY, ""), (KEY, "x"), (OTHER, png_file.digest(OLD))])
def test_a_baseline_that_is_not_the_one_seen_is_not_overwritten(
    store: BaselineStore, key: BaselineKey, seen: str
) -> None:
    before = store.read(key)
    with pytest.raises(BaselineChanged, match=key.path):
        store.write(key, NEW, seen=seen)
    assert store.read(key) == before


def test_keys_are_sorted_and_places_named(store: BaselineStore) -> None:
    store.write(OTHER, OLD, seen="")
    assert list(store.keys()) == [OTHER, KEY]
    assert store.describe(KEY) == "memory:b.png"


def test_alternatives_are_found_beside_the_baseline(store: BaselineStore) -> None:
    assert isinstance(store, SupportsAlternatives)
    assert store.alternatives(KEY) == []
    third = naming.alternatives(KEY)[1]
    store.write(third, NEW, seen="")
    assert store.alternatives(KEY) == store.alternatives(third) == [third]
    assert store.alternatives(OTHER) == []
