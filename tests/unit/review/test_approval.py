"""Approval: a copy of what was seen, byte for byte, of nothing else and to nowhere else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pytest_visualdiff.baselines import BaselineStore, approved, naming
from pytest_visualdiff.baselines.audit_log import Act, Log
from pytest_visualdiff.baselines.directory import DirectoryStore
from pytest_visualdiff.errors import BaselineUnreadable
from pytest_visualdiff.images import codec
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.model import Approval, BaselineKey, Status, Verdict
from pytest_visualdiff.review.approval import approve, is_baseline, place, write
from pytest_visualdiff.review.decisions import DECIDABLE
from pytest_visualdiff.review.transaction import DecisionTransaction
from pytest_visualdiff.runs.folder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = ("one", "two", "three")


def open_checks(verdicts: Sequence[Verdict], store: BaselineStore) -> list[Verdict]:
    """Those checks whose picture is not the baseline yet and waits for a decision."""
    return [one for one in verdicts if one.status in DECIDABLE and not is_baseline(one, store)]


def copied(
    verdicts: Sequence[Verdict], folder: RunFolder, store: Any, *, alternative: bool = False
) -> list[Approval]:
    """What becomes of the checks' pictures once they are approved."""
    act = Act.ALTERNATIVE if alternative else Act.APPROVE
    return [write(one, folder, store) for one in place(verdicts, store, act)]


def picture(shade: int) -> bytes:
    pixels = np.full((6, 6, 3), shade, np.uint8)
    return png_file.with_text(codec.encode(pixels), {"tool": f"{shade}"})


OLD = picture(1)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "out", "run")


