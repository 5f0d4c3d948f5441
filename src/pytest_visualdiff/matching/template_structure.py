"""Whether a registered place *is* the template: its structure, window by window.

In each window of a few pixels the correlation of template and screen is taken in magnitude, so
that another theme changes nothing, and at the best of the shifts by one pixel of the screen, so
that glyphs set a little differently do not matter. The worst window decides: one other letter
counts as much as another page. (Structure term of Z. Wang, A. C. Bovik, H. R. Sheikh,
E. P. Simoncelli, "Image quality assessment: from error visibility to structural similarity", IEEE
Transactions on Image Processing 13(4), 2004, with a search for the best shift.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from pytest_visualdiff.matching.search_tuning import LINES, STRUCTURE

if TYPE_CHECKING:
    import numpy.typing as npt

    from pytest_visualdiff.matching.planes import Floats


def margin_of(scale: float) -> int:
    """Pixels that the screen's part must show around the template: one of the screen's own.

    Browsers set glyphs to whole pixels of the screen, and those are larger than the template's
    where the match is smaller.
    """
    return max(1, min(STRUCTURE.reach, round(1 / scale)))


def faintest(template: Floats, weights: Floats | None = None) -> float:
    """Variance above which a window of this template shows something; 0 for a flat one."""
    variance = _Local(_soft(template, weights), weights).variance
    if weights is not None:
        variance = variance[weights > 0]
    if variance.size < STRUCTURE.fewest:
        return 0.0
    strong = float(np.partition(variance.ravel(), -STRUCTURE.fewest)[-STRUCTURE.fewest])
    return min(STRUCTURE.flat, 0.15 * strong) if strong > STRUCTURE.faintest else 0.0


def agreement(  # noqa: PLR0913 - two pictures, and how they are compared
    template: Floats,
    around: Floats,
    weights: Floats | None,
    floor: float,
    *,
    recoloured: bool = False,
    least: float = 0.0,
) -> float:
    """How far the structure agrees in the worst windows, in [0, 1].

    ``around`` shows the screen with as many more pixels on each side as glyphs may be set aside
    (``margin_of``); ``floor`` is what
    ``faintest`` said of the template. Where the place is ``recoloured`` outlines count as well:
    on another ground an edge stays where it was, whatever it divides. A place that agrees less
    than ``least`` as it is gets no help from shifts and outlines: it is told lower than it is.
    """
    around = _of_equal_contrast(template, around, weights)
    best, shows = _best_of_shifts(template, around, weights, floor, least)
    agreed = _worst(best, shows, weights)
    if max(least, STRUCTURE.doubtful) < agreed < STRUCTURE.settled:
        agreed = max(agreed, _without_lines(template, around, weights, floor))
    if recoloured and max(least, STRUCTURE.doubtful) < agreed < STRUCTURE.settled:
        outlines = _outlines(template), _outlines(around)
        other, _ = _best_of_shifts(*outlines, weights, floor * STRUCTURE.outline_share)
        agreed = _worst(np.maximum(best, other), shows, weights)
    return agreed


def _without_lines(template: Floats, around: Floats, weights: Floats | None, floor: float) -> float:
    """The agreement of what is no line, where lines differ by their rounding only; else 0."""
    most = _margin(template, around)
    in_template, on_screen = WithoutLines.of(template, most), WithoutLines.of(around, most)
    part = on_screen._replace(lines=on_screen.lines[most:-most, most:-most])
    if not in_template.differs_by_rounding_from(part, 1 + most):
        return 0.0
    return _worst(*_best_of_shifts(in_template.rest, on_screen.rest, weights, floor), weights)


def _best_of_shifts(
    template: Floats, around: Floats, weights: Floats | None, floor: float, least: float = 0.0
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The similarity of each window at its best shift, and whether it shows anything."""
    in_template = _Local(_soft(template, weights), weights)
    most = _margin(template, around)
    size = template.shape[:2]

    def part(down: int = 0, right: int = 0) -> Floats:
        return _part(around, (most + down, most + right), size, weights)

    alike, inverse, on_screen = _similarities(in_template, part(), floor)
    shows, first = np.maximum(in_template.variance, on_screen) > floor, np.maximum(alike, inverse)
    helps = _plausible(first, shows, weights) and _worst(first, shows, weights) >= least
    for down, right in _shifts(most) if helps else ():
        as_is, turned, _ = _similarities(in_template, part(down, right), floor)
        np.maximum(alike, as_is, out=alike)
        np.maximum(inverse, turned, out=inverse)
    energy = np.maximum(in_template.variance, on_screen)
    lead = cv2.GaussianBlur((inverse - alike) * np.sqrt(energy), (0, 0), STRUCTURE.neighbourhood)
    return np.where(lead > 0, inverse, alike), energy > floor


def _plausible(similarity: Floats, shows: npt.NDArray[np.bool_], weights: Floats | None) -> bool:
    """Whether shifts may help: not where most of it agrees as it is nor where little does."""
    values = similarity[shows if weights is None else shows & (weights > 0)]
    if not values.size:
        return False
    hopeless = np.count_nonzero(values < STRUCTURE.unlike) > STRUCTURE.mostly_unlike * values.size
    return not hopeless and float(values.min()) < STRUCTURE.equal


def _margin(template: Floats, around: Floats) -> int:
    return int(around.shape[0] - template.shape[0]) // 2


def _shifts(most: int) -> list[tuple[int, int]]:
    """Every shift (down, right) by at most so many pixels, but none at all."""
    way = range(-most, most + 1)
    return [(down, right) for down in way for right in way if (down, right) != (0, 0)]


