"""What a sweep finds on one page in one window size."""

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
    from pytest_visualdiff.sweep.visit import PageObservation

MOSTLY = 0.5
"""Part of a finding's box that a mask must cover, so that the finding is left out."""


@dataclass(frozen=True)
class PageResult:
    """What differs on a page in one window size; the first observation is the reference."""

    viewport: tuple[int, int]
    observations: tuple[PageObservation, ...]
    findings: tuple[Finding, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    """By browser: why it was not compared."""
    notes: tuple[str, ...] = ()
    milliseconds: float = 0.0
    """Spent comparing."""

    @property
    def url(self) -> str:
        """Where the page is, as the first browser says that got there."""
        return next((one.layout.url for one in self.observations if one.layout), "")

    @property
    def title(self) -> str:
        """The page's title."""
        return next((one.layout.title for one in self.observations if one.layout), "")


def compare_page(
    viewport: tuple[int, int],
    observations: Sequence[PageObservation],
    settings: Settings,
    others: Sequence[Sequence[PageObservation]] = (),
) -> PageResult:
    """Compare what each browser showed with the first one, and examine each by itself.

    ``others`` are the observations of the same page in other window sizes.
    """
    notes = page_notes(observations)
    differences, errors = compare_with_reference(observations, settings)
    faults = single_browser_faults(observations, others) if settings["sweep_alone"] else []
    wanted = [one for one in [*differences, *faults] if one.kind in settings["sweep_kinds"]]
    visible = [one for one in wanted if not is_masked(one, observations)]
    findings = ranked(without_repeats(visible))
    return PageResult(viewport, tuple(observations), findings, errors, notes)


def page_notes(observations: Sequence[PageObservation]) -> tuple[str, ...]:
    """What a person should know of the page and its pictures, each once."""
    layouts = [one.layout for one in observations if one.layout]
    notes = [note for layout in layouts for note in notes_on_unreadable(layout)]
    notes += [f"{one.browser}: {one.note}" for one in observations if one.note]
    return tuple(dict.fromkeys(notes))


def compare_with_reference(
    observations: Sequence[PageObservation], settings: Settings
) -> tuple[list[Finding], dict[str, str]]:
    """What differs from the first browser; by browser, why it was not compared."""
    reference, *rest = observations
    errors = {one.browser: one.error for one in observations if one.error}
    found: list[Finding] = []
    for one in rest:
        if one.layout is None:
            continue
        trouble = _other_page(reference, one)
        if trouble or reference.layout is None:
            errors[one.browser] = trouble or f"{reference.browser}, the reference, shows nothing"
            continue
        try:
            told = compare_layouts(reference.layout, one.layout, **limits(settings))
            found += [*told, *other_pictures(reference, one, told)]
        except NothingCompared as error:
            errors[one.browser] = str(error)
    return found, errors


def limits(settings: Settings) -> dict[str, Any]:
    """The limits of a comparison."""
    return {name: settings[f"sweep_{name}"] for name in ("move", "size", "text", "colour")}


def _other_page(reference: PageObservation, one: PageObservation) -> str:
    """Why two observations are not of the same page; empty where they are."""
    if reference.layout is None or one.layout is None:
        return ""
    here, there = page_of(one.layout.url), page_of(reference.layout.url)
    if here == there:
        return ""
    return f"PageNotShown: {one.browser} shows {here}, but {reference.browser} {there}"


def single_browser_faults(
    observations: Sequence[PageObservation], others: Sequence[Sequence[PageObservation]]
) -> list[Finding]:
    """The faults that each browser shows by itself."""
    found: list[Finding] = []
    for one in observations:
        if one.layout is not None:
            same = [
                other.layout
                for size in others
                for other in size
                if other.layout is not None and other.browser == one.browser
            ]
            found += examine_layout(one.layout, *same)
    return found


def without_repeats(found: Sequence[Finding]) -> list[Finding]:
    """Each finding once: a fault that a comparison tells already is not told again alone.

    A fault that all browsers show by themselves is told of the first one.
    """
    told = {(one.selector, one.browser) for one in found if one.partner}
    alone: dict[tuple[str, str], Finding] = {}
    for one in found:
        if not one.partner and (one.selector, one.browser) not in told:
            alone.setdefault((one.kind, one.selector), one)
    return [*(one for one in found if one.partner), *alone.values()]


def is_masked(one: Finding, observations: Sequence[PageObservation]) -> bool:
    """Whether a finding lies in what is left out of the comparison."""
    masks = [
        mask
        for observation in observations
        if observation.browser == one.browser and observation.shot
        for mask in observation.shot.masks
    ]
    return any(_common(one.box, mask) >= MOSTLY * one.box.area for mask in masks)


def _common(one: Box, other: Box) -> int:
    width = min(one.right, other.right) - max(one.x, other.x)
    height = min(one.bottom, other.bottom) - max(one.y, other.y)
    return max(0, width) * max(0, height)


def notes_on_unreadable(layout: PageLayout) -> Iterator[str]:
    """Notes on parts of a page that no script can read."""
    frames = roots = 0
    for one in layout.elements:
        if one.visible and not layout.children[one.index]:
            frames += one.tag in ("iframe", "frame")
            roots += "-" in one.tag and not one.text and one.box.height > 0
    if frames:
        yield f"{frames} frames of other origins: only their place is compared"
    if roots:
        yield f"{roots} elements with a closed shadow root or none: only their place is compared"
