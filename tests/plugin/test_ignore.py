"""A known difference is ignored until its date, visibly, and nothing else is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pictures import page

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Project

ID = "test_it.py::test_page"
BUG = page(colour="#d93025")


@pytest.fixture
def file(project: Project) -> Path:
    """ignored.json of a project that ignores a button of another colour."""
    project.approve()
    project.show(BUG)
    project.run().assert_outcomes(failed=1)
    result = project.command("ignore", ID, "--reason", "bug 12")
    result.stdout.fnmatch_lines(["* ignored until *"])
    return project.pytester.path / "baselines" / "ignored.json"


def expire(file: Path) -> None:
    data: dict[str, Any] = json.loads(file.read_bytes())
    for one in data["ignored"]:
        one["until"] = "2001-02-03"
    file.write_text(json.dumps(data), encoding="utf-8")


@pytest.mark.usefixtures("file")
@pytest.mark.parametrize("workers", ["0", "1"])
def test_the_same_difference_passes_with_a_note_that_everybody_sees(
    project: Project, workers: str
) -> None:
    result = project.run("-n", workers)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["1 check: 1 match", "test_it.py:4: 'page': 1 difference ignored until *: bug 12"]
    )
    (check,) = project.record()["checks"]
    assert check["status"] == "match"
    assert len(check["ignored"]) == 1


@pytest.mark.usefixtures("file")
def test_another_difference_in_the_picture_fails(project: Project) -> None:
    from PIL import Image, ImageDraw

    path = project.pytester.path / "page.png"
    with Image.open(path) as image:
        ImageDraw.Draw(image).rectangle((190, 130, 215, 150), fill="black")
        image.save(path)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*at (190, 130) 26x21*", "*note: 1 difference ignored until *"])
    assert len(project.record()["checks"][0]["differences"]) == 1


def test_after_its_date_it_fails_again_and_says_so(project: Project, file: Path) -> None:
    expire(file)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*note: 1 difference was ignored until 2001-02-03: bug 12 (expired)"]
    )


def test_a_damaged_file_is_a_store_error_and_never_green(project: Project, file: Path) -> None:
    file.write_text("<<<<<<< HEAD", encoding="utf-8")
    project.run().stdout.fnmatch_lines(["E *StoreError: cannot use *ignored.json*"])
    assert project.statuses() == {"page": "store-error"}


def test_what_is_removed_fails_again(project: Project, file: Path) -> None:
    assert project.command("ignore", "--remove", ID).ret == 0
    assert not file.exists()
    project.run().assert_outcomes(failed=1)
