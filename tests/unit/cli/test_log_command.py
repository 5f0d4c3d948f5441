"""The log as a person reads it, and what its check finds."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.cli.command_line import main
from runs import Review, picture

if TYPE_CHECKING:
    from pathlib import Path

OLD = Review.OLD


@pytest.mark.usefixtures("review")
def test_the_log_tells_who_what_when_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    main(["approve", "t.py::test_one", "--reason", "new header", "--who", "Ada"])
    main(["reject", "t.py::test_two", "--who", "Bob"])
    main(["undo", "t.py::test_one", "--who", "Eve"])
    capsys.readouterr()
    assert main(["log"]) == 0
    first, second, third, last = capsys.readouterr().out.splitlines()
    for words in ("approve", "t/test_one/one.image.png", " → ", "'one' of t.py::test_one", "by Ada: new header",  # noqa: E501
                  "(undone)"):  # fmt: skip
        assert words in first
    assert "reject      t/test_two/two.image.png" in second
    assert "undo        t/test_one/one.image.png" in third
    assert last.startswith("3 decisions in ")
    for path, count in (
        ("t/test_one/one.image.png", 2),
        ("baselines/t/test_one/one.image.png", 2),
        ("*two*", 1),
        ("x", 0),
    ):
        main(["log", path])
        assert capsys.readouterr().out.splitlines()[-1].startswith(f"{count} decision")


def verified(capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    capsys.readouterr()
    return main(["log", "--verify"]), capsys.readouterr().out.splitlines()


def test_verify_finds_each_baseline_that_nobody_approved_until_it_is_adopted(
    review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["approve", "t.py::test_one", "t.py::test_new", "--who", "Ada"])
    status, lines = verified(capsys)
    assert status == 1
    assert lines[:2] == [
        "unapproved t/test_three/three.image.png: was never approved",
        "unapproved t/test_two/two.image.png: was never approved",
    ]
    assert lines[2] == "2 lines, 0 problems; 4 baselines, 2 not approved"
    assert main(["log", "--adopt"]) == 2
    assert main(["log", "--adopt", "--reason", "from before the log"]) == 0
    assert verified(capsys)[0] == 0
    (review.store.root / "t" / "test_one" / "one.image.png").write_bytes(OLD)
    (review.store.root / "t" / "test_two" / "two.image.png").write_bytes(picture(9))
    (review.store.root / "t" / "test_new" / "new.image.png").write_bytes(b"damaged")
    _, lines = verified(capsys)
    assert lines[0] == "unapproved t/test_new/new.image.png: is damaged"
    assert lines[1].startswith(
        "unapproved t/test_one/one.image.png: was changed after Ada approved it on 20"
    )
    assert lines[2].startswith("unapproved t/test_two/two.image.png: was changed after ")


def test_verify_tells_an_earlier_picture_from_an_unknown_one(
    review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["log", "--adopt", "--reason", "start"])
    main(["approve", "t.py::test_one", "--who", "Ada"])
    (review.store.root / "t" / "test_one" / "one.image.png").write_bytes(OLD)
    _, lines = verified(capsys)
    assert (
        lines[0]
        == "unapproved t/test_one/one.image.png: is an earlier picture; Ada approved another one since"  # noqa: E501
    )


def test_verify_finds_an_edited_line_and_one_that_is_gone(
    review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    """A last line that was taken out is found by git, where it was committed."""
    main(["log", "--adopt", "--reason", "start"])
    main(["approve", "t.py::test_one", "--who", "Ada"])
    main(["reject", "t.py::test_two"])
    log = review.transaction.log.path
    good = log.read_bytes()
    log.write_bytes(good.replace(b'"who":"Ada"', b'"who":"Eve"'))
    status, lines = verified(capsys)
    assert status == 1
    assert "line 4 was edited" in lines[0]
    assert lines[-1].startswith("5 lines, 1 problem; ")
    git = ["git", "-C", str(review.path), "-c", "user.name=A", "-c", "user.email=a@b"]
    log.write_bytes(good)
    for arguments in (["init", "-q"], ["add", "baselines"], ["commit", "-qm", "log"]):
        subprocess.run([*git, *arguments], check=True)
    assert verified(capsys)[0] == 0
    log.write_bytes(b"\n".join(good.splitlines()[:-1]) + b"\n")
    _, lines = verified(capsys)
    assert "1 lines of the last commit of git are no longer in" in lines[0]


def test_verify_of_a_damaged_log_says_which_line(
    review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["approve", "t.py::test_one"])
    with review.transaction.log.path.open("ab") as log:
        log.write(b"=======\n")
    status, lines = verified(capsys)
    assert status == 1
    assert "line 2 is no entry" in lines[0]
    assert "restore the log" in lines[1]
    assert main(["log"]) == 1
    assert "is a merge conflict" in capsys.readouterr().err


@pytest.mark.usefixtures("review")
def test_without_any_run_the_log_is_still_read(capsys: pytest.CaptureFixture[str]) -> None:
    main(["approve", "t.py::test_one"])
    assert main(["log", "--output-dir", "nowhere"]) == 0
    assert "1 decision in " in capsys.readouterr().out


def test_a_decision_can_be_taken_back_by_the_log_alone(
    review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the run it was made in; step by step, and not twice."""
    main(["approve", "t.py::test_one", "t.py::test_new"])
    shutil.rmtree(review.folder.path)
    (review.folder.output / "latest").unlink()
    assert (
        main(
            [
                "undo",
                "--baseline",
                "baselines/t/test_one/one.image.png",
                "--baseline",
                "t/test_new/new.image.png",
            ]
        )
        == 0
    )
    assert review.baselines() == [OLD, OLD, OLD, None]
    assert main(["undo", "--baseline", "t/test_one/one.image.png"]) == 2
    assert "the log has no decision on 't/test_one/one.image.png'" in capsys.readouterr().err
    assert main(["undo", "--baseline", "t/test_one/one.image.png", "--all"]) == 2


