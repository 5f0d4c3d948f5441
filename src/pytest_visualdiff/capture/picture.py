"""Targets that need no browser of ours: ready-made pictures, and objects that shoot themselves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.capture.areas import boxes_alone
from pytest_visualdiff.capture.stable import Frame, Look, settle, shows
from pytest_visualdiff.errors import (
    CaptureError,
    EmptyTarget,
    ImageError,
    InvalidValue,
    UnsupportedTarget,
)
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.images.codec import as_png, burn
from pytest_visualdiff.model import Box, Environment, Screenshot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_visualdiff.capture.capture_options import CaptureOptions, Expected


def capture_picture(target: Any, options: CaptureOptions, _expected: Expected) -> Screenshot:
    """A ready-made picture as it is (a PNG byte for byte), redacted; its variant is ``image``."""
    frame = _framed(as_png(target), Environment(), boxes_alone(options, "a picture"))
    return Screenshot(frame.png, frame.environment, frame.masks, frame.region)


def capture_portrait(target: Any, options: CaptureOptions, expected: Expected) -> Screenshot:
    """A picture by the target's own ``screenshot()``."""
    settled = settle(
        Portrayer(target, options),
        options.timeout,
        lambda frame: shows(frame, expected(frame.environment)),
    )
    frame = settled.frame
    url = getattr(target, "url", "")
    return Screenshot(
        frame.png,
        frame.environment,
        frame.masks,
        frame.region,
        url=url if isinstance(url, str) else "",
        frames=settled.shots,
    )


@dataclass(frozen=True)
class Portrayer:
    """A ``Shooter`` around an object with a ``screenshot()`` that returns image bytes."""

    target: Any
    options: CaptureOptions

    def prepare(self) -> Look:
        """Nothing: whoever shoots itself holds itself still."""
        return Look()

    def shoot(self) -> Frame:
        """One frame; ``full_page`` is handed on."""
        name = type(self.target).__qualname__
        boxes = boxes_alone(self.options, name)
        return _framed(self._png(name), Environment(), boxes)

    def blame(self, spots: Sequence[Box]) -> Sequence[str]:
        """It cannot be asked."""
        return [type(self.target).__qualname__] * len(spots)

    def restore(self) -> None:
        """Nothing was changed."""

    def _png(self, name: str) -> bytes:
        wishes = {"full_page": True} if self.options.full_page else {}
        try:
            shot = self.target.screenshot(**wishes)
        except Exception as error:
            raise CaptureError(f"{name}.screenshot() failed: {error}") from error
        if hasattr(shot, "__await__"):
            shot.close()
            raise UnsupportedTarget(f"{name}.screenshot() is asynchronous: give its result instead")
        try:
            return as_png(bytes(shot) if isinstance(shot, bytearray) else shot)
        except (ImageError, InvalidValue) as error:
            raise UnsupportedTarget(
                f"{name}.screenshot() gave no image but {type(shot).__qualname__}: {error}"
            ) from error


def _framed(png: bytes, environment: Environment, boxes: Mapping[str, Sequence[Box]]) -> Frame:
    width, height = png_file.size(png)
    clipped = {
        name: tuple(box for one in some if (box := one.clipped(width, height)).area)
        for name, some in boxes.items()
    }
    if boxes["region"] and not clipped["region"]:
        raise EmptyTarget(f"region {boxes['region'][0]} lies outside the {width}x{height} picture")
    return Frame(
        burn(png, clipped["redact"]) if clipped["redact"] else png,
        environment,
        clipped["mask"],
        reduce(Box.union, clipped["region"]) if clipped["region"] else None,
    )
