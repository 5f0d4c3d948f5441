"""Pages and their elements: three calls for an unchanged page (prepare, shoot, restore)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pytest_visualdiff import clock
from pytest_visualdiff.capture import dressing, proof, script
from pytest_visualdiff.capture.areas import areas_of
from pytest_visualdiff.capture.camera import Camera, camera_of
from pytest_visualdiff.capture.foreign_frames import refuse_matches
from pytest_visualdiff.capture.found import Counted, notes
from pytest_visualdiff.capture.live_page import FrameGone
from pytest_visualdiff.capture.page_structure import Structure
from pytest_visualdiff.capture.photo import Photo
from pytest_visualdiff.capture.secret_fields import SELECTOR, mark_secrets
from pytest_visualdiff.capture.stable import Frame, Look, settle, shows
from pytest_visualdiff.capture.wrong_page import refuse_flat, refuse_wrong
from pytest_visualdiff.errors import (
    CaptureError,
    EmptyTarget,
    TargetCovered,
    TargetNotFound,
    UnstableTarget,
)
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.images.codec import burn
from pytest_visualdiff.javascript import ElementGone, ScriptFailed
from pytest_visualdiff.model import Box, Environment, Screenshot

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from pytest_visualdiff.capture.areas import Areas, Rect
    from pytest_visualdiff.capture.capture_options import CaptureOptions, Expected
    from pytest_visualdiff.capture.live_page import LivePage
    from pytest_visualdiff.capture.script import Answer

SWEEP_PAUSE = 0.05
"""Seconds between two steps of the scroll sweep: a few frames, for the page's observers."""

# Whether scroll bars can take room is asked once per browser: it costs a temporary element.
_BARS: WeakKeyDictionary[Any, float] = WeakKeyDictionary()


def capture_page(
    page: LivePage, options: CaptureOptions, expected: Expected, element: Any = None
) -> Screenshot:
    """The viewport of a page, with ``full_page`` all of it; or one element.

    An element is scrolled into view where needed; ``full_page`` has no meaning for it. One frame is
    enough where it shows what is expected.
    """
    shooter = PageShooter(page, options, element)
    shot = portrait(shooter, lambda frame: shows(frame, expected(frame.environment)))
    is_new = shot.frames > 1
    if is_new and shooter.element is None and not shooter.options.allow_error_page:
        refuse_flat(shooter.answer, shot.png)
    return replace(shot, notes=(*shot.notes, *missed(shooter))) if is_new else shot


def missed(shooter: PageShooter) -> tuple[str, ...]:
    """What the page did not get, and the errors on its console: told beside a difference."""
    answer = shooter.answer
    return (*answer.failed, *shooter.page.console_errors(answer.since, shooter.began))


def portrait(shooter: PageShooter, trusted: Callable[[Frame], bool]) -> Screenshot:
    """The picture that a shooter takes; the first one if it is ``trusted`` at once."""
    with shooter.page.explained():
        settled = settle(shooter, shooter.options.timeout, trusted)
    frame, answer = settled.frame, shooter.answer
    return Screenshot(
        frame.png,
        frame.environment,
        frame.masks,
        frame.region,
        url=answer.url,
        title=answer.title,
        frames=settled.shots,
        notes=(*shooter.notes, *(shooter.structure.notes if shooter.structure else ())),
        areas={one.what: one.shown for one in shooter.counted},
        scroll=None if answer.wide or shooter.element is not None else answer.scroll,
        layout=shooter.structure.of(frame) if shooter.structure else None,
    )