def committed(review: Review) -> None:
    """The baselines and their log, in a repository of their own."""
    git = ["git", "-C", str(review.path), "-c", "user.name=A", "-c", "user.email=a@b"]
    for arguments in (["init", "-q"], ["add", "baselines"], ["commit", "-qm", "baselines"]):
        subprocess.run([*git, *arguments], check=True)


def one_of(review: Review) -> Path:
    return review.store.root / "t" / "test_one" / "one.image.png"


def rolled_back(review: Review) -> None:
    """A line is taken out, and the baseline is again what it was: the log alone is whole."""
    log = review.transaction.log.path
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-1]))
    one_of(review).write_bytes(OLD)


def emptied(review: Review) -> None:
    """Log and baselines are gone."""
    shutil.rmtree(review.store.root)


def replaced(review: Review) -> None:
    """A baseline of nobody's decision, that once was approved."""
    one_of(review).write_bytes(OLD)


def added(review: Review) -> None:
    one_of(review).with_name("other.image.png").write_bytes(picture(77))


def deleted(review: Review) -> None:
    one_of(review).unlink()


def rewritten(review: Review) -> None:
    """Another log that accounts for other baselines: whole, with new hashes."""
    log = review.transaction.log
    log.path.unlink()
    one_of(review).write_bytes(picture(77))
    main(["log", "--adopt", "--reason", "start", "--who", "Eve"])


@pytest.mark.parametrize(
    ("tampered", "told"),
    [
        (rolled_back, ["1 lines of main are no longer in"]),
        (emptied, ["lines of main are no longer in", "one.image.png is gone since main"]),
        (replaced, ["one.image.png changed since main"]),
        (added, ["other.image.png is new since main"]),
        (deleted, ["one.image.png is gone since main"]),
        (rewritten, ["lines of main are no longer in"]),
    ],
)
def test_verify_against_a_commit_sees_what_no_decision_since_then_says(
    review: Review, capsys: pytest.CaptureFixture[str], tampered: Any, told: list[str]
) -> None:
    main(["log", "--adopt", "--reason", "start"])
    main(["approve", "t.py::test_one", "--who", "Ada"])
    committed(review)
    subprocess.run(["git", "-C", str(review.path), "branch", "-qM", "main"], check=True)
    tampered(review)
    # What git's last commit does not know any more is found without it: an older one is named.
    git = ["git", "-C", str(review.path), "-c", "user.name=A", "-c", "user.email=a@b"]
    subprocess.run([*git, "commit", "-qam", "x", "--allow-empty"], check=True)
    subprocess.run([*git, "checkout", "-q", "--detach"], check=True)
    subprocess.run([*git, "branch", "-qf", "main", "HEAD~1"], check=True)
    capsys.readouterr()
    assert main(["log", "--verify", "--against", "main"]) == 1
    out = capsys.readouterr().out
    for words in told:
        assert words in out


def test_verify_against_a_commit_is_content_with_what_was_decided(
    review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    """New approvals, and one that was taken back; a commit that is not there is refused."""
    main(["log", "--adopt", "--reason", "start"])
    committed(review)
    main(["approve", "t.py::test_one", "t.py::test_new"])
    main(["approve", "t.py::test_two"])
    main(["undo", "t.py::test_two"])
    capsys.readouterr()
    assert main(["log", "--verify", "--against", "HEAD"]) == 0
    for ref in ("no-such", "--help", "HEAD:baselines"):
        assert main(["log", "--verify", f"--against={ref}"]) == 2
    assert main(["log", "--against", "HEAD"]) == 2
    assert "git knows no commit 'no-such'" in capsys.readouterr().err
