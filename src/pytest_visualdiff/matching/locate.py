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
from pytest_visualdiff.images import opencv
from pytest_visualdiff.images.codec import to_array
from pytest_visualdiff.matching import match_messages
from pytest_visualdiff.matching.search_options import CONFIDENCE, SCALES, SearchOptions
from pytest_visualdiff.matching.search_tuning import CONFIDENCE_SCALE, SEARCH
from pytest_visualdiff.model import Box, Match

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_visualdiff.images.codec import ImageSource
    from pytest_visualdiff.matching.search import Search
    from pytest_visualdiff.model import Array


@opencv.needed()
def locate(  # noqa: PLR0913 - all but two are keywords
    template: ImageSource,
    screen: ImageSource,
    *,
    confidence: float = CONFIDENCE,
    scales: Iterable[float] = SCALES,
    region: Box | tuple[int, int, int, int] | None = None,
    colour: bool = False,
) -> Match:
    """The place of a screen that shows the template: the best one, never just the first.

    Both are a path, encoded bytes, a PIL image, or an RGB/RGBA ``uint8`` array; transparent
    pixels of the template are ignored. ``scales`` is a range (low, high) of sizes relative to
    the template, or a list of another count of them; other sizes are tried where size 1 is not
    found. ``region`` is searched alone, in pixels of the screen. Structure decides; with ``colour``
    a place must also have the template's colours and contrast, so that a disabled button is not
    taken for an enabled one. Without, the result's ``look`` says where they differ.

    Raises ``TemplateNotFound`` (with ``best`` and ``picture()``) where no place reaches
    ``confidence``, ``AmbiguousTemplate`` where two are equally good, ``FlatTemplate`` for one
    without structure, ``InvalidValue`` or ``ImageError`` for arguments that are wrong.
    """
    options = SearchOptions(confidence, tuple(scales), _box(region))
    shown, found = _found(template, screen, options)
    found = [shown.with_look(match, confidence) for match in found]
    alike = _alike(found) if colour else found
    if not alike or alike[0].confidence < confidence:
        best = (found if colour else alike)[0] if found else None
        names = match_messages.Names.of(template, screen)
        message = match_messages.not_found(names, options, shown.sizes, found)
        raise TemplateNotFound(message, best=best, picture=partial(shown.picture, best))
    if _tied(alike, confidence):
        names = match_messages.Names.of(template, screen)
        raise AmbiguousTemplate(match_messages.ambiguous(names, alike), matches=alike)
    best, *others = alike
    return replace(best, runner_up=others[0] if others else None)


@opencv.needed()
def locate_all(  # noqa: PLR0913 - all but two are keywords
    template: ImageSource,
    screen: ImageSource,
    *,
    confidence: float = CONFIDENCE,
    scales: Iterable[float] = SCALES,
    region: Box | tuple[int, int, int, int] | None = None,
    colour: bool = False,
) -> tuple[Match, ...]:
    """Every place that shows the template, best first, none covering another; may be empty.

    Arguments and errors are those of ``locate``; nothing is ambiguous here, and nothing missing.
    All matches have about the size of the best one.
    """
    options = SearchOptions(confidence, tuple(scales), _box(region))
    shown, found = _found(template, screen, options, SEARCH.all)
    found = [shown.with_look(match, confidence) for match in found]
    alike = _alike(found) if colour else found
    return tuple(match for match in alike if match.confidence >= confidence)


def _alike(found: Sequence[Match]) -> list[Match]:
    """The matches that have the template's colours and contrast."""
    return [match for match in found if not match.look]


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

    def with_look(self, match: Match, confidence: float) -> Match:
        """The match with what its look differs in, where it is one."""
        if match.confidence < confidence or match.confidence == 1:
            return match
        from pytest_visualdiff.matching.colour_match import appearance

        return replace(match, look=appearance(self.template, self.screen, match))

    def picture(self, match: Match | None) -> bytes:
        """PNG bytes of the template and a place side by side; empty without a place."""
        if match is None:
            return b""
        from pytest_visualdiff.matching.match_messages import side_by_side

        return side_by_side(self.template, self.screen, match.box)


def picture(template: ImageSource, screen: ImageSource, match: Match) -> bytes:
    """PNG bytes: the template, and beside it the place on the screen."""
    return _Shown(to_array(template), to_array(screen)).picture(match)


def _found(
    template: ImageSource, screen: ImageSource, options: SearchOptions, count: int = SEARCH.verified
) -> tuple[_Shown, list[Match]]:
    """What was searched, and the best places."""
    from pytest_visualdiff.matching.planes import SearchImage, Template, opaque
    from pytest_visualdiff.matching.search import Search

    shown = _Shown(to_array(template), to_array(screen))
    area = _area(options.region, *shown.sizes[1])
    part = opaque(shown.screen[area.y : area.bottom, area.x : area.right])
    probe = Template.of(shown.template)
    search = Search(probe, SearchImage(part, probe.weights), options, count)
    _require_structure(search, match_messages.Names.of(template, screen))
    found = search.run()
    return shown, [_moved(match, area) for match in found]


def _require_structure(search: Search, names: match_messages.Names) -> None:
    if not search.floor:
        raise FlatTemplate(match_messages.flat(names, search.template.size))


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
    return first == second if first == 1 else first - second < CONFIDENCE_SCALE.tie


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
