"""Runs of several machines as one, to review and approve at once."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.cli.command_line import main
from pytest_visualdiff.runs import run_files as run
from pytest_visualdiff.runs.folder import RunFolder
from runs import Review, picture, seen

if TYPE_CHECKING:
    from pytest_visualdiff.model import Verdict


def machine(name: str, checks: list[tuple[str, int]], variant: str, **facts: Any) -> Path:
    """The output folder of a run on another machine."""
    folder = RunFolder(Path(name), "20260101-000000-aaaaaa")
    seen_there = [
        seen(
            folder,
            check,
            picture(shade),
            variant=variant,
            key=f"t/test_{check}/{check}.{variant}.png",
        )
        for check, shade in checks
    ]
    known: dict[str, Any] = {"finished": name, "counts": {}, "flaky": [], "approvals": {}}
    run.record(folder, seen_there, baseline_dir=Path("baselines"), facts={**known, **facts})
    return folder.output


def merged(*machines: Path) -> run.Run:
    assert main(["merge", *map(str, machines), "--into", "all"]) == 0
    return run.load(Path(), "all")


@pytest.mark.usefixtures("review")
def test_shards_and_browsers_become_one_run_whose_pictures_can_be_approved() -> None:
    """Also the same test in another window system, under the same node id and file names."""
    linux = machine("m1", [("a", 10), ("b", 20)], "linux")
    mac = machine("m2", [("a", 30)], "mac")
    found = merged(linux, mac)
    assert [(one.id, one.variant) for one in found.checks] == [
        ("t.py::test_a::a", "linux"), ("t.py::test_b::b", "linux"), ("t.py::test_a::a", "mac"),
    ]  # fmt: skip
    assert found.record.counts == {"new": 3}
    assert main(["approve", "--all", "--from", "all"]) == 0
    made = {path.name: path.read_bytes() for path in Path("baselines/t").glob("*/[ab].*")}
    assert made == {
        "a.linux.png": picture(10), "b.linux.png": picture(20), "a.mac.png": picture(30),
    }  # fmt: skip
    assert main(["status", "--from", "all"]) == 0


@pytest.mark.usefixtures("review")
def test_a_check_in_several_runs_counts_as_the_last_one_saw_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = merged(machine("m2", [("a", 11)], "linux"), machine("m1", [("a", 10)], "linux"))
    assert found.folder.load(found.checks[0].actual) == picture(11)
    assert "1 check of 2 runs; 1 were in several, the latest counts" in capsys.readouterr().out


@pytest.mark.usefixtures("review")
def test_sweeps_and_journeys_keep_their_pictures() -> None:
    steps = [{"picture": "journeys/1.png", "template": "", "number": 1}]
    one = machine("m1", [("a", 10)], "linux", journeys=[{"test": "t", "steps": steps}])
    folder = RunFolder(one, "20260101-000000-aaaaaa")
    folder.save("journeys/1.png", picture(5))
    record = json.loads(folder.load("run.json"))
    record["checks"][0]["sweep"] = {"pages": [{"picture": "sweep/1.png"}], "findings": []}
    folder.save("sweep/1.png", picture(6))
    folder.save("run.json", json.dumps(record).encode())
    found = merged(one)
    (journey,) = found.record.journeys
    assert found.folder.load(journey.steps[0].picture) == picture(5)
    assert journey.steps[0].template == ""
    assert found.folder.load(found.checks[0].sweep["pages"][0]["picture"]) == picture(6)


@pytest.mark.usefixtures("review")
def test_what_was_collected_anywhere_is_known_of_the_merged_run() -> None:
    first = {"root": "..", "tests": {"a.py::x": "passed", "b.py::y": ""}, "partial": ["b.py"]}
    second = {"root": "..", "tests": {"b.py::y": "failed", "c.py::z": ""}, "partial": ["c.py"]}
    found = merged(
        machine("m1", [], "linux", collected=first), machine("m2", [], "linux", collected=second)
    )
    assert found.data["collected"] == {
        "root": "..",
        "tests": {"a.py::x": "passed", "b.py::y": "failed", "c.py::z": ""},
        "partial": ["c.py"],
    }


def test_a_folder_that_is_not_empty_and_runs_of_other_projects_are_refused(
    review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    one = machine("m1", [("a", 10)], "linux")
    assert main(["merge", str(one), "--into", str(review.store.root)]) == 2
    assert "must be a new or an empty folder" in capsys.readouterr().err
    other = RunFolder(Path("m2"), "20260101-000000-aaaaaa")
    check: Verdict = replace(review.checks[0], actual="")
    run.record(other, [check], baseline_dir=Path("elsewhere"), facts={})
    assert main(["merge", str(one), "m2", "--into", "all"]) == 2
    assert "compared with different folders: ../baselines, ../elsewhere" in capsys.readouterr().err
    assert not Path("all").exists()
