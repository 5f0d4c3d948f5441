"""Decisions: exactly the chosen checks, each with a line in the log, and all can be taken back."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_visualdiff.baselines import audit_log
from pytest_visualdiff.baselines.audit_log import Act
from pytest_visualdiff.baselines.directory import DirectoryStore
from pytest_visualdiff.cli.command_line import main
from pytest_visualdiff.errors import LogUnreadable, StoreError
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.model import BaselineKey, Status
from pytest_visualdiff.review import transaction as desks
from pytest_visualdiff.review.decisions import CheckState, Decisions, Outcome, State
from pytest_visualdiff.runs.groups import unique_ids
from runs import Review, picture, recorded, seen

OLD = Review.OLD


def acts(review: Review) -> list[tuple[str, str]]:
    return [(one.act.value, one.check) for one in review.transaction.log.entries()]


def test_what_waits_is_what_nobody_decided_on(review: Review) -> None:
    decisions = review.decisions()
    assert list(decisions.waiting()) == review.ids
    decisions.approve(review.ids[:1])
    decisions.reject(review.ids[1:2])
    assert list(decisions.waiting()) == review.ids[2:]


def test_approval_copies_exactly_the_chosen_and_says_who_and_why(review: Review) -> None:
    done = review.decisions().approve(review.ids[1:2], "new colour")
    assert done == [Outcome(review.ids[1], State.APPROVED, changed=True)]
    assert review.baselines() == [OLD, picture(101), OLD, None]
    (entry,) = review.transaction.log.entries()
    assert entry.to_dict() | {"when": "", "tool": "", "hash": ""} == {
        "act": "approve", "key": "t/test_two/two.image.png", "test": "t.py::test_two", "check": "two",  # noqa: E501
        "before": png_file.digest(OLD), "after": png_file.digest(picture(101)),
        "who": "Ada <ada@example.org>", "commit": "c0ffee", "why": "new colour",
        "run": "20260101-000000-aaaaaa", "prev": [], "when": "", "tool": "", "hash": "",
        "environment": {"browser": "firefox", "browser_version": "153", "platform": "linux"},
    }  # fmt: skip
    standing = review.decisions().states()[review.ids[1]]
    assert standing == CheckState(State.APPROVED, entry.who, entry.when, "new colour")


def test_deciding_twice_changes_nothing_and_logs_nothing(review: Review) -> None:
    decisions = review.decisions()
    for _ in range(2):
        done = decisions.approve(review.ids)
        also = decisions.reject(review.ids[:1])
    assert [(one.changed, one.error) for one in done] == [(False, "")] * 4
    assert "undo that first" in also[0].error
    assert acts(review) == [("approve", name) for name in ("one", "two", "three", "new")]


def test_a_rejection_stays_with_the_picture_also_in_later_runs(review: Review) -> None:
    """The test fails on, and --all passes over it; by name it can still be approved."""
    (done,) = review.decisions().reject(review.ids[:1], "wrong font")
    assert done == Outcome(review.ids[0], State.REJECTED, changed=True)
    assert review.baselines()[0] == OLD
    folder = replace(review.folder, id="20260102-000000-bbbbbb")
    again = seen(folder, "one", picture(100), OLD)
    later = Decisions(recorded(folder, [again], review.store.root), review.transaction)
    assert later.waiting() == {}
    assert later.states()[again.id].why == "wrong font"
    assert later.approve([again.id])[0].state is State.APPROVED
    assert acts(review) == [("reject", "one"), ("approve", "one")]


def test_undo_gives_back_the_picture_before_and_the_check_waits_again(review: Review) -> None:
    decisions = review.decisions()
    decisions.approve(review.ids)
    done = decisions.undo(review.ids, "too early")
    assert [one.state for one in done] == [State.WAITING] * 4
    assert review.baselines() == [OLD, OLD, OLD, None]
    assert not (review.store.root / "t" / "test_new" / "new.image.png").exists()
    assert [one.error for one in decisions.undo(review.ids[:1])] == [
        "nothing to undo: the log has no decision on this picture"
    ]
    decisions.approve(review.ids[:1])
    assert review.baselines()[0] == picture(100)


def test_undo_of_a_rejection_touches_no_baseline(review: Review) -> None:
    decisions = review.decisions()
    decisions.reject(review.ids[:1])
    assert decisions.undo(review.ids[:1])[0].state is State.WAITING
    decisions.reject(review.ids[:1])
    assert decisions.states()[review.ids[0]].state is State.REJECTED
    assert review.baselines()[0] == OLD


def test_undo_refuses_where_the_baseline_is_no_longer_what_was_approved(review: Review) -> None:
    decisions = review.decisions()
    decisions.approve(review.ids[:2])
    (review.store.root / "t" / "test_one" / "one.image.png").write_bytes(picture(50))
    first, second = decisions.undo(review.ids[:2])
    assert "has changed since" in first.error
    assert second.changed
    assert review.baselines()[:2] == [picture(50), OLD]
    assert acts(review)[2:] == [("undo", "two")]


def test_undo_finds_the_earlier_picture_in_git_where_its_copy_is_gone(review: Review) -> None:
    git = ["git", "-C", str(review.path), "-c", "user.name=A", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "baselines"], check=True)
    subprocess.run([*git, "commit", "-qm", "baselines"], check=True)
    decisions = review.decisions()
    decisions.approve(review.ids[:1])
    for copy in (review.folder.output / "undo").iterdir():
        copy.unlink()
    assert decisions.undo(review.ids[:1])[0].changed
    assert review.baselines()[0] == OLD


def test_undo_says_so_where_the_earlier_picture_is_nowhere(review: Review) -> None:
    decisions = review.decisions()
    decisions.approve(review.ids[:1])
    for copy in (review.folder.output / "undo").iterdir():
        copy.write_bytes(b"damaged")
    (done,) = decisions.undo(review.ids[:1])
    assert "restore it by hand" in done.error
    assert done.state is State.APPROVED
    assert acts(review) == [("approve", "one")]


def test_an_alternative_is_logged_where_it_was_put_and_can_be_taken_back(review: Review) -> None:
    decisions = review.decisions()
    decisions.approve(review.ids[:1], alternative=True)
    assert review.store.read(BaselineKey("t/test_one/one.image~2.png")) == picture(100)
    (entry,) = review.transaction.log.entries()
    assert (entry.act, entry.key, entry.before) == (
        Act.ALTERNATIVE,
        "t/test_one/one.image~2.png",
        "",
    )
    assert decisions.undo(review.ids[:1])[0].state is State.WAITING
    assert review.store.read(BaselineKey("t/test_one/one.image~2.png")) is None
    assert review.baselines()[0] == OLD


def test_a_baseline_that_changed_since_is_refused_and_not_logged(review: Review) -> None:
    (review.store.root / "t" / "test_two" / "two.image.png").write_bytes(picture(55))
    first, second, *_ = review.decisions().approve(review.ids)
    assert (first.changed, second.changed) == (True, False)
    assert "has changed since" in second.error
    assert acts(review) == [("approve", "one"), ("approve", "three"), ("approve", "new")]


def test_what_is_no_check_of_the_run_or_has_no_picture_is_told(review: Review) -> None:
    good = replace(review.checks[0], status=Status.MATCH, test="t.py::test_good", actual="")
    run = recorded(review.folder, [*review.checks, good], review.store.root)
    decisions = Decisions(run, review.transaction)
    for decide in (decisions.approve, decisions.reject, decisions.undo):
        unknown, nothing = decide(["t.py::nowhere::one", good.id])
        assert "this run has no check 't.py::nowhere::one'" in unknown.error
        assert "nothing to" in nothing.error
        assert nothing.state is State.NOTHING
    assert acts(review) == []


def test_checks_of_the_same_name_from_several_machines_are_told_apart(review: Review) -> None:
    one = review.checks[0]
    other = replace(one, variant="mac", key="t/one.mac.png")
    assert list(unique_ids([one, other, review.checks[1]])) == [
        "t.py::test_one::one [image]",
        "t.py::test_one::one [mac]",
        "t.py::test_two::two",
    ]


def test_findings_of_a_sweep_are_decided_like_pictures(review: Review) -> None:
    """Their baseline is a document, copied byte for byte; two windows are two checks."""
    old, new = b'{"findings": []}', b'{"findings": [{"kind": "moved"}]}'
    keys = [f"t/pricing.sweep-linux-{size}@1x.sweep.json" for size in ("390x844", "1280x800")]
    review.store.write(BaselineKey(keys[0]), old, seen="")
    folder = replace(review.folder, id="20260102-000000-bbbbbb")
    checks = [
        seen(
            folder,
            "pricing",
            new,
            before,
            key=key,
            variant=key.split(".")[1],
            sweep={"findings": []},
        )
        for key, before in zip(keys, (old, b""), strict=True)
    ]
    decisions = Decisions(recorded(folder, checks, review.store.root), review.transaction)
    assert len(decisions.waiting()) == 2
    assert [one.state for one in decisions.approve(list(decisions.checks))] == ["approved"] * 2
    assert [review.store.read(BaselineKey(key)) for key in keys] == [new, new]
    assert [one.changed for one in decisions.undo(list(decisions.checks))] == [True, True]
    assert [review.store.read(BaselineKey(key)) for key in keys] == [old, None]


INTERRUPTED = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = {path!r}
from runs import Review
import pytest_visualdiff.baselines.directory as directory
# A shell that starts tests in the background lets them ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)
review, count, write = Review.__new__(Review), [], directory.write_atomically
from pytest_visualdiff.runs import run_files
from pytest_visualdiff.runs.folder import RunFolder
from pytest_visualdiff.baselines.directory import DirectoryStore
project = Path({project!r})
review.path, review.folder = project, RunFolder(project / ".visualdiff", {run!r})
review.store = DirectoryStore(project / "baselines")
review.run = run_files.load(review.folder.output, review.folder.id)

def stopped(path, data, **more):
    if len(count) == 2:
        os.kill(os.getpid(), signal.{signal})
        signal.pause()
    count.append(write(path, data, **more))

directory.write_atomically = stopped
review.decisions().approve(list(review.decisions().checks))
"""


