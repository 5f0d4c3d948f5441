"""Shots of one page as a check takes them: after reloads, and in new browser processes."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.browsers import webdriver_errors
from pytest_visualdiff.browsers.pool import BrowserPool
from pytest_visualdiff.calibrate.noise import measure
from pytest_visualdiff.calibrate.study_values import MeasuredSeries, Series, Shot
from pytest_visualdiff.capture import CaptureOptions, capture
from pytest_visualdiff.errors import CaptureError, UnstableTarget
from pytest_visualdiff.images.codec import to_array
from pytest_visualdiff.model import Box

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pytest_visualdiff.browsers import BrowserSpec
    from pytest_visualdiff.calibrate.study_values import Noise, Spot
    from pytest_visualdiff.model import Array, Screenshot

LIFE = 3
"""Shots of one browser process at most before the next one starts; there are two processes."""

NAMED = 30
"""At most so many flickering spots are looked up in the page."""

_ELEMENT_SHARE = 0.1  # of the picture: a larger element does not name a small spot in it well

_ERROR_PAGES = ("chrome-error:", "about:neterror", "about:certerror")
"""What a browser shows in place of a page; not every driver calls that an error."""

_RECT = """
const found = document.querySelectorAll(arguments[0]);
if (found.length !== 1) return null;
const r = found[0].getBoundingClientRect();
return [r.x, r.y, r.width, r.height];
"""


@dataclass(frozen=True)
class Subject:
    """The page, and how its shots are taken."""

    url: str
    selector: str = ""
    """Only this element; empty is the page."""
    shots: int = 10
    fresh: bool = False
    """A new browser process for each shot, not only for every third one."""
    capture: CaptureOptions = field(default_factory=CaptureOptions)


def watch(subject: Subject, spec: BrowserSpec, say: Callable[[str], None]) -> MeasuredSeries:
    """The shots in one browser and window size, their noise, and which elements flicker.

    Raises ``CaptureError`` if a check could not take the picture either.
    """
    life = 1 if subject.fresh else min(LIFE, (subject.shots + 1) // 2)
    taken: list[Screenshot] = []
    seen: MeasuredSeries | None = None
    while len(taken) < subject.shots:
        with _browser(spec) as driver:
            for turn in range(min(life, subject.shots - len(taken))):
                say(f"{spec.name} {_by(spec)}: shot {len(taken) + 1} of {subject.shots}")
                _open(driver, subject.url, again=turn > 0)
                taken.append(_shoot(driver, subject, taken))
            if len(taken) == subject.shots:
                seen = _seen(taken, life)
                seen = replace(seen, noise=_named(driver, subject, seen.noise, taken[-1]))
    assert seen is not None  # noqa: S101 - there are two shots at least
    return seen


def of_pictures(files: Sequence[str], options: CaptureOptions) -> MeasuredSeries:
    """Picture files as a series; areas of the options are boxes. Raises ``ImageError``."""
    shots = tuple(_shot(file, capture(file, options)) for file in files)
    series = Series("pictures", shots)
    return MeasuredSeries(series, measure(series))


def _shot(label: str, shot: Screenshot, *, fresh: bool = False) -> Shot:
    return Shot(label, flat(to_array(shot.png)), shot.masks, shot.region, fresh)


def flat(picture: Array) -> Array:
    """RGB of a picture; transparent pixels are drawn over white."""
    if picture.shape[2] == 3:
        return picture
    from PIL import Image

    image = Image.fromarray(picture)
    white = Image.new("RGBA", image.size, (255, 255, 255, 255))
    return to_array(Image.alpha_composite(white, image).convert("RGB"))


def _by(spec: BrowserSpec) -> str:
    return "{}x{}".format(*spec.viewport)


@contextmanager
def _browser(spec: BrowserSpec) -> Iterator[Any]:
    pool = BrowserPool()
    try:
        yield pool.acquire(spec)
    finally:
        pool.close()


def _open(driver: Any, url: str, *, again: bool) -> None:
    """Load the page for the first time, or reload it."""
    try:
        with webdriver_errors.explained(driver):
            if again:
                driver.refresh()
            else:
                driver.get(url)
            _refuse_error_page(driver, url)
    except CaptureError:
        raise
    except Exception as error:
        raise CaptureError(
            f"{webdriver_errors.describe(driver)} cannot open {url}:"
            f" {webdriver_errors.first_line(error)}"
        ) from error


def _refuse_error_page(driver: Any, url: str) -> None:
    shown = str(driver.execute_script("return document.documentURI"))
    if shown.startswith(_ERROR_PAGES):
        raise CaptureError(f"{webdriver_errors.describe(driver)} cannot open {url}: shows {shown}")


def _shoot(driver: Any, subject: Subject, taken: Sequence[Screenshot]) -> Screenshot:
    target = _target(driver, subject)
    try:
        return capture(target, subject.capture, lambda _: taken[0].png if taken else None)
    except UnstableTarget as error:
        raise UnstableTarget(
            f"{error}\n  (of this command: --mask SELECTOR for each, or --timeout SECONDS)",
            culprits=error.culprits,
            frames=error.frames,
        ) from error


def _target(driver: Any, subject: Subject) -> Any:
    if not subject.selector:
        return driver
    with webdriver_errors.explained(driver):
        return driver.find_element("css selector", subject.selector)


def _seen(taken: Sequence[Screenshot], life: int) -> MeasuredSeries:
    shots = tuple(
        _shot(
            f"{number + 1} ({'reload' if number % life else 'new browser'})",
            shot,
            fresh=not number % life,
        )
        for number, shot in enumerate(taken)
    )
    environment = taken[0].environment
    series = Series(environment.variant, shots, environment.pixel_ratio)
    return MeasuredSeries(series, measure(series))


def _named(driver: Any, subject: Subject, noise: Noise, shot: Screenshot) -> Noise:
    """The noise with the selectors of the elements that show at its spots."""
    spots = noise.spots[:NAMED]
    with suppress(Exception):  # a spot without a name is reported by its box
        spots = tuple(_Namer(driver, subject, shot).name(spots))
    return replace(noise, spots=(*spots, *noise.spots[NAMED:]))


class _Namer:
    """Asks the page that is still open which elements show at boxes of its last picture."""

    def __init__(self, driver: Any, subject: Subject, shot: Screenshot) -> None:
        from pytest_visualdiff.capture.page import PageShooter
        from pytest_visualdiff.capture.selenium_page import SeleniumPage

        element = _target(driver, subject) if subject.selector else None
        self.shooter = PageShooter(SeleniumPage(driver), subject.capture, element)
        self.scale = shot.environment.pixel_ratio

    def name(self, spots: Sequence[Spot]) -> list[Spot]:
        """The spots, those with a selector of their own named by it."""
        self.shooter.prepare()
        try:
            self.shooter.shoot()
            names = self.shooter.blame([spot.box for spot in spots])
            return [self._named(spot, name) for spot, name in zip(spots, names, strict=True)]
        finally:
            self.shooter.restore()

    def _named(self, spot: Spot, selector: str) -> Spot:
        rect = None
        with suppress(Exception):
            rect = self.shooter.page.run(_RECT, selector)
        if rect is None:
            return spot
        at = self.shooter.photo.box
        box = Box.enclosing(*(side * self.scale for side in rect)).moved(-at.x, -at.y)
        large = max(_ELEMENT_SHARE * at.area, 2 * spot.box.area)
        if box.area > large or box.union(spot.box) != box:
            return spot
        return replace(spot, selector=selector, element=box)
