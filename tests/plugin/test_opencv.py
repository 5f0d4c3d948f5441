"""Where OpenCV cannot be loaded, each way in ends in one typed error with the remedies."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pytest_visualdiff.images.codec import encode

if TYPE_CHECKING:
    from pathlib import Path

LIBRARY = "libGL.so.1: cannot open shared object file: No such file or directory"


@pytest.fixture
def without_libgl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Python finds a cv2 that fails as the one with windows does in a slim container."""
    folder = tmp_path / "site" / "cv2"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(f"raise ImportError({LIBRARY!r})")
    monkeypatch.setenv("PYTHONPATH", str(folder.parent))
    monkeypatch.delenv("CI", raising=False)  # there nothing is approved
    for name, ground in (("a.png", 0), ("b.png", 90)):
        picture = np.full((60, 60, 3), 255, np.uint8)
        picture[20:40, 20:40] = ground
        (tmp_path / name).write_bytes(encode(picture))
    return tmp_path


REMEDIES = ("OpenCV cannot be loaded", "opencv-python-headless", "apt-get install libgl1")


def test_a_check_is_a_typed_error(pytester: pytest.Pytester, without_libgl: Path) -> None:
    pytester.makepyfile(
        f"""
        def test_it(visualdiff):
            visualdiff.check({str(without_libgl / "a.png")!r}, "a")
        """
    )
    pytester.runpytest_subprocess("--visualdiff-approve=new").assert_outcomes(passed=1)
    (without_libgl / "b.png").replace(without_libgl / "a.png")
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(failed=1)
    for told in ("OpenCVUnavailable", *REMEDIES):
        result.stdout.fnmatch_lines([f"*{told}*"])
    assert "Traceback" not in result.stdout.str()


def test_the_command_tells_it(without_libgl: Path) -> None:
    command = [sys.executable, "-m", "pytest_visualdiff", "compare", "a.png", "b.png"]
    done = subprocess.run(command, cwd=without_libgl, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert all(told in done.stderr for told in REMEDIES)


def test_the_library_raises_it(without_libgl: Path) -> None:
    code = (
        "import pytest_visualdiff as vd\n"
        "try:\n    vd.compare('a.png', 'b.png')\n"
        "except vd.OpenCVUnavailable as error:\n    print(isinstance(error, ImportError), error)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=without_libgl, capture_output=True, text=True, check=True
    ).stdout
    assert told.startswith("True")
    assert all(one in told for one in REMEDIES)
