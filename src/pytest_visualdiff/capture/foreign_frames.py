"""Frames of other origins: what a redaction by selector would have to cover in them.

Nothing in such a frame can be measured from outside, so that it is refused by name.
"""

from __future__ import annotations

from collections import deque
from importlib import resources
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.capture.live_page import FrameGone
from pytest_visualdiff.errors import CaptureError
from pytest_visualdiff.javascript import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_visualdiff.capture.live_page import LivePage

_COUNT = """
const [request, elements] = [{ target: null }, []];
{parts}
const seen = (css) => find(css).filter((node) => node.getClientRects().length > 0).length;
return { counts: arguments[0].map(seen), sealed: sealedFrames() };
"""

MOST_FRAMES = 50
"""So many frames of other origins are searched at most; a page with more is refused."""


def refuse_matches(
    page: LivePage, selectors: Sequence[str], sealed: Iterable[Mapping[str, Any]], url: str
) -> None:
    """Raise ``CaptureError`` where a selector matches inside of a frame of another origin.

    ``sealed`` are the frames: ``path`` leads there from the outermost document, ``name`` is a
    selector of the frame.
    """
    back = page.path()
    waiting = deque((list(one["path"]), str(one["name"])) for one in sealed)
    looked_at = 0
    try:
        while waiting:
            path, name = waiting.popleft()
            looked_at += 1
            if looked_at > MOST_FRAMES:
                raise CaptureError(f"more than {MOST_FRAMES} frames of other origins on {url}")
            try:
                inner = _counts(page, path, selectors)
            except FrameGone:
                continue  # the page took it away
            _refuse(selectors, inner["counts"], name, url)
            nested = ((path + list(one["path"]), name) for one in inner["sealed"])
            waiting.extend(nested)
    finally:
        page.follow(back)


def _refuse(selectors: Sequence[str], counts: Iterable[int], name: str, url: str) -> None:
    for selector, count in zip(selectors, counts, strict=True):
        if count:
            places = f"{count} place{'s' if count > 1 else ''}"
            raise CaptureError(
                f"redact={selector!r} matches {places} inside of the frame `{name}` of another"
                f" origin on {url}: where they lie cannot be measured from outside; redact the"
                f" whole frame, too: redact={name!r}"
            )


def _counts(page: LivePage, path: Sequence[int], selectors: Sequence[str]) -> Mapping[str, Any]:
    page.follow(path)
    parts = joined(resources.files("pytest_visualdiff.capture"), "find.js")
    parts += joined(resources.files("pytest_visualdiff.layouts"), "selector.js")
    answer: Mapping[str, Any] = page.run(_COUNT.replace("{parts}", parts), list(selectors))
    return answer