def _part(
    around: Floats, corner: tuple[int, int], size: tuple[int, ...], weights: Floats | None
) -> Floats:
    """The screen behind the template, from a corner on, made soft without what lies outside."""
    (top, left), (height, width) = corner, size
    return _soft(np.ascontiguousarray(around[top : top + height, left : left + width]), weights)


def _of_equal_contrast(template: Floats, around: Floats, weights: Floats | None) -> Floats:
    """The screen's part with the template's spread of levels, as far as that is plausible."""
    most = _margin(template, around)
    part = around[most:-most, most:-most]
    mask = None if weights is None else (weights > 0).astype(np.uint8)
    in_template, on_screen = (
        float(cv2.meanStdDev(one, mask=mask)[1][0, 0]) for one in (template, part)
    )
    gain = in_template / max(on_screen, 1e-3)
    scaled: Floats = around * np.float32(
        min(STRUCTURE.most_gain, max(1 / STRUCTURE.most_gain, gain))
    )
    return scaled


def _outlines(values: Floats) -> Floats:
    right = cv2.Sobel(values, cv2.CV_32F, 1, 0, ksize=3, scale=0.25)
    down = cv2.Sobel(values, cv2.CV_32F, 0, 1, ksize=3, scale=0.25)
    return np.asarray(cv2.magnitude(right, down), np.float32)


def _worst(similarity: Floats, shows: npt.NDArray[np.bool_], weights: Floats | None) -> float:
    if weights is not None:
        shows = shows & (weights > 0)
    values = similarity[shows]
    if values.size < STRUCTURE.fewest:
        return 0.0
    skipped = min(STRUCTURE.worst, max(1, int(values.size * STRUCTURE.worst_share)))
    return max(0.0, min(1.0, float(np.partition(values, skipped)[skipped])))


class _Local:
    """Means and variances in the windows of a picture."""

    def __init__(self, values: Floats, weights: Floats | None) -> None:
        self.values = values
        self.weights = weights
        self.total = None if weights is None else np.maximum(_blurred(weights), np.float32(1e-3))
        self.mean = self.averaged(values)
        self.variance = np.maximum(self.averaged(values * values) - self.mean**2, 0)

    def averaged(self, values: Floats) -> Floats:
        """Weighted mean in each window."""
        if self.weights is None or self.total is None:
            return _blurred(values)
        return np.asarray(_blurred(values * self.weights) / self.total, np.float32)


def _similarities(in_template: _Local, part: Floats, floor: float) -> tuple[Floats, Floats, Floats]:
    """Regularised correlation in each window, also of the inverse, and the part's variance.

    A window that shows nothing on either side agrees.
    """
    mean = in_template.averaged(part)
    variance = np.maximum(in_template.averaged(part * part) - mean * mean, 0)
    shared = in_template.averaged(in_template.values * part) - in_template.mean * mean
    both = np.sqrt((in_template.variance + floor) * (variance + floor))
    return (floor + shared) / both, (floor - shared) / both, variance


def _blurred(values: Floats) -> Floats:
    size = (STRUCTURE.window, STRUCTURE.window)
    return np.asarray(cv2.GaussianBlur(values, size, STRUCTURE.window / 4), np.float32)


def _soft(values: Floats, weights: Floats | None) -> Floats:
    if weights is None:
        return _softened(values)
    return np.asarray(
        _softened(values * weights) / np.maximum(_softened(weights), 1e-3), np.float32
    )


def _softened(values: Floats) -> Floats:
    blurred = cv2.GaussianBlur(values, (5, 5), STRUCTURE.soft, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(blurred, np.float32)


# --- thin lines ---


class WithoutLines(NamedTuple):
    """A picture without its lines, and where they are."""

    rest: Floats
    lines: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, values: Floats, pixel: int) -> WithoutLines:
        """Take out what is a line, darker or lighter than the ground.

        ``pixel`` is the side of a pixel of the screen, as it was resampled.
        """
        run = np.ones((1, LINES.length * pixel | 1), np.uint8)  # odd: even ones move what they keep
        least = LINES.strong * float(np.ptp(values))
        away = np.abs(values - np.float32(np.median(values))) > least
        found = np.zeros(values.shape, np.uint8)
        for way in (cv2.MORPH_CLOSE, cv2.MORPH_OPEN):
            kept = cv2.morphologyEx(values, way, run)
            line = cv2.morphologyEx(kept, way, np.ones((LINES.thin, 1), np.uint8)) - kept
            strong = ((np.abs(line) > least) & away).astype(np.uint8)
            values = values + line * cv2.dilate(strong, np.ones((3, 1), np.uint8))
            found |= strong
        return cls(np.asarray(values, np.float32), found)

    def differs_by_rounding_from(self, other: WithoutLines, aside: int) -> bool:
        """Whether both have lines, and each within so many pixels of one of the other's."""
        in_template, on_screen = _whole(self.lines), _whole(other.lines)
        return _near(in_template, on_screen, aside) and _near(on_screen, in_template, aside)


def _whole(lines: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Without specks, as where letters touch."""
    run = np.ones((1, LINES.length + 1), np.uint8)
    return np.asarray(cv2.morphologyEx(lines, cv2.MORPH_OPEN, run), np.uint8)


def _near(lines: npt.NDArray[np.uint8], others: npt.NDArray[np.uint8], aside: int) -> bool:
    """Whether there are lines, and nearly all of them have others beside them."""
    around = cv2.dilate(others, np.ones((2 * aside + 1, 2 * aside + 1), np.uint8))
    count = int(np.count_nonzero(lines))
    return count > 0 and int(np.count_nonzero(lines > around)) <= LINES.alone * count
