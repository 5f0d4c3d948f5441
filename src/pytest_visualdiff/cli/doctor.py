"""What this machine has for visual tests, what clashes, and what to do about it."""

from __future__ import annotations

import importlib
import platform
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

OPENCV_WHEELS = (
    "opencv-python",
    "opencv-python-headless",
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
)
"""Distributions that all install the same ``cv2`` folder, one over the other."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``advice`` says what to do where it is not good."""

    what: str
    found: str
    good: bool = True
    advice: str = ""


def examine() -> list[Finding]:
    """Everything worth knowing, the important first."""
    return [*_packages(), opencv(), *_browsers(), *_screen(), _fonts()]


def _packages() -> Iterator[Finding]:
    yield Finding("python", f"{platform.python_version()} on {platform.platform()}")
    for name in ("pytest-visualdiff", "pytest", "selenium", "numpy", "Pillow", "pyautogui"):
        version = _version(name)
        advice = "" if version else f"{sys.executable} -m pip install {name}"
        yield Finding(name, version or "not installed", bool(version), advice)


def opencv() -> Finding:
    """Whether ``cv2`` is there once, whole, and importable."""
    installed = [f"{name} {found}" for name in OPENCV_WHEELS if (found := _version(name))]
    listed = ", ".join(installed) or "not installed"
    try:
        cv2 = importlib.import_module("cv2")
    except ImportError as error:
        advice = (
            _repair(str(error)) if installed else f"{sys.executable} -m pip install opencv-python"
        )
        return Finding("opencv", f"{listed}, but: {error}", good=False, advice=advice)
    if not hasattr(cv2, "matchTemplate"):  # one of two wheels was removed, the folder is left
        found = f"{listed}, but: the folder cv2/ holds no OpenCV"
        return Finding("opencv", found, good=False, advice=_repair(""))
    if len(installed) > 1:
        return Finding(
            "opencv",
            f"{listed} installed together",
            good=False,
            advice="they share the folder cv2/: the one installed last is in use, and removing"
            f" either breaks both. {_repair('')}",
        )
    return Finding("opencv", listed if installed else f"{cv2.__version__}, not from a wheel")


def _repair(error: str) -> str:
    keep = "opencv-python-headless" if "libGL" in error or "libgthread" in error else "one of them"
    wheel = "opencv-python-headless" if keep != "one of them" else "opencv-python"
    pip = f"{sys.executable} -m pip"
    return f"Keep {keep}: {pip} uninstall -y {' '.join(OPENCV_WHEELS)} && {pip} install {wheel}" + (
        " (or, as root: apt-get install libgl1 libglib2.0-0)" if "libGL" in error else ""
    )


def _browsers() -> Iterator[Finding]:
    from pytest_visualdiff.browsers.installed import advice, find
    from pytest_visualdiff.browsers.table import BROWSERS
    from pytest_visualdiff.options.table import OPTIONS

    stand_ins = {row.fallback for row in BROWSERS.values()}
    for name in (name for name in BROWSERS if name not in stand_ins):
        located, wanted = find(name), name in OPTIONS["sweep_browsers"].default
        driver = str(located.driver or "left to Selenium Manager (needs the network)")
        if located.browser is None:
            yield Finding(name, "not installed", not wanted, advice(name) if wanted else "")
        else:
            yield Finding(name, f"{located.browser}, driver {driver}")
        yield from (Finding(name, f"passed over: {reason}") for reason in located.rejected)


def _screen() -> Iterator[Finding]:
    """What visualdiff_screen needs on Linux: a display of its own, and a clipboard on it."""
    from pytest_visualdiff.desktop.display import INSTALL

    if not sys.platform.startswith("linux"):
        yield Finding("screen", "the real desktop only (--visualdiff-screen=real)")
        return
    wanted = {"Xvfb": ("Xvfb",), "clipboard": ("xclip", "xsel")}
    for what, programs in wanted.items():
        found = next(filter(None, map(shutil.which, programs)), "")
        yield Finding(what, found or "not installed", bool(found), "" if found else INSTALL)


def _fonts() -> Finding:
    from pytest_visualdiff.baselines.provenance import fonts

    return Finding("fonts", f"fingerprint {fonts() or 'unknown (no fc-list)'}")


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
