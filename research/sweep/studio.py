"""A browser that shows a scene, tells what is on it, and takes a fault in and out again."""

from __future__ import annotations

import gzip
import json
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from research.harness import studio as photo
from research.harness.studio import Shot
from research.sweep import reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.pages import Server

Box = tuple[float, float, float, float]
"""Left, top, width, height in CSS pixels of the page."""

_CALL = """
const done = arguments[arguments.length - 1], [name, values] = arguments;
Promise.resolve(window.sweepFaults[name](...values)).then(done, (error) =>
  done({error: String(error)}));
"""
_CALM = """
let held = false;
Object.defineProperty(window, 'sweepHold', {value: () => { held = true; }});
addEventListener('resize', (event) => { if (held) event.stopImmediatePropagation(); }, true);
"""
_REST = """
if (window.sweepHold) window.sweepHold();
if (document.activeElement) document.activeElement.blur();
"""
# Chromium tells a page that it is 1 px wide for a moment while it photographs more than the
# viewport; some pages fold their menus then. Only the first listener can keep that from the others.
SCRIPTS = ("probe.js", "../harness/seeded.js", "elements.js", "faults.js")
SEEN = 24
"""How much a channel of a pixel must change to be seen, at least."""
PIXELS = 40
"""How many such pixels make a fault visible, at least."""


@dataclass(frozen=True)
class State:
    """What one browser showed: one page, in one viewport, with a fault or without."""

    layout: dict[str, Any]
    """The page as the engine reads it (``PageLayout`` as JSON)."""
    paths: list[str]
    """For each element of the layout: its path in the untouched page; empty for a new one."""
    boxes: dict[str, Box]
    """By path: where every element is, measured without the engine."""
    page: tuple[int, int]
    """How far the page scrolls, in CSS pixels."""
    milliseconds: float
    """How long the engine took to read the layout."""

    def save(self, path: Path) -> None:
        """Write all of it to a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(json.dumps(asdict(self)).encode(), 3, mtime=0))

    @classmethod
    def load(cls, path: Path) -> State:
        """Read what ``save`` wrote."""
        data = json.loads(gzip.decompress(path.read_bytes()))
        boxes = {name: tuple(box) for name, box in data.pop("boxes").items()}
        return cls(**(data | {"boxes": boxes, "page": tuple(data["page"])}))


@dataclass(frozen=True)
class Fault:
    """What was done to an element, and so how to do it again."""

    kind: str
    path: str
    seed: int
    targets: tuple[str, ...] = ()
    """The paths of the elements at fault: one, or both of those that changed places."""
    note: str = ""


@cache
def script() -> str:
    """The page's side, as one script."""
    folder = Path(__file__).parent
    return "\n".join((folder / name).read_text("utf-8") for name in SCRIPTS)


class Studio(photo.Studio):
    """One browser process, for the time of a ``with`` block."""

    def __init__(self, browser: str, server: Server) -> None:
        super().__init__(browser, server)
        self.untouched: dict[str, Box] = {}
        self.calmed = ""

    def show(self, scene: Any) -> Picture:
        """Load a scene and hold it still; ``Restless`` when it keeps changing."""
        self.open(scene)
        self.untouched = self.boxes()
        return self.picture()

    def load(self, scene: Any) -> None:
        """Load the page anew, with the scripts of this benchmark in it."""
        window = self.driver.current_window_handle
        if self.browser == "chrome" and self.calmed != window:
            self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _CALM})
            self.calmed = window
        self.driver.get(self.server.url(scene.page))
        self.driver.execute_async_script(photo._HOLD, 0)  # noqa: SLF001 - the same stillness
        self.driver.execute_script(_REST)
        self.driver.execute_script(script())

    def call(self, name: str, *values: Any) -> Any:
        """Call a function of the page's side."""
        return self.driver.execute_async_script(_CALL, name, list(values))

    def boxes(self) -> dict[str, Box]:
        """Where every element is."""
        return {path: tuple(box) for path, box in self.call("boxes").items()}

    def picture(self) -> Picture:
        """Photograph what the engine photographs."""
        return Picture(reader.shoot(self.driver))

    def state(self) -> State:
        """Tell what is on the page."""
        layout, milliseconds = reader.read(self.driver)
        paths = self.call("resolve", reader.places(layout))
        width, height = self.call("page")
        return State(layout.to_dict(), paths, self.boxes(), (width, height), milliseconds)

    def candidates(self, kind: str, seed: int, most: int) -> list[str]:
        """Paths of elements that a kind of fault fits."""
        found = self.call("pick", kind, seed, most)
        return found if isinstance(found, list) else []

    def inject(self, fault: Fault) -> Fault | None:
        """Do it; None where the page did not take it as it was meant."""
        told = self.call("apply", fault.kind, fault.path, fault.seed)
        if "error" in told:
            return None
        return Fault(fault.kind, fault.path, fault.seed, tuple(told["targets"]), told["note"])

    def undo(self) -> bool:
        """Take it out; whether the page is what it was before."""
        self.call("undo")
        return self.boxes() == self.untouched


@dataclass(frozen=True)
class Picture(Shot):
    """What the browser drew."""

    @cached_property
    def bright(self) -> Any:
        """Pixels that can be subtracted."""
        return self.pixels.astype(np.int16)

    def changed(self, other: Picture) -> int:
        """How many pixels can be seen to differ; those that only one of both has are some."""
        height, width = (min(a, b) for a, b in zip(self.size, other.size, strict=True))
        delta = np.abs(self.bright[:height, :width] - other.bright[:height, :width]).max(axis=2)
        more = sum(rows * columns - height * width for rows, columns in (self.size, other.size))
        return int((delta > SEEN).sum()) + more

    @property
    def size(self) -> Sequence[int]:
        """Rows and columns."""
        return self.pixels.shape[:2]
