"""What CI systems and other reports show of a run, with and without workers."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from pictures import page

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Project

WORKERS = pytest.mark.parametrize("workers", ["-n0", "-n2"])


@pytest.fixture
def differing(project: Project) -> Project:
    """A project whose one test differs from its baseline."""
    project.approve()
    project.show(page(label="<b>"))
    return project


@WORKERS
def test_github_gets_annotations_and_a_summary_once(
    differing: Project, workers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = differing.pytester.path / "summary.md"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    result = differing.run(workers, "--visualdiff-report=github")
    lines = [line for line in result.outlines if line.startswith("::error ")]
    assert len(lines) == 1
    assert lines[0].startswith("::error file=test_it.py,line=4,title=page [image]%3A mismatch::")
    assert summary.read_text().count("## Visual checks") == 1


@WORKERS
def test_a_commit_status_is_ready_to_be_sent(differing: Project, workers: str) -> None:
    differing.run(
        workers, "--visualdiff-report=status", "--visualdiff-report-url=https://example.org/r"
    )
    (path,) = (differing.pytester.path / ".visualdiff").glob("*/status.json")
    sent = json.loads(path.read_text())["github"]
    assert sent == {
        "state": "failure",
        "context": "visualdiff",
        "description": "1 of 1 checks wait for a decision",
        "target_url": "https://example.org/r/report.html",
    }


@WORKERS
@pytest.mark.parametrize("logging", ["no", "system-out"])
def test_junit_names_the_pictures_as_gitlab_shows_them(
    differing: Project, workers: str, logging: str
) -> None:
    """One ``system-out``, whatever pytest itself writes there; paths from the project's top."""
    differing.run(workers, "--junitxml=junit.xml", "-o", f"junit_logging={logging}")
    tree = ET.parse(differing.pytester.path / "junit.xml")
    (case,) = tree.iter("testcase")
    (out,) = case.iter("system-out")
    paths = re.findall(r"\[\[ATTACHMENT\|(.+?)\]\]", out.text or "")
    assert [path.split(".")[-2] for path in paths] == ["diff", "actual", "expected"]
    assert all((differing.pytester.path / path).is_file() for path in paths)


def test_junit_of_a_match_has_no_attachment(project: Project) -> None:
    project.approve()
    project.run("--junitxml=junit.xml")
    text = (project.pytester.path / "junit.xml").read_text()
    assert "system-out" not in text


@WORKERS
@pytest.mark.parametrize("self_contained", [True, False])
def test_pytest_html_shows_the_pictures_and_the_words(
    differing: Project, workers: str, self_contained: bool
) -> None:
    flags = ["--self-contained-html"] if self_contained else []
    result = differing.run(workers, "--html=report.html", *flags)
    result.assert_outcomes(failed=1)
    text = (differing.pytester.path / "report.html").read_text(encoding="utf-8")
    blob = re.search(r'data-jsonblob="([^"]*)"', text)
    assert blob
    for what in ("expected", "actual", "diff"):
        assert f"alt=\\&#34;{what}\\&#34;" in blob[1] or f"alt={what}" in blob[1] or what in blob[1]
    assert blob[1].count("data:image/png;base64,") == 3
    assert "page&#39; differs" in blob[1] or "differs from its baseline" in blob[1]


@WORKERS
def test_allure_shows_its_viewer_of_three_pictures_and_the_words(
    differing: Project, workers: str
) -> None:
    differing.run(workers, "--alluredir=allure")
    folder = differing.pytester.path / "allure"
    (viewer,) = folder.glob("*.imagediff")
    pictures = json.loads(viewer.read_text())
    assert sorted(pictures) == ["actual", "diff", "expected"]
    prefix = "data:image/png;base64,"
    assert base64.b64decode(pictures["expected"].removeprefix(prefix)) in [
        *differing.baselines().values()
    ]
    (result,) = folder.glob("*-result.json")
    names = [one["name"] for one in json.loads(result.read_text())["attachments"]]
    assert "page [image]: mismatch" in names


def test_a_missing_baseline_shows_what_was_seen(project: Project) -> None:
    project.run("--alluredir=allure", "--html=report.html")
    folder: Path = project.pytester.path / "allure"
    (picture,) = folder.glob("*.png")
    check = project.record()["checks"][0]
    (run,) = project.runs
    assert picture.read_bytes() == (run.parent / check["actual"]).read_bytes()


def test_nothing_is_embedded_where_no_such_report_is_made(project: Project) -> None:
    project.run("-p", "no:html").assert_outcomes(failed=1)
