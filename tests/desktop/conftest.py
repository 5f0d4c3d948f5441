"""Fixtures of the tests that work on a real screen: real windows, keys and pointer under Xvfb."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from capture_support import site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_visualdiff import Screen

__all__ = ["site"]


def until(condition: Callable[[], Any], seconds: float = 10.0) -> bool:
    """Whether something becomes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.03)
    return False


@contextmanager
def program(screen: Screen, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program with windows on the screen, ended afterwards."""
    with screen.desktop.display.entered():
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=dict(os.environ))
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture(autouse=True)
def _not_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs inside these tests may approve."""
    monkeypatch.delenv("CI", raising=False)


@pytest.fixture
def managed(visualdiff_screen: Screen) -> Iterator[None]:
    """A window manager (openbox), which draws frames around windows."""
    windows = visualdiff_screen.desktop.windows
    assert windows
    with program(visualdiff_screen, "openbox", "--sm-disable"):
        assert until(lambda: windows.managed)
        yield
        visualdiff_screen.close()
    assert until(lambda: not windows.managed)


@pytest.fixture
def shown(visualdiff_screen: Screen, site: Any) -> Callable[..., Screen]:
    """Show a page in a browser on the screen."""

    def show(html: str, browser: str, path: str = "/") -> Screen:
        visualdiff_screen.open(site.page(html, path), browser=browser)
        return visualdiff_screen

    return show
