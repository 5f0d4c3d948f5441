"""A picture in the terminal: what is printed is the picture again, for who reads the protocol."""

from __future__ import annotations

import base64
import re

import numpy as np
import pytest

from pytest_visualdiff.images import codec
from pytest_visualdiff.report.terminal_images import preview, protocol

PIXELS = np.zeros((13, 9, 3), np.uint8)
PIXELS[:5] = (255, 0, 0)
PIXELS[5:, 4:] = (0, 0, 255)
PIXELS[12, 0] = (255, 255, 255)
PNG = codec.encode(PIXELS)


def test_iterm_gets_the_file_itself() -> None:
    found = re.fullmatch(
        r"\x1b\]1337;File=inline=1;size=(\d+);[^:]*:(.*)\a\n", preview(PNG, "iterm")
    )
    assert found
    assert base64.b64decode(found[2]) == PNG
    assert int(found[1]) == len(PNG)


def test_kitty_gets_the_file_in_parts_of_which_the_last_says_so() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (80, 80, 3), np.uint8)
    png = codec.encode(noise)
    parts = re.findall("\x1b_G([^;]*);([^\x1b]*)\x1b\\\\", preview(png, "kitty"))
    assert base64.b64decode("".join(part for _, part in parts)) == png
    assert len(parts) > 2
    assert [keys.rpartition("m=")[2] for keys, _ in parts] == ["1"] * (len(parts) - 1) + ["0"]
    assert "a=T,f=100" in parts[0][0]
    assert max(len(part) for _, part in parts) <= 4096


def drawn(sixel: str) -> np.ndarray:
    """The pixels that a terminal with sixel draws."""
    body = sixel.removeprefix("\x1bP").removesuffix("\x1b\\\n").partition("q")[2]
    _, _, width, height = map(int, re.match(r'"(\d+);(\d+);(\d+);(\d+)', body).groups())  # type: ignore[union-attr]
    palette = {
        int(at): [int(level) * 255 // 100 for level in (red, green, blue)]
        for at, red, green, blue in re.findall(r"#(\d+);2;(\d+);(\d+);(\d+)", body)
    }
    picture = np.zeros((height, width, 3), np.uint8)
    bands = re.sub(r'^"[\d;]+|#\d+;2;\d+;\d+;\d+', "", body)
    for number, band in enumerate(bands.split("-")):
        for colour, signs in re.findall(r"#(\d+)([?-~]+)", band):
            for column, sign in enumerate(signs):
                for bit in range(6):
                    if ord(sign) - 63 >> bit & 1:
                        picture[number * 6 + bit, column] = palette[int(colour)]
    return picture


def test_sixel_draws_the_same_picture() -> None:
    assert np.array_equal(drawn(preview(PNG, "sixel")), PIXELS)


def test_a_wide_picture_is_made_smaller() -> None:
    wide = codec.encode(np.zeros((10, 2000, 3), np.uint8))
    assert drawn(preview(wide, "sixel")).shape == (3, 640, 3)


def test_no_protocol_prints_nothing() -> None:
    assert preview(PNG, "none") == ""


@pytest.mark.parametrize(
    ("environment", "how"),
    [
        ({}, "none"),
        ({"TERM": "xterm-256color"}, "none"),
        ({"TERM": "xterm-kitty"}, "kitty"),
        ({"KITTY_WINDOW_ID": "1"}, "kitty"),
        ({"TERM_PROGRAM": "ghostty"}, "kitty"),
        ({"TERM_PROGRAM": "iTerm.app"}, "iterm"),
        ({"TERM_PROGRAM": "WezTerm"}, "iterm"),
        ({"TERM": "foot-extra"}, "sixel"),
    ],
)
def test_the_terminal_says_what_it_can(environment: dict[str, str], how: str) -> None:
    assert protocol(environment) == how