@pytest.mark.parametrize("how", ["SIGINT", "SIGKILL"])
def test_a_process_that_is_stopped_half_way_loses_no_line_of_the_log(
    review: Review, how: str
) -> None:
    """Each baseline is old or new, and each new one has its line, at the latest with the next
    decision; approving again finishes the work.
    """
    support = [str(Path(__file__).parents[2] / "support")]
    program = INTERRUPTED.format(
        path=support, project=str(review.path), run=review.folder.id, signal=how
    )
    stopped = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, timeout=60
    )
    assert stopped.returncode != 0
    assert review.baselines() == [picture(100), picture(101), OLD, None]
    with review.transaction.locked():
        assert acts(review) == [("approve", "one"), ("approve", "two")]
    assert not list((review.folder.output / desks.PENDING).iterdir())
    review.decisions().approve(review.ids)
    assert acts(review)[2:] == [("approve", "three"), ("approve", "new")]
    assert list(audit_log.problems(review.transaction.log.lines())) == []


def test_an_intention_of_which_nothing_came_is_dropped(review: Review) -> None:
    entry = review.transaction.entry(Act.APPROVE, review.checks[0], run="r")
    note = review.transaction._note([entry])
    pending = review.folder.output / desks.PENDING / "x.json"
    pending.parent.mkdir()
    pending.write_bytes(note)
    with review.transaction.locked():
        pass
    assert not pending.exists()
    assert acts(review) == []


