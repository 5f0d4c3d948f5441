"""Two layouts of the same page in two browsers, compared."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.errors import InvalidValue, NothingCompared
from pytest_visualdiff.layouts.pairing import pair
from pytest_visualdiff.sweep.events import RANK
from pytest_visualdiff.sweep.findings import Finding, message, missing_in_first, picture_box, ranked
from pytest_visualdiff.sweep.paired_layouts import PairedLayouts
from pytest_visualdiff.sweep.presence import beyond
from pytest_visualdiff.sweep.root_causes import root_causes
from pytest_visualdiff.sweep.single_browser import overflow
from pytest_visualdiff.sweep.tolerance import SweepLimits

if TYPE_CHECKING:
    from pytest_visualdiff.layouts.page_layout import Element, PageLayout
    from pytest_visualdiff.sweep.events import RootCause

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
    paired = PairedLayouts(pair(a, b))
    found = [finding(cause, paired, limits) for cause in root_causes(paired, limits)]
    return ranked(found + [one for one in sideways_scroll(a, b) if not _explained(one, found)])


def sideways_scroll(a: PageLayout, b: PageLayout) -> list[Finding]:
    """That the page scrolls sideways in one of the two browsers alone, by more than a text."""
    ours, theirs = list(overflow(a)), list(overflow(b))
    if bool(ours) == bool(theirs) or abs(a.page[0] - b.page[0]) <= A_LETTER:
        return []
    return [replace(one, partner=(b if ours else a).browser) for one in ours or theirs]


def _explained(overflow: Finding, found: list[Finding]) -> bool:
    """Whether a finding says already what reaches out of the page."""
    geometric = {"larger", "smaller", "misaligned", "wrapped", "off-screen", "missing", "reordered"}
    return any(one.kind in geometric for one in found) and overflow.kind == "overflow"


def finding(cause: RootCause, paired: PairedLayouts, limits: SweepLimits) -> Finding:
    """A cause as a finding."""
    kind = kind_of(cause)
    first = in_first(cause, kind, paired)
    named = paired.a if cause.a >= 0 else paired.b
    index = cause.a if cause.a >= 0 else cause.b
    selector = named.selector(index)
    here, there = (paired.a, paired.b) if first else (paired.b, paired.a)
    at, other = (cause.a, cause.b) if first else (cause.b, cause.a)
    box = _place(at, here, other, there)
    return Finding(
        kind=kind,
        selector=selector,
        browser=here.browser,
        box=picture_box(box.box, here),
        message=message(cause, kind, paired, selector),
        confidence=confidence(cause, limits),
        partner=there.browser,
        partner_box=picture_box(there.elements[other].box, there) if other >= 0 else None,
        consequences=len(cause.followers),
        detail={
            "events": [list(one) for one in cause.events],
            "evidence": list(cause.evidence),
            "styles": styles(cause, paired),
        },
        path=named.path(index),
    )


def styles(cause: RootCause, paired: PairedLayouts) -> dict[str, list[str]]:
    """The computed styles that look different: their values in both browsers."""
    restyled = (one.axis for one in cause.events if one.kind == "restyled")
    names = [name for name in restyled if name in paired.a.properties]
    return {name: [paired.style_a(cause.a, name), paired.style_b(cause.a, name)] for name in names}


def _place(at: int, here: PageLayout, other: int, there: PageLayout) -> Element:
    """Where a finding is shown: at the element, or where it would be."""
    if at >= 0 and here.elements[at].box.width * here.elements[at].box.height > 0:
        return here.elements[at]
    return there.elements[other]


def kind_of(cause: RootCause) -> str:
    """The kind that names the finding."""
    kinds = {one.kind for one in cause.events}
    return next(kind for kind in RANK if kind in kinds)


def in_first(cause: RootCause, kind: str, paired: PairedLayouts) -> bool:
    """Whether it is the reference that shows the fault."""
    if kind == "missing" and not (cause.a >= 0 and cause.b >= 0 and _both_seen(cause, paired)):
        return missing_in_first(cause, paired)
    one, partner = paired.a.elements[cause.a], paired.b.elements[cause.b]
    worse = {
        "missing": (partner.lines, one.lines),
        "overlapped": (one.cover, partner.cover),
        "clipped": (sum(one.hidden) - 100 * one.shown, sum(partner.hidden) - 100 * partner.shown),
        "broken": (one.picture, partner.picture),
        "off-screen": (beyond(one, paired.a), beyond(partner, paired.b)),
        "wrapped": (one.lines, partner.lines),
    }.get(kind, (0, 0))
    return worse[0] > worse[1]


def _both_seen(cause: RootCause, paired: PairedLayouts) -> bool:
    return paired.a.elements[cause.a].visible and paired.b.elements[cause.b].visible


def confidence(cause: RootCause, limits: SweepLimits) -> float:
    """How sure it is that the cause is a difference of the page, not of the font engine."""
    excess = max(one.amount / (one.amount + limits.move) for one in cause.events)
    return min(1.0, excess + (0.25 if cause.strong else 0.0))
