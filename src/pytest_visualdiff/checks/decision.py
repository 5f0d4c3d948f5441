"""From a comparison to a status: one decision table, and the message of the verdict.

The functions have no side effects.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pytest_visualdiff.baselines import provenance
from pytest_visualdiff.browsers.browser_types import BROWSERS
from pytest_visualdiff.model import CLEARLY_DIFFERENT, Status, limit_of, plain
from pytest_visualdiff.options.table import OPTIONS, Layer, written
from pytest_visualdiff.runs.folder import OUTPUT
from pytest_visualdiff.text import counted, printable, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from pytest_visualdiff.baselines import BaselineStore
    from pytest_visualdiff.checks.closest import Closest
    from pytest_visualdiff.model import Box, Cause, Difference, Environment, Screenshot, Verdict
    from pytest_visualdiff.options.table import Settings

APPROVE = ("none", "new", "changed", "all")
"""The approval modes. Each approves what the one before it approves, and more."""


# Status without approval -> the least mode that approves it, and the status then.
_WRITES = {
    Status.NEW: ("new", Status.CREATED),
    Status.MISMATCH: ("changed", Status.UPDATED),
    Status.MATCH: ("all", Status.UPDATED),
}


def decide(*, has_baseline: bool, same: bool, approve: str) -> Status:
    """The outcome of one check.

    ======== ========== ============ ======== ======== =========
    baseline comparison approve=none new      changed  all
    ======== ========== ============ ======== ======== =========
    absent   -          new          created  created  created
    present  same       match        match    match    updated
    present  differs    mismatch     mismatch updated  updated
    ======== ========== ============ ======== ======== =========
    """
    status = Status.NEW if not has_baseline else Status.MATCH if same else Status.MISMATCH
    least, written = _WRITES[status]
    return written if APPROVE.index(approve) >= APPROVE.index(least) else status


def status_of(best: Closest | None, approve: str) -> Status:
    """The outcome of a check; ``best`` is its closest baseline, None without a baseline."""
    same = best is not None and best.comparison.same
    return decide(has_baseline=best is not None, same=same, approve=approve)


def limits(settings: Settings) -> dict[str, Any]:
    """The options that decided, as JSON values, with the layer (and level) that set each."""
    return {
        name: {"value": plain(settings[name]), "origin": settings.origin_text(name)}
        for name, option in OPTIONS.items()
        if option.group == "compare" or settings.origin(name) not in (Layer.DEFAULT, Layer.FLAG)
        if option.group in ("compare", "capture")
    }


def notes(
    best: Closest, shot: Screenshot, settings: Settings, store: BaselineStore
) -> Iterator[str]:
    """Notes for the person who reads the verdict, with any outcome."""
    alternative = best.note(store.describe(best.baseline.key))
    if alternative:
        yield alternative
    yield from best.split.notes
    if best.comparison.note:
        yield best.comparison.note
    yield from notes_on_scrolling(provenance.scrolled_elsewhere(best.baseline.png, shot), shot)
    tolerated = [one for one in best.comparison.tolerated if one not in best.split.ignored]
    yield from notes_on_tolerated(tolerated, settings)
    yield from notes_on_old_masks(
        provenance.no_longer_masked(best.baseline.png, shot.masks, plain(settings["mask"]))
    )


def explain(
    verdict: Verdict,
    places: Mapping[str, str],
    settings: Settings,
    output: str = OUTPUT,
    *,
    verbose: bool = False,
) -> str:
    """The message of a verdict.

    ``places`` maps baseline, actual and diff to paths as messages show them. ``output`` is the
    folder of all runs, shown in the same way. ``verbose`` requests all numbers.
    """
    head = {
        Status.MATCH: "matches its baseline",
        Status.MISMATCH: "differs from its baseline",
        Status.NEW: "has no baseline yet",
        Status.CREATED: "has a new baseline",
        Status.UPDATED: "has an updated baseline",
    }[verdict.status]
    lines = [f"{verdict.name!r} {head} [{verdict.variant}]"]
    lines += [f"  {line}" for line in lines_of(verdict.differences, settings, verbose=verbose)]
    lines += [f"  note: {note}" for note in verdict.notes]
    if verdict.status is not Status.MATCH:
        lines += [f"  {what:<8} {where}" for what, where in places.items() if where]
    if not verdict.passed and (verdict.actual or not verdict.after):
        elsewhere = "" if output == OUTPUT else f" --output-dir={quoted(output)}"
        lines.append(f"  accept:  visualdiff approve {quoted(verdict.test)}{elsewhere}")
    return "\n".join(lines)


MOST_PLACES = 3
"""Differences of one cause that a message lists."""


def lines_of(
    differences: Sequence[Difference], settings: Settings, *, verbose: bool = False
) -> Iterator[str]:
    """The differences by cause: the sentence of the cause, then what was measured."""
    by_cause: dict[Cause | None, list[Difference]] = {}
    for difference in differences:
        by_cause.setdefault(next(iter(difference.causes), None), []).append(difference)
    for cause, group in by_cause.items():
        if cause is None:
            yield from (describe(difference, settings, verbose=verbose) for difference in group)
            continue
        yield cause.message
        shown = group[:MOST_PLACES]
        yield from (f"   {describe(one, settings, verbose=verbose)}" for one in shown)
        if group[MOST_PLACES:]:
            yield f"   and {counted(len(group) - MOST_PLACES, 'more place')}"
    further = [cause for one in differences for cause in one.causes if cause not in by_cause]
    yield from (cause.message for cause in dict.fromkeys(further))


def describe(difference: Difference, settings: Settings, *, verbose: bool = False) -> str:
    """One difference in a line: what, where, how much against which limit, who set it.

    ``verbose`` gives the numbers also where they tell no more than the words.
    """
    kind = f"{difference.kind.value!r}"
    limit = _limit(difference, settings, verbose=verbose)
    words = difference.message + limit
    # The words of the limit say the same.
    if difference.message.startswith("confidence ") or difference.message == CLEARLY_DIFFERENT:
        words = limit.removeprefix("; ")
    return f"{kind:<12} at {difference.box}: {words}"


def _limit(difference: Difference, settings: Settings, *, verbose: bool) -> str:
    name = limit_of(difference.kind, difference.detail)
    limit, origin = settings[name], settings.origin_text(name)
    if name != "confidence":
        return f", allowed {limit:g} ({name}, from {origin})"
    # Rounded down, so that a value below the limit never looks equal to it.
    percent = math.floor(difference.confidence * 100 + 1e-9)
    if not (percent or verbose):
        return f"; {CLEARLY_DIFFERENT}"
    shown = f"{percent / 100:.2f}" if percent else "0"
    return f"; confidence {shown}, required {limit:g} (confidence, from {origin})"


MOST_NOTES = 3
"""At most this many tolerated differences, or masks, are listed one by one in notes."""


def notes_on_tolerated(differences: Sequence[Difference], settings: Settings) -> Iterator[str]:
    """Notes on differences that options allow: small moves, other sizes, other colours."""
    limited = [one for one in differences if limit_of(one.kind, one.detail) != "confidence"]
    allowed = [
        one for one in limited if one.confidence == 1
    ]  # below 1 it was barely visible; no option allowed it
    for difference in allowed[:MOST_NOTES]:
        yield f"tolerated: {' '.join(describe(difference, settings).split())}"
    if allowed[MOST_NOTES:]:
        yield f"tolerated: {len(allowed) - MOST_NOTES} more of the allowed kinds"


def notes_on_scrolling(before: tuple[int, int] | None, shot: Screenshot) -> Iterator[str]:
    """A note if the page of the baseline was scrolled to another place."""
    if before and shot.scroll:
        yield (
            f"the page is scrolled to {shot.scroll}, its baseline was taken at {before}: scroll"
            " there in the test, or check the full page or an element"
        )


def notes_on_wishes(actual: Environment, settings: Settings) -> Iterator[str]:
    """Notes on what the options ask for and the driver is not, as one that was made elsewhere."""
    if not actual.browser or actual.browser.endswith("screen"):
        return
    found = {
        "browsers": (actual.browser, actual.browser in _with_fallbacks(settings["browsers"])),
        "viewports": (
            "{}x{}".format(*actual.viewport),
            actual.viewport in settings["viewports"],
        ),
        "pixel_ratio": (
            f"{actual.pixel_ratio:g}",
            math.isclose(actual.pixel_ratio, settings["pixel_ratio"], rel_tol=0.01),
        ),
    }
    for name, (value, wished) in found.items():
        if not wished and settings.origin(name) is not Layer.DEFAULT:
            yield (
                f"the picture is of {value}, and {name} asks for {written(settings[name])}"
                f" ({settings.origin(name)}): the options do not change a driver that the test"
                " made itself or whose window it resized"
            )


def _with_fallbacks(names: Sequence[str]) -> set[str]:
    rows = [BROWSERS[name] for name in names]
    return {*names, *(row.fallback for row in rows if row.fallback)}


def notes_on_old_masks(masks: Sequence[Box]) -> Iterator[str]:
    """A note on masks of the baseline that the test no longer has."""
    if masks:
        places = ", ".join(map(str, masks[:MOST_NOTES])) + (" …" if masks[MOST_NOTES:] else "")
        yield (
            f"the baseline still masks {places}, which the test no longer asks for: nothing is"
            " compared there until a new baseline is approved (--visualdiff-approve=all)"
        )


def notes_on_environment(expected: Mapping[str, str], actual: Mapping[str, str]) -> Iterator[str]:
    """Notes on a baseline that was made in another environment than the actual image."""
    words = {
        "browser_version": "another browser version",
        "platform": "another platform",
        "fonts": "other fonts installed",
    }
    for name, word in words.items():
        old, new = expected.get(name, ""), actual.get(name, "")
        if old and new and old != new:
            yield f"the baseline was made with {word}: {printable(old)[:100]}, now {new}"