@dataclass
class PageShooter:
    """A ``Shooter`` of a page or one of its elements."""

    page: LivePage
    options: CaptureOptions
    element: Any = None
    areas: dict[str, Areas] = field(init=False)
    camera: Camera = field(init=False)
    prover: proof.Prover = field(init=False)
    answer: Answer = field(init=False)
    photo: Photo = field(init=False)
    counted: tuple[Counted, ...] = field(default=(), init=False)
    """What mask, redact and region cover in the last shot."""
    notes: tuple[str, ...] = field(default=(), init=False)
    path: list[int] = field(default_factory=list, init=False)
    """Indices of the frames that were left for the capture."""
    prepared: bool = field(default=False, init=False)
    parked: bool = field(default=False, init=False)
    swept: bool = field(default=False, init=False)
    structure: Structure | None = field(default=None, init=False)
    """Reads the page's layout, where that is asked for."""
    thorough: bool = field(default=False, init=False)
    """The first shot was not what is expected: the page is asked what takes long to find out."""

    began: float = field(default_factory=lambda: 1000 * clock.wall(), init=False)
    """When the capture began, in milliseconds since 1970."""

    def __post_init__(self) -> None:
        self.areas = areas_of(self.options)
        self.camera = camera_of(self.page)
        self.prover = proof.Prover(self.page, self._call)
        if self.options.layout != "never":
            self.structure = Structure(self.page)

    def prepare(self) -> Look:
        """One call, unless the pointer must be parked or the page be swept first."""
        if mark_secrets(self.page) and SELECTOR not in self.options.redact:
            self.options = replace(self.options, redact=(*self.options.redact, SELECTOR))
            self.areas = areas_of(self.options)
        self._look()
        if not self.options.allow_error_page:
            refuse_wrong(self.answer)
        if self.answer.sealed:
            selectors = [one for one in self.areas["redact"].found if isinstance(one, str)]
            refuse_matches(self.page, selectors, self.answer.sealed, self.answer.url)
        if self.options.lazy and not self.swept:
            self._sweep()
            self._look()
        if self.answer.hovered and not (self.options.hover or self.parked):
            self.parked = True
            self.camera.park(self.answer)
            self._look()
        return Look(self.answer.pending, self.answer.places, self.answer.notes)

    def shoot(self) -> Frame:
        """One shot, redacted; boxes are those of the last look."""
        self._check_target()
        if self.structure and (self.thorough or self.options.layout == "always"):
            self.structure.read(self.answer)
        photo = self.photo = self._photo()
        width, height = png_file.size(photo.png)
        boxes = {
            name: tuple(box for box in self._boxes(name) if box.clipped(width, height).area)
            for name in self.areas
        }
        self.counted = tuple(self._counted(width, height))
        covered = notes(self.counted, boxes["mask"], (width, height))
        self.notes = (*self._told(), *covered, *self.answer.notes)
        if self.structure:
            self.structure.place(photo, list(self._boxes("redact")) if self._redacts else None)
        exposed = not self._proven(photo, boxes["redact"])
        self.thorough = True
        return Frame(
            _redacted(photo.png, boxes["redact"]),
            self._environment(),
            tuple(box.clipped(width, height) for box in boxes["mask"]),
            self._region(boxes["region"], width, height),
            exposed,
        )

    def _proven(self, photo: Photo, covered: Sequence[Box]) -> bool:
        """Whether nothing that is redacted can be read; the first shot alone does not tell.

        Where a second shot is needed, the geometry of the picture is proven, too.
        """
        if self.answer.foreign or not self._needs_proof():
            return True
        if not self.thorough:
            return not self._redacts
        still = not self._redacts or script.places(self._call("places")) == self.answer.places
        return self.prover.holds(photo, self.answer, covered) and still

    def _needs_proof(self) -> bool:
        return proof.needed(self.page, self.answer, redacts=self._redacts)

    @property
    def _redacts(self) -> bool:
        return bool(self.areas["redact"].rects or self.areas["redact"].found)

    def blame(self, spots: Sequence[Box]) -> Sequence[str]:
        """Selectors of the elements that show at these boxes."""
        scale, at = self.photo.scale, self.photo.box
        rects = [
            {
                "x": (spot.x + at.x) / scale,
                "y": (spot.y + at.y) / scale,
                "width": spot.width / scale,
                "height": spot.height / scale,
            }
            for spot in spots
        ]
        if not self.prepared:
            self._install(keep=True)
        names: list[str] = self._call("blame", rects)
        return names

    def restore(self) -> Hashable:
        """One call that re-reads the places and undoes everything."""
        places = script.places(self._call("restore")) if self.prepared else self.answer.places
        self.prepared = False
        if self.path:
            self._follow(self.path)
        self.path = []
        return places

    def _look(self) -> None:
        raw = self._call("look", self.thorough) if self.prepared else None
        if raw is None:
            raw = self._install(keep=self.thorough and self._needs_proof())
        self.answer = script.read(raw, self.areas)
        if self.answer.foreign and self.element is None:
            # The viewport is seen from the outermost document alone.
            self.restore()
            self.path = self.page.path()
            self._follow([])
            self.answer = script.read(self._install(), self.areas)
        self.prepared = not self.answer.idle
        _BARS[self.page.key] = self.answer.bars

    def _install(self, *, keep: bool = False) -> Any:
        elements: list[Any] = [] if self.element is None else [self.element]
        request: dict[str, Any] = {
            "target": None if self.element is None else 0,
            "full": self.options.full_page and self.element is None,
            "freeze": self.options.animations == "freeze",
            "lazy": self.options.lazy,
            "shadow": self.options.shadow,
            "bars": _BARS.get(self.page.key),
            "thorough": self.thorough,
            "keep": keep,
            "css": dressing.css(self.options),
            "selectors": [*self.options.hide, *self.options.remove],
        }
        for name, areas in self.areas.items():
            request[name] = list(self._entries(areas, elements))
        # Set first: also a script that failed half way has something to restore.
        self.prepared = True
        return self._run(script.prepare(), request, elements)

    def _call(self, name: str, *arguments: Any) -> Any:
        return self._run(script.CALL, name, list(arguments))

    def _run(self, source: str, *arguments: Any) -> Any:
        try:
            return self.page.run(source, *arguments)
        except ElementGone as error:
            raise self._gone() from error
        except ScriptFailed as error:
            raise CaptureError(f"the page broke the capture script: {error}") from error

    def _gone(self) -> TargetNotFound:
        """Which of the caller's elements is stale, and what to do."""
        suspects = [("target", self.element)]
        suspects += [(areas.name, one) for areas in self.areas.values() for one in areas.found]
        names = [name for name, one in suspects if self._is_gone(one)] or ["target"]
        return TargetNotFound(
            f"the element given as {' and '.join(dict.fromkeys(names))} is no longer in the"
            f" document on {self.page.url}: find it again just before the check (the page"
            " was reloaded or drew it anew); inside a frame, switch the driver to that frame first"
        )

    def _is_gone(self, element: Any) -> bool:
        return element is not None and not isinstance(element, str) and self.page.is_gone(element)

    def _check_target(self) -> None:
        trouble, url = self.answer.obstacle, self.answer.url
        if "turned" in trouble:
            raise CaptureError(
                f"the target lies in the frame `{trouble['turned']}` of {url}, which is turned in"
                " depth or along a path: where it is seen cannot be told; take the frame itself"
            )
        if "empty" in trouble:
            if self._is_gone(self.element):
                raise self._gone()
            raise EmptyTarget(
                "the target element has no size, is hidden or lies outside of the page:"
                f" {trouble['empty']} ({url})"
            )
        if self.answer.hidden:
            raise TargetCovered(
                f"the target cannot be seen: {self.answer.hidden} ({url}); close or remove what"
                " covers it before the check, or take an element around both as the target"
            )
        if not (self.answer.picture.width and self.answer.picture.height):
            raise EmptyTarget(f"the page has no size, or nothing of it can be seen: {url}")

    def _sweep(self) -> None:
        self.swept = True
        deadline, step = clock.now() + self.options.timeout, 0
        while self._call("sweep", step):
            if clock.now() > deadline:
                culprit = "the page keeps growing while it is scrolled through (lazy=True)"
                raise UnstableTarget(f"{culprit}: {self.answer.url}", culprits=(culprit,))
            step += 1
            clock.sleep(SWEEP_PAUSE)
        clock.sleep(SWEEP_PAUSE)
        self._call("sweepEnd")

    def _photo(self) -> Photo:
        if self.answer.foreign and self.element is not None:
            return self._foreign_photo()
        return self.camera.shoot(self.answer)

    def _foreign_photo(self) -> Photo:
        """Inside a frame of another origin only the driver knows where the element lies."""
        png = self.page.element_png(self.element)
        scale = png_file.size(png)[0] / self.answer.picture.width
        at = self.answer.picture.scaled(scale)
        return Photo(png, Box(at.x, at.y, *png_file.size(png)), scale)

    def _boxes(self, name: str) -> Iterator[Box]:
        origin = self.answer.target
        for rect in self.areas[name].rects:
            yield self.photo.place(rect.moved(origin.x, origin.y))
        for found in self.answer.found[name]:
            for rects in found.places:
                yield from self._placed(rects, name)

    def _placed(self, rects: Sequence[Rect], name: str) -> list[Box]:
        # Glyphs reach a little out of their boxes: a secret must not.
        margin = math.ceil(self.photo.scale) if name == "redact" else 0
        return [self.photo.place(rect).grown(margin) for rect in rects]

    def _counted(self, width: int, height: int) -> Iterator[Counted]:
        """How many matches of each entry show in the picture."""
        for name, all_found in self.answer.found.items():
            for found in all_found:
                shown = [
                    any(box.clipped(width, height).area for box in self._placed(rects, name))
                    for rects in found.places
                ]
                yield Counted(found, sum(shown))

    def _told(self) -> Iterator[str]:
        cut = self.answer.obstacle
        if "cut" in cut:
            shown, whole = (
                "{:g}x{:g}".format(*map(round, cut[side])) for side in ("shown", "whole")
            )
            yield (
                f"only {shown} of {whole} CSS pixels of `{cut['name']}` can be seen: `{cut['cut']}`"
                " cuts it, and what it hides was not compared"
            )

    def _region(self, boxes: Sequence[Box], width: int, height: int) -> Box | None:
        if boxes:
            return reduce(Box.union, boxes).clipped(width, height)
        if self.options.region is None:
            return None
        raise EmptyTarget(
            f"region={self.options.region!r:.200} lies outside the picture on {self.answer.url};"
            " scroll there, use full_page, or make it the target"
        )

    def _environment(self) -> Environment:
        return Environment(
            browser=self.page.name,
            browser_version=self.page.version,
            platform=self.page.platform,
            viewport=self._viewport(),
            pixel_ratio=round(self.photo.scale, 4),
        )

    def _viewport(self) -> tuple[int, int]:
        if not self.answer.foreign:
            return self.answer.view
        path = self.page.path()
        self._follow([])
        width, height = self._run("return [innerWidth, innerHeight]")
        self._follow(path)
        return width, height

    def _follow(self, path: list[int]) -> None:
        try:
            self.page.follow(path)
        except FrameGone as error:
            raise TargetNotFound(
                f"the frame of the target is no longer on {self.page.url}: {error}"
            ) from error

    def _entries(self, areas: Areas, elements: list[Any]) -> Iterator[dict[str, Any]]:
        """The entries of one option as the script takes them; elements are given by index."""
        for one in areas.found:
            if isinstance(one, str):
                yield {"css": one}
            else:
                found = self.page.elements(one)
                first = len(elements)
                elements += found
                yield {"elements": list(range(first, first + len(found)))}


def _redacted(png: bytes, areas: Sequence[Box]) -> bytes:
    if not areas:
        return png
    done = burn(png, areas)
    if not proof.burned(done, areas):
        raise CaptureError("the areas of redact were not covered: the picture is not kept")
    return done
