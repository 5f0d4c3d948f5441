"""The cache of decoded baselines: it may be slower than hoped, but it is never wrong."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pytest_visualdiff.images import codec
from pytest_visualdiff.images.decoded_cache import DecodedCache

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_visualdiff.model import Array


def noise(seed: int = 1, shape: tuple[int, ...] = (11, 7, 3)) -> Array:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


PICTURE = noise()
PNG = codec.encode(PICTURE)


def entry(cache: DecodedCache) -> Path:
    (path,) = cache.folder.glob("*.raw")
    return path


@pytest.mark.parametrize("shape", [(11, 7, 3), (1, 1, 3), (8, 8, 4)])
def test_a_picture_comes_back_as_it_was(tmp_path: Path, shape: tuple[int, ...]) -> None:
    cache = DecodedCache(tmp_path / "cache")
    cache.store(PNG, noise(shape=shape))
    loaded = cache.load(PNG)
    assert loaded is not None
    assert np.array_equal(loaded, noise(shape=shape))
    assert not loaded.flags.writeable


def test_a_part_of_a_larger_array_is_stored_too(tmp_path: Path) -> None:
    cache = DecodedCache(tmp_path)
    part = noise(shape=(20, 20, 4))[2:9, 3:8, :3]
    cache.store(PNG, part)
    loaded = cache.load(PNG)
    assert loaded is not None
    assert np.array_equal(loaded, part)


def test_another_file_is_not_known(tmp_path: Path) -> None:
    cache = DecodedCache(tmp_path)
    assert cache.load(PNG) is None
    cache.store(PNG, PICTURE)
    assert cache.load(PNG + b"\0") is None


def damage(data: bytes, how: str) -> bytes:
    return {
        "empty": b"",
        "header alone": data[:40],
        "half a header": data[:13],
        "truncated": data[:-1],
        "longer": data + b"\0",
        "another version": b"vd-raw-0" + data[8:],
        "first pixel": data[:40] + bytes([data[40] ^ 1]) + data[41:],
        "last pixel": data[:-1] + bytes([data[-1] ^ 128]),
        "lost blocks": data[:64] + bytes(len(data) - 64),
    }[how]


@pytest.mark.parametrize(
    "how",
    [
        *("empty", "header alone", "half a header", "truncated", "longer", "another version"),
        *("first pixel", "last pixel", "lost blocks"),
    ],
)
def test_a_damaged_entry_is_not_used_and_replaced(tmp_path: Path, how: str) -> None:
    cache = DecodedCache(tmp_path)
    cache.store(PNG, PICTURE)
    entry(cache).write_bytes(damage(entry(cache).read_bytes(), how))
    assert cache.load(PNG) is None
    cache.store(PNG, PICTURE)
    assert np.array_equal(cache.load(PNG), PICTURE)  # type: ignore[arg-type]


def test_the_longest_unused_entries_go_when_the_folder_is_full(tmp_path: Path) -> None:
    cache = DecodedCache(tmp_path, limit=4000)
    for number in range(5):
        cache.store(bytes([number]), noise(number, (20, 15, 3)))
        for age, path in enumerate(sorted(tmp_path.glob("*.raw"), key=os.path.getmtime)):
            os.utime(path, (age, age))
    left = [number for number in range(5) if cache.load(bytes([number])) is not None]
    assert left == [1, 2, 3, 4]


def test_one_picture_never_takes_all_the_room(tmp_path: Path) -> None:
    cache = DecodedCache(tmp_path / "cache", limit=500)
    cache.store(PNG, PICTURE)
    assert not cache.folder.exists()


def test_a_folder_that_cannot_be_made_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = DecodedCache(tmp_path / "file" / "cache")
    cache.store(PNG, PICTURE)
    assert cache.load(PNG) is None


def test_git_is_told_to_leave_alone_what_was_made_here(tmp_path: Path) -> None:
    """The output folder too where it is new: a later run would take it for the user's own."""
    DecodedCache(tmp_path / "output" / "cache").store(PNG, PICTURE)
    assert (tmp_path / "output" / ".gitignore").read_text() == "*\n"
    (tmp_path / "kept").mkdir()
    DecodedCache(tmp_path / "kept" / "cache").store(PNG, PICTURE)
    assert not (tmp_path / "kept" / ".gitignore").exists()
    assert (tmp_path / "kept" / "cache" / ".gitignore").read_text() == "*\n"


def test_nothing_half_written_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("pathlib.Path.replace", failing)
    cache = DecodedCache(tmp_path / "cache")
    cache.store(PNG, PICTURE)
    assert [path.name for path in cache.folder.iterdir()] == [".gitignore"]
