"""Displays start, die, are replaced and end; real desktops are shared; nothing is left behind."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.desktop import display as displays
from pytest_visualdiff.desktop.display import connect
from pytest_visualdiff.desktop.machine import DesktopPool, held
from pytest_visualdiff.errors import (
    BrowserDied,
    EmergencyStop,
    ScreenBusy,
    ScreenLost,
    ScreenResized,
    ScreenUnavailable,
)

from .conftest import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_visualdiff import Screen

TEST = """
    def test_it(visualdiff_screen):
        visualdiff_screen.type("a")
"""


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def nothing_is_left_of(socket: Path) -> bool:
    """Whether a display's socket is removed, or by now that of another server, which listens."""
    listening = Path("/proc/net/unix").read_text().splitlines()
    return any(line.endswith(f" {socket}") for line in listening) or not socket.exists()


def test_a_display_has_its_size_a_cookie_and_ends_without_a_trace() -> None:
    display = displays.start((1024, 700))
    assert display.process
    number = display.name.removeprefix(":")
    socket = Path(f"/tmp/.X11-unix/X{number}")
    try:
        connection = connect(display)
        assert connection.screen().width_in_pixels == 1024
        connection.close()
        stranger = displays.Display(display.name, {"XAUTHORITY": os.devnull})
        with pytest.raises(ScreenUnavailable):
            connect(stranger)
        assert socket.exists()
        folder = Path(str(display.environment["XAUTHORITY"])).parent
    finally:
        display.stop()
    assert not alive(display.process.pid)
    assert nothing_is_left_of(socket)
    assert not folder.exists()


def test_a_killed_test_run_leaves_no_display_and_no_browser(pytester: pytest.Pytester) -> None:
    """Kill -9 of pytest: display, browser, driver and folders are gone a moment later."""
    pytester.makepyfile("""
        import time

        def test_it(visualdiff_screen):
            visualdiff_screen.open("about:blank", browser="chrome")
            screen = visualdiff_screen
            pids = [screen.desktop.display.process.pid, screen.driver.service.process.pid]
            pids += screen.opened.browser.processes.members()
            folder = screen.desktop.display.environment["XAUTHORITY"]
            open("started", "w").write(f"{screen.desktop.display.name} {folder} {pids}")
            time.sleep(60)
    """)
    run = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q"], cwd=pytester.path, start_new_session=True
    )
    started = pytester.path / "started"
    assert until(lambda: started.exists() and started.read_text().endswith("]"), 40)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    name, authority, pids = started.read_text().split(" ", 2)
    numbers = [int(pid) for pid in pids.strip("[]").split(",")]
    assert len(numbers) > 3
    assert until(lambda: not any(map(alive, numbers)), 5)
    assert until(lambda: not Path(authority).exists(), 5)
    assert until(lambda: nothing_is_left_of(Path(f"/tmp/.X11-unix/X{name.removeprefix(':')}")), 5)


def test_a_display_that_dies_is_told_and_replaced() -> None:
    """In the middle of a test a typed error; the next test gets a new one."""
    pool = DesktopPool()
    try:
        first = pool.virtual((640, 480))
        assert first.display.process
        first.display.process.kill()
        first.display.process.wait()
        with pytest.raises(ScreenLost, match="went away"):
            first.inputs.press("a")
        with pytest.raises(ScreenLost):
            first.grabber.look()
        assert not first.usable
        second = pool.virtual((640, 480))
        assert second is not first
        assert second.grabber.look().shape == (480, 640, 3)
        second.inputs.type("works")
        assert pool.virtual((640, 480)) is second
        assert pool.virtual((800, 600)).grabber.look().shape == (600, 800, 3)
    finally:
        pool.close()


def test_in_a_run_the_other_tests_go_on(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        def test_first(visualdiff_screen):
            visualdiff_screen.desktop.display.process.kill()
            visualdiff_screen.press("a")

        def test_second(visualdiff_screen):
            visualdiff_screen.press("a")
    """)
    result = pytester.runpytest_subprocess("-W", "error")
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["*ScreenLost: the display went away while*"])


def test_each_worker_has_a_display_of_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import os, time
        import pytest

        @pytest.mark.parametrize("number", range(2))
        def test_it(visualdiff_screen, number):
            visualdiff_screen.type("a")
            name = visualdiff_screen.desktop.display.name
            open(os.environ["PYTEST_XDIST_WORKER"], "w").write(name)
            time.sleep(1.5)
    """)
    pytester.runpytest_subprocess("-n", "2").assert_outcomes(passed=2)
    names = {(pytester.path / worker).read_text() for worker in ("gw0", "gw1")}
    assert len(names) == 2


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A display that plays the developer's real one."""
    display = displays.start((1000, 700))
    for name in ("DISPLAY", "XAUTHORITY"):
        monkeypatch.setenv(name, str(display.environment[name]))
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("XDG_SESSION_TYPE", raising=False)
    yield display
    display.stop()


@pytest.mark.usefixtures("desktop")
def test_the_real_desktop_is_used_when_asked_by_one_test_at_a_time(
    pytester: pytest.Pytester,
) -> None:
    """Two workers, one desktop: their tests do not overlap."""
    pytester.makepyfile("""
        import time
        import pytest

        @pytest.mark.parametrize("number", range(3))
        def test_it(visualdiff_screen, number):
            assert visualdiff_screen.size == (1000, 700)
            start = time.time()
            time.sleep(0.5)
            visualdiff_screen.press("a")
            open(f"times{number}", "w").write(f"{start} {time.time()}")
    """)
    result = pytester.runpytest_subprocess("-n", "2", "--visualdiff-screen=real")
    result.assert_outcomes(passed=3)
    spans = sorted(
        tuple(map(float, path.read_text().split())) for path in pytester.path.glob("times*")
    )
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


