"""What the doctor finds, and which repair it names."""

from __future__ import annotations

import importlib
from importlib import metadata
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.browsers import installed as locate
from pytest_visualdiff.cli import doctor_command
from pytest_visualdiff.images.opencv import WHEELS

if TYPE_CHECKING:
    from pathlib import Path

CV2 = SimpleNamespace(matchTemplate=None, __version__="4.12.0")
EMPTY = SimpleNamespace()
MISSING = ModuleNotFoundError("No module named 'cv2'")
NO_GL = ImportError("libGL.so.1: cannot open shared object file: No such file or directory")
NO_GTHREAD = ImportError("libgthread-2.0.so.0: cannot open shared object file")
PLAIN, HEADLESS = {"opencv-python": "4.12.0"}, {"opencv-python-headless": "4.11.0"}
CONTRIB = {"opencv-contrib-python": "4.10.0"}
UNINSTALL = f"-m pip uninstall -y {' '.join(WHEELS)} && "


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Pretend that these distributions are installed, and that importing cv2 gives that."""

    def pretend(installed: dict[str, str], cv2: Any) -> None:
        def version(name: str) -> str:
            if name not in installed:
                raise metadata.PackageNotFoundError(name)
            return installed[name]

        def import_module(name: str) -> Any:
            assert name == "cv2"
            if isinstance(cv2, ImportError):
                raise cv2
            return cv2

        monkeypatch.setattr(metadata, "version", version)
        monkeypatch.setattr(importlib, "import_module", import_module)

    return pretend


@pytest.mark.parametrize(
    ("installed", "cv2", "found", "repair"),
    [
        (PLAIN, CV2, "opencv-python 4.12.0", []),
        (HEADLESS, CV2, "opencv-python-headless 4.11.0", []),
        ({}, CV2, "4.12.0, not from a wheel", []),
        ({}, MISSING, "not installed, but: No module named 'cv2'", ["pip install opencv-python"]),
        (
            PLAIN | HEADLESS,
            CV2,
            "opencv-python 4.12.0, opencv-python-headless 4.11.0 installed together",
            ["removing either breaks both", UNINSTALL, "pip install opencv-python"],
        ),
        (
            PLAIN | CONTRIB,
            CV2,
            "opencv-python 4.12.0, opencv-contrib-python 4.10.0 installed together",
            [UNINSTALL],
        ),
        (
            HEADLESS,
            EMPTY,
            "opencv-python-headless 4.11.0, but: the folder cv2/ holds no OpenCV",
            [UNINSTALL],
        ),
        (PLAIN, MISSING, "opencv-python 4.12.0, but: No module named 'cv2'", [UNINSTALL]),
        (
            PLAIN,
            NO_GL,
            f"opencv-python 4.12.0, but: {NO_GL}",
            [UNINSTALL, "pip install opencv-python-headless", "apt-get install libgl1"],
        ),
        (
            PLAIN,
            NO_GTHREAD,
            f"opencv-python 4.12.0, but: {NO_GTHREAD}",
            [UNINSTALL, "pip install opencv-python-headless"],
        ),
        (
            PLAIN | HEADLESS,
            NO_GL,
            f"opencv-python 4.12.0, opencv-python-headless 4.11.0, but: {NO_GL}",
            [UNINSTALL, "pip install opencv-python-headless"],
        ),
    ],
)
def test_opencv_is_there_once_whole_and_importable_or_the_repair_is_named(
    machine: Any, installed: dict[str, str], cv2: Any, found: str, repair: list[str]
) -> None:
    machine(installed, cv2)
    finding = doctor_command.opencv()
    assert (finding.what, finding.found) == ("opencv", found)
    assert finding.good is not bool(repair)
    assert all(words in finding.advice for words in repair)
    assert bool(finding.advice) is bool(repair)


@pytest.mark.parametrize("installed", [{"python3-xlib": "0.15"}, {"python-xlib": "0.33"}])
def test_one_xlib_is_no_clash(machine: Any, installed: dict[str, str]) -> None:
    machine({**PLAIN, **installed}, CV2)
    assert "xlib" not in {one.what for one in doctor_command.examine()}


def test_two_distributions_of_xlib_are_a_clash_with_its_repair(machine: Any) -> None:
    machine({**PLAIN, "python3-xlib": "0.15", "python-xlib": "0.33"}, CV2)
    clash = next(one for one in doctor_command.examine() if one.what == "xlib")
    assert not clash.good
    assert clash.found == "python3-xlib 0.15 and python-xlib 0.33 installed together"
    assert "uninstall -y python-xlib" in clash.advice
    assert "--force-reinstall python3-xlib" in clash.advice


def located(browser: Path | None, *rejected: str) -> Any:
    return SimpleNamespace(browser=browser, driver=None, rejected=rejected)


@pytest.fixture
def browsers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with Firefox, and without Chrome and Edge."""
    found = {"firefox": located("firefox 140", "an old one")}  # type: ignore[arg-type]
    monkeypatch.setattr(locate, "find", lambda name: found.get(name, located(None)))
    monkeypatch.setattr(locate, "advice", lambda name: f"install {name}")


@pytest.mark.usefixtures("browsers")
def test_a_machine_is_examined_as_a_whole(machine: Any) -> None:
    """What is missing and needed is bad and has advice; Edge may be missing."""
    machine({**PLAIN, "pytest": "9.0"}, CV2)
    findings = doctor_command.examine()
    bad = {one.what: one.advice for one in findings if not one.good}
    assert set(bad) == {
        *("pytest-visualdiff", "selenium", "numpy", "Pillow", "pyautogui"),
        "chrome",
    }
    assert bad["selenium"].endswith("-m pip install selenium")
    assert bad["chrome"] == "install chrome"
    found = [(one.what, one.found) for one in findings]
    assert ("edge", "not installed") in found
    assert ("firefox", "passed over: an old one") in found
    assert any(
        what == "firefox" and words.startswith("firefox 140, driver left to Selenium Manager")
        for what, words in found
    )
    assert {"python", "pytest", "opencv", "fonts"} <= {what for what, _ in found}


def test_the_screen_needs_a_server_and_a_clipboard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without them the doctor says which packages have them."""
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("shutil.which", lambda _: None)
    missing = list(doctor_command._screen())
    assert [(one.what, one.good) for one in missing] == [("Xvfb", False), ("clipboard", False)]
    assert all("xvfb xclip" in one.advice for one in missing)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    assert all(one.good for one in doctor_command._screen())
