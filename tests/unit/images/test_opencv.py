"""A failed import of OpenCV is told with the command that mends it; other imports are not ours."""

from __future__ import annotations

import pytest

from pytest_visualdiff.images.opencv import unavailable


def test_without_opencv_the_command_installs_it() -> None:
    error = unavailable(ModuleNotFoundError("No module named 'cv2'", name="cv2"))
    assert "not installed" in str(error)
    assert "pip install opencv-python" in str(error)


@pytest.mark.parametrize("library", ["libGL.so.1", "libgthread-2.0.so.0", "libglib-2.0.so.0"])
def test_without_a_library_of_the_system_both_remedies_are_named(library: str) -> None:
    error = unavailable(ImportError(f"{library}: cannot open shared object file"))
    assert library in str(error)
    assert "opencv-python-headless" in str(error)
    assert "apt-get install libgl1" in str(error)


def test_another_failed_import_is_left_alone() -> None:
    assert unavailable(ModuleNotFoundError("No module named 'x'", name="x")) is None
