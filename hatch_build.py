"""Chooses the OpenCV wheel when the project is installed from its source.

``opencv-python`` and ``opencv-python-headless`` install the same folder ``cv2/``, one over the
other, and the first needs libGL, which servers lack. Where a headless wheel is installed already,
a source install (``pip install -e .``) depends on that one, so that it does not break it. A built
wheel always names ``opencv-python``; ``visualdiff doctor`` finds a clash.
"""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface

GUI, HEADLESS = "opencv-python>=4.8", "opencv-python-headless>=4.8"


class OpenCVHook(MetadataHookInterface):
    """Fills in the one dependency that depends on where the project is installed."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, object]) -> None:
        """Add OpenCV to the dependencies."""
        common = self.config["common-dependencies"]
        metadata["dependencies"] = [*common, HEADLESS if _headless_installed() else GUI]


def _headless_installed() -> bool:
    if os.environ.get("VISUALDIFF_RELEASE"):  # a wheel for others, whatever is installed here
        return False
    places = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    return any(list(Path(place).glob("opencv_*headless-*.dist-info")) for place in places if place)
