"""How different two colours look: sRGB to CIELAB, and CIEDE2000.

G. Sharma, W. Wu, E. N. Dalal, "The CIEDE2000 color-difference formula: implementation notes,
supplementary test data, and mathematical observations", Color Research and Application 30(1),
2005, 21-30. The tests check against the 34 pairs published there.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from pytest_visualdiff.comparison.arrays import Floats
    from pytest_visualdiff.model import Array

SURELY_LESS = 0.66
"""CIEDE2000 stretches a* by at most 1.5, so a CIE76 distance below this times t is below t."""
SURELY_MORE = 10.0
"""In the sRGB gamut a CIE76 distance above this times t is above t (measured: 8.9)."""

_BLOCK = 16384  # pixels handled at once, so that the temporaries stay in the cache
_WHITE = np.array([0.95047, 1.0, 1.08883])  # D65, 2 degrees
_RGB_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_TO_XYZ = (_RGB_TO_XYZ / _WHITE[:, None]).T.astype(np.float32)
_TO_LAB = np.array([[0, 116, 0], [500, -500, 0], [0, 200, -200]], np.float32).T
_EPSILON, _KAPPA = 216 / 24389, 24389 / 27
_POW7 = 25.0**7


def _linear_levels() -> Floats:
    level = np.arange(256) / 255
    linear = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    return linear.astype(np.float32)


_LINEAR = _linear_levels()


def lab(rgb: Array) -> Floats:
    """CIELAB (D65) of sRGB ``uint8`` colours, shape (n, 3)."""
    xyz = _LINEAR[rgb] @ _TO_XYZ
    curve = np.cbrt(xyz)
    dark = xyz <= _EPSILON
    if dark.any():
        curve[dark] = (_KAPPA * xyz[dark] + 16) / 116
    result: Floats = curve @ _TO_LAB
    result[:, 0] -= 16
    return result


def delta_e(
    expected: Array, actual: Array, threshold: float, *, above: Floats | None = None
) -> Floats:
    """CIEDE2000 of pairs of sRGB colours, shape (n, 3) each; 0 where it is below the threshold.

    The cheap CIE76 distance bounds it, so the formula runs only where it can decide. With
    ``above`` a distance surely over the threshold is not computed but taken from there.
    """
    result = np.zeros(len(expected), np.float32)
    for start in range(0, len(expected), _BLOCK):
        part = slice(start, start + _BLOCK)
        cap = None if above is None else above[part]
        result[part] = _delta_e(expected[part], actual[part], threshold, cap)
    return result


def _delta_e(expected: Array, actual: Array, threshold: float, above: Floats | None) -> Floats:
    first = _run_starts(expected, actual)
    expected_lab, actual_lab = lab(expected[first]), lab(actual[first])
    step = expected_lab - actual_lab
    square = np.einsum("ij,ij->i", step, step)
    open_ = square > (SURELY_LESS * threshold) ** 2
    result = np.zeros(len(first), np.float32)
    if above is not None:
        far = square > (SURELY_MORE * threshold) ** 2
        result[far] = above[first][far]
        open_ &= ~far
    found = ciede2000(expected_lab[open_], actual_lab[open_])
    result[open_] = np.where(found > threshold, found, 0)
    return np.repeat(result, np.diff(first, append=len(expected)))


def _run_starts(expected: Array, actual: Array) -> npt.NDArray[np.intp]:
    """Where a pair of colours is not that of the pixel before: flat areas are cheap."""
    differs = (expected[1:] != expected[:-1]) | (actual[1:] != actual[:-1])
    fresh = differs[:, 0] | differs[:, 1] | differs[:, 2]
    return np.concatenate(([0], np.flatnonzero(fresh) + 1))


def ciede2000(first: Floats, second: Floats) -> Floats:
    """CIEDE2000 of CIELAB colours, shape (n, 3) each, with all weights 1."""
    lightness1, a1, b1 = first.T
    lightness2, a2, b2 = second.T
    stretch = _neutral_stretch((_length(a1, b1) + _length(a2, b2)) / 2)
    a1, a2 = a1 * stretch, a2 * stretch
    chroma1, chroma2 = _length(a1, b1), _length(a2, b2)
    hue1, hue2 = np.arctan2(b1, a1), np.arctan2(b2, a2)
    turn, hue = _hues(hue1, hue2, chroma1 * chroma2)
    chroma = (chroma1 + chroma2) / 2
    offset = ((lightness1 + lightness2) / 2 - 50) ** 2
    by_lightness = (lightness2 - lightness1) / (1 + 0.015 * offset / np.sqrt(20 + offset))
    by_chroma = (chroma2 - chroma1) / (1 + 0.045 * chroma)
    by_hue = 2 * np.sqrt(chroma1 * chroma2) * np.sin(turn / 2)
    by_hue /= 1 + 0.015 * chroma * _hue_weight(hue)
    rotation = _rotation(hue, chroma)
    total = by_lightness**2 + by_chroma**2 + by_hue**2 + rotation * by_chroma * by_hue
    result: Floats = np.sqrt(np.maximum(total, 0))
    return result


def _length(x: Floats, y: Floats) -> Floats:
    length: Floats = np.sqrt(x * x + y * y)
    return length


def _power7_share(chroma: Floats) -> Floats:
    square = chroma * chroma
    power = square * square * square * chroma
    share: Floats = np.sqrt(power / (power + _POW7))
    return share


def _neutral_stretch(chroma: Floats) -> Floats:
    stretch: Floats = 1 + 0.5 * (1 - _power7_share(chroma))
    return stretch


def _hues(hue1: Floats, hue2: Floats, chroma_product: Floats) -> tuple[Floats, Floats]:
    """The turn from one hue to the other by the short way, and their mean, in radians."""
    hue1, hue2 = hue1 + 2 * math.pi * (hue1 < 0), hue2 + 2 * math.pi * (hue2 < 0)
    turn, total = hue2 - hue1, hue1 + hue2
    wide = np.abs(turn) > math.pi * (1 + 1e-9)  # 180 degrees sharp is not the long way round
    turn = turn - 2 * math.pi * np.sign(turn) * wide
    mean = np.where(wide, (total + np.where(total < 2 * math.pi, 2, -2) * math.pi) / 2, total / 2)
    gray = chroma_product == 0
    return np.where(gray, 0, turn), np.where(gray, total, mean)


def _hue_weight(hue: Floats) -> Floats:
    """T = 1 - .17 cos(h - 30) + .24 cos 2h + .32 cos(3h + 6) - .2 cos(4h - 63), degrees."""
    cos1, sin1 = np.cos(hue), np.sin(hue)
    cos2, sin2 = 2 * cos1 * cos1 - 1, 2 * sin1 * cos1
    cos3, sin3 = cos2 * cos1 - sin2 * sin1, sin2 * cos1 + cos2 * sin1
    cos4, sin4 = 2 * cos2 * cos2 - 1, 2 * sin2 * cos2
    weight: Floats = 1 + 0.24 * cos2 - 0.17 * _shifted(cos1, sin1, 30)
    weight += 0.32 * _shifted(cos3, sin3, -6) - 0.20 * _shifted(cos4, sin4, 63)
    return weight


def _shifted(cosine: Floats, sine: Floats, degrees: float) -> Floats:
    """Cosine of an angle less so many degrees."""
    angle = math.radians(degrees)
    shifted: Floats = cosine * math.cos(angle) + sine * math.sin(angle)
    return shifted


def _rotation(hue: Floats, chroma: Floats) -> Floats:
    angle = math.pi / 3 * np.exp(-(((hue - math.radians(275)) / math.radians(25)) ** 2))
    rotation: Floats = -2 * _power7_share(chroma) * np.sin(angle)
    return rotation


def hex_colour(colour: Array) -> str:
    """An RGB colour as CSS writes it."""
    return "#" + "".join(f"{int(level):02x}" for level in colour)


def colour_map_error(source: Array, target: Array) -> float:
    """Levels (root mean square) by which the best affine map of colours misses the target.

    Both are RGB colours of shape (n, 3).
    """
    colours: Any = target.astype(np.float64)
    basis = np.column_stack((source.astype(np.float64), np.ones(len(source))))
    mapped = basis @ np.linalg.lstsq(basis, colours, rcond=None)[0]
    return float(np.sqrt(np.mean((mapped - colours) ** 2)))
