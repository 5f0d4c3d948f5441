"""What this machine has for visual tests, what clashes, and what to do about it."""

from __future__ import annotations

import importlib
import platform
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING

from pytest_visualdiff.images.opencv import WHEELS, install, remedy

if TYPE_CHECKING:
    from collections.abc import Iterator


XLIBS = ("python3-xlib", "python-xlib")
"""Distributions that both install the folder ``Xlib``. PyAutoGUI depends on the first."""


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing that was looked at; ``advice`` says what to do where it is not good."""

    what: str
    found: str
    good: bool = True
    advice: str = ""


def examine() -> list[HealthCheck]:
    """Everything worth knowing, the important first."""
    return [*_packages(), opencv(), *_browsers(), *_screen(), _fonts()]


def _packages() -> Iterator[HealthCheck]:
    yield HealthCheck("python", f"{platform.python_version()} on {platform.platform()}")
    for name in ("pytest-visualdiff", "pytest", "selenium", "numpy", "Pillow", "pyautogui"):
        version = _version(name)
        advice = "" if version else install(name)
        yield HealthCheck(name, version or "not installed", bool(version), advice)


def opencv() -> HealthCheck:
    """Whether ``cv2`` is there once, whole, and importable."""
    installed = [f"{name} {found}" for name in WHEELS if (found := _version(name))]
    listed = ", ".join(installed) or "not installed"
    try:
        cv2 = importlib.import_module("cv2")
    except ImportError as error:
        advice = remedy(str(error)) if installed else install("opencv-python")
        return HealthCheck("opencv", f"{listed}, but: {error}", good=False, advice=advice)
    if not hasattr(cv2, "matchTemplate"):  # one of two wheels was removed, the folder is left
        found = f"{listed}, but: the folder cv2/ holds no OpenCV"
        return HealthCheck("opencv", found, good=False, advice=remedy(""))
    if len(installed) > 1:
        return HealthCheck(
            "opencv",
            f"{listed} installed together",
            good=False,
            advice="they share the folder cv2/: the one installed last is in use, and removing"
            f" either breaks both. {remedy('')}",
        )
    return HealthCheck("opencv", listed if installed else f"{cv2.__version__}, not from a wheel")


def _browsers() -> Iterator[HealthCheck]:
    from pytest_visualdiff.browsers.browser_types import BROWSERS
    from pytest_visualdiff.browsers.installed import advice, find
    from pytest_visualdiff.options.table import OPTIONS

    stand_ins = {row.fallback for row in BROWSERS.values()}
    for name in (name for name in BROWSERS if name not in stand_ins):
        located, wanted = find(name), name in OPTIONS["sweep_browsers"].default
        driver = str(located.driver or "left to Selenium Manager (needs the network)")
        if located.browser is None:
            yield HealthCheck(name, "not installed", not wanted, advice(name) if wanted else "")
        else:
            yield HealthCheck(name, f"{located.browser}, driver {driver}")
        yield from (HealthCheck(name, f"passed over: {reason}") for reason in located.rejected)


def examine_remote(remote: str) -> Iterator[HealthCheck]:
    """What a WebDriver server or Grid offers: its slots, and what each browser can do there."""
    from pytest_visualdiff.browsers.browser_types import BROWSERS, name_of
    from pytest_visualdiff.browsers.probe import probe
    from pytest_visualdiff.browsers.remote import grid_at
    from pytest_visualdiff.secrets import without_password

    grid = grid_at(remote)
    shown = without_password(remote)
    if grid is None:
        yield HealthCheck("remote", f"{shown} is no Grid, or does not answer")
        names = list(BROWSERS)
    else:
        advice = "" if grid.nodes else "start a node, or see in its log why it does not come"
        yield HealthCheck("grid", f"{shown}: {grid.words()}", bool(grid.nodes), advice)
        for node in grid.nodes:
            yield HealthCheck("node", f"{node.address} {node.version}", node.available)
        names = sorted({name_of({"browserName": slot.browser}) for slot in grid.slots})
    for name in (name for name in names if name in BROWSERS):
        found, works = probe(name, remote)
        yield HealthCheck(name, found, works or grid is None)


def _screen() -> Iterator[HealthCheck]:
    """What visualdiff_screen needs on Linux: a display of its own, and a clipboard on it."""
    from pytest_visualdiff.desktop.display import INSTALL

    if not sys.platform.startswith("linux"):
        yield HealthCheck("screen", "the real desktop only (--visualdiff-screen=real)")
        return
    yield from _xlib()
    wanted = {"Xvfb": ("Xvfb",), "clipboard": ("xclip", "xsel")}
    for what, programs in wanted.items():
        found = next(filter(None, map(shutil.which, programs)), "")
        yield HealthCheck(what, found or "not installed", bool(found), "" if found else INSTALL)


def _xlib() -> Iterator[HealthCheck]:
    installed = [f"{name} {found}" for name in XLIBS if (found := _version(name))]
    if len(installed) > 1:
        keep, remove = XLIBS
        yield HealthCheck(
            "xlib",
            f"{' and '.join(installed)} installed together",
            good=False,
            advice="they share the folder Xlib/: the one installed last is in use. Keep"
            f" {keep}: {sys.executable} -m pip uninstall -y {remove} &&"
            f" {install(f'--force-reinstall {keep}')}",
        )


def _fonts() -> HealthCheck:
    from pytest_visualdiff.baselines.provenance import fonts

    return HealthCheck("fonts", f"fingerprint {fonts() or 'unknown (no fc-list)'}")


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
