"""A text caret that blinks: there in one picture, not in the other, and no difference.

Captures hide it, but ready-made pictures and whole screens may show it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_visualdiff.comparison.arrays import crop
from pytest_visualdiff.comparison.colour import ciede2000, lab
from pytest_visualdiff.comparison.tuning import CARET
from pytest_visualdiff.comparison.values import Explanation
from pytest_visualdiff.model import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_visualdiff.comparison.regions import Region
    from pytest_visualdiff.comparison.values import AlignedPair
    from pytest_visualdiff.model import Array


def find_carets(pair: AlignedPair, regions: Sequence[Region]) -> list[Region]:
    """The regions that are a caret; none where there are too many, or where exactness is asked."""
    if not pair.limits.antialiasing:
        return []
    found = [region for region in regions if _is_caret(pair, region)]
    return found if len(found) <= CARET.most else []


def explain_carets(carets: Sequence[Region]) -> tuple[Explanation, ...]:
    """Carets as tolerated changes without evidence."""
    detail = {"caret": True}
    return tuple(Explanation(Kind.CHANGED, caret.box, 0, caret.count, detail) for caret in carets)


def _is_caret(pair: AlignedPair, region: Region) -> bool:
    box = region.box
    plausible = box.width <= CARET.widest and CARET.lowest <= box.height <= CARET.highest
    if not plausible or region.count < CARET.solid * box.area:
        return False
    expected, actual = crop(pair.expected, box), crop(pair.actual, box)
    return _shows_caret(expected, actual) or _shows_caret(actual, expected)


def _shows_caret(drawn: Array, without: Array) -> bool:
    """One colour in ``drawn``, and the background in the picture without the caret."""
    colours = lab(np.stack([_usual(drawn), _usual(without)]))
    return bool(ciede2000(colours[:1], colours[1:])[0] >= CARET.contrast)


def _usual(pixels: Array) -> Array:
    """The colour of most pixels: a caret has round ends and may stand at the edge of a letter."""
    usual: Array = np.median(pixels.reshape(-1, 3), axis=0).astype(np.uint8)
    return usual
