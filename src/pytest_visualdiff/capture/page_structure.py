"""The layout of the page that a picture shows, read while the page is held still for it.

It is read just before a shot. The shot before shows the same pixels, so that the page cannot have
changed in between. A page whose layout cannot be read has a picture all the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pytest_visualdiff.errors import CaptureError
from pytest_visualdiff.layouts.page_layout import Rect
from pytest_visualdiff.layouts.reader import read_layout
from pytest_visualdiff.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_visualdiff.capture.live_page import LivePage
    from pytest_visualdiff.capture.photo import Photo
    from pytest_visualdiff.capture.script import Answer
    from pytest_visualdiff.capture.stable import Frame
    from pytest_visualdiff.layouts.page_layout import Element, PageLayout
    from pytest_visualdiff.model import Box

MOST_ELEMENTS = 20_000
"""Elements of a page whose layout is read at most."""


NOT_READ = "the page structure was not read, so the element that changed cannot be named"


@dataclass
class Structure:
    """The layout that belongs to the last shot."""

    page: LivePage
    layout: PageLayout | None = field(default=None, init=False)
    notes: tuple[str, ...] = field(default=(), init=False)
    """Why there is no layout."""

    def read(self, answer: Answer) -> None:
        """Read the layout of the page as it is held."""
        self.layout, self.notes = None, ()
        if answer.foreign:
            return  # of the outer page nothing can be read
        try:
            self.layout = read_layout(self.page, most=MOST_ELEMENTS, detailed=True)
        except CaptureError as error:
            why = f"{printable(str(error)):.300}"
            self.notes = (f"{NOT_READ}: {why}",)
        except Exception:  # noqa: BLE001 - a browser that died says so at the shot that follows
            return

    def place(self, photo: Photo, secrets: Sequence[Box] | None) -> None:
        """Note which part of the page the shot shows.

        Where something is redacted (``secrets`` is not None), an element keeps its texts only where
        the picture shows it, outside of the redacted areas.
        """
        if self.layout is None or self.layout.picture:
            return
        left, top = (
            at / photo.scale + scrolled
            for at, scrolled in zip((photo.box.x, photo.box.y), self.layout.scroll, strict=True)
        )
        size = photo.box.width / photo.scale, photo.box.height / photo.scale
        layout = replace(self.layout, picture=(left, top, *size), ratio=photo.scale)
        if secrets is not None:
            shown = Rect(0, 0, photo.box.width, photo.box.height)
            areas = [Rect(box.x, box.y, box.width, box.height) for box in secrets]
            kept = (_without_secrets(one, layout, photo, shown, areas) for one in layout.elements)
            layout = replace(layout, elements=tuple(kept), hidden=())
        self.layout = layout

    def of(self, frame: Frame) -> PageLayout | None:
        """The layout of a frame; None where it was not read for it."""
        return None if frame.exposed else self.layout


def _without_secrets(
    one: Element, layout: PageLayout, photo: Photo, shown: Rect, secrets: Sequence[Rect]
) -> Element:
    box = _in_picture(one.box, layout, photo)
    text = _in_picture(one.text_box, layout, photo) if one.lines else box
    hidden = not (one.visible and _overlap(box, shown))
    covered = any(2 * _overlap(box, area) >= box.width * box.height for area in secrets)
    if not (hidden or covered or any(_overlap(text, area) for area in secrets)):
        return one
    return one._replace(text="", attributes="", source="", selector=layout.path(one.index))


def _in_picture(box: Rect, layout: PageLayout, photo: Photo) -> Rect:
    """A place on the page in pixels of the picture."""
    left, top, *_ = layout.picture or (0.0, 0.0)
    scale = photo.scale
    return Rect((box.x - left) * scale, (box.y - top) * scale,
                box.width * scale, box.height * scale)  # fmt: skip


def _overlap(one: Rect, other: Rect) -> float:
    """The area that two rectangles have in common."""
    width = min(one.right, other.right) - max(one.x, other.x)
    height = min(one.bottom, other.bottom) - max(one.y, other.y)
    return max(0.0, width) * max(0.0, height)
