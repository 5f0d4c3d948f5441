"""What each kind of location case shows: the state its template is cut from, and its screen's.

A survey is a page as it usually looks; every plan starts from one and changes the page, the browser
or the scale. Which elements a plan is about is known before the screenshot is taken, because most
changes are made to those elements.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from research.location.shots import Place, Shot, State, step

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BROWSERS = ("chrome", "firefox")
SCALES = (0.8, 1.1, 1.25, 1.5, 2.0)
ZOOMED = {
    ((1280, 800), 0.8): (1600, 1000),
    ((1280, 800), 1.25): (1024, 640),
    ((1920, 1080), 0.8): (2400, 1350),
    ((1920, 1080), 1.25): (1536, 864),
    ((1920, 1080), 1.5): (1280, 720),
    ((1920, 1080), 2.0): (960, 540),
}
"""The viewport in CSS pixels of a zoomed page whose window keeps its size."""


@dataclass(frozen=True)
class Plan:
    """Cases to make: elements of one page, their templates' state and their screens' state."""

    kind: str
    template: State
    screen: State
    paths: tuple[str, ...]
    scale: float = 1.0
    present: bool = True
    note: str = ""
    transparent: bool = False


@dataclass(frozen=True)
class Survey:
    """One page in both browsers, the elements worth finding, and other pages for comparison."""

    shots: dict[str, Shot]
    places: tuple[Place, ...]
    """Candidates, in random order, each kind of element in turn."""
    others: tuple[State, ...]

    def state(self, browser: str) -> State:
        """How this page usually looks."""
        return self.shots[browser].state

    def pick(self, rng: random.Random, count: int, fit: Callable[[Place], bool]) -> list[Place]:
        """Take some candidates that fit; the first ones are likelier."""
        fitting = [place for place in self.places if fit(place)][: 3 * count]
        return rng.sample(fitting, min(count, len(fitting)))

    def paths(
        self, rng: random.Random, count: int = 5, fit: Callable[[Place], bool] = lambda _: True
    ) -> tuple[str, ...]:
        """Likewise, their paths."""
        return tuple(place.path for place in self.pick(rng, count, fit))


def apart(places: Sequence[Place]) -> tuple[str, ...]:
    """Leave out places inside others: what changes one of those would change both."""
    kept: list[str] = []
    for place in places:
        if not any(
            place.path.startswith(one + ".") or one.startswith(place.path + ".") for one in kept
        ):
            kept.append(place.path)
    return tuple(kept)


def spaced(places: Sequence[Place], distance: float) -> tuple[str, ...]:
    """Leave out places nearer than so many pixels to another."""
    kept: list[Place] = []
    for place in places:
        x, y, width, height = place.box
        if all(
            max(one.box[0] - x - width, x - one.box[0] - one.box[2]) > distance
            or max(one.box[1] - y - height, y - one.box[1] - one.box[3]) > distance
            for one in kept
        ):
            kept.append(place)
    return tuple(place.path for place in kept)


def same(survey: Survey, rng: random.Random) -> list[Plan]:
    """The same page, loaded again."""
    state = survey.state(rng.choice(BROWSERS))
    return [Plan("same", state, replace(state, take=1), survey.paths(rng))]


def moved(survey: Survey, rng: random.Random) -> list[Plan]:
    """Scrolled, pushed down or aside, by whole and by broken pixels."""
    plans = []
    for browser in rng.sample(BROWSERS, 2):
        state = survey.state(browser)
        paths = apart(survey.pick(rng, 4, lambda place: not place.pictured))
        fraction = rng.choice((0.3, 0.5))
        name, change = rng.choice(
            [
                ("scrolled", step("scroll", y=_scrolled(state) + rng.choice((40, 97, 160)))),
                ("content above", step("insert", height=rng.choice((24, 71, 118, 40.5, 33.3)))),
                ("padding", step("pad", x=rng.choice((7, fraction)), y=rng.choice((12, fraction)))),
                (
                    f"transform by {fraction}",
                    step("translate", paths=paths, x=fraction, y=rng.choice((0, fraction, 9.5))),
                ),
                (
                    f"transform by {fraction}",
                    step("translate", paths=paths, x=rng.choice((0, 12.3)), y=fraction),
                ),
            ]
        )
        plans.append(Plan("moved", state, state.then(change), paths, note=name))
    return plans


def _scrolled(state: State) -> int:
    return next((int(dict(options)["y"]) for name, options in state.steps if name == "scroll"), 0)


def scaled(survey: Survey, rng: random.Random) -> list[Plan]:
    """Zoomed in the same window, or on a display of another scale; to and fro."""
    plans = []
    for browser in rng.sample(BROWSERS, 2):
        state = survey.state(browser)
        scale = rng.choice(SCALES)
        zoomed = ZOOMED.get((state.viewport, scale))
        if zoomed is None or (rng.random() < 0.4 and scale != 2.0):
            other, name = replace(state, ratio=scale), "display scale"
        else:
            other, name = replace(state, ratio=scale, viewport=zoomed), "zoom"
        plans.append(_to_or_fro("scaled", survey, rng, (state, other, scale, f"{name} {scale:g}")))
    return plans


def pixel_ratio(survey: Survey, rng: random.Random) -> list[Plan]:
    """The same layout at twice the pixels, to and fro."""
    state = survey.state(rng.choice(BROWSERS))
    other = replace(state, ratio=2.0)
    return [_to_or_fro("pixel-ratio", survey, rng, (state, other, 2.0, "2"))]


def _to_or_fro(
    kind: str, survey: Survey, rng: random.Random, change: tuple[State, State, float, str]
) -> Plan:
    state, other, scale, note = change
    paths = survey.paths(rng, fit=lambda p: not p.pictured or state.viewport == other.viewport)
    if rng.random() < 0.5:
        return Plan(kind, state, other, paths, scale, note=f"{note}, from 1")
    return Plan(kind, other, state, paths, 1 / scale, note=f"{note}, to 1")


def other_browser(survey: Survey, rng: random.Random) -> list[Plan]:
    """Cut in one browser, looked for in the other."""
    first, second = rng.sample(BROWSERS, 2)
    # Two machines rarely agree on hinting: with half of the pages, Chromium rounds its glyphs.
    hinting = "full" if random.Random(first + survey.state(first).page).random() < 0.5 else ""  # noqa: S311 - repeatable, not secret
    paths = survey.paths(rng)
    template, screen = (
        _hinted(survey.state(browser), hinting).then(step("letters", paths=paths))
        for browser in (first, second)
    )
    note = f"{first} to {second}" + (", hinted" if hinting else "")
    return [Plan("other-browser", template, screen, paths, note=note)]


def _hinted(state: State, hinting: str) -> State:
    return replace(state, hinting=hinting) if state.browser == "chrome" else state


def dark(survey: Survey, rng: random.Random) -> list[Plan]:
    """The page's own dark theme, or its colours turned over by a style sheet."""
    state = survey.state(rng.choice(BROWSERS))
    own = state.page.startswith(("gentelella", "alembic", "dogpile"))
    mode = "theme" if own else rng.choice(("lightness", "lightness", "invert"))
    screen = state.then(step("dark", mode=mode))
    return [Plan("dark", state, screen, survey.paths(rng, 6), note=mode)]


