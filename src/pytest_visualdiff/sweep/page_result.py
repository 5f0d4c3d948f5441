"""One page in one window size, as all browsers of a sweep saw it: what differs there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.errors import NothingCompared
from pytest_visualdiff.sweep.compare import compare_layouts
from pytest_visualdiff.sweep.findings import Finding, ranked
from pytest_visualdiff.sweep.pictures import other_pictures
from pytest_visualdiff.sweep.single_browser import examine_layout
from pytest_visualdiff.sweep.visit import page_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_visualdiff.layouts.page_layout import PageLayout
    from pytest_visualdiff.model import Box
    from pytest_visualdiff.options.table import Settings
    from pytest_visualdiff.sweep.visit import Sight

MOSTLY = 0.5
"""Part of a finding's box that a mask must cover, so that the finding is left out."""


@dataclass(frozen=True)
class PageResult:
    """What a sweep says of a page in one window size; ``sights`` has the reference first."""

    viewport: tuple[int, int]
    sights: tuple[Sight, ...]
    findings: tuple[Finding, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    """By browser: why it was not compared."""
    notes: tuple[str, ...] = ()
    milliseconds: float = 0.0
    """Spent comparing."""

    @property
    def url(self) -> str:
        """Where the page is, as the first browser says that got there."""
        return next((one.layout.url for one in self.sights if one.layout), "")

    @property
    def title(self) -> str:
        """The page's title."""
        return next((one.layout.title for one in self.sights if one.layout), "")


def compare_page(
    viewport: tuple[int, int],
    sights: Sequence[Sight],
    settings: Settings,
    others: Sequence[Sequence[Sight]] = (),
) -> PageResult:
    """Compare what each browser saw with the first one's, and examine each by itself.

    ``others`` are the sights of the same page in other window sizes.
    """
    errors = {one.browser: one.error for one in sights if one.error}
    reference, *rest = sights
    found: list[Finding] = []
    notes = dict.fromkeys(note for one in sights if one.layout for note in opaque(one.layout))
    notes |= dict.fromkeys(f"{one.browser}: {one.note}" for one in sights if one.note)
    for one in rest:
        if one.layout is None:
            continue
        trouble = _unlike(reference, one)
        if trouble or reference.layout is None:
            errors[one.browser] = trouble or f"{reference.browser}, the reference, shows nothing"
            continue
        try:
            told = compare_layouts(reference.layout, one.layout, **limits(settings))
            found += [*told, *other_pictures(reference, one, told)]
        except NothingCompared as error:
            errors[one.browser] = str(error)
    if settings["sweep_alone"]:
        found += _alone(sights, others)
    kept = [
        one for one in found if one.kind in settings["sweep_kinds"] and not _masked(one, sights)
    ]
    return PageResult(viewport, tuple(sights), ranked(_once(kept)), errors, tuple(notes))


def limits(settings: Settings) -> dict[str, Any]:
    """The limits of a comparison."""
    return {name: settings[f"sweep_{name}"] for name in ("move", "size", "text", "colour")}


def _unlike(reference: Sight, one: Sight) -> str:
    """Why two sights are not of the same page; empty where they are."""
    if reference.layout is None or one.layout is None:
        return ""
    here, there = page_of(one.layout.url), page_of(reference.layout.url)
    if here == there:
        return ""
    return f"PageNotShown: {one.browser} shows {here}, but {reference.browser} {there}"


def _alone(sights: Sequence[Sight], others: Sequence[Sequence[Sight]]) -> Iterator[Finding]:
    for one in sights:
        if one.layout is not None:
            same = [sight.layout for more in others for sight in more if sight.layout is not None
                    and sight.browser == one.browser]  # fmt: skip
            yield from examine_layout(one.layout, *same)


def _once(found: Sequence[Finding]) -> list[Finding]:
    """Each finding once: a fault that a comparison tells already is not told again alone.

    A fault that all browsers show by themselves is told of the first one.
    """
    told = {(one.selector, one.browser) for one in found if one.partner}
    alone: dict[tuple[str, str], Finding] = {}
    for one in found:
        if not one.partner and (one.selector, one.browser) not in told:
            alone.setdefault((one.kind, one.selector), one)
    return [*(one for one in found if one.partner), *alone.values()]


def _masked(one: Finding, sights: Sequence[Sight]) -> bool:
    """Whether a finding lies in what is left out of the comparison."""
    masks = [
        mask
        for sight in sights
        if sight.browser == one.browser and sight.shot
        for mask in sight.shot.masks
    ]
    return any(_common(one.box, mask) >= MOSTLY * one.box.area for mask in masks)


def _common(one: Box, other: Box) -> int:
    width = min(one.right, other.right) - max(one.x, other.x)
    height = min(one.bottom, other.bottom) - max(one.y, other.y)
    return max(0, width) * max(0, height)


def opaque(layout: PageLayout) -> Iterator[str]:
    """Notes on what no script can look into."""
    frames = roots = 0
    for one in layout.elements:
        if one.visible and not layout.children[one.index]:
            frames += one.tag in ("iframe", "frame")
            roots += "-" in one.tag and not one.text and one.box.height > 0
    if frames:
        yield f"{frames} frames of other origins: only their place is compared"
    if roots:
        yield f"{roots} elements with a closed shadow root or none: only their place is compared"
