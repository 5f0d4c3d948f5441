"""The display that windows open on: one of our own (Xvfb), or the desktop of this machine.

A virtual display has its own cookie, so that no other program draws on it. It ends with the process
that started it, however that ends.
"""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_visualdiff import clock
from pytest_visualdiff.browsers.environment import environment
from pytest_visualdiff.browsers.processes import Guard, ProcessGroup
from pytest_visualdiff.errors import ScreenLost, ScreenUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

START_SECONDS = 15.0
ATTEMPTS = 3
INSTALL = "apt-get install xvfb xclip (Debian, Ubuntu) or dnf install xorg-x11-server-Xvfb xclip"
_LINUX = sys.platform.startswith("linux")
_LOCAL, _WILD = 256, 65535  # families of an Xauthority entry
_COOKIE = b"MIT-MAGIC-COOKIE-1"
_BROKEN = {"ConnectionClosedError", "ConnectionError"}

# Widgets without animation or blinking caret, whatever the user's desktop has.
_GTK = """[Settings]
gtk-cursor-blink = false
gtk-enable-animations = false
gtk-theme-name = Adwaita
gtk-icon-theme-name = Adwaita
"""


@dataclass(frozen=True)
class Display:
    """Where windows open. ``environment`` leads programs there; None takes a variable away."""

    name: str = ""
    """``:7``; empty where the system has no X display."""
    environment: Mapping[str, str | None] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    """Xvfb, where it is ours."""
    processes: ProcessGroup | None = None

    @property
    def is_virtual(self) -> bool:
        """Whether it is one of ours, with nobody's mouse on it."""
        return self.process is not None

    @property
    def alive(self) -> bool:
        """Whether it is still there, as far as can be told without asking it."""
        return self.process is None or self.process.poll() is None

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Point the environment at this display, for what is started inside the block."""
        usual = {name: os.environ.get(name) for name in self.environment}
        _set(self.environment)
        try:
            yield
        finally:
            _set(usual)

    def stop(self) -> None:
        """End a display of ours, with everything on it; another one is left alone."""
        if self.process is None or self.processes is None:
            return
        self.process.send_signal(signal.SIGTERM)  # so that it removes its lock and socket
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(3)
        self.processes.release()
        self.process.wait()


def start(size: tuple[int, int]) -> Display:
    """A virtual display of that size in device pixels; raises ``ScreenUnavailable``."""
    program = shutil.which("Xvfb", path=environment().get("PATH"))
    if program is None:
        raise ScreenUnavailable(_no_server())
    reason = ""
    for _ in range(ATTEMPTS):
        folder = tempfile.mkdtemp(prefix="visualdiff-screen-")
        try:
            return _started(program, size, Path(folder))
        except (OSError, ValueError) as error:
            reason = str(error)
            shutil.rmtree(folder, ignore_errors=True)
    width, height = size
    raise ScreenUnavailable(
        f"Xvfb does not start a {width}x{height} display ({ATTEMPTS} attempts): {reason}\n"
        f"  is there room in /tmp and enough memory? Try: {program} -displayfd 1"
    )


def real() -> Display:
    """The desktop of this machine; raises ``ScreenUnavailable`` where there is none to use."""
    if not _LINUX:
        return Display()
    name = os.environ.get("DISPLAY", "")
    wayland = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland"
    if wayland:
        raise ScreenUnavailable(
            "this is a Wayland session, in which no program may see or steer the windows of"
            " others: log in to an X11 session, or leave --visualdiff-screen at virtual"
        )
    if not name:
        raise ScreenUnavailable(
            "there is no real display: DISPLAY is not set (--visualdiff-screen=real was asked for);"
            " leave --visualdiff-screen at virtual to have one started"
        )
    authority = os.environ.get("XAUTHORITY") or str(Path.home() / ".Xauthority")
    # python-xlib cannot do without a file, also where the server asks for no cookie.
    usable = authority if Path(authority).is_file() else os.devnull
    return Display(name, {"DISPLAY": name, "XAUTHORITY": usable})


def _no_server() -> str:
    if _LINUX:
        return f"Xvfb is not installed, which gives tests a display of their own: {INSTALL}"
    return (
        "a virtual display needs Xvfb, which this system does not have; ask for the real desktop"
        " with --visualdiff-screen=real, which takes its mouse and keyboard"
    )


def _started(program: str, size: tuple[int, int], folder: Path) -> Display:
    authority = folder / "authority"
    cookie = secrets.token_bytes(16)
    _write_authority(authority, cookie, "")
    config = folder / "config" / "gtk-3.0"
    config.mkdir(parents=True)
    (config / "settings.ini").write_text(_GTK, "utf-8")
    screen = "{}x{}x24".format(*size)
    reading, writing = os.pipe()
    command = [program, "-displayfd", str(writing), "-screen", "0", screen, "-dpi", "96"]
    guard = Guard(str(folder), gently=True)
    try:
        process = subprocess.Popen(  # noqa: S603 - found on the PATH
            [*command, "-nolisten", "tcp", "-noreset", "-auth", str(authority)],
            pass_fds=[writing],
            env=guard.mark(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except BaseException:
        os.close(reading)
        guard.dismiss()
        raise
    finally:
        os.close(writing)
    processes = ProcessGroup(process.pid, str(folder), guard)
    try:
        number = _number(reading)
        _write_authority(authority, cookie, number)
        display = Display(f":{number}", _environment(number, folder), process, processes)
        _connect(display)
    except BaseException:
        processes.release()
        process.wait()
        raise
    finally:
        os.close(reading)
    return display


def _number(reading: int) -> str:
    """The number that Xvfb chose, which it tells when it is ready."""
    told, deadline = b"", clock.now() + START_SECONDS
    while not told.endswith(b"\n"):
        left = deadline - clock.now()
        if left <= 0 or not select.select([reading], [], [], left)[0]:
            raise ValueError(f"it told no display number within {START_SECONDS:g} s")
        part = os.read(reading, 64)
        if not part:
            raise ValueError("it ended at once")
        told += part
    return told.decode().strip()


def _connect(display: Display) -> None:
    """One real connection: a number alone does not prove that anybody listens."""
    try:
        connect(display).close()
    except ScreenUnavailable as error:
        raise ValueError(str(error)) from error


def _environment(number: str, folder: Path) -> dict[str, str | None]:
    return {
        "DISPLAY": f":{number}",
        "XAUTHORITY": str(folder / "authority"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_SESSION_TYPE": "x11",
        "WAYLAND_DISPLAY": None,
        # A bus would open file dialogs on the desktop that it belongs to.
        "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        "GTK_USE_PORTAL": "0",
        "NO_AT_BRIDGE": "1",
        # English menus everywhere, and file names of any script.
        "LC_ALL": "C.UTF-8",
        "LANGUAGE": None,
    }


def _write_authority(path: Path, cookie: bytes, number: str) -> None:
    """Xauthority entries for any address, and for this machine, as some clients insist on."""
    places = [(_WILD, b"", number)]
    if number:
        places.append((_LOCAL, socket.gethostname().encode(), number))
    path.touch(mode=0o600)
    path.write_bytes(b"".join(_entry(*place, cookie) for place in places))


def _entry(family: int, address: bytes, number: str, cookie: bytes) -> bytes:
    parts = (address, number.encode(), _COOKIE, cookie)
    packed = b"".join(struct.pack(">H", len(part)) + part for part in parts)
    return struct.pack(">H", family) + packed


def _set(environment: Mapping[str, str | None]) -> None:
    for name, value in environment.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def connect(display: Display) -> Any:
    """A connection of python-xlib; raises ``ScreenUnavailable``."""
    from Xlib.display import Display as Connection
    from Xlib.error import DisplayError, XauthError

    with display.entered(), quiet():
        try:
            return Connection(display.name)
        except (DisplayError, XauthError, OSError) as error:
            reason = str(error)  # the error itself keeps a socket open
    raise ScreenUnavailable(f"display {display.name!r} takes no connection: {reason}")


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep python-xlib and PyAutoGUI from printing, and from warning of files they left open."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@dataclass
class XConnection:
    """A connection to a display. Once it broke it is not used again: python-xlib could hang."""

    x: Any
    """python-xlib's connection."""
    lost: bool = False
    """Whether it broke."""

    @contextlib.contextmanager
    def asked(self, what: str) -> Iterator[None]:
        """Turn the end of the display, inside the block or before, into ``ScreenLost``."""
        if self.lost:
            raise _gone(what)
        try:
            yield
        except Exception as error:
            if not is_connection_lost(error):
                raise
            self.lost = True
            raise _gone(what) from error


def close_connection(connection: Any) -> None:
    """Close a connection of python-xlib without talking to the server, which may be gone."""
    with contextlib.suppress(OSError, AttributeError):
        connection.display.socket.close()


def is_connection_lost(error: Exception) -> bool:
    """Whether an exception, or one that it came from, means that the display is gone.

    python-xlib raises others on top when a connection breaks while it sends.
    """
    seen: BaseException | None = error
    while seen is not None:
        if {kind.__name__ for kind in type(seen).__mro__} & _BROKEN:
            return True
        seen = seen.__context__
    return False


def _gone(what: str) -> ScreenLost:
    return ScreenLost(
        f"the display went away while {what}: the X server ended or was killed; the next test gets"
        " a new one"
    )
