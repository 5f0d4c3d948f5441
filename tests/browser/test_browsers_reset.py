"""Each test gets a browser like new, while one process serves them all. Real browsers."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.browsers import BrowserSpec
from pytest_visualdiff.browsers.pool import BrowserPool

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = "<!doctype html><title>site</title><link rel=stylesheet href=/cached.css><body><input id=i>"
LEAVE_TRACES = """
const done = arguments[arguments.length - 1];
document.cookie = 'crumb=1; max-age=3600';
localStorage.crumb = 1; sessionStorage.crumb = 1; window.name = 'crumb';
const open = indexedDB.open('crumb', 1);
open.onupgradeneeded = () => open.result.createObjectStore('crumbs');
open.onsuccess = () => { open.result.close(); caches.open('crumb').then(() => done()); };
open.onerror = () => done(String(open.error));
"""
FIND_TRACES = """
const done = arguments[arguments.length - 1];
Promise.all([indexedDB.databases(), caches.keys()]).then(([bases, caches]) => done({
  cookie: document.cookie, local: localStorage.length, session: sessionStorage.length,
  name: window.name, bases: bases.map(base => base.name), caches: caches}));
"""
NO_TRACES = {"cookie": "", "local": 0, "session": 0, "name": "", "bases": [], "caches": []}


class Site(ThreadingHTTPServer):
    """A loopback site that counts requests."""

    daemon_threads = True

    def __init__(self) -> None:
        self.hits: Counter[str] = Counter()
        super().__init__(("127.0.0.1", 0), Handler)

    def origin(self, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.hits[self.path] += 1
        style = self.path.endswith(".css")
        body = b"body { margin: 0 }" if style else PAGE.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/css" if style else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=3600" if style else "no-store")
        if self.path != "/favicon.ico":  # an icon that arrives late must not bring it back
            self.send_header("Set-Cookie", "server=1; HttpOnly; Max-Age=3600")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def pool() -> Iterator[BrowserPool]:
    pool = BrowserPool()
    yield pool
    pool.close()


@pytest.fixture(params=["chrome", "firefox"])
def spec(request: pytest.FixtureRequest) -> BrowserSpec:
    return BrowserSpec(request.param)


def inner(driver: Any) -> tuple[int, int]:
    width, height = driver.execute_script("return [innerWidth, innerHeight]")
    return width, height


def test_nothing_of_a_test_reaches_the_next(
    pool: BrowserPool, spec: BrowserSpec, site: Site
) -> None:
    """Cookies, storage, databases, caches and the window's name are gone, for all origins."""
    origins = [site.origin(), site.origin("localhost")]
    driver = pool.acquire(spec)
    for origin in origins:
        driver.get(origin)
        assert driver.execute_async_script(LEAVE_TRACES) is None
        assert driver.execute_async_script(FIND_TRACES) != NO_TRACES
    driver = pool.acquire(spec)
    assert driver.current_url == "about:blank"
    for origin in origins:
        driver.get(origin)
        assert [cookie["name"] for cookie in driver.get_cookies()] == ["server"]
        driver.delete_cookie("server")
        assert driver.execute_async_script(FIND_TRACES) == NO_TRACES
        assert driver.get_cookies() == []


@pytest.mark.parametrize("last", ["about:blank", "data:text/html,<p>", "http://127.0.0.1:1/"])
def test_session_storage_goes_from_any_last_page(
    pool: BrowserPool, spec: BrowserSpec, site: Site, last: str
) -> None:
    """A test that ended on a blank page or on an error leaves no session storage behind."""
    driver = pool.acquire(spec)
    driver.get(site.origin())
    driver.execute_script("sessionStorage.crumb = 1")
    with contextlib.suppress(Exception):
        driver.get(last)
    driver = pool.acquire(spec)
    driver.get(site.origin())
    assert driver.execute_script("return sessionStorage.length") == 0


