"""Browsers start, die, are replaced and end, leaving no process behind. Real browsers."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.browsers import BrowserSpec, launch
from pytest_visualdiff.browsers import pool as pools
from pytest_visualdiff.browsers.pool import BrowserPool
from pytest_visualdiff.browsers.processes import ProcessGroup
from pytest_visualdiff.browsers.webdriver_errors import explained
from pytest_visualdiff.errors import (
    AlertOpen,
    BrowserDied,
    BrowserUnavailable,
    TargetNotFound,
    ViewportRefused,
    WindowClosed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BROWSERS = ["chrome", "firefox"]


@pytest.fixture
def pool() -> Iterator[BrowserPool]:
    pool = BrowserPool()
    yield pool
    pool.close()


def browser_pid(driver: Any) -> int:
    return int(driver.caps.get("goog:processID") or driver.caps["moz:processID"])


def driver_pid(driver: Any) -> int:
    return int(driver.service.process.pid)


def process_group(pool: BrowserPool, spec: BrowserSpec) -> ProcessGroup:
    held = pool._running[spec.identity][0].processes
    assert held is not None
    return held


@pytest.mark.parametrize("name", BROWSERS)
@pytest.mark.parametrize("victim", [driver_pid, browser_pid])
def test_a_browser_killed_in_the_middle_is_told_and_replaced(
    pool: BrowserPool, name: str, victim: Callable[[Any], int]
) -> None:
    """After kill -9 of driver or browser: a typed error now, a working one for the next test."""
    spec = BrowserSpec(name)
    driver = pool.acquire(spec)
    old = process_group(pool, spec)
    os.kill(victim(driver), signal.SIGKILL)
    with pytest.raises(BrowserDied, match=name) as caught, explained(driver):
        driver.get_screenshot_as_png()
    version = driver.caps["browserVersion"]
    assert f"{name} {version}" in str(caught.value)
    assert "driver" in str(caught.value)
    again = pool.acquire(spec)
    assert again.session_id != driver.session_id
    assert again.execute_script("return [innerWidth, innerHeight]") == [1280, 800]
    assert old.members() == []


@pytest.mark.parametrize("name", BROWSERS)
def test_a_browser_that_the_test_quit_is_replaced(pool: BrowserPool, name: str) -> None:
    """A test that calls ``driver.quit()`` does not hurt the next one."""
    pool.acquire(BrowserSpec(name)).quit()
    assert pool.acquire(BrowserSpec(name)).execute_script("return 1") == 1


@pytest.mark.parametrize("name", BROWSERS)
def test_a_browser_that_hangs_is_replaced(
    pool: BrowserPool, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser that no longer answers is ended after a bounded time and replaced."""
    spec = BrowserSpec(name)
    driver = pool.acquire(spec)
    old = process_group(pool, spec)
    os.kill(browser_pid(driver), signal.SIGSTOP)
    monkeypatch.setattr(pools, "CLEAN_SECONDS", 4.0)
    started = time.monotonic()
    assert pool.acquire(spec).execute_script("return 1") == 1
    assert time.monotonic() - started < 90
    assert old.members() == []


@pytest.mark.parametrize("name", BROWSERS)
def test_close_leaves_no_process_and_no_files(name: str) -> None:
    """After ``close()`` driver, browser and all their children are gone, and so are profiles."""
    pool, spec = BrowserPool(), BrowserSpec(name)
    driver = pool.acquire(spec)
    held, pids = process_group(pool, spec), [driver_pid(driver), browser_pid(driver)]
    folder = Path(held._folder)
    assert set(pids) <= set(held.members())
    assert folder.is_dir()
    pool.close()
    assert held.members() == []
    assert not folder.exists()
    pool.close()  # and closing twice is no error


