"""The ``visualdiff`` command: what it says, what it does, and its exit status."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

import pytest_visualdiff as vd
from pytest_visualdiff.cli.command_line import main
from pytest_visualdiff.cli.doctor_command import HealthCheck
from pytest_visualdiff.images import codec
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.model import Status, Verdict
from pytest_visualdiff.options.table import OPTIONS
from pytest_visualdiff.runs import run_files as run
from pytest_visualdiff.runs.folder import RunFolder

if TYPE_CHECKING:
    from pathlib import Path

HOME, LOGIN = "t.py::test_home[chrome-1x1]", "t.py::test_login"
WILD, WILDER = "t.py::test_star[a*]", "t.py::test_star[ab]"
WAITING = [(HOME, "header"), (HOME, "footer"), (LOGIN, "shot"), (WILD, "shot"), (WILDER, "shot")]


def picture(shade: int) -> bytes:
    return codec.encode(np.full((40, 40, 3), shade, np.uint8))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project after a run: five checks without a baseline, one that matched."""
    monkeypatch.chdir(tmp_path)
    folder = RunFolder(tmp_path / ".visualdiff", "20260101-000000-aaaaaa")
    verdicts = [
        Verdict(
            status=Status.NEW,
            test=test,
            name=name,
            key=f"{at}.png",
            variant="image",
            message="",
            after=png_file.digest(picture(at)),
            actual=folder.save(f"images/{at}.png", picture(at)),
        )
        for at, (test, name) in enumerate(WAITING)
    ]
    match = replace(verdicts[0], status=Status.MATCH, test="t.py::test_good", actual="", after="")
    run.record(folder, [*verdicts, match], baseline_dir=tmp_path / "baselines", facts={})
    return tmp_path


def approved(project: Path) -> list[tuple[str, str]]:
    """The checks whose baseline is there, each byte for byte what was seen."""
    found = sorted((project / "baselines").glob("*.png"))
    assert all(path.read_bytes() == picture(int(path.stem)) for path in found)
    return [WAITING[int(path.stem)] for path in found]


def test_status_lists_what_waits_and_is_1_until_nothing_does(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status"]) == 1
    *lines, last = capsys.readouterr().out.splitlines()
    assert lines[0] == f"new       {HOME}  'header' [image]"
    assert len(lines) == len(WAITING)
    assert last == "run 20260101-000000-aaaaaa: 5 of 6 checks wait for a decision"
    assert main(["approve", "--all"]) == 0
    capsys.readouterr()
    assert main(["status"]) == 0
    assert "0 of 6 checks wait" in capsys.readouterr().out
    assert approved(project) == WAITING


@pytest.mark.parametrize(
    ("ids", "chosen"),
    [
        ([HOME], WAITING[:2]),
        ([f"{HOME}::footer"], WAITING[1:2]),
        ([LOGIN, HOME], WAITING[:3]),
        (["*login"], WAITING[2:3]),
        (["t.py::test_h*"], WAITING[:2]),
        (["*[chrome*::header", "*[chrome-1x1]::f*"], WAITING[:2]),
        (["t.py::test_home[chrome-?x?]"], WAITING[:2]),
        (["t.py::*::shot"], WAITING[2:]),
        ([WILD], WAITING[3:4]),
        (["t.py::test_sta?[*]"], WAITING[3:]),
        (["*"], WAITING),
        (["t.py::test_good"], []),
    ],
)
def test_approve_takes_node_ids_ids_of_checks_and_patterns(
    project: Path,
    capsys: pytest.CaptureFixture[str],
    ids: list[str],
    chosen: list[tuple[str, str]],
) -> None:
    """A node id is itself, with its brackets and stars; only what is none is a pattern."""
    assert main(["approve", *ids]) == 0
    assert approved(project) == chosen
    *lines, last = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [["approved", test] for test, _ in chosen]
    assert last == f"{len(chosen)} approved, 0 refused"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["approve"], "Give node ids or patterns, or --all"),
        (["approve", "--all", LOGIN], "Give node ids or patterns, or --all"),
        (["approve", LOGIN, "t.py::test_nowhere"], "'t.py::test_nowhere' fits no check"),
        (["approve", "t.py::test_Login"], "fits no check"),
        (["compare", "a.png", "b.png", "--threshold", "much"], "threshold must be a number"),
        (["compare", "a.png", "b.png", "--confidence", "2"], "confidence must be a number"),
    ],
)
def test_wrong_usage_is_2_and_does_nothing(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.err.startswith("visualdiff: ")
    assert words in said.err
    assert said.out == ""
    assert approved(project) == []


@pytest.mark.parametrize("arguments", [[], ["aprove"], ["status", "--runs"], ["compare", "a.png"]])
def test_unknown_commands_and_flags_are_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: visualdiff" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["status", "--output-dir", "nowhere"], "run pytest first, or name the folder"),
        (["status", "--run", "20250101"], "cannot read 'run.json' of run 20250101"),
        (["compare", "nowhere.png", "nowhere.png"], "cannot read the image 'nowhere.png'"),
    ],
)
@pytest.mark.usefixtures("project")
def test_trouble_is_1_and_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(arguments) == 1
    said = capsys.readouterr().err
    assert said.startswith("visualdiff: ")
    assert words in said
    assert said.count("\n") == 1


