"""Why OpenCV cannot be imported, and what to do about it.

Four distributions install the same folder ``cv2``, one over the other. Those with windows need the
system's libGL, which servers and slim containers lack.
"""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

from pytest_visualdiff.errors import OpenCVUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

WHEELS = (
    "opencv-python",
    "opencv-python-headless",
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
)
"""Distributions that all install the same ``cv2`` folder."""

_SYSTEM_LIBRARIES = ("libGL", "libgthread", "libglib")


@contextlib.contextmanager
def needed() -> Iterator[None]:
    """Inside the block, a failed import of OpenCV raises ``OpenCVUnavailable``."""
    try:
        yield
    except ImportError as error:
        if known := unavailable(error):
            raise known from error
        raise


def unavailable(error: ImportError) -> OpenCVUnavailable | None:
    """The typed error for a failed ``import cv2``; None for a failed import of something else."""
    text = str(error)
    if error.name == "cv2":
        return OpenCVUnavailable(f"OpenCV is not installed: {install('opencv-python')}")
    if lacks_library(text):
        return OpenCVUnavailable(f"OpenCV cannot be loaded ({text}). {remedy(text)}")
    return None


def lacks_library(text: str) -> bool:
    """Whether the text of an import error names a library of the system that OpenCV needs."""
    return any(name in text for name in _SYSTEM_LIBRARIES)


def remedy(text: str) -> str:
    """How to get a working OpenCV, after an import error of this text."""
    headless = lacks_library(text)
    keep = "opencv-python-headless" if headless else "one of them"
    wheel = "opencv-python-headless" if headless else "opencv-python"
    pip = f"{sys.executable} -m pip uninstall -y {' '.join(WHEELS)}"
    return f"Keep {keep}: {pip} && {install(wheel)}" + (
        " (or, as root: apt-get install libgl1 libglib2.0-0)" if headless else ""
    )


def install(wheel: str) -> str:
    """The command that installs a distribution for this Python."""
    return f"{sys.executable} -m pip install {wheel}"