@pytest.mark.parametrize("name", BROWSERS)
@pytest.mark.parametrize("ending", ["", "os.kill(os.getpid(), 9)", "raise SystemExit(3)"])
def test_an_interpreter_that_ends_takes_its_browsers_along(name: str, ending: str) -> None:
    """However the process of the tests ends, without ``close()``, its browsers end with it."""
    code = (
        "import os\n"
        "from pytest_visualdiff.browsers import BrowserSpec\n"
        "from pytest_visualdiff.browsers.pool import BrowserPool\n"
        f"pool = BrowserPool(); driver = pool.acquire(BrowserSpec({name!r}))\n"
        "print(driver.service.process.pid, flush=True)\n" + ending
    )
    path = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        check=False,
    )
    assert done.stdout.strip().isdigit(), done.stderr
    watched = ProcessGroup.__new__(ProcessGroup)
    watched.pid = int(done.stdout)
    deadline = time.monotonic() + 10
    while watched.members() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert watched.members() == []


@pytest.mark.parametrize("name", BROWSERS)
def test_ctrl_c_does_not_reach_the_browser(pool: BrowserPool, name: str) -> None:
    """Driver and browser are in a session of their own, which the terminal does not signal."""
    driver = pool.acquire(BrowserSpec(name))
    assert os.getsid(driver_pid(driver)) != os.getsid(0)
    assert os.getsid(browser_pid(driver)) != os.getsid(0)