def test_a_refused_approval_is_1_and_the_others_are_made(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / ".visualdiff" / "20260101-000000-aaaaaa" / "images" / "2.png").unlink()
    assert main(["approve", "--all"]) == 1
    assert approved(project) == [WAITING[0], WAITING[1], WAITING[3], WAITING[4]]
    said = capsys.readouterr().out
    assert f"refused   {LOGIN}  'shot' [image]: cannot read" in said
    assert "4 approved, 1 refused" in said


def test_a_run_cannot_aim_pictures_out_of_the_project_unless_told_where(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "elsewhere").mkdir()
    (project / "elsewhere" / "pytest.ini").write_text("[pytest]\n")  # a project of its own
    monkeypatch.chdir(project / "elsewhere")
    folders = ["--output-dir", "../.visualdiff"]
    assert main(["approve", LOGIN, *folders]) == 2
    assert "outside of" in capsys.readouterr().err
    assert approved(project) == []
    assert main(["approve", LOGIN, *folders, "--baseline-dir", "../baselines"]) == 0
    assert approved(project) == [WAITING[2]]


def test_ctrl_c_says_that_what_is_done_stays_done(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []

    def interrupted(path: Path, data: bytes, **_: object) -> None:
        if written:
            raise KeyboardInterrupt
        written.append(data)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    monkeypatch.setattr("pytest_visualdiff.baselines.directory.write_atomically", interrupted)
    assert main(["approve", "--all"]) == 130
    assert capsys.readouterr().err == "visualdiff: interrupted; what is done stays done\n"
    assert approved(project) == [WAITING[0]]


SPOT = np.full((40, 40, 3), 240, np.uint8)
SPOT[10:20, 10:20] = (200, 30, 30)


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[str, str]:
    """Two files, of a plain and of a spotted picture."""
    plain, spotted = tmp_path / "plain.png", tmp_path / "spotted.png"
    plain.write_bytes(picture(240))
    spotted.write_bytes(codec.encode(SPOT))
    return str(plain), str(spotted)


def test_compare_says_what_the_library_says(
    pictures: tuple[str, str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    diff = tmp_path / "new" / "diff.png"
    assert main(["compare", *pictures, "--diff", str(diff)]) == 1
    comparison = vd.compare(*pictures)
    assert capsys.readouterr().out.strip() == comparison.explain()
    assert np.array_equal(codec.to_array(diff), comparison.diff_image())


@pytest.mark.parametrize("options", [[], ["--threshold", "0.5"], ["--confidence", "1"]])
def test_compare_is_0_for_the_same(
    pictures: tuple[str, str], capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    assert main(["compare", pictures[0], pictures[0], *options]) == 0
    assert capsys.readouterr().out == "no difference\n"


@pytest.mark.parametrize("options", [["--threshold", "100"], ["--confidence", "0"]])
def test_compare_tolerates_what_it_is_told_to(
    pictures: tuple[str, str], options: list[str]
) -> None:
    assert main(["compare", *pictures, *options]) == 0


def test_compare_tells_of_a_diff_that_cannot_be_written(
    pictures: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    below_a_file = f"{pictures[0]}/diff.png"
    assert main(["compare", *pictures, "--diff", below_a_file]) == 1
    assert f"visualdiff: cannot write {below_a_file}" in capsys.readouterr().err


def test_options_prints_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["options"]) == 0
    said = capsys.readouterr().out
    assert all(f"| `{name}` |" in said for name in OPTIONS)


@pytest.mark.parametrize(("good", "status", "word"), [(True, 0, "ok  "), (False, 1, "FAIL")])
def test_doctor_prints_each_finding_with_its_advice(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    good: bool,
    status: int,
    word: str,
) -> None:
    findings = [
        HealthCheck("python", "3.13"),
        HealthCheck("opencv", "twice", good, "" if good else "pip x"),
    ]
    monkeypatch.setattr("pytest_visualdiff.cli.doctor_command.examine", lambda: findings)
    assert main(["doctor"]) == status
    advice = [] if good else ["     pip x"]
    said = capsys.readouterr().out.splitlines()
    assert said == ["ok   python: 3.13", f"{word} opencv: twice", *advice]


def test_the_module_is_the_command() -> None:
    command = [sys.executable, "-m", "pytest_visualdiff", "--version"]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert said.stdout == f"pytest-visualdiff {vd.__version__}\n"


def test_a_terminal_without_our_letters_and_a_hostile_run_are_no_trouble(project: Path) -> None:
    """ΔE and → are written as escapes; a test id of others cannot steer the terminal."""
    for name, shade in (("a", 10), ("b", 40)):
        (project / f"{name}.png").write_bytes(picture(shade))
    record = next(project.glob(".visualdiff/*/run.json"))
    text = record.read_text(encoding="utf-8").replace(LOGIN, r"\u001b[2J")
    record.write_text(text, encoding="utf-8")

    def said(*arguments: str) -> str:
        command = [sys.executable, "-m", "pytest_visualdiff", *arguments]
        environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert (done.returncode, done.stderr) == (1, "")
        return done.stdout

    assert "\\u0394E" in said("compare", "a.png", "b.png")
    assert "?[2J" in said("status")
