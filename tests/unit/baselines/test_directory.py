"""Baselines in a folder: whole or not at all, and never elsewhere."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pytest_visualdiff.baselines import naming
from pytest_visualdiff.baselines.directory import DirectoryStore
from pytest_visualdiff.errors import (
    BaselineChanged,
    BaselineNotWritten,
    BaselineUnreadable,
    StoreError,
)
from pytest_visualdiff.images import codec
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.model import BaselineKey

if TYPE_CHECKING:
    from pathlib import Path

KEY = BaselineKey("t/test_a/home.image.png")


def picture(shade: int) -> bytes:
    return codec.encode(np.full((8, 8, 3), shade, np.uint8))


OLD, NEW = picture(10), picture(200)
SEEN = png_file.digest(OLD)


@pytest.fixture
def store(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(tmp_path / "baselines", shown_from=tmp_path)


@pytest.fixture
def file(store: DirectoryStore) -> Path:
    """The path of a baseline that is there."""
    store.write(KEY, OLD, seen="")
    return store.root / KEY.path


def test_what_was_written_is_read_byte_for_byte(store: DirectoryStore) -> None:
    assert store.read(KEY) is None
    assert store.write(KEY, OLD, seen="")
    assert store.read(KEY) == OLD == (store.root / KEY.path).read_bytes()
    assert store.write(KEY, NEW, seen=SEEN)
    assert store.read(KEY) == NEW


def test_writing_what_is_there_already_does_nothing(store: DirectoryStore, file: Path) -> None:
    """Whatever was seen: an approval can be repeated."""
    before = file.stat()
    for seen in ("", SEEN, "other"):
        assert store.write(KEY, OLD, seen=seen) is False
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


@pytest.mark.parametrize("seen", ["", png_file.digest(NEW), "nonsense"])
def test_a_baseline_that_is_not_the_one_seen_is_not_overwritten(
    store: DirectoryStore, file: Path, seen: str
) -> None:
    with pytest.raises(BaselineChanged, match=r"baselines/t/test_a/home.image.png has changed"):
        store.write(KEY, NEW, seen=seen)
    assert file.read_bytes() == OLD


def test_a_baseline_that_was_deleted_since_is_not_made_anew(store: DirectoryStore) -> None:
    with pytest.raises(BaselineChanged):
        store.write(KEY, NEW, seen=SEEN)
    assert store.read(KEY) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"not a picture", "not a PNG"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (OLD[:-1], "truncated"),
        (OLD[:40] + b"~~" + OLD[42:], "checksum"),
    ],
)
def test_a_damaged_baseline_is_named_with_what_to_do(
    store: DirectoryStore, file: Path, content: bytes, words: str
) -> None:
    file.write_bytes(content)
    with pytest.raises(BaselineUnreadable, match=f"{words}.*Restore it from version control"):
        store.read(KEY)


def test_a_bomb_is_refused_before_it_is_decoded(
    store: DirectoryStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codec, "MAX_PIXELS", 63)
    with pytest.raises(BaselineUnreadable, match="decompression bomb"):
        store.read(KEY)
    assert file.exists()


def test_a_folder_in_place_of_a_baseline_is_a_typed_error(store: DirectoryStore) -> None:
    (store.root / KEY.path).mkdir(parents=True)
    with pytest.raises(BaselineUnreadable):
        store.read(KEY)
    with pytest.raises(StoreError):
        store.write(KEY, OLD, seen="")


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        OSError(errno.EIO, "Input/output error"),
    ],
)
def test_a_full_disk_leaves_the_old_baseline_and_no_rest(
    store: DirectoryStore, file: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    def failing(_: int) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", failing)
    words = f"{error.strerror}; the earlier baseline is untouched"
    with pytest.raises(BaselineNotWritten, match=words):
        store.write(KEY, NEW, seen=SEEN)
    assert file.read_bytes() == OLD
    assert list(file.parent.iterdir()) == [file]


def test_ctrl_c_in_the_middle_of_a_write_leaves_the_old_baseline(
    store: DirectoryStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        store.write(KEY, NEW, seen=SEEN)
    assert file.read_bytes() == OLD
    assert list(file.parent.iterdir()) == [file]


LIMITED = """
import resource, signal, sys
from pathlib import Path
from pytest_visualdiff.errors import BaselineNotWritten
from pytest_visualdiff.model import BaselineKey
from pytest_visualdiff.baselines.directory import DirectoryStore
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
root, key, seen = sys.argv[1:]
try:
    DirectoryStore(Path(root)).write(BaselineKey(key), bytes(100_000), seen=seen)
