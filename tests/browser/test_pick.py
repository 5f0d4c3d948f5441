"""``visualdiff pick`` cuts a template out of a page, by the element that it is. Real browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_visualdiff.cli.command_line import main
from pytest_visualdiff.images.codec import to_array

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("browser", ["chrome", "firefox"])
def test_an_element_of_a_page(tmp_path: Path, browser: str) -> None:
    page = tmp_path / "page.html"
    page.write_text("<body style='margin:0'><button id=go style='width:90px;height:40px'>Go")
    wish = ["pick", page.as_uri(), "go", "--element", "#go", "--browser", browser]
    assert main([*wish, "--folder", str(tmp_path), "--pixel-ratio", "2"]) == 0
    assert to_array(tmp_path / "go.png").shape == (80, 180, 3)


def test_an_element_that_is_not_there_is_named_by_the_option_of_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>Nothing to pick")
    assert main(["pick", page.as_uri(), "go", "--element", "#go"]) == 1
    told = capsys.readouterr().err
    assert "--element '#go' matches nothing" in told
    assert "region" not in told
