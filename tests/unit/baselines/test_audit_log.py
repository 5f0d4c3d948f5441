"""The log: each line chained to those before; an edited or missing one is found; branches merge."""

from __future__ import annotations

import json
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from pytest_visualdiff.baselines.audit_log import FILE, Act, Entry, History, Log, problems
from pytest_visualdiff.errors import LogUnreadable, StoreError

if TYPE_CHECKING:
    from pathlib import Path


def approval(key: str, before: str, after: str, when: str = "") -> Entry:
    return Entry(Act.APPROVE, f"{key}.png", before, after, check=key, when=when)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """Three lines, written by two commands."""
    made = Log(tmp_path)
    made.append([approval("one", "", "a"), approval("two", "", "b")])
    made.append([approval("one", "a", "c")])
    return made


def test_lines_follow_each_other_and_read_back_as_written(log: Log) -> None:
    first, second, third = log.entries()
    assert first.prev == ()
    assert second.prev == (first.hash,)
    assert third.prev == (second.hash,)
    assert [one.check for one in log.entries()] == ["one", "two", "one"]
    assert list(problems(log.lines())) == []


def test_a_line_is_one_line_whatever_is_said_in_it(log: Log) -> None:
    said = "ΔE\nsecond line\r\u2028 \x1b[2J 'quoted' \ud800"
    (written,) = log.append([Entry(Act.REJECT, "x.png", why=said)])
    assert len(log.lines()) == 4
    assert log.entries()[-1].why.startswith("ΔE\nsecond line\r\u2028")
    assert log.entries()[-1].hash == written.hash
    assert list(problems(log.lines())) == []


@pytest.mark.parametrize("number", [0, 1, 2])
def test_an_edited_line_is_found(log: Log, number: int) -> None:
    lines = log.lines()
    lines[number] = lines[number].replace(b'"approve"', b'"flag"')
    assert f"line {number + 1} was edited: its hash is not that of its content" in [
        *problems(lines)
    ]


def test_a_line_edited_with_a_new_hash_is_found_by_the_next_one(log: Log) -> None:
    other = Log(log.folder / "other")
    other.append([approval("one", "", "z")])
    lines = [*other.lines(), *log.lines()[1:]]
    assert [one for one in problems(lines) if "line 2 follows one that was edited" in one]


@pytest.mark.parametrize("number", [0, 1])
def test_a_line_that_was_taken_out_is_found(log: Log, number: int) -> None:
    lines = log.lines()
    del lines[number]
    assert any("edited or taken out" in one for one in problems(lines))


def test_what_is_no_entry_is_named_by_its_line(log: Log) -> None:
    for bad in (b"nonsense", b"{}", b'{"act":"dance","key":"k","prev":[]}', b"[]"):
        log.path.write_bytes(b"\n".join([*log.lines()[:1], bad]) + b"\n")
        with pytest.raises(LogUnreadable, match="line 2"):
            log.entries()
        assert any(one.startswith("line 2 is no entry") for one in problems(log.lines()))


def test_branches_merged_by_git_line_by_line_are_whole_and_the_next_line_joins_them(
    log: Log,
) -> None:
    """With the line of .gitattributes that the documentation gives."""
    git = ["git", "-C", str(log.folder), "-c", "user.name=A", "-c", "user.email=a@b"]

    def run(*arguments: str) -> None:
        subprocess.run([*git, *arguments], check=True, capture_output=True)

    (log.folder / ".gitattributes").write_text(f"{FILE} merge=union\n", encoding="utf-8")
    run("init", "-q", "-b", "main")
    run("add", ".")
    run("commit", "-qm", "start")
    run("checkout", "-qb", "other")
    log.append([approval("two", "b", "theirs")])
    run("commit", "-qam", "theirs")
    run("checkout", "-q", "main")
    log.append([approval("two", "b", "ours"), approval("three", "", "d")])
    run("commit", "-qam", "ours")
    run("merge", "-q", "other", "-m", "merge")
    assert len(log.lines()) == 6
    assert list(problems(log.lines())) == []
    history = History(log.entries())
    assert {one.after for one in history.approved("two.png")} == {"ours", "theirs"}
    assert len(history.chain.heads) == 2
    (joined,) = log.append([approval("two", "ours", "e")])
    assert len(joined.prev) == 2
    assert [one.after for one in History(log.entries()).approved("two.png")] == ["e"]


def test_a_line_that_two_branches_have_counts_once(log: Log) -> None:
    log.path.write_bytes(b"\n".join([*log.lines(), *log.lines(), b""]))
    assert len(log.entries()) == 3
    assert list(problems(log.lines())) == []


def test_lines_of_a_later_version_keep_what_this_one_does_not_know(log: Log) -> None:
    data = json.loads(log.lines()[0])
    assert Entry.from_dict({**data, "mood": "good"}) == Entry.from_dict(data)
    lines = log.lines()
    lines[0] = json.dumps({**data, "mood": "good"}).encode()
    assert any("line 1 was edited" in one for one in problems(lines))


def test_an_undone_decision_is_not_in_force(log: Log) -> None:
    *_, last = log.entries()
    undo = Entry(Act.UNDO, last.key, before="c", after="a", undoes=last.hash)
    log.append([undo])
    history = History(log.entries())
    assert [one.after for one in history.approved("one.png")] == ["a"]
    assert history.decision(["one.png"], "c") is None
    first = history.decision(["one.png"], "a")
    assert first is not None
    assert first.act is Act.APPROVE


def test_a_folder_that_cannot_be_written_to_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="Not a directory"):
        Log(tmp_path / "file").append([approval("one", "", "a")])


def test_two_who_write_at_the_same_moment_lose_nothing(log: Log) -> None:
    """As on two machines, or with two output folders: the lines then have the same predecessor."""
    workers = [
        threading.Thread(target=Log(log.folder).append, args=([approval(f"{at}", "", "a")],))
        for at in range(12)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(log.lines()) == len(log.entries()) == 15
    assert list(problems(log.lines())) == []


@pytest.mark.parametrize("cut", [1, 40])
def test_half_a_line_of_a_power_failure_is_replaced_by_the_next_one(log: Log, cut: int) -> None:
    """A whole line that only lacks its end is kept."""
    log.path.write_bytes(log.path.read_bytes()[:-cut])
    kept = 3 if cut == 1 else 2
    assert len(log.entries()) == kept
    log.append([approval("three", "", "d")])
    assert len(log.lines()) == kept + 1
    assert log.path.read_bytes().endswith(b"}\n")
    assert list(problems(log.lines())) == []
