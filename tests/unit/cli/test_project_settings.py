"""The command reads the project as pytest does: its folder, its options and its store."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_visualdiff.cli.command_line import main
from pytest_visualdiff.cli.project_settings import Project
from pytest_visualdiff.errors import UsageError
from runs import Review, recorded

STORE = """
from pathlib import Path
from pytest_visualdiff.baselines.directory import DirectoryStore

class Elsewhere(DirectoryStore):
    def describe(self, key):
        return f"bucket:{key}"

def pytest_visualdiff_register(registry):
    registry.stores["bucket"] = lambda folder: Elsewhere(Path(__file__).parent / "bucket")
"""


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pytest.ini", "[pytest]\nvisualdiff_baseline_dir = golden\n"),
        ("tox.ini", "[pytest]\nvisualdiff_baseline_dir = golden\n"),
        ("setup.cfg", "[tool:pytest]\nvisualdiff_baseline_dir = golden\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\nvisualdiff_baseline_dir = 'golden'\n"),
        ("pytest.ini", "[pytest]\naddopts = -q --visualdiff-baseline-dir=golden\n"),
        ("pytest.ini", "[pytest]\naddopts = --visualdiff-baseline-dir golden -q\n"),
    ],
)
def test_options_are_those_of_the_configuration_also_from_a_folder_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, text: str
) -> None:
    (tmp_path / file).write_text(text)
    below = tmp_path / "tests" / "deep"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    found = Project.found()
    assert found.root == tmp_path
    assert found.baselines == tmp_path / "golden"
    assert found.output == Path("../../.visualdiff")


def test_without_a_configuration_the_folder_with_runs_is_the_project(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert Project.found(below).root == below
    (tmp_path / ".visualdiff").mkdir()
    assert Project.found(below).root == tmp_path


@pytest.mark.parametrize(
    ("file", "text"),
    [("pytest.ini", "[pytest\n"), ("pyproject.toml", "[tool"), ("tox.ini", "\xff")],
)
def test_a_configuration_that_cannot_be_read_is_a_wrong_use(
    tmp_path: Path, file: str, text: str
) -> None:
    (tmp_path / file).write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match=file):
        Project.found(tmp_path)


def test_a_store_of_a_conftest_is_approved_undone_and_verified(
    review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    (review.path / "pytest.ini").write_text("[pytest]\nvisualdiff_store = bucket\n")
    (review.path / "conftest.py").write_text(STORE)
    review.store.root.rename(review.path / "bucket")
    recorded(review.folder, review.checks, review.path / "baselines")
    bucket = review.path / "bucket" / "t" / "test_new" / "new.image.png"
    assert main(["approve", "--all"]) == 0
    assert bucket.exists()
    assert not list((review.path / "baselines").rglob("*.png"))
    assert main(["status"]) == 0
    assert main(["log", "--verify"]) == 0
    assert "4 baselines, 0 not approved" in capsys.readouterr().out
    assert main(["undo", "-k", "new"]) == 0
    assert not bucket.exists()


def test_a_store_that_nobody_registers_is_a_wrong_use(
    review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    (review.path / "pytest.ini").write_text("[pytest]\nvisualdiff_store = bucket\n")
    assert main(["approve", "--all"]) == 2
    assert "bucket" in capsys.readouterr().err
    assert review.approved() == []


def test_no_code_of_the_project_is_run_for_a_run_from_elsewhere_unless_it_is_trusted(
    review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    """A comment may approve what a stranger's pull request showed, with the request checked out."""
    (review.path / "conftest.py").write_text(f"{STORE}\nPath('ran').write_text('x')\n")
    source = ["--from", str(review.folder.output)]
    assert main(["approve", "-k", "one", *source]) == 0
    assert review.approved() == ["one"]
    (review.path / "pytest.ini").write_text("[pytest]\nvisualdiff_store = bucket\n")
    assert main(["approve", "-k", "two", *source]) == 2
    assert "--plugins" in capsys.readouterr().err
    assert not (review.path / "ran").exists()
    assert main(["approve", "-k", "new", "--plugins", *source]) == 0
    assert (review.path / "ran").exists()
