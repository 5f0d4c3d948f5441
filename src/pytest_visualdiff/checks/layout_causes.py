"""Ties the causes in the page's structure to the differences that were measured in the pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_visualdiff.causes.explain import explained
from pytest_visualdiff.causes.ignoring import is_ignored
from pytest_visualdiff.causes.stored_layouts import UNEXPECTED
from pytest_visualdiff.errors import LayoutUnreadable
from pytest_visualdiff.layouts.storage import layout_of
from pytest_visualdiff.text import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_visualdiff.checks.closest import Closest
    from pytest_visualdiff.layouts.page_layout import PageLayout
    from pytest_visualdiff.model import Cause, Difference, Screenshot

MOST_CAUSES = 8
"""Causes of one difference that are kept."""

WITHOUT_LAYOUT = (
    "the baseline holds no page structure, so the element that changed cannot be named: approve it"
    " anew (--visualdiff-approve=all) while it matches"
)


def with_causes(best: Closest, shot: Screenshot, ignored: Sequence[str]) -> Closest:
    """The same with the causes of each difference; those to ignore make it a tolerated one."""
    if shot.layout is None:
        return best
    try:
        expected = layout_of(best.baseline.png)
    except LayoutUnreadable as error:
        return _noted(best, f"the page structure in the baseline cannot be read: {error}")
    if expected is None:
        return _noted(best, WITHOUT_LAYOUT)
    try:
        return _attached(best, expected, shot.layout, ignored)
    except UNEXPECTED as error:
        return _noted(best, f"the causes could not be told: {type(error).__name__}: {error!s:.100}")


def _attached(
    best: Closest, expected: PageLayout, actual: PageLayout, ignored: Sequence[str]
) -> Closest:
    comparison = best.comparison
    found = explained(expected, actual, comparison.differences)
    tolerated: list[Difference] = []
    kept: list[Difference] = []
    for number, difference in enumerate(comparison.differences):
        causes = sorted(
            ((cause, scores[number]) for cause, scores in found if number in scores),
            key=lambda one: -one[1],
        )
        told = replace(difference, causes=tuple(cause for cause, _ in causes[:MOST_CAUSES]))
        spared = _spared(told, expected, actual, ignored)
        (tolerated if spared else kept).append(told)
    result = replace(
        comparison,
        differences=tuple(kept),
        tolerated=(*comparison.tolerated, *tolerated),
    )
    if not kept:
        result = replace(result, confidence=1.0)
    split = replace(best.split, comparison=result)
    if tolerated:
        names = dict.fromkeys(one.causes[0].message for one in tolerated)
        count = counted(len(tolerated), "difference")
        note = f"tolerated: {count} (ignore_causes): {'; '.join(list(names)[:3])}"
        split = replace(split, notes=(*split.notes, note))
    return replace(best, split=split)


def _spared(
    difference: Difference, expected: PageLayout, actual: PageLayout, ignored: Sequence[str]
) -> bool:
    """Whether all that explains a difference is to be ignored."""
    causes: tuple[Cause, ...] = difference.causes
    return bool(ignored and causes) and all(
        is_ignored(cause, ignored, (actual, expected)) for cause in causes
    )


def _noted(best: Closest, note: str) -> Closest:
    return replace(best, split=replace(best.split, notes=(*best.split.notes, note)))
