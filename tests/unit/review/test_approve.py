"""Approval: a copy of what was seen, byte for byte, of nothing else and to nowhere else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pytest_visualdiff import image, run
from pytest_visualdiff import png as png_file
from pytest_visualdiff.errors import BaselineUnreadable
from pytest_visualdiff.model import BaselineKey, Status, Verdict
from pytest_visualdiff.review.approve import Approval, approve, open_checks
from pytest_visualdiff.store.directory import DirectoryStore

NAMES = ("one", "two", "three")


def picture(shade: int) -> bytes:
    pixels = np.full((6, 6, 3), shade, np.uint8)
    return png_file.with_text(image.encode(pixels), {"tool": f"{shade}"})


OLD = picture(1)


@pytest.fixture
def folder(tmp_path: Path) -> run.RunFolder:
    return run.RunFolder(tmp_path / "out", "run")


@pytest.fixture
def store(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(tmp_path / "baselines", shown_from=tmp_path)


def seen(folder: run.RunFolder, name: str, png: bytes, before: bytes = b"") -> Verdict:
    """A check whose picture is in the run folder and waits for a decision."""
    return Verdict(
        status=Status.MISMATCH if before else Status.MISSING,
        test=f"t.py::test_{name}",
        name=name,
        key=f"t/{name}.png",
        variant="image",
        message="",
        before=png_file.digest(before) if before else "",
        after=png_file.digest(png),
        actual=folder.save(f"images/{name}.actual.png", png),
    )


@pytest.fixture
def verdicts(folder: run.RunFolder, store: DirectoryStore) -> list[Verdict]:
    """Three checks that differ from their baselines."""
    for name in NAMES:
        store.write(BaselineKey(f"t/{name}.png"), OLD, seen="")
    return [seen(folder, name, picture(at), OLD) for at, name in enumerate(NAMES, 100)]


def kept(store: DirectoryStore) -> list[bytes | None]:
    return [store.read(BaselineKey(f"t/{name}.png")) for name in NAMES]


def test_the_picture_that_was_seen_becomes_the_baseline_byte_for_byte(
    verdicts: list[Verdict], folder: run.RunFolder, store: DirectoryStore
) -> None:
    """With its provenance, which was written when it was first stored."""
    assert list(approve(verdicts, folder, store)) == [Approval(one, True) for one in verdicts]
    assert kept(store) == [picture(100), picture(101), picture(102)]


def test_a_missing_baseline_is_created(folder: run.RunFolder, store: DirectoryStore) -> None:
    (done,) = approve([seen(folder, "one", picture(7))], folder, store)
    assert (done.written, done.error) == (True, "")
    assert store.read(BaselineKey("t/one.png")) == picture(7)


def test_approving_again_changes_nothing_and_is_no_error(
    verdicts: list[Verdict], folder: run.RunFolder, store: DirectoryStore
) -> None:
    list(approve(verdicts, folder, store))
    again = list(approve(verdicts, folder, store))
    assert again == [Approval(one, written=False) for one in verdicts]
    assert kept(store) == [picture(100), picture(101), picture(102)]


def test_a_baseline_that_changed_since_is_refused_and_the_others_are_not(
    verdicts: list[Verdict], folder: run.RunFolder, store: DirectoryStore
) -> None:
    """Somebody pulled, or approved another run: what was seen is not what would be replaced."""
    (store.root / "t" / "two.png").write_bytes(picture(55))
    first, second, third = approve(verdicts, folder, store)
    assert "has changed since" in second.error
    assert (first.written, second.written, third.written) == (True, False, True)
    assert kept(store) == [picture(100), picture(55), picture(102)]


@pytest.mark.parametrize(
    ("content", "words"), [(picture(66), "no longer the one that was seen"), (None, "cannot read")]
)
def test_a_picture_that_is_not_the_one_seen_is_refused(
    verdicts: list[Verdict],
    folder: run.RunFolder,
    store: DirectoryStore,
    content: bytes | None,
    words: str,
) -> None:
    actual = folder.path / verdicts[0].actual
    actual.unlink()
    if content:
        actual.write_bytes(content)
    first, *others = approve(verdicts, folder, store)
    assert words in first.error
    assert all(one.written for one in others)
    assert kept(store)[0] == OLD


@pytest.mark.parametrize("content", [b"#!/bin/sh\n", picture(9)[:-8], b""])
def test_what_is_no_whole_picture_never_becomes_a_baseline(
    folder: run.RunFolder, store: DirectoryStore, content: bytes
) -> None:
    """Also when the record vouches for it."""
    (done,) = approve([seen(folder, "one", content)], folder, store)
    assert done.error
    assert not store.root.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "../outside.png"},
        {"key": "t/../../outside.png"},
        {"key": "/outside.png"},
        {"key": "link/outside.png"},
        {"key": ""},
        {"key": "a\0b"},
        {"actual": "../../secret.png"},
        {"actual": "images/../../../secret.png"},
        {"actual": "/etc/passwd"},
        {"actual": ""},
    ],
)
def test_a_hostile_record_neither_reads_nor_writes_elsewhere(
    folder: run.RunFolder, store: DirectoryStore, tmp_path: Path, changes: dict[str, str]
) -> None:
    (tmp_path / "secret.png").write_bytes(picture(7))
    store.root.mkdir()
    (store.root / "link").symlink_to(tmp_path)
    verdict = replace(seen(folder, "one", picture(7)), **changes)  # type: ignore[arg-type]
    before = sorted(tmp_path.rglob("*"))
    (done,) = approve([verdict], folder, store)
    assert done.error
    assert not done.written
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("stop", [0, 1, 2])
def test_ctrl_c_between_two_approvals_leaves_each_baseline_old_or_new(
    verdicts: list[Verdict],
    folder: run.RunFolder,
    store: DirectoryStore,
    monkeypatch: pytest.MonkeyPatch,
    stop: int,
) -> None:
    """And approving again finishes the work."""
    replaced = Path.replace
    done: list[Path] = []

    def interrupted(temporary: Path, target: Path) -> Path:
        if len(done) == stop:
            raise KeyboardInterrupt
        done.append(target)
        return replaced(temporary, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", interrupted)
        with pytest.raises(KeyboardInterrupt):
            list(approve(verdicts, folder, store))
    new = [picture(100), picture(101), picture(102)]
    assert kept(store) == new[:stop] + [OLD] * (3 - stop)
    assert len(list(store.root.rglob("*"))) == 4
    assert [one.written for one in approve(verdicts, folder, store)] == [
        at >= stop for at in range(3)
    ]
    assert kept(store) == new


WAITS = {Status.MISMATCH, Status.MISSING, Status.CREATED, Status.UPDATED}


@pytest.mark.parametrize("status", Status)
def test_a_check_waits_until_its_picture_is_the_baseline(
    folder: run.RunFolder, store: DirectoryStore, status: Status
) -> None:
    """Also one that was to be written and was refused; but not one that has no picture."""
    verdict = replace(seen(folder, "one", picture(7)), status=status)
    waiting = [verdict] if status in WAITS else []
    assert open_checks([verdict], store) == waiting
    list(approve(waiting, folder, store))
    assert open_checks([verdict], store) == []


def test_a_check_over_a_damaged_baseline_waits(
    verdicts: list[Verdict], store: DirectoryStore
) -> None:
    (store.root / "t" / "one.png").write_bytes(b"damaged")
    with pytest.raises(BaselineUnreadable):
        kept(store)
    assert open_checks(verdicts, store) == verdicts
