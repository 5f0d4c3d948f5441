"""Whether a place that matches also has the template's colours and contrast.

The search compares structure: a disabled button, and a red lamp where the template's is green, have
the same one. Here the two are compared as they look. Both are blurred first, so that text which
another font engine drew looks the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array, Box, Match

BLUR = 7
"""Pixels each way that are averaged: wider than a stroke, narrower than a small lamp."""
COLOUR = 15.0
"""Difference (CIELAB) of blurred colours that is another look; redrawn text stays below 10."""
CONTRAST = (0.75, 1.33)
"""Range of contrast relative to the template's that is the same look."""
_FLAT = 4.0
"""Below this standard deviation of lightness a template has no contrast to compare."""


def appearance(template: Array, screen: Array, match: Match) -> str:
    """How a place looks other than the template, in words; empty where it looks the same."""
    import numpy as np

    box = match.box.clipped(screen.shape[1], screen.shape[0])
    if not box.area:
        return ""
    place = screen[box.y : box.bottom, box.x : box.right, :3]
    scaled = _laid_over(template, match, box)
    visible: Any = scaled[..., 3] > 127 if scaled.shape[2] == 4 else np.ones(place.shape[:2], bool)
    if not visible.any():
        return ""
    expected, actual = _lab(scaled[..., :3]), _lab(place)
    return _contrast(expected, actual, visible) or _colour(expected, actual, visible)


def _laid_over(template: Array, match: Match, box: Box) -> Any:
    """The template with the size of the match, at the same fraction of a pixel."""
    import cv2
    import numpy as np

    left, top, width, height = match.exact
    size = (max(1, round(width)), max(1, round(height)))
    resized = template
    if template.shape[1::-1] != size:
        resized = np.asarray(cv2.resize(template, size, interpolation=cv2.INTER_AREA), np.uint8)
    shift = np.array([[1, 0, left - box.x], [0, 1, top - box.y]], np.float32)
    return cv2.warpAffine(resized, shift, (box.width, box.height), borderMode=cv2.BORDER_REPLICATE)


def _lab(picture: Any) -> Any:
    import cv2
    import numpy as np

    scaled = np.ascontiguousarray(picture, np.float32) / 255
    return cv2.cvtColor(scaled, cv2.COLOR_RGB2LAB)


def _contrast(expected: Any, actual: Any, visible: Any) -> str:
    import cv2
    import numpy as np

    before, after = (cv2.blur(one[..., 0], (3, 3))[visible] for one in (expected, actual))
    if before.std() < _FLAT:
        return ""
    # The slope of the line that tells the one's lightness from the other's.
    ratio = float(np.cov(before, after)[0, 1] / before.var())
    if CONTRAST[0] <= ratio <= CONTRAST[1]:
        return ""
    word = "paler" if ratio < 1 else "stronger"
    return f"{word}: {max(0.0, ratio):.0%} of the template's contrast"


def _colour(expected: Any, actual: Any, visible: Any) -> str:
    import cv2
    import numpy as np

    weights = np.maximum(cv2.blur(visible.astype(np.float32), (BLUR, BLUR)), 1e-6)
    before, after = (
        cv2.blur(one * visible[..., None], (BLUR, BLUR)) / weights[..., None]
        for one in (expected, actual)
    )
    distance = np.where(visible, np.linalg.norm(before - after, axis=2), 0)
    y, x = np.unravel_index(int(distance.argmax()), distance.shape)
    if distance[y, x] < COLOUR:
        return ""
    return f"another colour: {_hex(after[y, x])} where the template has {_hex(before[y, x])}"


def _hex(lab: Any) -> str:
    import cv2
    import numpy as np

    rgb = cv2.cvtColor(np.asarray(lab, np.float32).reshape(1, 1, 3), cv2.COLOR_LAB2RGB)[0, 0]
    return "#" + "".join(f"{round(float(channel) * 255):02x}" for channel in rgb.clip(0, 1))
