"""ignored.json: readable, sorted, whole or not at all, and never silently nothing."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.baselines.ignored import FILE, Ignored, read, today, write
from pytest_visualdiff.errors import StoreError
from pytest_visualdiff.files import HIDDEN

if TYPE_CHECKING:
    from pathlib import Path

ONE = Ignored(
    fingerprint="v1:00000000000000aa",
    until=date(2026, 12, 24),
    key="t/a.image.png",
    test="t.py::test_a",
    name="ä",
    difference="changed at (1, 2) 3x4",
    since=date(2026, 11, 24),
    who="ada",
    reason="bug 12",
)
TWO = replace(ONE, fingerprint="v1:00000000000000bb")
THREE = replace(ONE, key="s/a.image.png")


def test_without_a_file_nothing_is_ignored(tmp_path: Path) -> None:
    assert read(tmp_path) == read(tmp_path / "nowhere") == ()


def test_what_was_written_is_read_sorted(tmp_path: Path) -> None:
    """The order of writing makes no difference to a reviewer."""
    write(tmp_path, [TWO, THREE, ONE])
    first = (tmp_path / FILE).read_bytes()
    assert read(tmp_path) == (THREE, ONE, TWO)
    write(tmp_path, [ONE, TWO, THREE])
    assert (tmp_path / FILE).read_bytes() == first


def test_the_file_is_for_people(tmp_path: Path) -> None:
    """One field a line, letters as they are, the end of the file as git likes it."""
    write(tmp_path, [ONE])
    text = (tmp_path / FILE).read_text(encoding="utf-8")
    assert '   "name": "ä",\n' in text
    assert '   "until": "2026-12-24",\n' in text
    assert text.endswith("}\n")
    assert json.loads(text)["schema"] == 1


def test_the_last_entry_takes_the_file_with_it(tmp_path: Path) -> None:
    write(tmp_path, [ONE])
    write(tmp_path, [])
    assert [path.name for path in tmp_path.iterdir()] == [HIDDEN]
    write(tmp_path, [])


VALID = {name: str(getattr(ONE, name)) for name in ONE.__slots__}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        {"schema": 2, "ignored": []},
        {"schema": 1},
        {"schema": 1, "ignored": 5},
        {"schema": 1, "ignored": [5]},
        {"schema": 1, "ignored": [{}]},
        {"schema": 1, "ignored": [{**VALID, "until": "soon"}]},
        {"schema": 1, "ignored": [{**VALID, "until": None}]},
        {"schema": 1, "ignored": [{**VALID, "fingerprint": "v2:00"}]},
        {"schema": 1, "ignored": [{**VALID, "reason": 5}]},
        '<<<<<<< HEAD\n{"schema": 1, "ignored": []}',
        b"\xff\xfe",
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_what_to_do(tmp_path: Path, content: Any) -> None:
    """Damaged, of another version, half merged: an error, not an empty list."""
    text = json.dumps(content) if isinstance(content, dict) else content
    data = text.encode() if isinstance(text, str) else text
    (tmp_path / FILE).write_bytes(data)
    with pytest.raises(StoreError, match=r"cannot use .*ignored\.json: .+\. Restore it"):
        read(tmp_path)
    assert (tmp_path / FILE).read_bytes() == data


def test_who_and_why_may_be_left_out_by_hand(tmp_path: Path) -> None:
    kept = {name: value for name, value in VALID.items() if name not in ("who", "reason")}
    (tmp_path / FILE).write_text(json.dumps({"schema": 1, "ignored": [kept]}), encoding="utf-8")
    assert read(tmp_path) == (replace(ONE, who="", reason=""),)


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, [ONE])

    def failing(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(StoreError, match=r"cannot write .*ignored\.json.*No space left"):
        write(tmp_path, [ONE, TWO])
    assert read(tmp_path) == (ONE,)
    assert sorted(path.name for path in tmp_path.iterdir()) == [HIDDEN, FILE]
    assert [path.name for path in (tmp_path / HIDDEN).iterdir()] == [".gitignore"]


def test_a_link_out_of_the_folder_is_neither_read_nor_written(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside.json", tmp_path / "baselines"
    outside.write_text("{}", encoding="utf-8")
    inside.mkdir()
    (inside / FILE).symlink_to(outside)
    for action in (lambda: read(inside), lambda: write(inside, [ONE])):
        with pytest.raises(StoreError, match="leads out of"):
            action()
    assert outside.read_text(encoding="utf-8") == "{}"


def test_days_are_counted_in_utc() -> None:
    before = datetime.now(timezone.utc).date()
    assert before <= today() <= datetime.now(timezone.utc).date()
