"""The locate command: what it prints, writes and exits with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from pytest_visualdiff.cli.command_line import main
from pytest_visualdiff.images.codec import encode, to_array

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    screen = np.random.default_rng(5).integers(0, 256, (60, 80, 3), np.uint8)
    screen = screen.repeat(3, 0).repeat(3, 1)
    (tmp_path / "screen.png").write_bytes(encode(screen))
    (tmp_path / "twice.png").write_bytes(encode(np.concatenate([screen, screen], axis=1)))
    (tmp_path / "there.png").write_bytes(encode(screen[30:70, 50:110]))
    other = np.random.default_rng(6).integers(0, 256, (20, 20, 3), np.uint8)
    (tmp_path / "absent.png").write_bytes(encode(other.repeat(3, 0).repeat(3, 1)))
    return tmp_path


def test_a_found_template_is_printed_with_its_place(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["locate", "there.png", "screen.png", "--picture", "seen.png"]) == 0
    assert "(50, 30) 60x40 at scale 1, confidence 1.000" in capsys.readouterr().out
    assert to_array(files / "seen.png").shape[2] == 3


def test_a_missing_template_exits_with_1_and_leaves_a_picture(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["locate", "absent.png", "screen.png", "--scales", "1,1.5,2", "--picture", "seen.png"]
    assert main(line) == 1
    assert "was not found" in capsys.readouterr().err
    assert (files / "seen.png").is_file()


@pytest.mark.usefixtures("files")
def test_all_places_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["locate", "there.png", "twice.png", "--all"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert main(["locate", "absent.png", "twice.png", "--all", "--scales", "1"]) == 1
    assert capsys.readouterr().out == "not found\n"


@pytest.mark.usefixtures("files")
def test_two_places_are_ambiguous_unless_a_region_decides(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["locate", "there.png", "twice.png"]) == 1
    assert "fits two places" in capsys.readouterr().err
    assert main(["locate", "there.png", "twice.png", "--region", "240,0,240,180"]) == 0
    assert "(290, 30) 60x40" in capsys.readouterr().out


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    "wrong", [["--region", "1,2"], ["--confidence", "high"], ["--scales", ","]]
)
def test_a_wrong_flag_is_a_usage_error(
    wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["locate", "there.png", "screen.png", *wrong]) == 2
    assert wrong[0] in capsys.readouterr().err


@pytest.mark.usefixtures("files")
def test_a_picture_that_cannot_be_written_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["locate", "there.png", "screen.png", "--picture", "."]) == 1
    assert "cannot write ." in capsys.readouterr().err
