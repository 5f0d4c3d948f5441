"""A run that is killed half-way: what it saw until then can be told, and it is never done."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Project

KILLED = """
    import os, signal
    from pathlib import Path

    HERE = Path(__file__).parent

    def test_one(visualdiff):
        visualdiff.check(HERE / "page.png", "one")

    def test_two(visualdiff):
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_run_saw_can_be_decided_and_is_not_all(project: Project) -> None:
    project.write(KILLED)
    assert project.run().ret == -9
    assert project.runs == []
    status = project.command("status")
    assert status.ret == 1
    status.stdout.fnmatch_lines(
        ["new*test_it.py::test_one  'one'*", "run *1 of 1 checks wait*", "run * did not end:*"]
    )
    assert project.command("unused").ret == 1
    assert project.command("approve", "--all").ret == 0
    assert list(project.baselines()) == ["test_it/test_one/one.image.png"]
    assert project.command("status").ret == 1


def test_a_killed_run_does_not_hide_the_last_one_that_ended(project: Project) -> None:
    project.run()
    project.write(KILLED)
    project.run()
    status = project.command("status")
    status.stdout.fnmatch_lines(["new*test_page*", "a newer run did not end*--run *"])


def test_a_run_that_ends_leaves_no_notes(project: Project) -> None:
    project.run()
    assert not list((project.pytester.path / ".visualdiff").glob("*/checks.jsonl"))