@pytest.mark.parametrize("name", BROWSERS)
def test_pixel_ratio_two(pool: BrowserPool, name: str) -> None:
    """At a pixel ratio of 2 the viewport is in CSS pixels and the picture twice as large."""
    driver = pool.acquire(BrowserSpec(name, (390, 700), pixel_ratio=2))
    assert driver.execute_script("return [innerWidth, innerHeight, devicePixelRatio]") == [
        390,
        700,
        2,
    ]
    png = driver.get_screenshot_as_png()
    assert (int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")) == (780, 1400)


@pytest.mark.parametrize("name", BROWSERS)
def test_faults_of_a_page_are_typed(pool: BrowserPool, name: str) -> None:
    """Dialog, closed window and missing element each have an error of their own."""
    driver = pool.acquire(BrowserSpec(name))
    with pytest.raises(TargetNotFound, match=name), explained(driver):
        driver.find_element("css selector", "#none")
    with pytest.raises(TargetNotFound, match=name), explained(driver):
        driver.find_element("css selector", "::::")
    driver.execute_script("setTimeout(() => alert('sure?'), 0)")
    time.sleep(0.2)
    with pytest.raises(AlertOpen, match=r"switch_to\.alert"), explained(driver):
        driver.get_screenshot_as_png()
    driver = pool.acquire(BrowserSpec(name))
    driver.switch_to.new_window("tab")
    driver.close()
    with pytest.raises(WindowClosed, match="closed"), explained(driver):
        driver.get_screenshot_as_png()


@pytest.mark.parametrize("name", ["firefox"])  # Chromium draws any size by emulation
def test_a_window_that_cannot_be_so_large_is_refused(pool: BrowserPool, name: str) -> None:
    """An impossible viewport is a typed error with wanted and real sizes; the browser lives on."""
    driver = pool.acquire(BrowserSpec(name))
    with pytest.raises(ViewportRefused, match=r"1280x20000.*stays at \d+x\d+") as caught:
        pool.acquire(BrowserSpec(name, (1280, 20000)))
    assert "screen" in str(caught.value)
    assert pool.acquire(BrowserSpec(name)).session_id == driver.session_id


@pytest.mark.parametrize("name", BROWSERS)
def test_customise_reaches_the_browser(name: str) -> None:
    """The user's function changes the options of the browser that is really started."""

    def german(which: str, options: Any) -> None:
        if which == "firefox":
            options.set_preference("intl.accept_languages", "de")
        else:
            options.add_experimental_option("prefs", {"intl.accept_languages": "de"})

    pool = BrowserPool(german)
    try:
        driver = pool.acquire(BrowserSpec(name))
        assert driver.execute_script("return navigator.language") == "de"
    finally:
        pool.close()


@pytest.mark.parametrize("name", BROWSERS)
def test_a_browser_that_fails_to_start_says_everything(
    pool: BrowserPool, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser that runs, but is no browser: files, versions, reason, advice; no process left."""
    fake = tmp_path / "browser"
    fake.write_text("#!/bin/sh\necho 'Fake 156.0.1.2'\n", "utf-8")
    fake.chmod(0o755)
    monkeypatch.setenv(f"VISUALDIFF_{name.upper()}_BINARY", str(fake))
    monkeypatch.setattr(launch, "START_SECONDS", 8.0)
    with pytest.raises(BrowserUnavailable) as caught:
        pool.acquire(BrowserSpec(name))
    message = str(caught.value)
    assert message.startswith(f"{name} cannot start: ")
    for part in (f"{fake} 156.0.1.2", "driver  ", "install", "VISUALDIFF_"):
        assert part in message
    assert not pool._running


def test_a_browser_that_never_answers_is_given_up(
    pool: BrowserPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Starting never hangs: a driver that accepts and says nothing is ended."""
    silent = tmp_path / "chromedriver"
    silent.write_text(
        f"#!{sys.executable}\n"
        "import socket, sys, time\n"
        "if '--version' in sys.argv: sys.exit(print('ChromeDriver 156.0.1.2'))\n"
        "port = next(int(a.split('=')[1]) for a in sys.argv if a.startswith('--port='))\n"
        "s = socket.create_server(('127.0.0.1', port)); s.listen(9)\n"
        "kept = []\n"
        "while True: kept.append(s.accept())\n",
        "utf-8",
    )
    silent.chmod(0o755)
    monkeypatch.setenv("VISUALDIFF_CHROMEDRIVER", str(silent))
    monkeypatch.setattr(launch, "START_SECONDS", 2.0)
    monkeypatch.setattr("pytest_visualdiff.browsers.installed._fits", lambda *_: True)
    started = time.monotonic()
    with pytest.raises(BrowserUnavailable, match="chrome cannot start"):
        pool.acquire(BrowserSpec("chrome"))
    assert time.monotonic() - started < 60


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A screen without a window manager."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        yield f":{number}"
        server.terminate()


@pytest.mark.parametrize("name", BROWSERS)
def test_headed_browsers_have_exact_viewports(
    pool: BrowserPool, display: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a screen the inner size is exact too, below the smallest window of the browser as well."""
    monkeypatch.setenv("DISPLAY", display)
    for viewport in [(1000, 700), (390, 600), (1280, 800)]:
        driver = pool.acquire(BrowserSpec(name, viewport, headed=True))
        inner = driver.execute_script("return [innerWidth, innerHeight]")
        assert tuple(inner) == viewport
        png = driver.get_screenshot_as_png()
        size = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
        assert size == viewport


@pytest.mark.parametrize("name", BROWSERS)
@pytest.mark.parametrize("seconds", [0.05, 0.2, 0.5, 1.0, 2.0])
def test_a_kill_while_a_browser_starts_leaves_nothing(
    name: str, seconds: float, tmp_path: Path
) -> None:
    """Killed with -9 at any moment of the start: no driver, no browser, no folder is left."""
    code = (
        "from pytest_visualdiff.browsers import BrowserSpec, launch\n"
        "print('starting', flush=True)\n"
        f"launch.start(BrowserSpec({name!r}))\n"
        "import time; time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path), "MARK": str(tmp_path)},
    ) as owner:
        assert owner.stdout
        assert owner.stdout.readline()
        time.sleep(seconds)
        owner.kill()
    assert until(lambda: not with_variable("MARK", str(tmp_path)), 30)
    assert until(lambda: not list(tmp_path.iterdir()), 30)


def until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def with_variable(name: str, value: str) -> list[str]:
    """Living processes, other than guards, with a variable of that value."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            guard = b"visualdiff-guard" in path.with_name("cmdline").read_bytes()
            if not guard and f"{name}={value}".encode() in path.read_bytes().split(b"\0"):
                found.append(path.parent.name)
    return found
