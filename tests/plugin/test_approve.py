"""--visualdiff-approve: what a run may make a baseline, and what it may never."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pictures import page

if TYPE_CHECKING:
    from conftest import Project

TWO = """
    from pathlib import Path
    import pytest

    HERE = Path(__file__).parent

    def test_one(visualdiff):
        visualdiff.check(HERE / "page.png", "one")

    @pytest.mark.slow
    def test_two(visualdiff):
        visualdiff.check(HERE / "page.png", "two")
"""


def test_a_missing_baseline_fails_and_keeps_the_picture_for_approval(project: Project) -> None:
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["visualdiff: 1 picture has no baseline yet. Look: file:* pytest --visualdiff-approve=new"]
    )
    assert project.statuses() == {"page": "new"}
    assert project.baselines() == {}
    (run,) = project.runs
    assert (run.parent / project.record()["checks"][0]["actual"]).is_file()


def test_new_creates_the_baseline_and_the_next_run_passes(project: Project) -> None:
    project.approve("new").assert_outcomes(passed=1)
    assert list(project.baselines()) == ["test_it/test_page/page.image.png"]
    project.run().assert_outcomes(passed=1)
    assert project.statuses() == {"page": "match"}


@pytest.mark.parametrize(
    ("mode", "status", "written"),
    [("none", "mismatch", False), ("new", "mismatch", False), ("changed", "updated", True),
     ("all", "updated", True)],
)  # fmt: skip
def test_a_difference_becomes_the_baseline_only_when_asked(
    project: Project, mode: str, status: str, written: bool
) -> None:
    project.approve()
    before = project.baselines()
    project.show(page(button=(60, 92)))
    project.approve(mode)
    assert project.statuses() == {"page": status}
    assert (project.baselines() != before) is written


def test_approval_stores_the_very_bytes_of_the_picture_that_was_seen(project: Project) -> None:
    project.approve()
    (run,) = project.runs
    seen = (run.parent / project.record()["checks"][0]["actual"]).read_bytes()
    assert list(project.baselines().values()) == [seen]


def test_selecting_tests_selects_what_is_approved(project: Project) -> None:
    project.write(TWO)
    project.pytester.makeini("[pytest]\nmarkers = slow")
    project.run("--visualdiff-approve=new", "-k", "one")
    assert list(project.baselines()) == ["test_it/test_one/one.image.png"]
    project.run("--visualdiff-approve=all", "-m", "slow")
    assert len(project.baselines()) == 2


def test_a_test_that_fails_for_another_reason_approves_nothing(project: Project) -> None:
    project.write("""
        from pathlib import Path
        def test_page(visualdiff):
            visualdiff.check(Path(__file__).parent / "page.png", "page")
            assert 1 == 2
    """)
    result = project.approve()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["not approved*the test failed for another reason*"])
    assert project.baselines() == {}


def test_a_retry_cannot_launder_a_flake_into_a_baseline(project: Project) -> None:
    project.write("""
        from pathlib import Path
        HERE, seen = Path(__file__).parent, []
        def test_page(visualdiff):
            seen.append(1)
            visualdiff.check(HERE / f"{len(seen)}.png", "page")
            assert len(seen) == 2
    """)
    project.show(page(), "1.png")
    project.show(page(label="Bug"), "2.png")
    result = project.run("--visualdiff-approve=all", "--reruns=1")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["not approved*2 attempts saw different pictures*"])
    assert project.baselines() == {}


def test_a_retry_that_fails_again_stays_red_and_one_that_passes_is_called_flaky(
    project: Project,
) -> None:
    project.approve()
    project.write("""
        from pathlib import Path
        HERE, seen = Path(__file__).parent, []
        def test_page(visualdiff):
            seen.append(1)
            visualdiff.check(HERE / ("bad.png" if len(seen) == 1 else "page.png"), "page")
    """)
    project.show(page(label="Sold"), "bad.png")
    result = project.run("--reruns=1")
    result.stdout.fnmatch_lines(["flaky: *test_page::page changed its outcome*"])
    assert project.record()["flaky"] == ["test_it.py::test_page::page"]
    assert project.run("--reruns=0").ret == pytest.ExitCode.TESTS_FAILED


def test_ci_needs_an_explicit_consent(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    refused = project.approve()
    assert refused.ret == pytest.ExitCode.USAGE_ERROR
    refused.stderr.fnmatch_lines(["*refused because CI is set*"])
    assert project.baselines() == {}
    project.run("--visualdiff-approve=new", "--visualdiff-approve-in-ci").assert_outcomes(passed=1)
    assert len(project.baselines()) == 1


def test_a_baseline_changed_under_the_run_is_not_overwritten(project: Project) -> None:
    project.approve()
    other = page(label="Mine")
    project.write(f"""
        from pathlib import Path
        HERE = Path(__file__).parent
        def test_page(visualdiff):
            visualdiff.check(HERE / "page.png", "page")
            (HERE / "baselines/test_it/test_page/page.image.png").write_bytes({other!r})
    """)
    project.show(page(button=(60, 92)))
    result = project.approve("changed")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["not approved*has changed since*"])
    assert list(project.baselines().values()) == [other]


def test_ctrl_c_during_the_run_approves_nothing_and_loses_nothing(project: Project) -> None:
    project.write("""
        from pathlib import Path
        HERE = Path(__file__).parent
        def test_page(visualdiff):
            visualdiff.check(HERE / "page.png", "page")
        def test_stop():
            raise KeyboardInterrupt
    """)
    result = project.approve()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["not approved*the run was interrupted*"])
    assert project.baselines() == {}
    project.command("approve", "--all")
    assert len(project.baselines()) == 1


def test_the_command_approves_what_a_failed_run_saw(project: Project) -> None:
    project.approve()
    project.show(page(colour="#ed6f2f"))
    project.run().assert_outcomes(failed=1)
    assert project.command("status").ret == 1
    project.command("approve", "test_it.py::test_page")
    assert project.command("status").ret == 0
    project.run().assert_outcomes(passed=1)
