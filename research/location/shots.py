"""Screenshots of real pages in a wanted state, and what could be seen where in each.

A state is plain data, so its digest names the files that its screenshot and its description are
kept in: whoever needs the same state again gets them from there.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from dataclasses import asdict, dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.pages import Server, fetch
from research.detection.pages import SPLITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from selenium.webdriver.remote.webdriver import WebDriver

SCRIPTS = tuple(map(Path(__file__).with_name, ("location_place.js", "location_page.js")))
CALL = "return window.locationCases.{}(...arguments)"
WAIT = """
const done = arguments[arguments.length - 1];
Promise.race([window.locationCases.settled(), new Promise(late => setTimeout(late, 3000))])
  .then(() => done(true), () => done(false));
"""
VERSION = 3
"""Raised when the script changes what a state shows, so that its screenshot is taken anew."""
SHOTS_EACH_BROWSER = 60
"""A browser is started anew after so many, before its memory hurts."""

Options = tuple[tuple[str, Any], ...]
Step = tuple[str, Options]


def step(name: str, **options: Any) -> Step:
    """One change of a page: the name of a function of the script, and its options."""
    return name, tuple(sorted(options.items()))


@dataclass(frozen=True)
class State:
    """A page as a browser shows it: ``viewport`` in CSS pixels, ``steps`` done after loading."""

    page: str
    browser: str
    viewport: tuple[int, int]
    ratio: float = 1.0
    steps: tuple[Step, ...] = ()
    take: int = 0
    """Distinguishes fresh loads of one and the same state."""
    hinting: str = ""
    """How far Chromium fits glyphs to pixels (``full``, ``medium``, ``slight``); else not."""

    @cached_property
    def digest(self) -> str:
        """Names the files of this state."""
        values = {name: value for name, value in asdict(self).items() if value != ""}
        text = json.dumps([VERSION, values], sort_keys=True)
        return f"{self.page}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"

    def then(self, *steps: Step, **changes: Any) -> State:
        """The same page after further steps, or with another browser, ratio or size."""
        return replace(self, steps=(*self.steps, *steps), **changes)


@dataclass(frozen=True)
class Place:
    """An element that can be seen; ``box`` in CSS pixels of the viewport."""

    path: str
    kind: str
    key: str
    """Its text, or the picture or the field that it is."""
    box: tuple[float, float, float, float]
    hit: bool
    """Nothing lies over it, or cuts it off."""
    single: bool
    """It is one rectangle, not several lines of text."""
    pictured: bool
    """It lies on a picture, which need not move or grow with it."""
    radius: float
    filled: bool

    @property
    def words(self) -> str:
        """What can be read on it; for a picture, its name."""
        return self.key.split(":", 3)[3].strip("| ") if self.key.startswith("field:") else self.key


@dataclass(frozen=True)
class Shot:
    """The screenshot of a state, and the elements and texts to be seen on it."""

    state: State
    picture: Path
    ratio: float
    size: tuple[int, int]
    """Of the viewport in CSS pixels."""
    height: float
    """Of the whole page in CSS pixels."""
    places: tuple[Place, ...]
    texts: tuple[tuple[str, str], ...]
    """Each visible piece of text with the path of its element."""
    answers: tuple[Any, ...] = field(default=())
    """What the steps returned."""

    @cached_property
    def by_path(self) -> dict[str, Place]:
        """The elements by their paths."""
        return {place.path: place for place in self.places}


def picture(folder: Path, state: State) -> Path:
    """Where the screenshot of a state lies."""
    return folder / "locations" / f"{state.digest}.png"


@cache
def shot(folder: Path, state: State) -> Shot | None:
    """Read a screenshot that was taken; None where the page did not allow it."""
    file = picture(folder, state)
    data = json.loads(file.with_suffix(".json").read_text("utf-8"))
    if "error" in data:
        return None
    places = tuple(Place(**{**one, "box": tuple(one["box"])}) for one in data["places"])
    texts = tuple((text, path) for text, path in data["texts"])
    return Shot(
        state,
        file,
        data["ratio"],
        tuple(data["size"]),
        data["height"],
        places,
        texts,
        tuple(data["answers"]),
    )


def take(folder: Path, states: Iterable[State]) -> None:
    """Take the screenshots that are missing, one thread for each browser."""
    (folder / "locations").mkdir(parents=True, exist_ok=True)
    missing = [
        state
        for state in dict.fromkeys(states)
        if not picture(folder, state).with_suffix(".json").is_file()
    ]
    names = {state.page for state in missing}
    pages = [page for split in SPLITS.values() for page in split if page.name in names]
    fetch(pages)
    with Server(pages) as server:
        addresses = {page.name: server.url(page) for page in pages}
        threads = [
            threading.Thread(
                target=_take_all,
                args=(folder, [one for one in missing if one.browser == browser], addresses),
            )
            for browser in dict.fromkeys(state.browser for state in missing)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def _take_all(folder: Path, states: Sequence[State], addresses: dict[str, str]) -> None:
    from pytest_visualdiff.browsers.pool import BrowserPool

    ordered = sorted(
        states, key=lambda state: (state.ratio, state.hinting, state.viewport, state.page)
    )
    pool, used = BrowserPool(), (0.0, "", 0)
    try:
        for number, state in enumerate(ordered):
            turn = (state.ratio, state.hinting, number // SHOTS_EACH_BROWSER)
            if turn != used:
                pool.close()
                pool, used = BrowserPool(_hinting(state.hinting)), turn
            _record(pool, picture(folder, state), state, addresses[state.page])
            if number % 20 == 0:
                print(f"{state.browser}: {number + 1} of {len(ordered)}", flush=True)
    finally:
        pool.close()


def _hinting(wanted: str) -> Callable[[str, Any], Any]:
    def customise(_: str, options: Any) -> Any:
        if wanted:
            options.add_argument(f"--font-render-hinting={wanted}")
        return options

    return customise


def _record(pool: Any, file: Path, state: State, address: str) -> None:
    from selenium.common.exceptions import WebDriverException

    from pytest_visualdiff.errors import VisualDiffError

    try:
        png, data = capture(_driver(pool, state), state, address)
    except (WebDriverException, VisualDiffError) as error:
        print(f"{state.digest}: {str(error).splitlines()[0]}", flush=True)
        png, data = b"", {"error": str(error).splitlines()[0]}
    file.write_bytes(png)
    file.with_suffix(".json").write_text(json.dumps(data), encoding="utf-8")


def _driver(pool: Any, state: State) -> WebDriver:
    from pytest_visualdiff.browsers import BrowserSpec
    from pytest_visualdiff.errors import ViewportRefused

    width, height = state.viewport
    # At a broken pixel ratio Firefox cannot have every size.
    for wider, higher in ((0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (2, 0)):
        spec = BrowserSpec(state.browser, (width + wider, height + higher), state.ratio)
        with contextlib.suppress(ViewportRefused):
            driver: WebDriver = pool.acquire(spec)
            return driver
    raise ViewportRefused(f"{state.browser} has no viewport near {state.viewport} at {state.ratio}")


def capture(driver: WebDriver, state: State, address: str) -> tuple[bytes, dict[str, Any]]:
    """Load the page, bring it into the state; return the screenshot and what is on it."""
    driver.get(address)
    driver.execute_script("\n".join(script.read_text("utf-8") for script in SCRIPTS))
    driver.execute_script(CALL.format("prepare"))
    driver.execute_async_script(WAIT)
    answers = []
    for name, options in state.steps:
        answers.append(driver.execute_script(CALL.format("step"), name, dict(options)))
        driver.execute_async_script(WAIT)
    before = driver.execute_script(CALL.format("inspect"))
    for _ in range(4):
        png = driver.get_screenshot_as_png()
        data = driver.execute_script(CALL.format("inspect"))
        if data["places"] == before["places"]:
            break
        before = data
    return png, {**data, "answers": answers}
