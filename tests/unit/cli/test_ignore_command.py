"""``visualdiff ignore``: what it says, what it writes, and its exit status."""

from __future__ import annotations

import getpass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from pytest_visualdiff.baselines import ignored
from pytest_visualdiff.cli.command_line import main
from pytest_visualdiff.model import Box, Difference, Kind, Status, Verdict
from pytest_visualdiff.review import actor
from pytest_visualdiff.runs import run_files
from pytest_visualdiff.runs.folder import RunFolder

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 24)
HOME, LOGIN, GOOD = "t.py::test_home[chrome-1x1]", "t.py::test_login", "t.py::test_good"


def verdict(test: str, *differences: Difference) -> Verdict:
    status = Status.MISMATCH if differences else Status.MATCH
    key = f"{test[11:]}/shot.image.png".replace("[", "-").replace("]", "")
    return Verdict(status, test, "shot", key, "image", "", differences=differences)


def change(x: int) -> Difference:
    return Difference(Kind.CHANGED, Box(x, 8, 16, 16), 0.5, {"shape": "ffff"})


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project after a run that saw three differences in two of three checks."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ignored, "today", lambda: TODAY)
    monkeypatch.setattr(getpass, "getuser", lambda: "ada")
    monkeypatch.setattr(actor, "_configured", lambda _: "")  # git knows somebody here
    verdicts = [verdict(HOME, change(0), change(80)), verdict(LOGIN, change(0)), verdict(GOOD)]
    folder = RunFolder(tmp_path / ".visualdiff", "20260101-000000-aaaaaa")
    run_files.record(folder, verdicts, baseline_dir=tmp_path / "baselines", facts={})
    return tmp_path


def kept(project: Path) -> list[tuple[str, date, str]]:
    return [(one.test, one.until, one.reason) for one in ignored.read(project / "baselines")]


def test_differences_that_were_seen_are_ignored_for_a_month(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ignore", HOME, "--reason", " bug 12 "]) == 0
    month = TODAY + timedelta(30)
    assert kept(project) == [(HOME, month, "bug 12")] * 2
    first, _, last = capsys.readouterr().out.splitlines()
    assert first == f"ignored   {HOME}  'shot': changed at (0, 8) 16x16"
    assert last.startswith("2 differences ignored until 2026-12-24, in ")
    assert last.endswith("ignored.json")


def test_a_pattern_takes_what_differs_and_a_date_is_kept(project: Path) -> None:
    assert main(["ignore", "*", "--until", "2026-11-30"]) == 0
    assert kept(project) == [(HOME, date(2026, 11, 30), "")] * 2 + [(LOGIN, date(2026, 11, 30), "")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "ignore what?"),
        (["--list", HOME], "ignore what?"),
        (["--list", "--remove"], "ignore what?"),
        (["--remove"], "ignore what?"),
        (["t.py::test_nowhere"], "'t.py::test_nowhere' fits no check"),
        ([GOOD], "no difference to ignore was seen in this run: t.py::test_good::shot (match)"),
        ([HOME, "--until", "2026-11-23"], "not until 2026-11-23"),
        ([HOME, "--until", "2027-11-26"], "not until 2027-11-26"),
        (["--remove", HOME], "is ignored; see --list"),
    ],
)
def test_wrong_usage_is_2_and_does_nothing(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["ignore", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert not (project / "baselines").exists()


def test_a_date_that_is_none_is_2(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["ignore", HOME, "--until", "soon"])
    assert stopped.value.code == 2
    assert "--until" in capsys.readouterr().err
    assert kept(project) == []


def test_the_list_says_what_is_ignored_and_what_is_over(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["ignore", HOME, "--until", "2026-11-25", "--reason", "bug 12"])
    main(["ignore", LOGIN])
    monkeypatch.setattr(ignored, "today", lambda: date(2026, 11, 26))
    capsys.readouterr()
    assert main(["ignore", "--list"]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert sorted(line.split()[0] for line in lines) == ["expired", "expired", "ignored"]
    (over, *_) = [line for line in lines if line.startswith("expired")]
    assert over.startswith(f"expired  until 2026-11-25  {HOME}  'shot': changed at (")
    assert over.endswith("(2026-11-24, ada): bug 12")
    assert last == "1 difference ignored, 2 expired"
    assert kept(project)


def test_the_list_needs_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["ignore", "--list"]) == 0
    assert capsys.readouterr().out == "0 differences ignored, 0 expired\n"


@pytest.mark.parametrize("id_", [HOME, f"{HOME}::shot", "*home*"])
def test_what_was_ignored_can_be_reported_again(project: Path, id_: str) -> None:
    main(["ignore", "*"])
    assert main(["ignore", "--remove", id_]) == 0
    assert [test for test, *_ in kept(project)] == [LOGIN]


def test_one_difference_is_removed_by_its_fingerprint(project: Path) -> None:
    main(["ignore", HOME])
    first = ignored.read(project / "baselines")[0]
    assert main(["ignore", "--remove", first.fingerprint]) == 0
    assert len(kept(project)) == 1


def test_a_damaged_file_is_1_and_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "baselines").mkdir()
    (project / "baselines" / ignored.FILE).write_text("{", encoding="utf-8")
    for arguments in ([HOME], ["--list"], ["--remove", HOME]):
        assert main(["ignore", *arguments]) == 1
        assert "ignored.json" in capsys.readouterr().err


def test_a_machine_that_knows_no_user_can_ignore_too(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert main(["ignore", LOGIN]) == 0
    assert ignored.read(project / "baselines")[0].who == ""
