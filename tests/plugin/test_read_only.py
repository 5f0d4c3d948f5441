"""A folder that takes no files, as in a read-only checkout: what was seen is told first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pictures import page

if TYPE_CHECKING:
    from conftest import Project


@pytest.fixture
def read_only(project: Project) -> Project:
    """A project with a baseline, and a file where the folder of runs would be made."""
    project.approve().assert_outcomes(passed=1)
    output = project.pytester.path / ".visualdiff"
    output.rename(project.pytester.path / "elsewhere")
    output.write_text("")
    return project


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_checks_that_match_pass_and_so_does_the_run(read_only: Project, workers: str) -> None:
    result = read_only.run(workers)
    result.assert_outcomes(passed=1)
    assert result.ret == 0
    result.stdout.fnmatch_lines(["1 check: 1 match", "the run could not be recorded: *"])


def test_a_difference_says_what_differs(read_only: Project) -> None:
    read_only.show(page(label="Bye"))
    result = read_only.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "1 check: 1 mismatch",
            "*'page' differs from its baseline*",
            " *'added'* at *",
            " *note: nothing of it is kept, so it cannot be approved: *",
            "the run could not be recorded: *",
        ]
    )
    result.stdout.no_fnmatch_line("*accept: *")


def test_a_difference_that_was_to_be_approved_says_what_differs(read_only: Project) -> None:
    baselines = read_only.baselines()
    read_only.show(page(label="Bye"))
    result = read_only.run("--visualdiff-approve=changed")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*'page' differs from its baseline*", " *'added'* at *"])
    assert read_only.baselines() == baselines


def test_a_new_picture_that_was_to_be_approved_is_a_store_error(read_only: Project) -> None:
    read_only.write("""
        from pathlib import Path

        def test_other(visualdiff):
            visualdiff.check(Path(__file__).parent / "page.png", "other")
    """)
    result = read_only.approve()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E *StoreError: cannot write *"])
