"""Where templates lie: in a folder that no web framework uses for its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_visualdiff.options.table import Layer, Settings
from pytest_visualdiff.plugin.fixtures import _template_folders

if TYPE_CHECKING:
    from conftest import Project


def test_the_folder_of_earlier_versions_is_still_found() -> None:
    assert _template_folders(Settings()) == ("visual-templates", "templates")


def test_a_folder_that_was_chosen_is_the_only_one() -> None:
    chosen = Settings().over(Layer.INI, {"template_dir": "pictures"})
    assert _template_folders(chosen) == ("pictures",)


def test_pick_writes_into_the_folder_that_is_looked_in(project: Project) -> None:
    result = project.command("pick", "page.png", "button", "--box", "40,40,120,80")
    assert result.ret == 0
    assert (project.pytester.path / "visual-templates" / "button.png").is_file()