@pytest.fixture
def store(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(tmp_path / "baselines", shown_from=tmp_path)


def seen(folder: RunFolder, name: str, png: bytes, before: bytes = b"") -> Verdict:
    """A check whose picture is in the run folder and waits for a decision."""
    return Verdict(
        status=Status.MISMATCH if before else Status.NEW,
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
def verdicts(folder: RunFolder, store: DirectoryStore) -> list[Verdict]:
    """Three checks that differ from their baselines."""
    for name in NAMES:
        store.write(BaselineKey(f"t/{name}.png"), OLD, seen="")
    return [seen(folder, name, picture(at), OLD) for at, name in enumerate(NAMES, 100)]


def kept(store: DirectoryStore) -> list[bytes | None]:
    return [store.read(BaselineKey(f"t/{name}.png")) for name in NAMES]


def test_the_picture_that_was_seen_becomes_the_baseline_byte_for_byte(
    verdicts: list[Verdict], folder: RunFolder, store: DirectoryStore
) -> None:
    """With its provenance, which was written when it was first stored."""
    assert copied(verdicts, folder, store) == [Approval(one, True) for one in verdicts]
    assert kept(store) == [picture(100), picture(101), picture(102)]


def test_a_missing_baseline_is_created(folder: RunFolder, store: DirectoryStore) -> None:
    (done,) = copied([seen(folder, "one", picture(7))], folder, store)
    assert (done.written, done.error) == (True, "")
    assert store.read(BaselineKey("t/one.png")) == picture(7)


def test_approving_again_changes_nothing_and_is_no_error(
    verdicts: list[Verdict], folder: RunFolder, store: DirectoryStore
) -> None:
    copied(verdicts, folder, store)
    again = copied(verdicts, folder, store)
    assert again == [Approval(one, written=False) for one in verdicts]
    assert kept(store) == [picture(100), picture(101), picture(102)]


def test_a_baseline_that_changed_since_is_refused_and_the_others_are_not(
    verdicts: list[Verdict], folder: RunFolder, store: DirectoryStore
) -> None:
    """Somebody pulled, or approved another run: what was seen is not what would be replaced."""
    (store.root / "t" / "two.png").write_bytes(picture(55))
    first, second, third = copied(verdicts, folder, store)
    assert "has changed since" in second.error
    assert (first.written, second.written, third.written) == (True, False, True)
    assert kept(store) == [picture(100), picture(55), picture(102)]


@pytest.mark.parametrize(
    ("content", "words"), [(picture(66), "no longer the one that was seen"), (None, "cannot read")]
)
def test_a_picture_that_is_not_the_one_seen_is_refused(
    verdicts: list[Verdict],
    folder: RunFolder,
    store: DirectoryStore,
    content: bytes | None,
    words: str,
) -> None:
    actual = folder.path / verdicts[0].actual
    actual.unlink()
    if content:
        actual.write_bytes(content)
    first, *others = copied(verdicts, folder, store)
    assert words in first.error
    assert all(one.written for one in others)
    assert kept(store)[0] == OLD


@pytest.mark.parametrize("content", [b"#!/bin/sh\n", picture(9)[:-8], b""])
def test_what_is_no_whole_picture_never_becomes_a_baseline(
    folder: RunFolder, store: DirectoryStore, content: bytes
) -> None:
    """Also when the record vouches for it."""
    (done,) = copied([seen(folder, "one", content)], folder, store)
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
    folder: RunFolder, store: DirectoryStore, tmp_path: Path, changes: dict[str, str]
) -> None:
    (tmp_path / "secret.png").write_bytes(picture(7))
    store.root.mkdir()
    (store.root / "link").symlink_to(tmp_path)
    verdict = replace(seen(folder, "one", picture(7)), **changes)  # type: ignore[arg-type]
    before = sorted(tmp_path.rglob("*"))
    (done,) = copied([verdict], folder, store)
    assert done.error
    assert not done.written
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("stop", [0, 1, 2])
def test_ctrl_c_between_two_approvals_leaves_each_baseline_old_or_new(
    verdicts: list[Verdict],
    folder: RunFolder,
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
            copied(verdicts, folder, store)
    new = [picture(100), picture(101), picture(102)]
    assert kept(store) == new[:stop] + [OLD] * (3 - stop)
    assert len(list(store.root.rglob("*.png"))) == 3
    assert not list(store.root.rglob(".writing-*"))
    assert [one.written for one in copied(verdicts, folder, store)] == [
        at >= stop for at in range(3)
    ]
    assert kept(store) == new


WAITS = {Status.MISMATCH, Status.NEW, Status.CREATED, Status.UPDATED}


@pytest.mark.parametrize("status", Status)
def test_a_check_waits_until_its_picture_is_the_baseline(
    folder: RunFolder, store: DirectoryStore, status: Status
) -> None:
    """Also one that was to be written and was refused; but not one that has no picture."""
    verdict = replace(seen(folder, "one", picture(7)), status=status)
    waiting = [verdict] if status in WAITS else []
    assert open_checks([verdict], store) == waiting
    copied(waiting, folder, store)
    assert open_checks([verdict], store) == []


def test_a_check_over_a_damaged_baseline_waits(
    verdicts: list[Verdict], store: DirectoryStore
) -> None:
    (store.root / "t" / "one.png").write_bytes(b"damaged")
    with pytest.raises(BaselineUnreadable):
        kept(store)
    assert open_checks(verdicts, store) == verdicts


def approved_pictures(store: BaselineStore, name: str = "one") -> list[bytes | None]:
    return [store.read(key) for key in approved(store, BaselineKey(f"t/{name}.png"))]


def test_an_alternative_is_kept_beside_what_is_approved(
    verdicts: list[Verdict], folder: RunFolder, store: DirectoryStore
) -> None:
    done = copied(verdicts[:1], folder, store, alternative=True)
    assert done == [Approval(verdicts[0], True)]
    assert approved_pictures(store) == [OLD, picture(100)]
    assert open_checks(verdicts, store) == verdicts[1:]
    again = copied(verdicts[:1], folder, store, alternative=True)
    assert again == [Approval(verdicts[0], written=False)]
    assert approved_pictures(store) == [OLD, picture(100)]


def test_the_first_alternative_of_nothing_is_the_baseline(
    folder: RunFolder, store: DirectoryStore
) -> None:
    (done,) = copied([seen(folder, "one", picture(7))], folder, store, alternative=True)
    assert done.written
    assert approved_pictures(store) == [picture(7)]


def test_a_gap_is_filled_first(folder: RunFolder, store: DirectoryStore) -> None:
    for path, shade in (("t/one.png", 1), ("t/one~3.png", 3)):
        store.write(BaselineKey(path), picture(shade), seen="")
    copied([seen(folder, "one", picture(7), OLD)], folder, store, alternative=True)
    assert store.read(BaselineKey("t/one~2.png")) == picture(7)


def test_approval_replaces_exactly_the_alternative_that_the_verdict_is_about(
    folder: RunFolder, store: DirectoryStore
) -> None:
    """And refuses when that one changed since, whatever became of the others."""
    second = BaselineKey("t/one~2.png")
    store.write(BaselineKey("t/one.png"), OLD, seen="")
    store.write(second, picture(2), seen="")
    verdict = replace(seen(folder, "one", picture(7), picture(2)), key=second.path)
    (store.root / "t" / "one.png").write_bytes(picture(50))
    (done,) = copied([verdict], folder, store)
    assert done.written
    assert approved_pictures(store) == [picture(50), picture(7)]
    later = replace(seen(folder, "two", picture(8), picture(2)), key=second.path)
    for alternative in (False, True):
        (refused,) = copied([later], folder, store, alternative=alternative)
        assert "one~2.png has changed since" in refused.error
    assert approved_pictures(store) == [picture(50), picture(7)]


def test_there_is_a_most_of_alternatives(folder: RunFolder, store: DirectoryStore) -> None:
    main = BaselineKey("t/one.png")
    store.write(main, OLD, seen="")
    for shade, key in enumerate(naming.alternatives(main), 2):
        store.write(key, picture(shade), seen="")
    (done,) = copied([seen(folder, "one", picture(99), OLD)], folder, store, alternative=True)
    assert "one.png has 9 approved pictures, as many as there can be" in done.error
    assert picture(99) not in approved_pictures(store)


class Single:
    """A store of others: it keeps one picture of each check."""

    def __init__(self, inner: DirectoryStore) -> None:
        self.read, self.check_writable, self.write = inner.read, inner.check_writable, inner.write
        self.describe, self.keys = inner.describe, inner.keys


def test_a_store_without_alternatives_refuses_one_and_approves_as_before(
    verdicts: list[Verdict], folder: RunFolder, store: DirectoryStore
) -> None:
    single = Single(store)
    (refused,) = copied(verdicts[:1], folder, single, alternative=True)
    assert "keeps one approved picture of each check" in refused.error
    assert open_checks(verdicts[:1], single) == verdicts[:1]
    (done,) = copied(verdicts[:1], folder, single)
    assert done.written
    assert open_checks(verdicts[:1], single) == []


def test_two_alternatives_of_one_check_get_two_places_and_two_lines(
    folder: RunFolder, store: DirectoryStore
) -> None:
    """As of a run that was merged from two machines; the same picture again gets none."""
    store.write(BaselineKey("t/one.png"), OLD, seen="")
    shades = (("one", 7), ("other", 8), ("third", 7))
    some = [replace(seen(folder, name, picture(shade), OLD), key="t/one.png")
            for name, shade in shades]  # fmt: skip
    transaction = DecisionTransaction(store, store.root, folder.output)
    with transaction.locked():
        done = approve(transaction, some, folder, Act.ALTERNATIVE)
    assert [one.written for one in done] == [True, True, False]
    assert approved_pictures(store) == [OLD, picture(7), picture(8)]
    assert [one.key for one in Log(store.root).entries()] == ["t/one~2.png", "t/one~3.png"]
