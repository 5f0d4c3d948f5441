"""The keyboard and the pointer of a display, through PyAutoGUI.

PyAutoGUI connects to a display when it is imported, so that happens here, late, and anew for each
display. Its fail-safe stays on: a pointer in a corner of the screen stops the test.

Which keys give which character is read from the X server each time: a keyboard layout can change in
the middle of a test.
"""

from __future__ import annotations

import contextlib
import importlib
import shutil
import sys
import unicodedata
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_visualdiff import clock
from pytest_visualdiff.desktop.display import INSTALL, close_connection, is_connection_lost, quiet
from pytest_visualdiff.errors import (
    CaptureError,
    EmergencyStop,
    InvalidValue,
    ScreenUnavailable,
    Untypeable,
    VisualDiffError,
)
from pytest_visualdiff.secrets import Secret
from pytest_visualdiff.text import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_visualdiff.desktop.display import Display, XConnection

DRAG_SECONDS = 0.3
HOLD = 0.2
"""Seconds over the end of a drag, so that a page has said whether it takes what is dropped."""
CLIPBOARD_SECONDS = 3.0
_BETWEEN_CLICKS = 0.04
_KEYS = {"\n": "enter", "\r": "enter", "\t": "tab"}
_MAC = sys.platform == "darwin"
CONTROL = "command" if _MAC else "ctrl"
"""The key of shortcuts on this system."""

_FIRST, _LAST = 8, 255  # key codes of the core protocol
_LATIN = (*range(0x20, 0x7F), *range(0xA0, 0x100))  # key symbols that are their own character
_UNICODE = 0x01000000
_LEVEL_3 = 0xFE03  # ISO_Level3_Shift, which is labelled AltGr
_SHIFT_L = 0xFFE1
_LOCK = 2  # bit of the modifiers: caps lock
_GROUP_SHIFT, _GROUPS = 13, 3  # where the modifiers hold the layout's group (XKB)