except BaselineNotWritten as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_a_disk_that_really_refuses_leaves_the_old_baseline(
    store: DirectoryStore, file: Path
) -> None:
    """The kernel itself stops the write after 4096 bytes."""
    command = [sys.executable, "-c", LIMITED, str(store.root), KEY.path, SEEN]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert "File too large; the earlier baseline is untouched" in said.stdout
    assert file.read_bytes() == OLD
    assert list(file.parent.iterdir()) == [file]


def test_a_store_that_does_not_exist_yet_is_ready(store: DirectoryStore) -> None:
    """And asking makes nothing."""
    store.check_writable(KEY)
    assert not store.root.exists()


def test_a_folder_below_a_file_is_not_ready(tmp_path: Path) -> None:
    """True for root, too, whom no permission binds."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    store = DirectoryStore(tmp_path / "file" / "baselines", shown_from=tmp_path)
    with pytest.raises(BaselineNotWritten, match=r"the folder file is not writable.*baseline-dir"):
        store.check_writable(KEY)
    with pytest.raises(StoreError):
        store.write(KEY, NEW, seen="")


def test_a_folder_without_permission_is_not_ready(
    store: DirectoryStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, _: path != file.parent)
    with pytest.raises(BaselineNotWritten, match="the folder baselines/t/test_a is not writable"):
        store.check_writable(KEY)
    store.check_writable(BaselineKey("elsewhere/a.png"))


@pytest.mark.parametrize(
    "path", ["../a.png", "t/../../a.png", "/etc/a.png", "out/a.png", "out.png", "a\0.png"]
)
def test_a_key_that_leads_out_of_the_folder_is_refused(
    store: DirectoryStore, file: Path, tmp_path: Path, path: str
) -> None:
    """By dots, from the root, or over a link inside the folder."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.png").write_bytes(OLD)
    (store.root / "out").symlink_to(outside)
    (store.root / "out.png").symlink_to(outside / "a.png")
    for action in (
        store.read,
        store.check_writable,
        lambda key: store.write(key, NEW, seen=SEEN),
    ):
        with pytest.raises(StoreError, match="refused"):
            action(BaselineKey(path))
    assert (outside / "a.png").read_bytes() == OLD
    assert file.read_bytes() == OLD


def test_places_are_shown_relative_to_where_the_user_is(store: DirectoryStore) -> None:
    assert store.describe(KEY) == f"baselines/{KEY}"
    elsewhere = DirectoryStore(store.root, shown_from=store.root / "deeper")
    assert elsewhere.describe(KEY) == str(store.root / KEY.path)


def test_keys_are_sorted_and_of_pictures_only(store: DirectoryStore) -> None:
    assert list(store.keys()) == []
    for path in ("b/c.png", "a.png", "b/a.png"):
        store.write(BaselineKey(path), OLD, seen="")
    (store.root / "README.md").write_text("", encoding="utf-8")
    (store.root / "b" / ".writing-abc").write_bytes(b"")
    assert list(map(str, store.keys())) == ["a.png", "b/a.png", "b/c.png"]


def test_only_pictures_are_written(store: DirectoryStore) -> None:
    """A run.json of others cannot aim at the files of a project."""
    with pytest.raises(StoreError, match=r"neither in \.png"):
        store.write(BaselineKey("conftest.py"), OLD, seen="")
    assert not (store.root / "conftest.py").exists()


def test_alternatives_are_found_beside_the_baseline(store: DirectoryStore, file: Path) -> None:
    """Also with gaps and without the baseline itself; and they are keys like any other."""
    second, *_, ninth = naming.alternatives(KEY)
    assert store.alternatives(KEY) == []
    store.write(ninth, NEW, seen="")
    store.write(second, NEW, seen="")
    (file.parent / "home.image~10.png").write_bytes(NEW)
    (file.parent / "home.image~3.txt").write_bytes(NEW)
    assert store.alternatives(KEY) == store.alternatives(second) == [second, ninth]
    assert {KEY, second, ninth} < set(store.keys())
    file.unlink()
    assert store.alternatives(KEY) == [second, ninth]


def test_alternatives_outside_of_the_folder_are_not_looked_for(
    store: DirectoryStore, tmp_path: Path
) -> None:
    (tmp_path / "a~2.png").write_bytes(OLD)
    for path in ("../a.png", "a\0.png", "a.txt"):
        with pytest.raises(StoreError):
            store.alternatives(BaselineKey(path))


def test_a_link_to_nowhere_is_no_alternative_and_one_outside_is_refused(
    store: DirectoryStore, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "out.png").write_bytes(OLD)
    (file.parent / "home.image~2.png").symlink_to(tmp_path / "nowhere.png")
    assert store.alternatives(KEY) == []
    (file.parent / "home.image~3.png").symlink_to(tmp_path / "out.png")
    (third,) = store.alternatives(KEY)
    with pytest.raises(StoreError, match="refused"):
        store.read(third)
