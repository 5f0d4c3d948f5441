"""A change of colour that is too faint to count but is everywhere: worth a note, no difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_visualdiff.comparison.colour import ciede2000, hex_colour, lab
from pytest_visualdiff.comparison.tuning import FLAT, UNRELATED

if TYPE_CHECKING:
    from pytest_visualdiff.comparison.values import AlignedPair


def note_faint_change(pair: AlignedPair) -> str:
    """A note if most of the picture changed its colour the same way; empty without any.

    Samples tell. Noise pushes pixels in all directions, so that its mean step is short.
    """
    places = (slice(UNRELATED.step // 2, None, UNRELATED.step),) * 2
    seen = slice(None) if pair.valid is None else pair.valid[places].ravel()
    expected, actual = (
        picture[places].reshape(-1, 3)[seen] for picture in (pair.expected, pair.actual)
    )
    changed = (expected != actual).any(axis=1)
    if not changed.size or changed.mean() < FLAT.everywhere:
        return ""
    expected, actual = expected[changed], actual[changed]
    steps = actual.astype(np.float32) - expected
    lengths = np.linalg.norm(steps, axis=1)
    if np.linalg.norm(steps.mean(axis=0)) < FLAT.change * lengths.mean():
        return ""
    before, after = (np.median(colours, axis=0).astype(np.uint8) for colours in (expected, actual))
    distance = float(ciede2000(lab(before[None]), lab(after[None]))[0])
    return (
        f"faint, but everywhere: {changed.mean():.0%} of the picture changed its colour by about"
        f" ΔE {distance:.1f} ({hex_colour(before)} → {hex_colour(after)}), which the threshold of"
        f" {pair.limits.threshold:g} allows"
    )
