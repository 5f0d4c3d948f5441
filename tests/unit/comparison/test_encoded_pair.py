"""Comparing files: equal data is told without decoding, and the rules hold there too."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

import pytest_visualdiff as vd
from pytest_visualdiff.errors import BrokenImage, ImageTooLarge, NothingCompared
from pytest_visualdiff.images import codec, decode_pair
from pytest_visualdiff.images import png as png_file

if TYPE_CHECKING:
    from pathlib import Path

PICTURE = np.random.default_rng(2).integers(0, 256, (10, 12, 3), dtype=np.uint8)
PNG = codec.encode(PICTURE)
LABELLED = png_file.with_text(PNG, {"tool": "1"})
RECODED = codec.encode(np.dstack([PICTURE, np.full((10, 12), 255, np.uint8)]))
SAME = [PNG, LABELLED, RECODED]


@pytest.fixture(autouse=True, params=[True, False], ids=["fast", "plain"])
def _decoding(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every promise holds with the fast way to decode two files, and with the plain one."""
    monkeypatch.setattr(decode_pair, "FAST", request.param)


@pytest.mark.parametrize("other", [PNG, LABELLED])
def test_equal_data_loads_no_image_library(tmp_path: Path, other: bytes) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    (tmp_path / "b.png").write_bytes(other)
    program = (
        "import sys, pytest_visualdiff as vd; assert vd.compare('a.png', 'b.png').confidence == 1;"
        "assert not {'numpy', 'cv2', 'PIL'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)


@pytest.mark.parametrize("other", SAME)
def test_masks_that_cover_everything_are_an_error_also_for_equal_files(other: bytes) -> None:
    with pytest.raises(NothingCompared):
        vd.compare(PNG, other, mask=[(0, 0, 12, 10)])
    with pytest.raises(NothingCompared):
        vd.compare(PNG, other, region=(50, 50, 5, 5))


@pytest.mark.parametrize("other", SAME)
def test_overlapping_masks_are_counted_exactly(other: bytes) -> None:
    """Their areas add up to more than the picture, yet leave a column."""
    masks = [(0, 0, 11, 10), (1, 0, 10, 10)]
    assert vd.compare(PNG, other, mask=masks).same


@pytest.mark.parametrize("other", SAME)
def test_a_diff_image_of_equal_files_is_drawn_when_it_is_asked_for(other: bytes) -> None:
    plain = vd.compare(PICTURE, PICTURE, mask=[(2, 2, 4, 4)]).diff_image()
    drawn = vd.compare(PNG, other, mask=[(2, 2, 4, 4)]).diff_image()
    assert np.array_equal(drawn, plain)


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        (b"", BrokenImage),
        (PNG[:-1], BrokenImage),
        (PNG[: png_file.size(PNG)[0]], BrokenImage),
        (png_file.SIGNATURE, BrokenImage),
        (png_file.SIGNATURE + png_file.chunk(b"IEND", b""), BrokenImage),
    ],
)
def test_two_equal_files_without_a_picture_are_not_the_same(
    tmp_path: Path, broken: bytes, error: type[Exception]
) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(broken)
    with pytest.raises(error, match=r"broken\.png"):
        vd.compare(path, path)


def test_two_equal_bombs_are_refused() -> None:
    header = np.array([60_000, 60_000], ">u4").tobytes() + bytes([8, 2, 0, 0, 0])
    parts = (b"IHDR", header), (b"IDAT", b""), (b"IEND", b"")
    bomb = png_file.SIGNATURE + b"".join(png_file.chunk(*part) for part in parts)
    with pytest.raises(ImageTooLarge):
        vd.compare(bomb, bomb)


def test_equal_files_of_other_formats_are_decoded_once_to_be_sure(tmp_path: Path) -> None:
    path = tmp_path / "no image.jpg"
    path.write_bytes(b"plain text")
    with pytest.raises(BrokenImage, match="no image"):
        vd.compare(path, path)
