"""Finding a template on a picture from anywhere: no pytest, no browser, no display."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pytest_visualdiff.errors import (
    AmbiguousTemplate,
    FlatTemplate,
    InvalidValue,
    TemplateNotFound,
)
from pytest_visualdiff.images.codec import to_array
from pytest_visualdiff.matching import CONFIDENCE, SCALES, Wanted, words
from pytest_visualdiff.model import Box, Match

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_visualdiff.images.codec import ImageSource
    from pytest_visualdiff.matching.search import Search
    from pytest_visualdiff.model import Array

ALL = 200
"""At most so many places are named by ``locate_all``."""

FEW = 3
"""So many places are compared in full for ``locate``: the best, its runner-up and one to spare."""

_TIE = 0.01  # two confidences below 1 that differ by less name equally good places


def locate(
    template: ImageSource,
    screen: ImageSource,
    *,
    confidence: float = CONFIDENCE,
    scales: Iterable[float] = SCALES,
    region: Box | tuple[int, int, int, int] | None = None,
) -> Match:
    """The place of a screen that shows the template: the best one, never just the first.

    Both are a path, encoded bytes, a PIL image, or an RGB/RGBA ``uint8`` array; transparent
    pixels of the template are ignored. ``scales`` is a range (low, high) of sizes relative to
    the template, or a list of another count of them; other sizes are tried where size 1 is not
    found. ``region`` is searched alone, in pixels of the screen.

    Raises ``TemplateNotFound`` (with ``best`` and ``picture()``) where no place reaches
    ``confidence``, ``AmbiguousTemplate`` where two are equally good, ``FlatTemplate`` for one
    without structure, ``InvalidValue`` or ``ImageError`` for arguments that are wrong.
    """
    wanted = Wanted(confidence, tuple(scales), _box(region))
    shown, found = _found(template, screen, wanted)
    if not found or found[0].confidence < confidence:
        best = found[0] if found else None
        names = words.Names.of(template, screen)
        message = words.not_found(names, wanted, shown.sizes, found)
        raise TemplateNotFound(message, best=best, picture=partial(shown.picture, best))
    if _tied(found, confidence):
        names = words.Names.of(template, screen)
        raise AmbiguousTemplate(words.ambiguous(names, found), matches=found)
    best, *others = found
    return replace(best, runner_up=others[0] if others else None)


def locate_all(
    template: ImageSource,
    screen: ImageSource,
    *,
    confidence: float = CONFIDENCE,
    scales: Iterable[float] = SCALES,
    region: Box | tuple[int, int, int, int] | None = None,
) -> tuple[Match, ...]:
    """Every place that shows the template, best first, none covering another; may be empty.

    Arguments and errors are those of ``locate``; nothing is ambiguous here, and nothing missing.
    All matches have about the size of the best one.
    """
    wanted = Wanted(confidence, tuple(scales), _box(region))
    _, found = _found(template, screen, wanted, ALL)
    return tuple(match for match in found if match.confidence >= confidence)


class _Shown:
    """The pixels that were searched, for messages and pictures."""

    def __init__(self, template: Array, screen: Array) -> None:
        self.template = template
        self.screen = screen

    @property
    def sizes(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Width and height of template and screen."""
        shapes = (self.template.shape, self.screen.shape)
        return (shapes[0][1], shapes[0][0]), (shapes[1][1], shapes[1][0])

    def picture(self, match: Match | None) -> bytes:
        """PNG bytes of the template and a place side by side; empty without a place."""
        if match is None:
            return b""
        from pytest_visualdiff.matching.messages import side_by_side

        return side_by_side(self.template, self.screen, match.box)


def picture(template: ImageSource, screen: ImageSource, match: Match) -> bytes:
    """PNG bytes: the template, and beside it the place on the screen."""
    return _Shown(to_array(template), to_array(screen)).picture(match)


def _found(
    template: ImageSource, screen: ImageSource, wanted: Wanted, count: int = FEW
) -> tuple[_Shown, list[Match]]:
    """What was searched, and the best places."""
    from pytest_visualdiff.matching.planes import Scene, Template, opaque
    from pytest_visualdiff.matching.search import Search

    shown = _Shown(to_array(template), to_array(screen))
    area = _area(wanted.region, *shown.sizes[1])
    part = opaque(shown.screen[area.y : area.bottom, area.x : area.right])
    probe = Template.of(shown.template)
    search = Search(probe, Scene(part, probe.weights), wanted, count)
    _require_structure(search, words.Names.of(template, screen))
    found = search.run()
    return shown, [_moved(match, area) for match in found]


def _require_structure(search: Search, names: words.Names) -> None:
    if not search.floor:
        raise FlatTemplate(words.flat(names, search.template.size))


def _area(region: Box | None, width: int, height: int) -> Box:
    whole = Box(0, 0, width, height)
    if region is None:
        return whole
    part = region.clipped(width, height)
    if not part.area:
        raise InvalidValue(f"region {region} shares no pixel with the {width}x{height} screen")
    return part


def _moved(match: Match, area: Box) -> Match:
    x, y, width, height = match.exact
    exact = (x + area.x, y + area.y, width, height)
    return replace(match, box=match.box.moved(area.x, area.y), exact=exact)


def _tied(found: Sequence[Match], confidence: float) -> bool:
    """Whether the second place is as good as the first."""
    if len(found) < 2 or found[1].confidence < confidence:
        return False
    first, second = found[0].confidence, found[1].confidence
    return first == second if first == 1 else first - second < _TIE


def _box(region: Box | tuple[int, int, int, int] | None) -> Box | None:
    if region is None or isinstance(region, Box):
        return region
    try:
        x, y, width, height = (int(value) for value in region)
    except (TypeError, ValueError) as error:
        raise InvalidValue(
            f"region is a Box or (x, y, width, height) in pixels, not {region!r}"
        ) from error
    return Box(x, y, width, height)