def test_cookies_that_scripts_cannot_see_are_gone(
    pool: BrowserPool, spec: BrowserSpec, site: Site
) -> None:
    """A session cookie of the server, out of reach of scripts, does not survive either."""
    pool.acquire(spec).get(site.origin())
    driver = pool.acquire(spec)
    driver.get("about:blank")
    driver.get(site.origin() + "/cached.css?other")
    names = [cookie["name"] for cookie in driver.get_cookies()]
    assert names == ["server"]  # from this answer, not from the first one
    driver.delete_all_cookies()
    pool.acquire(spec)


def test_the_http_cache_stays_warm(pool: BrowserPool, spec: BrowserSpec, site: Site) -> None:
    """What the server allows to be cached is not loaded again by the next test."""
    pool.acquire(spec).get(site.origin())
    before = site.hits["/cached.css"]
    for _ in range(3):
        driver = pool.acquire(spec)
        driver.get(site.origin())
        assert driver.execute_script("return document.styleSheets.length") == 1
    assert site.hits["/cached.css"] == before


def test_history_does_not_lead_back(pool: BrowserPool, spec: BrowserSpec, site: Site) -> None:
    """The back button of a new test leads to no page of an earlier one."""
    pool.acquire(spec).get(site.origin())
    driver = pool.acquire(spec)
    driver.back()
    assert driver.current_url == "about:blank"


def test_one_process_serves_all(pool: BrowserPool, spec: BrowserSpec) -> None:
    """Acquiring again gives the same session, in every viewport."""
    first = pool.acquire(spec)
    sessions = {
        pool.acquire(BrowserSpec(spec.name, (400 + 100 * step, 600))).session_id
        for step in range(5)
    }
    assert sessions == {first.session_id}


def test_viewports_are_exact(pool: BrowserPool, spec: BrowserSpec) -> None:
    """The inner size is the wanted one to the pixel, narrow ones and the way back included."""
    for viewport in [(1280, 800), (390, 844), (1000, 700), (320, 480), (1920, 1080), (1280, 800)]:
        driver = pool.acquire(BrowserSpec(spec.name, viewport))
        assert inner(driver) == viewport
        driver.get("data:text/html,<!doctype html><body style='height:5000px'>")
        assert inner(driver) == viewport
        assert driver.execute_script("return document.documentElement.clientWidth") == viewport[0]


def test_the_capture_knows_the_requested_name(pool: BrowserPool, spec: BrowserSpec) -> None:
    """The driver says which browser was asked for, whatever the engine calls itself."""
    assert pool.acquire(spec).caps["visualdiff:browser"] == spec.name


def test_extra_windows_are_closed(pool: BrowserPool, spec: BrowserSpec) -> None:
    """Windows and tabs that a test opened are closed; one window is left."""
    driver = pool.acquire(spec)
    driver.switch_to.new_window("tab")
    driver.switch_to.new_window("window")
    driver.execute_script("window.open('about:blank', '_blank', 'width=300,height=300')")
    driver = pool.acquire(spec)
    assert len(driver.window_handles) == 1
    assert inner(driver) == spec.viewport


def test_a_closed_first_window_is_no_trouble(pool: BrowserPool, spec: BrowserSpec) -> None:
    """A test that closed its first window and stayed in another leaves no trace."""
    driver = pool.acquire(spec)
    session = driver.session_id
    driver.switch_to.new_window("tab")
    other = driver.current_window_handle
    driver.switch_to.window(next(one for one in driver.window_handles if one != other))
    driver.close()  # and the driver is left in a window that is gone
    driver = pool.acquire(spec)
    assert driver.session_id == session
    assert inner(driver) == spec.viewport


@pytest.mark.parametrize("dialog", ["alert('hi')", "confirm('hi')", "prompt('hi')"])
def test_an_open_dialog_is_dismissed(pool: BrowserPool, spec: BrowserSpec, dialog: str) -> None:
    """A dialog that a test left open is gone, and the browser need not be started again."""
    driver = pool.acquire(spec)
    driver.execute_script(f"setTimeout(() => {dialog}, 0)")
    driver = pool.acquire(spec)
    assert driver.execute_script("return 1") == 1


