"""A store keeps pictures and the findings of sweeps, each verified for what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_visualdiff.baselines import content, naming
from pytest_visualdiff.baselines.directory import DirectoryStore
from pytest_visualdiff.errors import BaselineUnreadable, StoreError
from pytest_visualdiff.model import BaselineKey

if TYPE_CHECKING:
    from pathlib import Path

KEY = BaselineKey("test_a/test_b/home.sweep-linux-390x844@1x.sweep.json")


def test_findings_are_kept_like_a_picture(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    assert store.write(KEY, b'{"findings": []}', seen="")
    assert store.read(KEY) == b'{"findings": []}'
    assert list(store.keys()) == [KEY]


def test_the_list_of_ignored_differences_is_no_baseline(tmp_path: Path) -> None:
    (tmp_path / "ignored.json").write_text("{}")
    assert list(DirectoryStore(tmp_path).keys()) == []
    with pytest.raises(StoreError, match="ends neither"):
        DirectoryStore(tmp_path).read(BaselineKey("ignored.json"))


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff"])
def test_a_damaged_document_is_no_baseline(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / KEY.path
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    with pytest.raises(BaselineUnreadable, match="cannot be used"):
        DirectoryStore(tmp_path).read(KEY)


def test_a_document_that_is_too_large_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        content.verify(KEY.path, b" " * (content.MOST_BYTES + 1))


def test_alternatives_keep_the_ending() -> None:
    others = naming.alternatives(KEY)
    assert others[0].path == KEY.path.replace(".sweep.json", "~2.sweep.json")
    assert all(naming.main_key(one) == KEY for one in others)
