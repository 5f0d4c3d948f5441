"""``visualdiff calibrate --images``: what is said, drawn and written; and wrong usage."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from pytest_visualdiff.cli.command_line import main
from pytest_visualdiff.images import codec

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_visualdiff.model import Array


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., list[str]]:
    def write(*pictures: Array) -> list[str]:
        names = []
        for number, picture in enumerate(pictures):
            path = tmp_path / f"{number}.png"
            path.write_bytes(codec.encode(picture))
            names.append(str(path))
        return names

    return write


def test_stable_pictures_are_said_to_be_so(
    still: Array, files: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", "--images", *files(still, still)]) == 0
    said = capsys.readouterr()
    assert "perfectly stable" in said.out
    assert "visualdiff_" not in said.out
    assert said.err == ""


def test_noise_gives_lines_to_paste_a_record_and_a_drawing(
    noisy: Callable[[int, int], Array],
    files: Callable[..., list[str]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    names, record, plot = files(noisy(14, 1), noisy(14, 2)), tmp_path / "r.json", tmp_path / "p.svg"
    words = ["calibrate", "--images", *names, "--json", str(record), "--plot", str(plot)]
    assert main(words) == 0
    data: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))
    assert data["outcome"] == "limits"
    out = capsys.readouterr().out
    for name, value in data["options"].items():
        assert f"visualdiff_{name} = {value:g}" in out
    drawing = ET.fromstring(plot.read_text(encoding="utf-8"))
    assert drawing.tag.endswith("svg")
    assert "proposed threshold" in plot.read_text(encoding="utf-8")


def test_a_present_limit_may_be_given_and_a_mask_is_a_box(
    still: Array,
    files: Callable[..., list[str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = still.copy()
    other[110:150, 170:230] = (200, 30, 30)
    names = files(still, other)
    assert main(["calibrate", "--images", *names, "--strictness=strict"]) == 1
    out = capsys.readouterr().out
    assert "threshold 1, confidence 0.95" in out
    assert "mask=[(168, 108, 64, 44)]" in out
    assert main(["calibrate", "--images", *names, "--mask=168,108,64,44"]) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "calibrate what?"),
        (["http://x", "--images", "a.png", "b.png"], "calibrate what?"),
        (["--images", "a.png"], "two or more"),
        (["http://x", "--shots=1"], "from 2 to 100"),
        (["http://x", "--plot=a.gif"], "does not end in .svg"),
        (["http://x", "--threshold=red"], "must be a number"),
        (["http://x", "--browser=netscape"], "chrome"),
    ],
)
def test_wrong_usage_is_2_before_anything_is_started(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", *words]) == 2
    assert said in capsys.readouterr().err


def test_a_picture_that_cannot_be_read_is_trouble_not_a_difference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [str(tmp_path / "none.png"), str(tmp_path / "nothing.png")]
    assert main(["calibrate", "--images", *names]) == 1
    assert "none.png" in capsys.readouterr().err


def test_one_faintly_flickering_pixel_is_told_in_plain_numbers(
    still: Array, files: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    other = still.copy()
    other[120, 180] = other[120, 180] ^ 1
    assert main(["calibrate", "--images", *files(still, other)]) == 0
    said = capsys.readouterr().out
    assert "under 0.01 % of the pixels" in said
    median, most = (float(part.split()[0]) for part in said.split("ΔE ")[1].split("at most "))
    assert median <= most + 0.01
