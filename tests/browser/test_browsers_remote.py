"""Browsers behind a WebDriver server: a plain driver process plays the remote end."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest

from pytest_visualdiff.browsers import BrowserSpec, installed, reset
from pytest_visualdiff.browsers.pool import BrowserPool
from pytest_visualdiff.browsers.processes import ProcessGroup
from pytest_visualdiff.errors import BrowserDied, BrowserUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

from pytest_visualdiff.browsers.webdriver_errors import explained


class Server:
    """A chromedriver or geckodriver on a free port, as a remote machine would run it."""

    def __init__(self, name: str, folder: Path) -> None:
        found = installed.find(name)
        assert found.browser, f"{name} must be installed: {installed.advice(name)}"
        assert found.driver, f"{name} must have a driver: {installed.advice(name)}"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        option = ["--port", str(port)] if name == "firefox" else [f"--port={port}"]
        self.process = subprocess.Popen(
            [found.driver.path, *option],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._leash = ProcessGroup(self.process.pid, str(folder))
        self._await()
        key = "moz:firefoxOptions" if name == "firefox" else "goog:chromeOptions"
        arguments = [] if name == "firefox" else ["--no-sandbox"]
        options = {key: {"binary": found.browser.path, "args": arguments}}
        self.spec = BrowserSpec(name, remote=self.url, capabilities=options)

    def _await(self) -> None:
        for _ in range(200):
            try:
                urlopen(self.url + "/status", timeout=5).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        pytest.fail("the driver did not start")

    def stop(self) -> None:
        self._leash.release()
        self.process.wait()


@pytest.fixture(params=["chrome", "firefox"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "server"
    folder.mkdir()
    server = Server(request.param, folder)
    yield server
    server.stop()


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>site</title>")

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def pool() -> Iterator[BrowserPool]:
    pool = BrowserPool()
    yield pool
    pool.close()


def test_a_remote_browser_works_like_a_local_one(
    pool: BrowserPool, server: Server, site: str
) -> None:
    """Exact viewports, one session for many tests, clean storage and the requested name."""
    driver = pool.acquire(server.spec)
    assert driver.caps["visualdiff:browser"] == server.spec.name
    driver.get(site)
    driver.execute_script("localStorage.crumb = 1; document.cookie = 'crumb=1'")
    again = pool.acquire(server.spec)
    assert again.session_id == driver.session_id
    assert again.execute_script("return [innerWidth, innerHeight]") == [1280, 800]
    again.get(site)
    assert again.execute_script("return [localStorage.length, document.cookie]") == [0, ""]


def test_a_remote_end_that_grants_nothing_is_cleaned_plainly(
    pool: BrowserPool, server: Server, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without DevTools and privileges the current origin is cleaned, in a new tab."""
    monkeypatch.setattr(reset, "type_of", lambda _capabilities: None)
    driver = pool.acquire(server.spec)
    driver.get(site)
    driver.execute_script(
        "localStorage.crumb = 1; sessionStorage.crumb = 1; window.name = 'crumb';"
        "document.cookie = 'crumb=1'"
    )
    first = driver.current_window_handle
    driver = pool.acquire(server.spec)
    assert driver.window_handles == [driver.current_window_handle] != [first]
    driver.get(site)
    traces = "return [localStorage.length, sessionStorage.length, window.name, document.cookie]"
    assert driver.execute_script(traces) == [0, 0, "", ""]
    assert driver.execute_script("return [innerWidth, innerHeight]") == [1280, 800]


def test_a_refusal_is_noticed_when_the_browser_starts(
    pool: BrowserPool, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A remote end that refuses the commands for cleaning is not asked for them again."""
    from selenium.common.exceptions import UnknownMethodException

    def refuse(*_args: Any, **_more: Any) -> None:
        raise UnknownMethodException("unknown command")

    monkeypatch.setattr(reset, "_devtools", refuse)
    monkeypatch.setattr(reset, "privileged", refuse)
    pool.acquire(server.spec)
    assert pool._running[server.spec.identity][1] is reset.plain


def test_a_session_ended_elsewhere_is_replaced(pool: BrowserPool, server: Server) -> None:
    """A session that the remote end has ended (idle, restarted) is replaced silently."""
    driver = pool.acquire(server.spec)
    driver.execute("quit")
    with pytest.raises(BrowserDied), explained(driver):
        driver.get_screenshot_as_png()
    assert pool.acquire(server.spec).session_id != driver.session_id


def test_a_remote_end_that_is_gone_is_named(pool: BrowserPool, server: Server) -> None:
    """A remote end that cannot be reached is a typed error with its address."""
    pool.acquire(server.spec)
    server.stop()
    with pytest.raises(BrowserUnavailable, match=server.url):
        pool.acquire(server.spec)