class InputDevices:
    """The pointer and the keyboard of one display; points are (x, y) in pixels of its picture.

    ``connection`` is None on systems without X. All methods raise ``ScreenLost``
    when the display is gone, and ``EmergencyStop`` when the pointer was moved into a corner.
    """

    def __init__(self, display: Display, connection: XConnection | None) -> None:
        self._display = display
        self._connection = connection
        self._gui = _loaded(display)
        self._gui.PAUSE = 0
        self._system = self._gui.platformModule  # what it calls once its fail-safe agrees
        self.scale = 1.0
        """Pixels of the picture for each of PyAutoGUI's units (2 on a Retina screen)."""

    def size(self) -> tuple[int, int]:
        """Width and height of the screen in PyAutoGUI's units."""
        width, height = self._gui.size()
        return int(width), int(height)

    def move(self, point: tuple[int, int]) -> None:
        """Put the pointer there."""
        with self._acting("the pointer moved"):
            self._gui.moveTo(*self._units(point))

    def click(self, point: tuple[int, int], *, button: str = "left", times: int = 1) -> None:
        """Move there and click."""
        with self._acting("a button was pressed"):
            self._gui.moveTo(*self._units(point))
            self._gui.click(clicks=times, interval=_BETWEEN_CLICKS, button=button)

    def drag(self, start: tuple[int, int], end: tuple[int, int], seconds: float) -> None:
        """Press the left button at ``start``, move to ``end`` in steps, release it."""
        with self._acting("something was dragged"):
            self._gui.moveTo(*self._units(start))
            self._gui.mouseDown()
            with self._released(lambda: self._system._mouseUp(*self._gui.position(), "left")):  # noqa: SLF001
                self._gui.moveTo(*self._units(end), duration=seconds)
                clock.sleep(HOLD)

    def scroll(self, notches: int) -> None:
        """Turn the wheel where the pointer is: down where positive."""
        with self._acting("the wheel turned"):
            self._gui.scroll(-notches)

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        names = self._checked(keys)
        with self._acting("keys were pressed"):
            for name in names:
                self._tap(self._stroke(name), name)

    def hotkey(self, *keys: str) -> None:
        """Press keys together: held in this order, released in the other."""
        *held, last = self._checked(keys)
        with (
            self._acting("keys were pressed"),
            self._holding([self._name(name) for name in held]),
        ):
            self._tap(self._stroke(last), last)

    def type(self, text: str | Secret) -> bool:
        """Type any text; true where it was pasted, because a key for some character is missing.

        Raises ``Untypeable`` before anything was typed. No error of a secret carries frames that
        know it.
        """
        done = self._typed(text)
        if isinstance(done, BaseException):
            raise done from None
        return done

    def close(self) -> None:
        """Disconnect PyAutoGUI from the display."""
        if self._connection is not None:
            close_connection(self._system._display)  # noqa: SLF001 - it has no way to close it

    def forget(self) -> None:
        """Empty the clipboard."""
        with contextlib.suppress(VisualDiffError):
            self._copy("")

    def _typed(self, text: str | Secret) -> bool | BaseException:
        """Whether it was pasted, or what went wrong, without its frames."""
        try:
            plain = text.reveal() if isinstance(text, Secret) else text
            _require_typeable(plain, secret=isinstance(text, Secret))
            with self._acting("a text was typed"):
                return self._type(plain)
        except BaseException as error:  # noqa: BLE001 - its frames know the text
            strange = isinstance(error, Exception) and not isinstance(error, VisualDiffError)
            if strange and isinstance(text, Secret):  # its words may hold a part of it
                return CaptureError(f"a secret could not be typed: {type(error).__name__}")
            error.__cause__ = error.__context__ = None
            return error.with_traceback(None)

    def _type(self, plain: str) -> bool:
        known = None if self._connection is None else strokes(self._connection.x)
        if known is None and plain.isascii():
            self._gui.write(plain)
        elif known is None or not all(sign in known or sign in _KEYS for sign in plain):
            self._copy(plain)
            # A layout without Latin letters has no V for the usual shortcut.
            has_v = known is None or "v" in known
            self.hotkey(*((CONTROL, "v") if has_v else ("shift", "insert")))
            return True
        else:
            for sign in plain:
                self._tap(known.get(sign), _KEYS.get(sign, sign))
        return False

    def _tap(self, stroke: Stroke | None, name: str) -> None:
        if stroke is None:
            self._gui.press(name)
            return
        with self._holding([self._code(code) for code in stroke.held]):
            self._gui.press(self._code(stroke.code))

    @contextlib.contextmanager
    def _holding(self, keys: list[str]) -> Iterator[None]:
        """Hold keys during the block, and release them the other way round."""
        with contextlib.ExitStack() as stack:
            for key in keys:
                self._gui.keyDown(key)
                stack.enter_context(self._released(partial(self._system._keyUp, key)))  # noqa: SLF001
            yield

    @contextlib.contextmanager
    def _released(self, release: Callable[[], object]) -> Iterator[None]:
        """Release at the end, also after the emergency stop; a display that is gone would hang."""
        try:
            yield
        except Exception as error:
            if not is_connection_lost(error):
                release()
            raise
        release()

    def _stroke(self, name: str) -> Stroke | None:
        """How to press the key of one character, by the layout in use; None for named keys."""
        if len(name) > 1 or self._connection is None:
            return None
        return strokes(self._connection.x).get(name)

    def _name(self, name: str) -> str:
        stroke = self._stroke(name)
        return name if stroke is None else self._code(stroke.code)

    def _code(self, code: int) -> str:
        """PyAutoGUI's name for a key by its code, which no layout changes."""
        name = f"code{code}"
        self._system.keyboardMapping[name] = code
        return name

    def _checked(self, keys: tuple[str, ...]) -> list[str]:
        if not keys:
            raise InvalidValue("press which keys? Give their names, such as 'enter' or 'ctrl'")
        return [self._checked_key(key) for key in keys]

    def _checked_key(self, key: str) -> str:
        known = self._gui.KEYBOARD_KEYS
        if isinstance(key, str):
            name = key if len(key) == 1 else key.lower()
            if name in known:
                return name
        hint = nearest(str(key), known)
        raise InvalidValue(
            f"no key is named {key!r}" + (f": {hint}" if hint else "") + " (texts: screen.type)"
        )

    def _units(self, point: tuple[int, int]) -> tuple[float, float]:
        return point[0] / self.scale, point[1] / self.scale

    def _copy(self, text: str) -> None:
        """Put a text on the clipboard of the display."""
        import pyperclip

        with self._display.entered():
            if self._connection is not None:
                program = next((one for one in ("xclip", "xsel") if shutil.which(one)), "")
                if not program:
                    raise Untypeable(
                        "the text has characters that no key types, and without xclip or xsel it"
                        f" cannot be pasted either: {INSTALL}"
                    )
                pyperclip.set_clipboard(program)
            try:
                pyperclip.copy(text)
                until = clock.now() + CLIPBOARD_SECONDS
                # xclip returns before the server knows: pasted too early, the last text comes.
                while pyperclip.paste() != text:
                    if clock.now() > until:
                        raise Untypeable("the clipboard does not take the text")
                    clock.sleep(0.01)
            except pyperclip.PyperclipException as error:
                raise Untypeable(f"the text cannot be pasted: {error}") from None

    @contextlib.contextmanager
    def _acting(self, what: str) -> Iterator[None]:
        try:
            with self._connection.asked(what) if self._connection else contextlib.nullcontext():
                yield
        except self._gui.FailSafeException as error:
            raise EmergencyStop(
                f"the pointer is in a corner of the screen: while {what}, somebody pulled the"
                " emergency brake (PyAutoGUI's fail-safe)"
            ) from error


def _require_typeable(plain: str, *, secret: bool) -> None:
    for place, sign in enumerate(plain):
        if sign not in _KEYS and unicodedata.category(sign) in ("Cc", "Cs"):
            which = "" if secret else f" (U+{ord(sign):04X}, character {place + 1})"
            raise Untypeable(
                f"the text has a control character or half of a surrogate pair{which}, which cannot"
                " be typed: press() takes the names of keys, such as 'esc'"
            )


def _loaded(display: Display) -> Any:
    """PyAutoGUI, connected to that display."""
    for name in [name for name in sys.modules if name.split(".")[0] == "pyautogui"]:
        del sys.modules[name]
    # It would end the process where tkinter is missing; nothing here needs it.
    missing: dict[str, Any] = {"mouseinfo": None}
    usual = sys.modules.get("mouseinfo")
    sys.modules.update(missing)
    try:
        with display.entered(), quiet():
            gui = importlib.import_module("pyautogui")
            _close_left_open(sys.modules["pyscreeze"])
            return gui
    except Exception as error:
        raise ScreenUnavailable(f"PyAutoGUI cannot use this screen: {error!r}") from error
    finally:
        del sys.modules["mouseinfo"]
        if usual is not None:
            sys.modules["mouseinfo"] = usual


def _close_left_open(pyscreeze: Any) -> None:
    """The pipes of the last program that it asked for when it was imported."""
    process = getattr(pyscreeze, "whichProc", None)
    for pipe in (process.stdout, process.stderr) if process else ():
        pipe.close()


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
