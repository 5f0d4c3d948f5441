"""Two layouts of the same page in two browsers, compared."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.errors import InvalidValue, NothingCompared
from pytest_visualdiff.layouts.pairing import pair
from pytest_visualdiff.sweep.cause import RANK
from pytest_visualdiff.sweep.causes import causes
from pytest_visualdiff.sweep.findings import Finding, picture_box, ranked
from pytest_visualdiff.sweep.limits import SweepLimits
from pytest_visualdiff.sweep.paired_layouts import Scene
from pytest_visualdiff.sweep.presence import beyond
from pytest_visualdiff.sweep.single_browser import overflow
from pytest_visualdiff.sweep.words import missing_in_first, tell

if TYPE_CHECKING:
    from pytest_visualdiff.layouts.page_layout import Element, PageLayout
    from pytest_visualdiff.sweep.cause import Cause

A_LETTER = 8
"""CSS pixels by which the widths of two pages may differ for their texts alone."""


def compare_layouts(a: PageLayout, b: PageLayout, **options: Any) -> tuple[Finding, ...]:
    """What differs between the layouts of one page in two browsers, most visible first.

    ``a`` is the reference. Options are the fields of ``SweepLimits``. Differences that follow from
    another one, and those that only come from how two engines draw the same text, are left out.

    Raises ``InvalidValue`` for an unknown option, and ``NothingCompared`` where a layout is empty.
    """
    try:
        limits = SweepLimits(**options)
    except TypeError as error:
        known = ", ".join(SweepLimits.__dataclass_fields__)
        raise InvalidValue(f"compare_layouts: {error} (known: {known})") from error
    for layout in (a, b):
        if not any(one.visible for one in layout.elements):
            raise NothingCompared(f"{layout.url} shows no element in {layout.browser}")
    scene = Scene(pair(a, b))
    found = [finding(cause, scene, limits) for cause in causes(scene, limits)]
    return ranked(found + [one for one in sideways(a, b) if not _explained(one, found)])


def sideways(a: PageLayout, b: PageLayout) -> list[Finding]:
    """That the page scrolls sideways in one of the two browsers alone, by more than a text."""
    ours, theirs = list(overflow(a)), list(overflow(b))
    if bool(ours) == bool(theirs) or abs(a.page[0] - b.page[0]) <= A_LETTER:
        return []
    return [replace(one, partner=(b if ours else a).browser) for one in ours or theirs]


def _explained(overflow: Finding, found: list[Finding]) -> bool:
    """Whether a finding says already what reaches out of the page."""
    geometric = {"larger", "smaller", "misaligned", "wrapped", "off-screen", "missing", "reordered"}
    return any(one.kind in geometric for one in found) and overflow.kind == "overflow"


def finding(cause: Cause, scene: Scene, limits: SweepLimits) -> Finding:
    """A cause as a finding."""
    kind = kind_of(cause)
    first = in_first(cause, kind, scene)
    named = scene.a if cause.a >= 0 else scene.b
    selector = named.selector(cause.a if cause.a >= 0 else cause.b)
    here, there = (scene.a, scene.b) if first else (scene.b, scene.a)
    at, other = (cause.a, cause.b) if first else (cause.b, cause.a)
    box = _place(at, here, other, there)
    return Finding(
        kind=kind,
        selector=selector,
        browser=here.browser,
        box=picture_box(box.box, here),
        message=tell(cause, kind, scene, selector),
        confidence=confidence(cause, limits),
        partner=there.browser,
        partner_box=picture_box(there.elements[other].box, there) if other >= 0 else None,
        consequences=len(cause.followers),
        detail={
            "events": [list(one) for one in cause.events],
            "evidence": list(cause.evidence),
            "styles": styles(cause, scene),
        },
    )


def styles(cause: Cause, scene: Scene) -> dict[str, list[str]]:
    """The computed styles that look different: their values in both browsers."""
    restyled = (one.axis for one in cause.events if one.kind == "restyled")
    names = [name for name in restyled if name in scene.a.properties]
    return {name: [scene.style_a(cause.a, name), scene.style_b(cause.a, name)] for name in names}


def _place(at: int, here: PageLayout, other: int, there: PageLayout) -> Element:
    """Where a finding is shown: at the element, or where it would be."""
    if at >= 0 and here.elements[at].box.width * here.elements[at].box.height > 0:
        return here.elements[at]
    return there.elements[other]


def kind_of(cause: Cause) -> str:
    """The kind that names the finding."""
    kinds = {one.kind for one in cause.events}
    return next(kind for kind in RANK if kind in kinds)


def in_first(cause: Cause, kind: str, scene: Scene) -> bool:
    """Whether it is the reference that shows the fault."""
    if kind == "missing" and not (cause.a >= 0 and cause.b >= 0 and _both_seen(cause, scene)):
        return missing_in_first(cause, scene)
    one, twin = scene.a.elements[cause.a], scene.b.elements[cause.b]
    worse = {
        "missing": (twin.lines, one.lines),
        "overlapped": (one.cover, twin.cover),
        "clipped": (sum(one.hidden) - 100 * one.shown, sum(twin.hidden) - 100 * twin.shown),
        "broken": (one.picture, twin.picture),
        "off-screen": (beyond(one, scene.a), beyond(twin, scene.b)),
        "wrapped": (one.lines, twin.lines),
    }.get(kind, (0, 0))
    return worse[0] > worse[1]


def _both_seen(cause: Cause, scene: Scene) -> bool:
    return scene.a.elements[cause.a].visible and scene.b.elements[cause.b].visible


def confidence(cause: Cause, limits: SweepLimits) -> float:
    """How sure it is that the cause is a difference of the page, not of the font engine."""
    excess = max(one.amount / (one.amount + limits.move) for one in cause.events)
    return min(1.0, excess + (0.25 if cause.strong else 0.0))
