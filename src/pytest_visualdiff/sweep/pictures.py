"""What matched pictures look like: images, drawings and canvases, which no computed style tells.

Two browsers scale and smooth a picture a little differently, and an icon may lie half a pixel
elsewhere. Three steps, each only for what the one before left open: both pictures shrunk and
blurred are the same; the one is found in the other by multi-scale template matching; the colours
agree where it was found. The limits were measured on 357 matched pictures of 50 real pages:
unlike ones were found with a confidence of 0.7 at most, all but one alike ones with 0.9 or more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_visualdiff.errors import AmbiguousTemplate, LocateError
from pytest_visualdiff.layouts.pairing import pair
from pytest_visualdiff.sweep.findings import Finding, picture_box, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_visualdiff.layouts.page_layout import Element, PageLayout
    from pytest_visualdiff.model import Array, Box, Match
    from pytest_visualdiff.sweep.visit import PageObservation

SHOWN = ("img", "svg", "canvas", "video")
LEAST, MOST = 8, 600
"""Sides in pixels between which a picture is compared."""

MOST_PICTURES = 300
"""The largest so many of a page are compared."""

SIDE = 24
"""Pixels that a picture is shrunk to."""

ALIKE = 14.0
"""Levels (of 255) that 95 % of the shrunk pixels may differ by at most."""

COLOURS = 40.0
"""The same once one was found in the other, where its colours are to be told."""

FOUND = 0.8
"""Confidence with which one picture must be found in the other."""

SCALES = (0.8, 1.25)
MARGIN = 4
"""Pixels around a picture in which it is looked for."""


class Couple(NamedTuple):
    """A picture and its partner, with their places in both page pictures."""

    a: Element
    b: Element
    ours: Box
    theirs: Box


def other_pictures(
    reference: PageObservation, one: PageObservation, known: Sequence[Finding]
) -> Iterator[Finding]:
    """A finding for each matched picture that looks different, where none tells of it yet."""
    if not (reference.layout and one.layout and reference.shot and one.shot):
        return
    couples = list(_couples(reference.layout, one.layout, {found.selector for found in known}))
    if not couples:
        return
    from pytest_visualdiff.images.codec import to_array

    first, second = (
        to_array(observation.shot.png)[..., :3]
        for observation in (reference, one)
        if observation.shot
    )
    for couple in sorted(couples, key=lambda pair_: -pair_.ours.area)[:MOST_PICTURES]:
        said, sure = _unlike(_crop(first, couple.ours), second, couple.theirs)
        if said:
            yield _finding(reference.layout, one.layout, couple, said, sure)


def _couples(a: PageLayout, b: PageLayout, told: set[str]) -> Iterator[Couple]:
    for i, j in pair(a, b).both:
        one, partner = a.elements[i], b.elements[j]
        if one.tag not in SHOWN or not (_plain(one) and _plain(partner)) or a.selector(i) in told:
            continue
        ours, theirs = picture_box(one.box, a), picture_box(partner.box, b)
        if all(LEAST <= side <= MOST for box in (ours, theirs) for side in (box.width, box.height)):
            yield Couple(one, partner, ours, theirs)


def _plain(one: Element) -> bool:
    """Whether it is seen whole, and nothing lies on it."""
    return one.visible and one.shown > 0.99 and one.cover < 0 and one.picture != 2 and not one.fixed


def _crop(picture: Array, box: Box) -> Array:
    return picture[max(0, box.y) : box.bottom, max(0, box.x) : box.right]


def _unlike(template: Array, picture: Array, box: Box) -> tuple[str, float]:
    """What is different, and how sure that is; empty where nothing is."""
    plain = _crop(picture, box)
    if not (template.size and plain.size) or _apart(template, plain) <= ALIKE:
        return "", 0.0
    around = _crop(picture, box.grown(MARGIN))
    match = _found(template, around)
    if match is None or match.confidence < FOUND:
        return "shows another picture", 1.0 - (match.confidence if match else 0.0)
    apart = _apart(template, _crop(around, match.box))
    return ("has other colours", min(1.0, apart / 100)) if apart > COLOURS else ("", 0.0)


def _found(template: Array, around: Array) -> Match | None:
    """Where the one picture is in the other; None for one without structure."""
    from pytest_visualdiff.matching.locate import locate

    try:
        return locate(template, around, confidence=0.0, scales=SCALES)
    except AmbiguousTemplate as error:
        return error.matches[0]
    except LocateError:
        return None


def _apart(one: Array, other: Array) -> float:
    """By how many levels 95 % of the pixels differ at most, both shrunk and blurred."""
    import cv2
    import numpy as np

    shrunk = [
        cv2.GaussianBlur(
            cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA), (3, 3), 0
        ).astype(np.int16)
        for picture in (one, other)
    ]
    return float(np.percentile(np.abs(shrunk[0] - shrunk[1]), 95))


def _finding(a: PageLayout, b: PageLayout, couple: Couple, said: str, sure: float) -> Finding:
    selector = a.selector(couple.a.index)
    here, there = b.browser.capitalize(), a.browser.capitalize()
    aside = "" if couple.a.id else quoted(couple.a)
    return Finding(
        "restyled",
        selector,
        b.browser,
        couple.theirs,
        f"`{selector}`{aside} {said} in {here} than in {there}",
        sure,
        a.browser,
        couple.ours,
        detail={"events": [["restyled", 0.0, "picture"]], "evidence": []},
        path=a.path(couple.a.index),
    )
