"""A real Selenium Grid: a hub and two nodes with one browser each, on this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

import grid as grid_support
from pytest_visualdiff.browsers import BrowserSpec
from pytest_visualdiff.browsers.pool import BrowserPool, RemoteSessions
from pytest_visualdiff.capture import CaptureOptions, capture
from pytest_visualdiff.errors import BrowserDied, BrowserUnavailable
from pytest_visualdiff.images import png

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from grid import Grid

MISSING = grid_support.available()
pytestmark = pytest.mark.skipif(
    bool(MISSING) and not os.environ.get("CI"), reason=MISSING or "a Grid can be started"
)
PAGE = b"<!doctype html><title>page</title><body style='margin:0;height:2345px'>hello"


@pytest.fixture(scope="module")
def grid() -> Iterator[Grid]:
    assert not MISSING, MISSING
    with grid_support.running({"chrome": 1}, {"firefox": 1}) as grid:
        yield grid


@pytest.fixture
def pool() -> Iterator[BrowserPool]:
    pool = BrowserPool()
    yield pool
    pool.close()


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.2)
    return False


def test_workers_that_need_each_other_s_slot_do_not_lock(
    pytester: pytest.Pytester, grid: Grid, site: str
) -> None:
    """Two workers that use both browsers in turn share one slot of each, and leave no session.

    A worker that kept its Firefox while it waits for a Chrome would wait for ever.
    """
    pytester.makepyfile(
        f"""
        import pytest

        @pytest.mark.visualdiff(browsers=["chrome", "firefox"], viewports=["400x300"])
        @pytest.mark.parametrize("number", range(3))
        def test_page(visualdiff_driver, visualdiff, number):
            visualdiff_driver.get("{site}")
            visualdiff.check(visualdiff_driver, "page")
        """
    )
    arguments = ["-n", "2", f"--visualdiff-remote={grid.url}", "--visualdiff-remote-wait=240"]
    approve = ["--visualdiff-approve=new", "--visualdiff-approve-in-ci"]
    pytester.runpytest_subprocess(*arguments, *approve, timeout=500).assert_outcomes(passed=6)
    assert until(lambda: grid.sessions() == [])


def test_a_full_grid_is_named_after_the_wait(pool: BrowserPool, grid: Grid) -> None:
    """The error names slots and queue, and what to set; the abandoned request leaves no session."""
    holder = BrowserPool()
    holder.acquire(BrowserSpec("firefox", remote=grid.url))
    started = time.monotonic()
    with pytest.raises(BrowserUnavailable) as caught:
        pool.acquire(BrowserSpec("firefox", remote=grid.url, remote_wait=2))
    assert time.monotonic() - started < 60
    told = str(caught.value)
    for word in ("firefox 1 of 1 busy", "chrome", "in its queue", "remote_wait", "max-sessions"):
        assert word in told
    holder.close()
    # The Grid may still give the session that nobody waits for: it ends with its owner's pool.
    until(lambda: bool(grid.sessions()), 10)
    pool.close()
    assert until(lambda: grid.sessions() == [])


def test_an_idle_session_goes_before_another_is_asked_for(grid: Grid) -> None:
    """Pools of one worker hold one session together; only one that a test uses stays."""
    sessions = RemoteSessions(1)
    first, second = BrowserPool(None, sessions), BrowserPool(None, sessions)
    first.acquire(BrowserSpec("chrome", remote=grid.url))
    first.release()
    second.acquire(BrowserSpec("firefox", remote=grid.url))
    assert len(grid.sessions()) == 1
    first.acquire(BrowserSpec("chrome", remote=grid.url))
    assert len(grid.sessions()) == 2
    for one in (first, second, sessions):
        one.close()
    assert until(lambda: grid.sessions() == [])


@pytest.mark.parametrize("name", ["chrome", "firefox"])
def test_a_whole_page_over_the_grid(pool: BrowserPool, grid: Grid, site: str, name: str) -> None:
    """Both browsers give the whole page in one picture, as local ones do."""
    driver = pool.acquire(BrowserSpec(name, (400, 300), remote=grid.url))
    driver.get(site)
    shot = capture(driver, CaptureOptions(full_page=True))
    assert png.size(shot.png) == (400, 2345)
    assert shot.environment.browser == name


def test_sessions_end_with_a_killed_owner(grid: Grid) -> None:
    """A worker killed with -9 leaves no session, though the Grid itself would wait 300 s."""
    code = (
        "from pytest_visualdiff.browsers import BrowserSpec\n"
        "from pytest_visualdiff.browsers.pool import BrowserPool\n"
        "import time\n"
        "pool = BrowserPool()\n"
        f"pool.acquire(BrowserSpec('firefox', remote={grid.url!r}))\n"
        "print('ready', flush=True)\n"
        "time.sleep(300)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as owner:
        assert owner.stdout
        assert owner.stdout.readline()
        assert len(grid.sessions()) == 1
        owner.kill()
    assert until(lambda: grid.sessions() == [])


def test_a_hub_without_nodes_is_named(pool: BrowserPool, tmp_path: Path) -> None:
    """The error says that there is no node, and what to look at."""
    assert not MISSING, MISSING
    empty = grid_support.Grid(tmp_path)
    try:
        empty.start_hub()
        with pytest.raises(BrowserUnavailable, match="0 nodes, no slots") as caught:
            pool.acquire(BrowserSpec("chrome", remote=empty.url, remote_wait=2))
        assert "start a node" in str(caught.value)
    finally:
        empty.stop()


def test_a_node_that_dies_costs_one_test(pool: BrowserPool, grid: Grid, site: str) -> None:
    """Its test gets a typed error, and the next one a session on another node."""
    grid.add_node({"chrome": 1})
    spec = BrowserSpec("chrome", remote=grid.url)
    first = pool.acquire(spec)
    busy = next(
        grid.nodes[grid.addresses.index(node["uri"])]
        for node in grid.status()["nodes"]
        if any(slot["session"] for slot in node["slots"])
    )
    for pid in busy.members():
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(BrowserDied):
        capture(first, CaptureOptions())
    driver = pool.acquire(spec)
    driver.get(site)
    assert driver.title == "page"
    assert driver.session_id != first.session_id