@pytest.mark.parametrize(
    "note",
    [b"", b"\xff", b"null", b"[]", b"[" * 99_999, b'{"baselines": 5, "entries": []}',
     b'{"baselines": "x"}', b'{"baselines": "x", "entries": [5]}',
     b'{"baselines": "x", "entries": [{"act": "approve", "key": 5, "prev": []}]}'],
)  # fmt: skip
def test_a_note_that_cannot_be_read_is_set_aside_and_told(
    review: Review, note: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    """It keeps no later decision from being made, and a person can still look at it."""
    pending = review.folder.output / desks.PENDING / "x.json"
    pending.parent.mkdir()
    pending.write_bytes(note)
    assert main(["approve", "--all"]) == 0
    told = capsys.readouterr()
    assert review.approved() == [one.name for one in review.checks]
    assert "could not be read and was set aside" in told.err
    assert "pending/x.unreadable" in told.err
    assert pending.with_suffix(".unreadable").read_bytes() == note
    assert not pending.exists()
    main(["undo", "--all"])
    assert "set aside" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("act", ["approve", "undo"])
def test_a_renamed_project_finishes_what_was_decided_before(review: Review, act: str) -> None:
    """The note names the baselines as seen from the output folder."""
    entry = review.transaction.entry(Act.APPROVE, review.checks[0], run="r")
    if act == "undo":
        review.decisions().approve(review.ids[:1])
        (last,) = review.transaction.log.entries()
        entry = replace(last, act=Act.UNDO, before=last.after, after=last.before, undoes=last.hash)
    note = review.transaction._note([entry])
    pending = review.folder.output / desks.PENDING / "x.json"
    pending.parent.mkdir(exist_ok=True)
    pending.write_bytes(note)
    key = BaselineKey(entry.key)
    review.store.write(key, picture(100) if act == "approve" else OLD, seen=entry.before)
    renamed = review.path.with_name(f"{review.path.name}-renamed")
    review.path.rename(renamed)
    store = DirectoryStore(renamed / "baselines")
    transaction = desks.DecisionTransaction(store, store.root, renamed / ".visualdiff")
    with transaction.locked():
        assert [one.act.value for one in transaction.log.entries()][-1] == act


def test_two_reviewers_at_once_decide_each_check_once(review: Review) -> None:
    """Four threads for each check, each with a transaction of its own."""
    results: list[Outcome] = []

    def work(id_: str) -> None:
        results.extend(review.decisions().approve([id_]))

    workers = [threading.Thread(target=work, args=(id_,)) for id_ in review.ids * 4]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [one.error for one in results] == [""] * 16
    assert sum(one.changed for one in results) == 4
    assert sorted(acts(review)) == sorted(("approve", one.name) for one in review.checks)
    assert list(audit_log.problems(review.transaction.log.lines())) == []


def test_one_approves_what_another_rejects_and_the_last_word_stands(review: Review) -> None:
    """Each sees the other's decision, whatever page or terminal it was made in."""
    first, second = review.decisions(), review.decisions()
    first.reject(review.ids[:1])
    assert second.states()[review.ids[0]].state is State.REJECTED
    second.approve(review.ids[:1])
    assert "undo that first" in first.reject(review.ids[:1])[0].error
    assert acts(review) == [("reject", "one"), ("approve", "one")]


def test_somebody_who_holds_the_desk_too_long_is_told_of(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "WAIT", 0.05)
    with review.transaction.locked(), pytest.raises(StoreError, match="somebody else is deciding"):
        review.decisions().approve(review.ids)
    assert review.baselines() == [OLD, OLD, OLD, None]


def test_a_damaged_log_refuses_before_any_baseline_changes(review: Review) -> None:
    review.transaction.log.path.write_text("<<<<<<< HEAD\n", encoding="utf-8")
    with pytest.raises(LogUnreadable, match="merge conflict: keep the lines of both sides"):
        review.decisions().approve(review.ids)
    assert review.baselines() == [OLD, OLD, OLD, None]


def test_a_project_without_git_and_without_a_name_still_decides(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    transaction = desks.DecisionTransaction.of_project(review.store.root, review.folder.output)
    Decisions(review.run, transaction).approve(review.ids[:1])
    (entry,) = transaction.log.entries()
    assert entry.commit == ""
    assert entry.check == "one"
