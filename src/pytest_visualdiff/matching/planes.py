"""What is searched: the screen and the template as planes of ink and of edges, at several sizes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from pytest_visualdiff.matching.search_tuning import PLANES

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array

Floats: TypeAlias = npt.NDArray[np.float32]

MIDDLE = 128.0
"""Subtracted from levels, so that sums of squares keep their precision in single floats."""

_GRAY = (0.299, 0.587, 0.114)
_NEIGHBOURS: Array = np.ones((3, 3), np.uint8)
# Faint and strong edges count alike: a theme changes contrast, not outlines.
_COMPRESSED = np.rint(46 * np.log1p(np.arange(256))).clip(0, 255).astype(np.uint8)


@dataclass(frozen=True)
class Plane:
    """One channel of a picture, ``uint8``, with its smaller sizes made once on demand."""

    values: Array
    _levels: dict[int, Floats] = field(default_factory=dict)
    _small: dict[int, Array] = field(default_factory=dict)

    def level(self, factor: int) -> Floats:
        """The plane 1, 2 or 4 times smaller, as floats around 0."""
        if factor not in self._levels:
            self._levels[factor] = self.smaller(factor).astype(np.float32) - np.float32(MIDDLE)
        return self._levels[factor]

    def smaller(self, factor: int) -> Array:
        """The plane 1, 2 or 4 times smaller: each pixel is the mean of its square."""
        if factor == 1:
            return self.values
        if factor not in self._small:
            self._small[factor] = halved(self.smaller(factor // 2))
        return self._small[factor]


def halved(picture: Any) -> Any:
    """Half the size; an odd last row or column is left out."""
    height, width = picture.shape[0] // 2 * 2, picture.shape[1] // 2 * 2
    if not height or not width:
        return picture
    size = (width // 2, height // 2)
    return cv2.resize(picture[:height, :width], size, interpolation=cv2.INTER_AREA)


@dataclass(frozen=True)
class SearchImage:
    """The searched picture: RGB ``uint8`` (height, width, 3), and the weights that make its ink."""

    rgb: Array
    weights: tuple[float, float, float] = _GRAY

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.rgb.shape[1], self.rgb.shape[0]

    @cached_property
    def ink(self) -> Plane:
        """Brightness, or the mixture of channels that shows the template best."""
        return Plane(mixed(self.rgb, self.weights))

    @cached_property
    def edges(self) -> Plane:
        """How much neighbours differ: equal for dark on light and light on dark."""
        return Plane(outlined(self.ink.values))


@dataclass(frozen=True)
class Template:
    """What is searched for: RGB ``uint8`` and, where it has transparency, which pixels count."""

    rgb: Array
    counts: npt.NDArray[np.bool_] | None = None

    @classmethod
    def of(cls, array: Array) -> Template:
        """The template of an RGB or RGBA array."""
        rgb = np.ascontiguousarray(array[..., :3])
        counts = array[..., 3] >= PLANES.opaque if array.shape[2] == 4 else None
        return cls(rgb, None if counts is None or bool(counts.all()) else counts)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.rgb.shape[1], self.rgb.shape[0]

    @cached_property
    def weights(self) -> tuple[float, float, float]:
        """Gray, or the mixture in which colours of equal brightness differ most."""
        mask = None if self.counts is None else self.counts.astype(np.uint8)
        if cv2.meanStdDev(mixed(self.rgb, _GRAY), mask=mask)[1][0, 0] >= PLANES.gray_enough:
            return _GRAY
        pixels = self.rgb.reshape(-1, 3) if self.counts is None else self.rgb[self.counts]
        spread = np.cov(pixels.T.astype(np.float64)) if len(pixels) > 1 else np.zeros((3, 3))
        axis = np.linalg.eigh(spread)[1][:, -1]
        axis = axis / np.abs(axis).sum()
        return (float(axis[0]), float(axis[1]), float(axis[2]))

    @cached_property
    def ink(self) -> Array:
        """Brightness, or the mixture of channels that shows this template best."""
        return mixed(self.rgb, self.weights)

    @cached_property
    def weights_of_pixels(self) -> Floats | None:
        """1 for pixels that count and have no transparent neighbour; None where all count.

        Next to transparency the surroundings shine through what was antialiased or resampled; so
        they do at the rim of a picture that was cut along such a shape.
        """
        if self.counts is None:
            return None
        counts = self.counts.astype(np.uint8)
        inner = cv2.erode(counts, _NEIGHBOURS, borderType=cv2.BORDER_CONSTANT, borderValue=0)
        enough = 2 * int(inner.sum()) > int(counts.sum())
        return (inner if enough else counts).astype(np.float32)

    def sized(self, width: int, height: int) -> tuple[Array, Floats | None]:
        """Its ink and the weights of its pixels (None: all count) at another size."""
        weights = self.weights_of_pixels
        if (width, height) == self.size:
            return self.ink, weights
        ink = resized(self.ink, width, height)
        if weights is None:
            return ink, None
        return ink, (resized(weights, width, height) > 0.99).astype(np.float32)


def opaque(picture: Array) -> Array:
    """A picture's RGB, close in memory: OpenCV does that faster than numpy."""
    return (
        picture if picture.shape[2] == 3 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGBA2RGB))
    )


def mixed(rgb: Array, weights: tuple[float, float, float]) -> Array:
    """One channel of an RGB picture; mixtures of differences are moved into [0, 255]."""
    if weights == _GRAY:
        return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))
    below = 255 * sum(min(0.0, weight) for weight in weights)
    row = np.array([[*weights, -below]], np.float32)
    return np.asarray(cv2.transform(rgb, row))


def outlined(ink: Array) -> Array:
    """Local contrast (morphological gradient) on a logarithmic scale."""
    return np.asarray(cv2.LUT(cv2.morphologyEx(ink, cv2.MORPH_GRADIENT, _NEIGHBOURS), _COMPRESSED))


def resized(picture: Any, width: int, height: int) -> Any:
    """Another size: area means where it shrinks, cubic where it grows."""
    shrinks = width <= picture.shape[1] and height <= picture.shape[0]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return cv2.resize(picture, (width, height), interpolation=method)
