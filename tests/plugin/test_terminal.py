"""The whole output of pytest: each failure once, with words that help, and few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pictures import page

if TYPE_CHECKING:
    from conftest import Project

MANY = """
    from pathlib import Path
    import pytest

    @pytest.mark.parametrize("number", range(24))
    def test_page(visualdiff, number):
        visualdiff.check(Path(__file__).parent / "page.png", f"page {number}", soft=True)
        visualdiff.check(Path(__file__).parent / "page.png", f"other {number}")
"""


def ours(result: pytest.RunResult) -> list[str]:
    """All lines but pytest's own: head, progress, counts and short summary."""
    text = result.stdout.str().partition("[100%]")[2]
    return [
        line for line in text.partition("= short test summary")[0].splitlines() if line.strip("=")
    ]


@pytest.fixture
def many(project: Project) -> Project:
    project.write(MANY)
    project.approve().assert_outcomes(passed=24)
    project.show(page(button=(60, 92)))
    return project


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_one_change_in_48_checks_is_told_in_15_lines(many: Project, workers: str) -> None:
    result = many.run(workers)
    result.assert_outcomes(failed=24)
    assert len(ours(result)) <= 15
    result.stdout.fnmatch_lines(
        ["48 checks: 48 mismatch", "*moved at *", "  48 checks: *", "*approve --group *", "look: *"]
    )
    text = result.stdout.str()
    assert "FAILURES" not in text
    assert text.count("FAILED test_it.py::test_page") == 24
    assert "VisualDifference: " in text


def test_the_command_of_the_group_accepts_all_of_it(many: Project) -> None:
    words = next(line for line in ours(many.run()) if "accept:" in line).split()
    many.command(*words[2:]).stdout.fnmatch_lines(["48 approved, 0 refused"])
    result = many.run()
    result.assert_outcomes(passed=24)
    assert [line for line in ours(result) if "passed" not in line] == [
        "visualdiff: 48 checks: 48 match"
    ]


def test_a_first_run_is_one_line(project: Project) -> None:
    project.write(MANY)
    (line,) = [line for line in ours(project.run()) if "no baseline" in line]
    assert line.startswith("visualdiff: 48 pictures have no baseline yet. Look: file://")


def test_quiet_is_one_line(many: Project) -> None:
    (line,) = ours(many.run("-q"))
    assert line.startswith("visualdiff: 48 checks: 48 mismatch; moved at ")


def test_verbose_has_tracebacks_and_each_check(many: Project) -> None:
    text = many.run("-v", "-k", "7").stdout.str()
    assert "FAILURES" in text
    assert "mismatch  'page 7' [image]  confidence" in text


@pytest.mark.parametrize("flag", ["--no-summary", "-qq"])
def test_no_summary_is_none(many: Project, flag: str) -> None:
    assert "visualdiff" not in "\n".join(ours(many.run(flag)))


def test_what_a_failing_test_printed_is_shown_without_its_traceback(project: Project) -> None:
    project.approve()
    project.write("""
        from pathlib import Path

        def test_page(visualdiff):
            print("the cart holds 3 items")
            visualdiff.check(Path(__file__).parent / "page.png", "page")
    """)
    project.show(page(button=(60, 92)))
    text = project.run().stdout.str()
    assert "the cart holds 3 items" in text
    assert text.count("by (0, +12)") == 1


def test_another_error_of_a_test_keeps_its_traceback(many: Project) -> None:
    many.write(MANY + "        assert number != 3\n    def test_sum():\n        assert 1 == 2\n")
    text = many.run().stdout.str()
    assert "assert 1 == 2" in text
    assert "____ test_sum ____" in text.replace("_____", "____").replace("_____", "____")
