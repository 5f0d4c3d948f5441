"""Which keys give which character under the keyboard layout that is in use now (X11).

Read from the server each time: a layout can change in the middle of a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_FIRST, _LAST = 8, 255  # key codes of the core protocol
_LATIN = (*range(0x20, 0x7F), *range(0xA0, 0x100))  # key symbols that are their own character
_UNICODE = 0x01000000
_LEVEL_3 = 0xFE03  # ISO_Level3_Shift, which is labelled AltGr
_SHIFT_L = 0xFFE1
_LOCK = 2  # bit of the modifiers: caps lock
_GROUP_SHIFT, _GROUPS = 13, 3  # where the modifiers hold the layout's group (XKB)


@dataclass(frozen=True)
class Stroke:
    """One key, by its code, and the codes of the keys that are held meanwhile."""

    code: int
    held: tuple[int, ...] = ()


def strokes(connection: Any) -> dict[str, Stroke]:
    """Character -> how to type it; what only the clipboard can type is not in it."""
    rows = connection.get_keyboard_mapping(_FIRST, _LAST - _FIRST + 1)
    mask = connection.screen().root.query_pointer().mask
    return read(rows, group=mask >> _GROUP_SHIFT & _GROUPS, locked=bool(mask & _LOCK))


def read(rows: Any, *, group: int = 0, locked: bool = False) -> dict[str, Stroke]:
    """The same from the symbols of each key code, the first of which is 8.

    The core protocol lists plain and shifted of the first group, the same of the second, then
    AltGr and AltGr with shift of the first (as XKB presents itself to it).
    """
    codes = {symbol: code for code, row in reversed([*enumerate(rows, _FIRST)]) for symbol in row}
    shift, level_3 = codes.get(_SHIFT_L), codes.get(_LEVEL_3)
    levels: list[tuple[int, tuple[int | None, ...]]] = [(2 * group, ()), (2 * group + 1, (shift,))]
    if group == 0 and level_3 is not None:
        levels += [(4, (level_3,)), (5, (level_3, shift))]
    found: dict[str, Stroke] = {}
    for level, held in levels:
        for code, row in enumerate(rows, _FIRST):
            sign = _character(row[level]) if level < len(row) else ""
            if sign and None not in held:
                wanted = _flipped(held, shift) if locked and _has_case(sign) else held
                found.setdefault(sign, Stroke(code, tuple(one for one in wanted if one)))
    return found


def _flipped(held: tuple[int | None, ...], shift: int | None) -> tuple[int | None, ...]:
    """With caps lock, shift gives small letters."""
    return tuple(one for one in held if one != shift) if shift in held else (*held, shift)


def _has_case(sign: str) -> bool:
    return sign.lower() != sign.upper()


def _character(symbol: int) -> str:
    if symbol in _LATIN:
        return chr(symbol)
    return chr(symbol - _UNICODE) if _UNICODE < symbol <= _UNICODE + 0x10FFFF else ""
