"""What looks at a pair: our engine, a naive comparison of DOM boxes, and comparisons of pictures.

An engine that names places in the picture gets the element whose box covers that place best.
"""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING

from research.sweep.pages import BROWSERS
from research.sweep.score import MOVED, Named
from research.sweep.studio import SEEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from research.harness.engine import Worker
    from research.sweep.cases import Case
    from research.sweep.studio import Box, State

    from pytest_visualdiff.layouts.page_layout import PageLayout

    Engine: TypeAlias = Callable[[Case], tuple[tuple[Named, ...], float]]
    """The findings of a pair, most important first, and the milliseconds they took."""

NAIVE = 4.0
"""CSS pixels that the naive comparison tolerates: the best balance on the tuning split."""


def ours(case: Case) -> tuple[tuple[Named, ...], float]:
    """``vd.compare_layouts`` with default options."""
    from pytest_visualdiff.layouts.page_layout import PageLayout
    from pytest_visualdiff.sweep.compare import compare_layouts

    states = [case.state(browser) for browser in BROWSERS]
    layouts = [PageLayout.from_dict(state.layout) for state in states]
    start = time.perf_counter()
    findings = compare_layouts(*layouts)
    spent = 1000 * (time.perf_counter() - start)
    meanings = [_meanings(state, one) for state, one in zip(states, layouts, strict=True)]
    return tuple(
        Named(one.kind, _paths(one.selector, meanings), f"{one.browser}: {one.message}")
        for one in findings
    ), spent


def _meanings(state: State, layout: PageLayout) -> Mapping[str, str]:
    return {layout.selector(index): path for index, path in enumerate(state.paths)}


def _paths(selector: str, meanings: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """What a selector means in either browser; they differ where a fault took an element out."""
    found = dict.fromkeys(one[selector] for one in meanings if one.get(selector))
    return tuple(found) or (selector,)


def boxes(case: Case) -> tuple[tuple[Named, ...], float]:
    """Each element whose box lies elsewhere on the page in the other browser, the farthest first.

    Of elements inside of one another that all moved, the innermost is named.
    """
    one, two = (case.state(browser).boxes for browser in BROWSERS)
    start = time.perf_counter()
    differing = dict(_differing(one, two))
    inner = [
        path for path in differing if not any(other.startswith(f"{path}>") for other in differing)
    ]
    order = sorted(inner, key=lambda path: -differing[path])
    return tuple(Named("box", (path,)) for path in order), 1000 * (time.perf_counter() - start)


def _differing(one: Mapping[str, Box], two: Mapping[str, Box]) -> Iterator[tuple[str, float]]:
    for path in one.keys() | two.keys():
        if path not in one or path not in two:
            yield path, 1e6
            continue
        delta = max(abs(a - b) for a, b in zip(one[path], two[path], strict=True))
        if delta > max(NAIVE, MOVED):
            yield path, delta


def pictures(case: Case) -> tuple[tuple[Named, ...], float]:
    """``vd.compare`` of both pictures with default options, as a pixel comparison of our own."""
    import pytest_visualdiff as vd

    one, two = (case.picture(browser) for browser in BROWSERS)
    start = time.perf_counter()
    done = vd.compare(one, two)
    spent = 1000 * (time.perf_counter() - start)
    places = case.state(BROWSERS[1]).boxes
    return tuple(
        Named(one.kind, (covered((one.box.x, one.box.y, one.box.width, one.box.height), places),))
        for one in done.differences
    ), spent


def covered(place: Box, boxes: Mapping[str, Box]) -> str:
    """The element whose box is most like a place: the largest share of both is common to both."""
    return max(boxes, key=lambda path: _common(place, boxes[path]), default="")


def _common(one: Box, other: Box) -> float:
    sides = [
        min(one[at] + one[at + 2], other[at] + other[at + 2]) - max(one[at], other[at])
        for at in (0, 1)
    ]
    inside = max(0.0, sides[0]) * max(0.0, sides[1])
    return inside / (one[2] * one[3] + other[2] * other[3] - inside or 1.0)


def absdiff(case: Case) -> tuple[tuple[Named, ...], float]:
    """``cv2.absdiff``: a finding when any pixel differs by more than 24 of 255, or the sizes do."""
    import cv2

    start = time.perf_counter()
    one, two = (cv2.imread(str(case.picture(browser))) for browser in BROWSERS)
    if one is None or two is None:
        raise OSError(f"no picture of {case.id}")
    unlike = one.shape != two.shape or cv2.absdiff(one, two).max() > SEEN
    spent = 1000 * (time.perf_counter() - start)
    return (Named("pixels", ("",)),) * int(unlike), spent


def pixelmatch(case: Case) -> tuple[tuple[Named, ...], float]:
    """Pixelmatch with its default threshold and ``includeAA: false``; it names no places."""
    answer = _pixelmatch().compare(*(case.picture(browser) for browser in BROWSERS))
    # It refuses pictures of unlike sizes: a test that uses it fails then.
    return (Named("pixels", ("",)),) * int(not answer.same), answer.milliseconds


@cache
def _pixelmatch() -> Worker:
    from research.detection.peers import ENGINES as PEERS

    return PEERS["pixelmatch"]().start()


STRUCTURE: dict[str, Engine] = {"ours": ours, "boxes": boxes}
PICTURES: dict[str, Engine] = {
    "vd.compare": pictures,
    "pixelmatch": pixelmatch,
    "absdiff": absdiff,
}
ENGINES = STRUCTURE | PICTURES
