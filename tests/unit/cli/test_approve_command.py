"""status, approve, reject and undo: on exactly the checks that the flags fit."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

from pytest_visualdiff.baselines.audit_log import Log
from pytest_visualdiff.cli.command_line import main
from runs import Review, picture, recorded, seen

OLD = Review.OLD


@pytest.mark.parametrize(
    ("flags", "names"),
    [
        (["--all"], ["one", "two", "three", "new"]),
        (["-k", "one or three"], ["one", "three"]),
        (["-k", "not (test_two or NEW)"], ["one", "three"]),
        (["--browser", "chrome"], ["two"]),
        (["--browser", "chrome", "--browser", "firefox", "--kind", "moved"], ["one", "two"]),
        (["--kind", "recoloured"], ["three"]),
        (["--kind", "new"], ["new"]),
        (["t/test_three/three.image.png", "t.py::test_new"], ["three", "new"]),
        (["*t*", "--kind", "moved", "-k", "two"], ["two"]),
    ],
)
def test_each_flag_narrows_what_is_approved(
    project: Review, flags: list[str], names: list[str]
) -> None:
    assert main(["approve", *flags]) == 0
    assert project.approved() == names


def test_a_group_is_one_line_and_one_decision(
    project: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--groups"]) == 1
    first, *_ = capsys.readouterr().out.splitlines()
    assert "2 checks [image]: moved at (0, 0) 4x4: by (0, 3)" in first
    assert main(["approve", "--group", first.split()[0], "--reason", "new header"]) == 0
    assert project.approved() == ["one", "two"]
    assert {one.why for one in project.transaction.log.entries()} == {"new header"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["approve", "--group", "nowhere"], "no group is named 'nowhere'"),
        (["approve", "--group", ""], "3 groups begin with ''"),
        (["approve", "--browser", "edge"], "no browser 'edge' in this run; it has chrome, firefox"),
        (["reject", "--kind", "blue"], "no kind 'blue'"),
        (["undo", "-k", "a or"], "something is missing"),
        (["undo", "-k", "(a"], "a bracket is not closed"),
        (["undo", "-k", "a b"], "'b' was not expected"),
        (["reject"], "reject what?"),
        (["undo", "--all", "x"], "undo what?"),
        (["approve", "--all", "--from", "x.zip"], "there is no folder or zip x.zip"),
    ],
)
def test_wrong_choices_are_told_and_nothing_is_decided(
    project: Review, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(arguments) in (1, 2)
    assert words in capsys.readouterr().err
    assert project.transaction.log.entries() == ()


def test_a_rejected_check_is_told_in_status_and_passed_over_by_all(
    project: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    """It stays open: the page has to be repaired."""
    main(["reject", "t.py::test_one", "--reason", "wrong font", "--who", "Bob (chat)"])
    assert main(["approve", "--all"]) == 0
    assert project.approved() == ["two", "three", "new"]
    capsys.readouterr()
    assert main(["status"]) == 1
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith("rejected  t.py::test_one  'one' [image]  by Bob (chat), 20")
    assert first.endswith(": wrong font")
    assert last.endswith("0 of 4 checks wait for a decision, 1 rejected")
    assert main(["approve", "t.py::test_one"]) == 0
    assert main(["status"]) == 0


def test_undo_takes_back_what_was_decided_in_this_run(project: Review) -> None:
    main(["approve", "-k", "one or new"])
    main(["reject", "t.py::test_two"])
    assert main(["undo", "--all"]) == 0
    assert project.approved() == []
    assert project.baselines() == [OLD, OLD, OLD, None]
    assert [one.act for one in project.transaction.log.entries()][3:] == ["undo"] * 3
    assert main(["undo", "t.py::test_one"]) == 1


def test_words_of_a_stranger_after_two_dashes_are_never_flags(
    project: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the recipes for comments and chats call it."""
    for words in (["--all"], ["t.py::test_one", "--baseline-dir=/tmp"], []):
        assert main(["approve", "--who", "stranger", "--", *words]) == 2
    assert project.approved() == []
    assert "'--all' fits no check of this run" in capsys.readouterr().err
    assert main(["approve", "--who", "stranger", "--", "*one"]) == 0
    assert project.approved() == ["one"]


