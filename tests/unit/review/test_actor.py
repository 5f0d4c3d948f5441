"""Who decides: as given, else the pipeline's person, else git's user, else the machine's."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from pytest_visualdiff.review.actor import Actor, existing, find

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with one commit, of a user with a name."""
    git = ["git", "-C", str(tmp_path)]
    (tmp_path / "file").write_text("1")
    for arguments in (
        ["init", "-q"],
        ["config", "user.name", "Ada"],
        ["config", "user.email", "ada@example.org"],
        ["add", "file"],
        ["commit", "-qm", "one"],
    ):
        subprocess.run([*git, *arguments], check=True)
    return tmp_path


@pytest.mark.parametrize(
    ("environment", "who"),
    [
        ({}, "Ada <ada@example.org>"),
        ({"GITHUB_ACTOR": "ben"}, "ben (GitHub Actions)"),
        ({"GITHUB_ACTOR": "ben", "GITHUB_TRIGGERING_ACTOR": "eve"}, "eve (GitHub Actions)"),
        ({"GITLAB_USER_LOGIN": "cy"}, "cy (GitLab CI)"),
        ({"BUILD_REQUESTEDFOR": "Di"}, "Di (Azure Pipelines)"),
    ],
)
def test_a_person_is_found_where_the_decision_is_made(
    project: Path, environment: dict[str, str], who: str
) -> None:
    assert find(project, environment=environment).who == who
    assert find(project, " Bob ", environment).who == "Bob"


def test_the_commit_is_told_and_whether_files_were_changed_on_top(project: Path) -> None:
    clean = find(project, "x").commit
    assert len(clean) == 40
    (project / "file").write_text("2")
    assert find(project, "x").commit == f"{clean}+"


def test_without_git_nothing_is_known_but_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find(tmp_path, "Bob", {}) == Actor("Bob", "")
    assert find(tmp_path / "nowhere", "", {}).who != ""


def test_a_folder_that_is_not_there_yet_stands_for_the_one_above(tmp_path: Path) -> None:
    assert existing(tmp_path / "a" / "b") == tmp_path
