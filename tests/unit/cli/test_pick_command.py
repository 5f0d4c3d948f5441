"""``visualdiff pick`` cuts templates out of pictures, and refuses what cannot be one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from pytest_visualdiff.cli.command_line import main
from pytest_visualdiff.images.codec import encode, to_array

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A picture with noise, a flat part, and the same sign twice."""
    picture = np.full((100, 200, 3), 255, np.uint8)
    picture[10:40, 10:60] = np.random.default_rng(5).integers(0, 255, (30, 50, 3), np.uint8)
    sign = np.random.default_rng(6).integers(0, 255, (20, 20, 3), np.uint8)
    picture[60:80, 20:40] = picture[60:80, 120:140] = sign
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "shot.png"
    path.write_bytes(encode(picture))
    return path


def test_a_box_of_a_picture(shot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pick", str(shot), "button", "--box", "10,10,50,30"]) == 0
    template = to_array(shot.parent / "visual-templates" / "button.png")
    assert np.array_equal(template, to_array(shot)[10:40, 10:60])
    assert "50x30" in capsys.readouterr().out


def test_what_fits_twice_is_told(shot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pick", str(shot), "sign", "--box", "20,60,20,20"]) == 1
    assert "equally well" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["flat", "--box", "100,5,20,20"], 1, "one colour"),
        (["out", "--box", "190,90,20,20"], 2, "does not lie inside"),
        (["none", "--box", "0,0,0,5"], 2, "does not lie inside"),
        (["odd", "--box", "1,2,x"], 2, "X,Y,W,H"),
        (["page", "--element", "#a"], 2, "needs the URL"),
        (["../../escape", "--box", "10,10,50,30"], 1, "leads out of"),
    ],
)
def test_wrong_wishes_write_nothing(
    shot: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    status: int,
    told: str,
) -> None:
    assert main(["pick", str(shot), *arguments]) == status
    assert told in capsys.readouterr().err
    assert not list(shot.parent.rglob("templates/*"))
    assert not (shot.parent.parent / "escape.png").exists()


def test_a_template_is_replaced_only_by_force(
    shot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wish = ["pick", str(shot), "button", "--box", "10,10,50,30"]
    assert main(wish) == 0
    assert main(wish) == 2
    assert "--force" in capsys.readouterr().err
    assert main([*wish, "--force"]) == 0
