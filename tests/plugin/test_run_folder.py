"""The run folder: run.json, pictures, pruning, JUnit, hooks; the same with and without workers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from pictures import page

if TYPE_CHECKING:
    from conftest import Project

MANY = """
    from pathlib import Path
    import pytest

    @pytest.mark.parametrize("number", range(12))
    def test_page(visualdiff, number):
        visualdiff.check(Path(__file__).parent / "page.png", "page")
"""


@pytest.mark.parametrize("workers", ["-n0", "-n4"])
def test_approving_writes_every_baseline_once_with_and_without_workers(
    project: Project, workers: str
) -> None:
    project.write(MANY)
    project.run("--visualdiff-approve=new", workers).assert_outcomes(passed=12)
    assert len(project.baselines()) == 12
    assert not [path for path in project.baselines() if "writing" in path]
    project.show(page(label="Bye"))
    project.run(workers).assert_outcomes(failed=12)
    record = project.record()
    assert record["counts"] == {"mismatch": 12}
    folder = project.runs[-1].parent
    for check in record["checks"]:
        assert all((folder / check[what]).is_file() for what in ("actual", "expected", "diff"))


def test_a_crashed_worker_does_not_lose_the_verdicts_of_the_others(project: Project) -> None:
    project.write("""
        import os
        from pathlib import Path
        import pytest

        @pytest.mark.parametrize("number", range(4))
        def test_page(visualdiff, number):
            visualdiff.check(Path(__file__).parent / "page.png", "page")

        def test_crash():
            os._exit(3)
    """)
    project.run("--visualdiff-approve=new", "-n2")
    assert project.record()["counts"] == {"created": 4}


def test_run_json_has_a_schema_number_and_no_absolute_path(project: Project) -> None:
    project.run()
    record = project.record()
    assert record["schema"] == 1
    assert str(project.pytester.path) not in str(record)
    (check,) = record["checks"]
    assert check["location"] == "test_it.py:4"
    assert check["test"] == "test_it.py::test_page"


def test_old_runs_are_pruned_and_foreign_folders_stay(project: Project) -> None:
    foreign = project.pytester.path / ".visualdiff" / "00000000-mine"
    foreign.mkdir(parents=True)
    (foreign / "notes.txt").write_text("keep")
    for _ in range(3):
        project.run("-o", "visualdiff_keep_runs=2")
    assert len(project.runs) == 2
    assert (foreign / "notes.txt").read_text() == "keep"


def test_a_run_without_checks_leaves_nothing_behind(project: Project) -> None:
    project.write("def test_plain(): pass")
    result = project.run()
    result.assert_outcomes(passed=1)
    assert not (project.pytester.path / ".visualdiff").exists()
    assert "visualdiff" not in result.stdout.str().partition("collected")[2]


def test_the_output_folder_is_ignored_by_git(project: Project) -> None:
    project.run()
    assert (project.pytester.path / ".visualdiff" / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_junit_carries_the_status_of_each_check(project: Project, workers: str) -> None:
    project.run(workers, "--junitxml=junit.xml")
    tree = ET.parse(project.pytester.path / "junit.xml")
    (found,) = tree.iter("property")
    assert found.attrib == {"name": "visualdiff:page", "value": "new"}


def test_reports_are_chosen_by_name(project: Project) -> None:
    project.run("--visualdiff-report=json")
    assert not list((project.pytester.path / ".visualdiff").glob("*/report.html"))
    project.run("--visualdiff-report=html")
    assert len(list((project.pytester.path / ".visualdiff").glob("*/report.html"))) == 1
    result = project.run("--visualdiff-report=htlm")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*no report named 'htlm': did you mean 'html'*"])


def test_plugins_add_reports_and_comparators_and_hear_of_verdicts(project: Project) -> None:
    project.pytester.makeconftest("""
        def pytest_visualdiff_register(registry):
            def lines(data, folder):
                path = folder / "lines.txt"
                path.write_text(" ".join(check["status"] for check in data["checks"]))
                return path
            registry.reports["lines"] = lines

        def pytest_visualdiff_verdict(item, verdict):
            print("HEARD", item.name, verdict.status)

        def pytest_visualdiff_finish(config, run):
            print("FINISHED", run["counts"])
    """)
    result = project.run("--visualdiff-report=lines", "-s")
    result.stdout.fnmatch_lines(["*HEARD test_page new*", "*FINISHED {'new': 1}*"])
    (path,) = (project.pytester.path / ".visualdiff").glob("*/lines.txt")
    assert path.read_text() == "new"


def test_other_folders_can_be_chosen(project: Project) -> None:
    project.run(
        "--visualdiff-approve=new", "--visualdiff-baseline-dir=b", "--visualdiff-output-dir=o"
    ).assert_outcomes(passed=1)
    assert len(list((project.pytester.path / "b").rglob("*.png"))) == 1
    assert len(list((project.pytester.path / "o").glob("*/run.json"))) == 1


def test_the_way_to_accept_names_the_folder_of_runs(project: Project) -> None:
    result = project.run("-v", "--visualdiff-output-dir=my runs")
    result.stdout.fnmatch_lines(["*approve test_it.py::test_page --output-dir='my runs'"])
    project.command("approve", "test_it.py::test_page", "--output-dir=my runs")
    project.run().assert_outcomes(passed=1)


def test_status_is_not_green_while_a_check_could_not_be_made(project: Project) -> None:
    project.write("""
        def test_page(visualdiff):
            visualdiff.check("nowhere.png", "page")
    """)
    project.run()
    result = project.command("status")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["capture-error test_it.py::test_page*not compared", "*1 could*"])


def test_a_report_that_breaks_fails_the_run_but_keeps_its_record(project: Project) -> None:
    project.approve()
    project.pytester.makeconftest("""
        def pytest_visualdiff_register(registry):
            registry.reports["broken"] = lambda data, folder: 1 / 0
    """)
    result = project.run("--visualdiff-report=broken")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["the run could not be recorded: ZeroDivisionError*"])
    assert project.statuses() == {"page": "match"}