def recoloured(survey: Survey, rng: random.Random) -> list[Plan]:
    """Another colour of the element alone, as under the pointer or pressed."""
    state = survey.state(rng.choice(BROWSERS))
    places = survey.pick(rng, 7, lambda place: place.kind in {"button", "nav", "link", "icon"})
    paths = apart(places)
    change = step(
        "recolour", paths=paths, hue=rng.randrange(360), factor=rng.choice((0.6, 0.75, 1.25))
    )
    return [Plan("recoloured", state, state.then(change), paths)]


def absent(survey: Survey, rng: random.Random) -> list[Plan]:
    """The element removed, scrolled out of sight, or another page altogether."""
    state = survey.state(rng.choice(BROWSERS))
    paths = apart(survey.pick(rng, 3, lambda _: True))
    mode = rng.choice(("gap", "closed"))
    removed = state.then(step("remove", paths=paths, mode=mode))
    other = rng.choice([one for one in survey.others if one.browser == state.browser])
    far = state.then(step("scroll", y=_scrolled(state) + state.viewport[1]))
    return [
        Plan("absent", state, removed, paths, present=False, note=f"removed, {mode}"),
        Plan("absent", state, other, survey.paths(rng, 2), present=False, note="another page"),
        Plan("absent", state, far, survey.paths(rng, 2), present=False, note="out of sight"),
    ]


def look_alike(survey: Survey, rng: random.Random) -> list[Plan]:
    """Another label or another icon in the same place."""
    state = survey.state(rng.choice(BROWSERS))
    paths = apart(survey.pick(rng, 7, lambda place: len(place.key.split()) <= 4))
    change = step("relabel", paths=paths, pick=rng.randrange(100))
    return [Plan("look-alike", state, state.then(change), paths, present=False)]


def transparent(survey: Survey, rng: random.Random) -> list[Plan]:
    """Cut without its corners, on another backdrop."""
    state = survey.state(rng.choice(BROWSERS))
    paths = spaced(survey.pick(rng, 6, lambda place: place.filled), 26)
    shape = step("round", paths=paths, radius=rng.choice((8, 12, 18, 40)))
    colour = rng.choice(("#d7263d", "#1b998b", "#2e294e", "#f4d35e", "#ffffff", "#101010"))
    steps = [step("halo", paths=paths, colour=colour)]
    if rng.random() < 0.5:
        steps.append(step("insert", height=rng.choice((24, 71))))
    template = state.then(shape)
    screen = template.then(*steps)
    return [Plan("transparent", template, screen, paths, transparent=True, note=colour)]


KINDS: dict[str, Callable[[Survey, random.Random], list[Plan]]] = {
    "same": same,
    "moved": moved,
    "scaled": scaled,
    "pixel-ratio": pixel_ratio,
    "other-browser": other_browser,
    "dark": dark,
    "recoloured": recoloured,
    "transparent": transparent,
    "absent": absent,
    "look-alike": look_alike,
}
