"""visualdiff unused, after real runs: dry by default, and never what was merely not run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Project

SUITE = """
    from pathlib import Path
    import pytest

    HERE = Path(__file__).parent

    @pytest.mark.parametrize("kind", ["a::b", "c"])
    def test_kinds(visualdiff, kind):
        visualdiff.check(HERE / "page.png", "page")

    class TestIt:
        def test_two(self, visualdiff):
            visualdiff.check(HERE / "page.png", "first")
            visualdiff.check(HERE / "page.png", "second")

    def test_skips(visualdiff):
        visualdiff.check(HERE / "page.png", "page")
"""


@pytest.fixture
def suite(project: Project) -> Project:
    """Five baselines of one file, and one of another."""
    project.write(SUITE)
    project.pytester.makepyfile(
        test_other="""
        from pathlib import Path
        def test_other(visualdiff):
            visualdiff.check(Path(__file__).parent / "page.png", "page")
    """
    )
    project.approve()
    assert len(project.baselines()) == 6
    return project


@pytest.mark.parametrize(
    "flags",
    [
        [],
        ["-k", "kinds"],
        ["--deselect", "test_it.py::test_skips"],
        ["test_it.py::TestIt::test_two"],
        ["test_it.py"],
        ["-n2"],
        ["-n2", "-k", "other"],
        ["--ignore", "test_other.py"],
    ],
    ids=" ".join,
)
def test_nothing_is_unused_whatever_part_of_the_suite_is_run(
    suite: Project, flags: list[str]
) -> None:
    suite.run(*flags)
    result = suite.command("unused")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["0 unused baselines"])
    assert "unused    " not in result.stdout.str()


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_what_is_gone_is_told_with_its_reason_and_deleted_on_demand(
    suite: Project, workers: str
) -> None:
    suite.write(
        SUITE.replace('"a::b", ', "")
        .replace('visualdiff.check(HERE / "page.png", "second")', "pass")
        .replace(
            "def test_skips(visualdiff):", "def test_skips(visualdiff):\n        pytest.skip()"
        )
    )
    (suite.pytester.path / "test_other.py").unlink()
    suite.run(workers)
    result = suite.command("unused")
    assert result.ret == 1
    result.stdout.fnmatch_lines_random([
        "unused*test_kinds-a-b-*page.image.png: test_it.py has no test test_kinds-a-b-*",
        "unused*TestIt.test_two/second.image.png: *TestIt::test_two passed without a check*",
        "unused*baselines/test_other/test_other/page.image.png: there is no test_other.py any more",
        "not known 1 baseline: test_it.py::test_skips was skipped",
        "3 unused baselines; nothing was changed*",
    ])  # fmt: skip
    assert len(suite.baselines()) == 6
    assert suite.command("unused", "--delete", "--reason", "spring cleaning").ret == 0
    assert len(suite.baselines()) == 3
    assert not (suite.pytester.path / "baselines" / "test_other").exists()
    log = suite.command("log")
    log.stdout.fnmatch_lines(["* delete * any more. spring cleaning"])
    assert suite.command("log", "--verify").ret == 0


def test_the_tests_that_failed_last_say_nothing_of_the_others(suite: Project) -> None:
    suite.write(SUITE + "\n    def test_bad():\n        assert 0\n")
    suite.run("-p", "cacheprovider")
    suite.run("--lf", "-p", "cacheprovider")
    assert suite.command("unused").ret == 0


def test_a_file_that_cannot_be_imported_says_nothing(suite: Project) -> None:
    suite.write("import nothing_of_that_name")
    suite.run("--continue-on-collection-errors")
    result = suite.command("unused", "--all")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["not known test_it/*: test_it.py was not collected"])
