"""A template's name means a file, or the pictures of a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from pytest_visualdiff.desktop.template_files import Templates
from pytest_visualdiff.errors import TemplateMissing

if TYPE_CHECKING:
    from pathlib import Path


def made(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def test_names_with_and_without_ending_in_the_first_folder_that_has_them(tmp_path: Path) -> None:
    first, second = made(tmp_path / "a", "x.png"), made(tmp_path / "b", "x.png", "y.jpg")
    templates = Templates((first, second))
    assert [one.source for one in templates.named("x")] == [first / "x.png"]
    assert [one.source for one in templates.named("y.jpg")] == [second / "y.jpg"]
    assert [one.source for one in templates.named(second / "x.png")] == [second / "x.png"]


def test_a_folder_is_its_pictures_in_order(tmp_path: Path) -> None:
    templates = Templates((made(tmp_path, "send/b.png", "send/a.png", "send/notes.txt"),))
    assert [one.name for one in templates.named("send")] == ["send/a.png", "send/b.png"]


def test_a_picture_is_itself() -> None:
    picture = np.zeros((3, 3, 3), np.uint8)
    assert [one.source for one in Templates(()).named(picture)] == [picture]


def test_what_is_missing_is_told_with_its_neighbour(tmp_path: Path) -> None:
    templates = Templates((made(tmp_path, "login.png"),))
    with pytest.raises(TemplateMissing, match=r"did you mean 'login\.png'.*visualdiff pick"):
        templates.named("logn.png")