def test_a_desktop_that_is_not_let_go_is_told_with_its_holder(
    pytester: pytest.Pytester, desktop: Any
) -> None:
    pytester.makepyfile(TEST)
    with held(desktop.name, "test_of_a_colleague", 1):
        result = pytester.runpytest_subprocess(
            "--visualdiff-screen=real", "--visualdiff-screen-wait=0.3"
        )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ScreenBusy*test_of_a_colleague*waited 0.3 s*"])


def test_a_lock_ends_with_the_process_that_holds_it(tmp_path: Path) -> None:
    code = (
        "import time\n"
        "from pytest_visualdiff.desktop.machine import held\n"
        f"with held(':{tmp_path.name}', 'killed', 1):\n"
        "    print('held', flush=True); time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    with pytest.raises(ScreenBusy, match="killed"), held(f":{tmp_path.name}", "me", 0.1):
        pass
    process.kill()
    process.communicate()
    with held(f":{tmp_path.name}", "me", 1):
        pass


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"DISPLAY": ""}, "DISPLAY is not set"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "Wayland session"),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, "Wayland session"),
        ({"DISPLAY": ":4711"}, "takes no connection"),
    ],
)
def test_a_desktop_that_cannot_be_used_is_told(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    told: str,
) -> None:
    """No display, Wayland, a display that is gone: an error of the test, and the run goes on."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "XAUTHORITY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    pytester.makepyfile(TEST, test_other="def test_other(): pass")
    result = pytester.runpytest_subprocess("--visualdiff-screen=real", "-W", "error")
    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines([f"*ScreenUnavailable: *{told}*"])


def test_without_xvfb_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ScreenUnavailable, match="apt-get install xvfb"):
        displays.start((640, 480))


def test_an_xvfb_that_does_not_start_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice it ends at once; the third attempt is the real one. Then it never does."""
    real = subprocess.run(["which", "Xvfb"], capture_output=True, text=True, check=True).stdout
    broken = tmp_path / "Xvfb"
    broken.write_text(
        f"#!/bin/sh\necho >>{tmp_path}/tries\n"
        f'[ $(wc -l <{tmp_path}/tries) -ge 3 ] && exec {real.strip()} "$@"\nexit 1\n'
    )
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    display = displays.start((640, 480))
    assert display.alive
    display.stop()
    broken.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(ScreenUnavailable, match=r"3 attempts.*it ended at once"):
        displays.start((640, 480))


@pytest.mark.parametrize("browser", ["firefox", "chrome"])
def test_a_killed_browser_is_told_and_the_next_open_starts_another(
    shown: Callable[..., Screen], browser: str
) -> None:
    screen = shown("<button id=b>Button</button>", browser)
    box = screen.to_screen(screen.driver.find_element("id", "b"))
    template = screen.look()[box.y : box.bottom, box.x : box.right].copy()
    caps = screen.driver.caps
    os.kill(caps.get("moz:processID") or caps["goog:processID"], signal.SIGKILL)
    time.sleep(0.5)
    with pytest.raises(BrowserDied, match=f"{browser}.*no window any more"):
        screen.find(template, timeout=0.3)
    screen = shown("<button id=b>Button</button>", browser)
    assert screen.find(template)


def test_a_screen_resized_between_find_and_click_is_told(shown: Callable[..., Screen]) -> None:
    from Xlib.ext import randr

    screen = shown("<button id=b>Button</button>", "firefox")
    box = screen.to_screen(screen.driver.find_element("id", "b"))
    match = screen.find(screen.look()[box.y : box.bottom, box.x : box.right].copy())
    connection = connect(screen.desktop.display)
    root = connection.screen().root
    crtcs = randr.get_screen_resources(root)
    randr.SetCrtcConfig(
        display=root.display,
        opcode=root.display.get_extension_major(randr.extname),
        crtc=crtcs.crtcs[0],
        timestamp=0,
        config_timestamp=crtcs.config_timestamp,
        x=0,
        y=0,
        mode=0,
        rotation=randr.Rotate_0,
        outputs=[],
    )
    randr.set_screen_size(root, 1000, 700, 300, 200)
    connection.sync()
    connection.close()
    assert until(lambda: screen.size == (1000, 700))
    with pytest.raises(ScreenResized, match=r"was 1280x800 .* is .* now"):
        screen.click(match)
    screen.screenshot()


def test_a_pointer_in_the_corner_stops_the_test(visualdiff_screen: Screen) -> None:
    """PyAutoGUI's fail-safe stays on: a person can always stop it."""
    inputs = visualdiff_screen.desktop.inputs
    inputs._gui._pyautogui_x11._moveTo(0, 0)
    with pytest.raises(EmergencyStop, match="corner"):
        visualdiff_screen.press("a")
    inputs._gui._pyautogui_x11._moveTo(500, 400)


def test_importing_without_a_display_never_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    code = "import pytest_visualdiff.plugin.main, pytest_visualdiff.desktop.screen as s; s.Screen"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