def test_a_dialog_in_another_window_does_not_hang(pool: BrowserPool, spec: BrowserSpec) -> None:
    """A dialog of a first window, with a popup open in the same process, is dismissed as well."""
    driver = pool.acquire(spec)
    session = driver.session_id
    first = driver.current_window_handle
    driver.execute_script("window.open('about:blank', '_blank', 'width=300,height=300')")
    popup = driver.window_handles[-1]
    # ChromeDriver hangs when a dialog opens while it attaches itself to a new window.
    driver.switch_to.window(popup)
    driver.switch_to.window(first)
    driver.execute_script("setTimeout(() => alert('hi'), 500)")
    driver.switch_to.window(popup)
    time.sleep(1.0)
    driver = pool.acquire(spec)
    assert driver.session_id == session
    assert len(driver.window_handles) == 1


def test_a_page_that_asks_before_it_is_left_is_left(
    pool: BrowserPool, spec: BrowserSpec, site: Site
) -> None:
    """A page with an onbeforeunload question and unsaved input does not hold the next test up."""
    driver = pool.acquire(spec)
    driver.get(site.origin())
    driver.execute_script("onbeforeunload = event => { event.preventDefault(); return 'sure?' }")
    driver.find_element("id", "i").send_keys("unsaved")
    assert pool.acquire(spec).current_url == "about:blank"


def test_frames_and_timeouts_are_left(pool: BrowserPool, spec: BrowserSpec) -> None:
    """A test that switched into a frame and set timeouts of its own has no successor in there."""
    driver = pool.acquire(spec)
    driver.get("data:text/html,<iframe srcdoc='<p>in'></iframe>")
    driver.switch_to.frame(0)
    driver.implicitly_wait(7)
    driver.set_script_timeout(1)
    driver = pool.acquire(spec)
    assert driver.execute_script("return window === top") is True
    timeouts = driver.timeouts
    assert (timeouts.implicit_wait, timeouts.page_load, timeouts.script) == (0, 30, 30)


@pytest.mark.parametrize("name", ["firefox"])
def test_a_privileged_context_is_left(pool: BrowserPool, name: str) -> None:
    """A test that left Firefox in its privileged context has a successor in a page."""
    driver: Any = pool.acquire(BrowserSpec(name))
    driver.set_context("chrome")
    driver = pool.acquire(BrowserSpec(name))
    assert driver.execute_script("return location.href") == "about:blank"


@pytest.mark.parametrize(
    ("command", "arguments", "expression", "usual"),
    [
        (
            "Emulation.setDeviceMetricsOverride",
            {"width": 300, "height": 300, "deviceScaleFactor": 3, "mobile": True},
            "[innerWidth, devicePixelRatio]",
            [1280, 1],
        ),
        (
            "Emulation.setEmulatedMedia",
            {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]},
            "matchMedia('(prefers-reduced-motion: reduce)').matches",
            False,
        ),
        (
            "Emulation.setTimezoneOverride",
            {"timezoneId": "Asia/Tokyo"},
            "new Date().getTimezoneOffset() !== -540",
            True,
        ),
        (
            "Emulation.setUserAgentOverride",
            {"userAgent": "mine"},
            "navigator.userAgent !== 'mine'",
            True,
        ),
        (
            "Page.addScriptToEvaluateOnNewDocument",
            {"source": "window.mine = 1"},
            "typeof mine",
            "undefined",
        ),
    ],
)
def test_changes_through_devtools_are_undone(
    pool: BrowserPool, command: str, arguments: dict[str, Any], expression: str, usual: object
) -> None:
    """Emulation that a test switched on, and scripts it added, end with it."""
    driver: Any = pool.acquire(BrowserSpec("chrome"))
    session = driver.session_id
    driver.execute_cdp_cmd(command, arguments)
    driver = pool.acquire(BrowserSpec("chrome"))
    driver.get("data:text/html,<!doctype html>")
    assert driver.execute_script(f"return {expression}") == usual
    assert driver.session_id == session
