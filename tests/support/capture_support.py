"""A loopback site whose pages the tests write, and plain Selenium browsers to look at them."""

from __future__ import annotations

import io
import os
import signal
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image
from selenium import webdriver

from pytest_visualdiff.browsers.installed import find
from pytest_visualdiff.capture import CaptureOptions, capture
from pytest_visualdiff.images.codec import to_array

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.model import Array, Screenshot

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chrome", "firefox")
APART = {"start_new_session": True}
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255)


@dataclass
class Site:
    """Pages and files by path; ``?wait=0.6`` delays any of them."""

    origin: str = ""
    files: dict[str, tuple[str, bytes, dict[str, str]]] = field(default_factory=dict)

    def page(self, html: str, path: str = "/", **headers: str) -> str:
        """Serve a page; returns its URL."""
        text = f"<!doctype html><meta charset=utf-8><style>body{{margin:0}}</style>{html}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.files[path] = ("text/html", text.encode(), named)
        return self.origin + path

    def file(self, path: str, kind: str, data: bytes) -> str:
        """Serve a file; returns its path."""
        self.files[path] = (kind, data, {})
        return path


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """A site on loopback."""
    served = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            time.sleep(float(parse_qs(url.query).get("wait", ["0"])[0]))
            kind, data, headers = served.files.get(url.path, ("", b"", {}))
            self.send_response(int(headers.get("status", 200 if kind else 404)))
            for name, value in {
                "Content-Type": kind,
                "Cache-Control": "no-store",
                **headers,
            }.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            try:
                self.wfile.write(data)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    Thread(target=server.serve_forever, daemon=True).start()
    served.origin = f"http://127.0.0.1:{server.server_port}"
    yield served
    server.shutdown()
    server.server_close()


@contextmanager
def opened(browser: str, ratio: float = 1.0, **preferences: str | int | bool) -> Iterator[Any]:
    """A headless browser of 800x600 CSS pixels, ended afterwards; preferences are Firefox's."""
    driver = _chrome(ratio) if browser == "chrome" else _firefox(ratio, preferences)
    try:
        for _ in range(2):
            inner = driver.execute_script("return [innerWidth, innerHeight]")
            size = driver.get_window_size()
            driver.set_window_size(size["width"] + 800 - inner[0], size["height"] + 600 - inner[1])
        driver.set_page_load_timeout(20)
        yield driver
    finally:
        driver.quit()
        # What a killed driver leaves behind: its browser.
        with suppress(ProcessLookupError):
            os.killpg(driver.service.process.pid, signal.SIGKILL)


def _programs(name: str) -> tuple[str, str]:
    """Paths of a browser and its driver; these tests need real ones."""
    found = find(name)
    assert found.browser, f"{name} is not installed: {found.rejected}"
    assert found.driver, f"{name} has no driver: {found.rejected}"
    return found.browser.path, found.driver.path


def _chrome(ratio: float) -> Any:
    options = webdriver.ChromeOptions()
    options.binary_location, program = _programs("chrome")
    for flag in ("--headless=new", "--no-sandbox", "--hide-scrollbars", "--disable-gpu"):
        options.add_argument(flag)
    options.add_argument("--autoplay-policy=no-user-gesture-required")
    options.add_argument(f"--force-device-scale-factor={ratio}")
    return webdriver.Chrome(
        options=options, service=webdriver.ChromeService(program, popen_kw=APART)
    )


def _firefox(ratio: float, preferences: dict[str, str | int | bool]) -> Any:
    options = webdriver.FirefoxOptions()
    options.binary_location, program = _programs("firefox")
    options.add_argument("-headless")
    options.set_preference("layout.css.devPixelsPerPx", str(ratio))
    options.set_preference("media.autoplay.default", 0)
    for name, value in preferences.items():
        options.set_preference(name, value)
    return webdriver.Firefox(
        options=options, service=webdriver.FirefoxService(program, popen_kw=APART)
    )


@pytest.fixture(scope="session", params=BROWSERS)
def session(request: pytest.FixtureRequest) -> Iterator[Any]:
    """One browser for many tests."""
    with opened(request.param) as driver:
        yield driver


@pytest.fixture
def driver(session: Any) -> Any:
    """The browser on an empty page, in its outermost document."""
    session.switch_to.default_content()
    session.get("about:blank")
    return session


@pytest.fixture(scope="session", params=BROWSERS)
def dense(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A browser with two device pixels per CSS pixel."""
    with opened(request.param, 2.0) as driver:
        yield driver


def look(target: Any, baseline: bytes | None = None, **options: Any) -> Screenshot:
    """One capture, also of pages that show a single colour."""
    options = {"allow_error_page": True, **options}
    return capture(target, CaptureOptions(**options), lambda _environment: baseline)


def pixels(shot: Screenshot | bytes) -> Array:
    """RGB array of a picture."""
    return to_array(shot if isinstance(shot, bytes) else shot.png)[..., :3]


def where(array: Array, colour: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """Left, top, width and height of the box around all pixels of a colour."""
    rows, columns = np.nonzero((array == colour).all(axis=2))
    assert rows.size, f"no pixel of {colour}"
    left, top = int(columns.min()), int(rows.min())
    return left, top, int(columns.max()) - left + 1, int(rows.max()) - top + 1


def has(array: Array, colour: tuple[int, int, int]) -> bool:
    """Whether any pixel has the colour."""
    return bool((array == colour).all(axis=2).any())


def count(array: Array, colour: tuple[int, int, int]) -> int:
    """How many pixels have the colour."""
    return int((array == colour).all(axis=2).sum())


def animated(kind: str) -> bytes:
    """An endless animation of 30x20: red, green, blue, 70 ms each."""
    frames = [Image.new("RGB", (30, 20), colour) for colour in (RED, GREEN, BLUE)]
    file = io.BytesIO()
    extra = {"lossless": True} if kind == "webp" else {}
    frames[0].save(
        file, kind, save_all=True, append_images=frames[1:], duration=70, loop=0, **extra
    )
    return file.getvalue()


def solid(colour: tuple[int, int, int], width: int = 40, height: int = 30) -> bytes:
    """A PNG of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "PNG")
    return file.getvalue()
