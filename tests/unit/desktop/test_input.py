"""Which key gives which character, from the symbols that an X server tells of its keys."""

from __future__ import annotations

from pytest_visualdiff.desktop.input import Stroke, read

SHIFT, ALTGR = 0xFFE1, 0xFE03
# Key codes count from 8: shift, AltGr, a letter with a second group, a digit with AltGr, an euro.
ROWS = [
    (SHIFT,) * 6,
    (ALTGR,) * 6,
    (ord("q"), ord("Q"), 0x01000439, 0x01000419, ord("@"), 0),
    (ord("2"), ord('"'), 0, 0, 0xB2, 0),
    (0x010020AC, 0, 0, 0, 0, 0),
]


def test_plain_shifted_and_with_altgr() -> None:
    known = read(ROWS)
    assert known["q"] == Stroke(10)
    assert known["Q"] == Stroke(10, (8,))
    assert known["@"] == Stroke(10, (9,))
    assert known['"'] == Stroke(11, (8,))
    assert known["€"] == Stroke(12)
    assert "z" not in known


def test_the_second_group_of_a_layout() -> None:
    """While it is active, the same keys give its letters, and the first group's are missing."""
    known = read(ROWS, group=1)
    assert known["й"] == Stroke(10)
    assert known["Й"] == Stroke(10, (8,))
    assert "q" not in known


def test_caps_lock_turns_letters_round_and_nothing_else() -> None:
    known = read(ROWS, locked=True)
    assert known["q"] == Stroke(10, (8,))
    assert known["Q"] == Stroke(10)
    assert known["2"] == Stroke(11)
