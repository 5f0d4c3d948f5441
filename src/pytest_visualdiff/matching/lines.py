"""Thin horizontal lines of a picture: underlines and borders, told from what they go with.

Browsers and pixel ratios round a line to whole pixels for itself, so an underline may lie a pixel
lower below the same word, or be thicker. Where pictures differ, they are therefore compared
without their lines as well, if both have them at the same places but for such a rounding. (Top-hat
of an opening by a long segment: J. Serra, "Image Analysis and Mathematical Morphology", 1982.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from pytest_visualdiff.matching.planes import Floats

_LENGTH = 20  # pixels; longer than the bars of letters
_THIN = 7  # pixels that a line is thinner than, as thick as resampling makes it
_STRONG = 0.3  # of the picture's range of levels
_ALONE = 0.1  # share of a picture's lines that the other need not have


class Parted(NamedTuple):
    """A picture without its lines, and where they are."""

    rest: Floats
    lines: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, values: Floats, pixel: int) -> Parted:
        """Take out what is a line, darker or lighter than the ground.

        ``pixel`` is the side of a pixel of the screen, as it was resampled.
        """
        run = np.ones((1, _LENGTH * pixel | 1), np.uint8)  # odd: even ones move what they keep
        least = _STRONG * float(np.ptp(values))
        away = np.abs(values - np.float32(np.median(values))) > least
        found = np.zeros(values.shape, np.uint8)
        for way in (cv2.MORPH_CLOSE, cv2.MORPH_OPEN):
            kept = cv2.morphologyEx(values, way, run)
            line = cv2.morphologyEx(kept, way, np.ones((_THIN, 1), np.uint8)) - kept
            strong = ((np.abs(line) > least) & away).astype(np.uint8)
            values = values + line * cv2.dilate(strong, np.ones((3, 1), np.uint8))
            found |= strong
        return cls(np.asarray(values, np.float32), found)

    def rounded_to(self, other: Parted, aside: int) -> bool:
        """Whether both have lines, and each within so many pixels of one of the other's."""
        ours, theirs = _whole(self.lines), _whole(other.lines)
        return _near(ours, theirs, aside) and _near(theirs, ours, aside)


def _whole(lines: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Without specks, as where letters touch."""
    run = np.ones((1, _LENGTH + 1), np.uint8)
    return np.asarray(cv2.morphologyEx(lines, cv2.MORPH_OPEN, run), np.uint8)


def _near(lines: npt.NDArray[np.uint8], others: npt.NDArray[np.uint8], aside: int) -> bool:
    """Whether there are lines, and nearly all of them have others beside them."""
    around = cv2.dilate(others, np.ones((2 * aside + 1, 2 * aside + 1), np.uint8))
    count = int(np.count_nonzero(lines))
    return count > 0 and int(np.count_nonzero(lines > around)) <= _ALONE * count