def packed(review: Review) -> Path:
    path = review.path / "artifact.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in review.folder.output.rglob("*"):
            archive.write(file, f".visualdiff/{file.relative_to(review.folder.output)}")
    return path


def test_from_a_zip_of_ci_to_the_same_bytes_in_this_project(
    project: Review, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On another machine, where no run was ever made; decisions persist over commands."""
    laptop = tmp_path_factory.mktemp("laptop")
    artifact = str(packed(project))
    shutil.copytree(project.store.root, laptop / "baselines")
    monkeypatch.chdir(laptop)
    assert main(["status", "--from", artifact]) == 1
    assert main(["approve", "t.py::test_one", "t.py::test_new", "--from", artifact]) == 0
    assert (laptop / "baselines" / "t" / "test_one" / "one.image.png").read_bytes() == picture(100)
    assert (laptop / "baselines" / "t" / "test_new" / "new.image.png").read_bytes() == picture(103)
    assert project.baselines()[0] == OLD
    main(["reject", "-k", "two or three", "--from", artifact])
    assert main(["undo", "t.py::test_one", "--from", artifact]) == 0
    assert (laptop / "baselines" / "t" / "test_one" / "one.image.png").read_bytes() == OLD
    assert len(Log(laptop / "baselines").entries()) == 5
    assert sorted(path.name for path in laptop.iterdir()) == [".visualdiff", "baselines"]


def test_a_picture_that_was_changed_in_the_zip_is_refused(
    project: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    (project.folder.path / project.checks[0].actual).write_bytes(picture(66))
    assert main(["approve", "t.py::test_one", "--from", str(packed(project))]) == 1
    assert "is not the one that the run says it saw" in capsys.readouterr().out
    assert project.baselines()[0] == OLD


@pytest.mark.parametrize("folder", ["elsewhere", "../elsewhere", ".git", ".visualdiff"])
def test_a_foreign_run_does_not_say_where_baselines_are(review: Review, folder: str) -> None:
    """The project does: its configuration, or the flag."""
    recorded(review.folder, review.checks, review.path / folder)
    before = {path for path in review.path.parent.rglob("*") if "imported" not in path.parts}
    assert main(["approve", "--all", "--from", str(packed(review))]) == 0
    assert len(review.approved()) == 4
    made = {path for path in review.path.parent.rglob("*.png") if "imported" not in path.parts}
    assert {path.relative_to(review.path).parts[0] for path in made - before} == {"baselines"}


@pytest.mark.parametrize("subfolder", ["", "web"])
def test_a_patch_applies_cleanly_and_is_the_same_as_approval(
    project: Review, subfolder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in a project below the top of the repository; with the lines of the log."""
    work = project.path
    if subfolder:
        work = project.path / subfolder
        work.mkdir()
        for name in ("baselines", ".visualdiff"):
            (project.path / name).rename(work / name)
        monkeypatch.chdir(work)
    git = ["git", "-C", str(project.path), "-c", "user.name=Ada", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q"], check=True)
    main(["approve", "t.py::test_three"])
    subprocess.run([*git, "add", "--all", ":!*visualdiff*"], check=True)
    subprocess.run([*git, "commit", "-qm", "start"], check=True)
    assert main(["approve", "--all", "--as-patch", "all.patch", "--reason", "ok"]) == 0
    assert (work / "baselines" / "t" / "test_one" / "one.image.png").read_bytes() == OLD
    subprocess.run([*git, "apply", "--index", str(work / "all.patch")], check=True)
    (work / "all.patch").unlink()
    assert main(["status"]) == 0
    entries = Log(work / "baselines").entries()
    assert [one.check for one in entries] == ["three", "one", "two", "new"]
    assert main(["log", "--verify"]) == 0


def test_a_patch_refuses_a_baseline_that_changed(
    project: Review, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    (project.store.root / "t" / "test_one" / "one.image.png").write_bytes(picture(9))
    assert main(["approve", "-k", "one or two", "--as-patch", "-"]) == 1
    said = capsysbinary.readouterr()
    assert said.out.startswith(
        b"diff --git a/baselines/t/test_two/two.image.png b/baselines/t/test_two/two.image.png"
    )
    assert b"one.png" not in said.out
    assert b"baselines/t/test_one/one.image.png has changed since" in said.err
    assert not (project.store.root / "approvals.jsonl").exists()


def test_a_run_of_another_schema_is_told(
    project: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    record = project.folder.path / "run.json"
    record.write_text(record.read_text().replace('"schema": 1', '"schema": 99'))
    assert main(["status"]) == 1
    assert "has schema 99, this version reads 1" in capsys.readouterr().err


def test_a_run_that_crashed_tells_what_it_saw_and_is_never_done(
    project: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    from pytest_visualdiff.runs import run_files as run
    from pytest_visualdiff.runs.folder import RunFolder
    from pytest_visualdiff.runs.history import UNFINISHED

    folder = RunFolder(project.folder.output, "20260303-000000-cccccc")
    check = seen(folder, "one", picture(77), OLD)
    run.append(folder, [check], project.store.root)
    with (folder.path / UNFINISHED).open("a") as torn:
        torn.write('{"baseline_dir": "../base')
    main(["status"])
    newer = f"a newer run did not end, or still goes on: 'visualdiff status --run {folder.id}'"
    assert newer in capsys.readouterr().out
    assert main(["approve", "--all", "--run", folder.id]) == 0
    assert project.baselines()[0] == picture(77)
    capsys.readouterr()
    assert main(["status", "--run", folder.id]) == 1
    assert "did not end: what it saw until then is here" in capsys.readouterr().out
    crashed, ended = run.load(folder.output, folder.id), project.run
    assert {*ended.data} <= {*crashed.data}
    assert crashed.data["counts"] == {"mismatch": 1}


def test_a_run_of_which_nothing_is_known_says_so(
    project: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    (project.folder.path / "run.json").unlink()
    assert main(["status"]) == 1
    assert "ended before anything was recorded" in capsys.readouterr().err


# The first command imports what is imported late, as long as it can be read.
WITHOUT_RIGHTS = """
import os, asyncio, filelock
from pytest_visualdiff.cli.command_line import main
main(["status"])
os.geteuid() or os.setuid(65534)
raise SystemExit(main(["approve", "--all", "--who", "Ada"]))
"""


def test_a_read_only_folder_of_baselines_is_told_and_nothing_is_logged() -> None:
    """As a user without rights on it, in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        review = Review(Path(name))
        folders = [path for path in (review.path, *review.path.rglob("*")) if path.is_dir()]
        for folder in folders:
            inside = folder.is_relative_to(review.folder.output)
            folder.chmod(0o777 if inside else 0o555)
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT_RIGHTS],
            cwd=review.path,
            capture_output=True,
            text=True,
            check=False,
        )
        for folder in folders:
            folder.chmod(0o755)
        assert done.returncode == 1
        assert "cannot write to" in done.stderr
        assert "Permission denied" in done.stderr
        assert review.baselines() == [OLD, OLD, OLD, None]
        assert review.transaction.log.entries() == ()


@pytest.mark.usefixtures("project")
def test_a_selection_that_matches_nothing_is_a_wrong_use(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for command in ("status", "approve", "reject", "undo"):
        assert main([command, "-k", "typo"]) == 2
        assert "-k 'typo' fits none of the 4 checks" in capsys.readouterr().err


def test_the_project_is_found_from_a_folder_below(
    project: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = project.path / "tests" / "deep"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert main(["status"]) == 1
    assert main(["approve", "--all"]) == 0
    assert project.approved() == ["one", "two", "three", "new"]
    assert not (below / ".visualdiff").exists()
