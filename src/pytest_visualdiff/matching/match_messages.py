"""What a search has to say when it fails: what was searched where, and what to do next."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_visualdiff.images.codec import encode
from pytest_visualdiff.matching.search_options import CONFIDENCE
from pytest_visualdiff.matching.search_tuning import CONFIDENCE_SCALE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_visualdiff.matching.search_options import SearchOptions
    from pytest_visualdiff.model import Array, Box, Match


class Names(NamedTuple):
    """How messages name the two pictures."""

    template: str
    screen: str

    @classmethod
    def of(cls, template: Any, screen: Any) -> Names:
        """The names of files, or what else there is to say."""
        return cls(_name(template, "template"), _name(screen, "screen"))


def _name(source: Any, what: str) -> str:
    if isinstance(source, (str, os.PathLike)):
        return f"{what} {os.fspath(source)!r}"
    return f"the {what}"


def not_found(
    names: Names,
    options: SearchOptions,
    sizes: tuple[tuple[int, int], tuple[int, int]],
    found: Sequence[Match],
) -> str:
    """The message of ``TemplateNotFound``."""
    (width, height), (across, down) = sizes
    where = f"the {across}x{down} {names.screen.removeprefix('the ')}"
    if options.region is not None:
        where = f"region {options.region} of {where}"
    head = f"{names.template} ({width}x{height}) was not found in {where}"
    if not found:
        return (
            f"{head}: it is larger than what was searched at every scale of {_scales(options)};"
            " search a larger region, or smaller scales"
        )
    best = found[0]
    return (
        f"{head}: the best place is {best.box} at scale {best.scale:.3g} with confidence"
        f" {best.confidence:.3f}, required {options.confidence:g} ({_origin(options.confidence)});"
        f" scales {_scales(options)} were searched\n  {_advice(best, options)}"
    )


def _advice(best: Match, options: SearchOptions) -> str:
    look = "picture() of this error shows the template beside the best place"
    if best.confidence < CONFIDENCE_SCALE.resembles:
        return f"nothing there resembles it: is the page ready, and the right one? {look}"
    if best.look:
        return f"it is there, with another look ({best.look}), and colour was asked for: {look}"
    return (
        f"something there resembles it, with another label, icon or state: {look}; take a new"
        f" template if that is the thing, or require less than {options.confidence:g}"
    )


def _origin(confidence: float) -> str:
    return "the default" if confidence == CONFIDENCE else "from the call"


def _scales(options: SearchOptions) -> str:
    if options.is_range:
        return f"{options.scales[0]:g} to {options.scales[1]:g}"
    return ", ".join(f"{scale:g}" for scale in options.scales)


def ambiguous(names: Names, found: Sequence[Match]) -> str:
    """The message of ``AmbiguousTemplate``."""
    first, second = found[:2]
    return (
        f"{names.template} fits two places of {names.screen} equally well: {first.box} with"
        f" confidence {first.confidence:.3f} and {second.box} with {second.confidence:.3f};"
        " cut the template larger, so that it shows what is around it, search in a region, or"
        " take all with locate_all"
    )


def flat(names: Names, size: tuple[int, int]) -> str:
    """The message of ``FlatTemplate``."""
    return (
        f"{names.template} ({size[0]}x{size[1]}) shows nothing but one colour, or is transparent:"
        " it would fit every flat place; cut it so that it shows an edge, an icon or a text"
    )


# --- the picture of a search ---


_GAP = 8
_BACKGROUND = (128, 128, 128)
_LEGIBLE = 96  # pixels; smaller pictures are enlarged by whole numbers


def side_by_side(template: Array, screen: Array, box: Box) -> bytes:
    """PNG bytes: the template to the left, the place to the right, small ones enlarged."""
    import numpy as np

    place = screen[box.y : box.bottom, box.x : box.right, :3]
    pictures = [_opaque(template), place]
    height = max(picture.shape[0] for picture in pictures)
    width = sum(picture.shape[1] for picture in pictures)
    canvas = np.full((height + 2 * _GAP, width + 3 * _GAP, 3), _BACKGROUND, np.uint8)
    left = _GAP
    for picture in pictures:
        canvas[_GAP : _GAP + picture.shape[0], left : left + picture.shape[1]] = picture
        left += picture.shape[1] + _GAP
    times = max(1, _LEGIBLE // height)
    return encode(np.ascontiguousarray(canvas.repeat(times, axis=0).repeat(times, axis=1)))


def _opaque(template: Array) -> Array:
    """Transparent pixels shown in the colour of the background."""
    if template.shape[2] == 3:
        return template
    import numpy as np

    alpha = template[..., 3:].astype(np.float32) / 255
    mixed = template[..., :3] * alpha + np.array(_BACKGROUND, np.float32) * (1 - alpha)
    return np.rint(mixed).astype(np.uint8)
