"""Who looks for templates: our locator and its peers, each with its usual settings.

A finder is asked with two files, as a user would ask it; its milliseconds are from the files, or
from decoded pictures, to the answer, in its own process.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from benchmarks.pages import CACHE
from research.harness.engine import HERE, EngineError, Found

CONFIDENCE = 0.9
AIRTEST = "airtest==1.4.3"
"""Airtest pins old versions of numpy and OpenCV, so it gets an environment of its own."""

Box = tuple[float, float, float, float]
Picture = Any
"""A path, or an array as the finder's own way of reading files makes it."""
Search = Callable[[Picture, Picture], tuple[Box | None, float]]


class Finder(Protocol):
    """Looks for one template on one screen."""

    name: str
    label: str
    cpu: float

    def locate(self, template: Path, screen: Path, *, loaded: bool = False) -> Found:
        """Find the template, or nothing; ``loaded``: decode both before the clock starts."""
        ...

    def close(self) -> None:
        """End what was started."""
        ...


@dataclass
class InProcess:
    """A finder that is a function of two pictures in this process: a box or None, and a score."""

    name: str
    label: str
    search: Search
    load: Callable[[Path], Picture]
    cpu: float = 0.0
    """Milliseconds of processor time that the last search took, all threads together."""

    def locate(self, template: Path, screen: Path, *, loaded: bool = False) -> Found:
        """Run and time the function."""
        pair: tuple[Picture, Picture] = template, screen
        if loaded:
            pair = self.load(template), self.load(screen)
        worked, start = time.process_time(), time.perf_counter()
        box, score = self.search(*pair)
        milliseconds = 1000 * (time.perf_counter() - start)
        self.cpu = 1000 * (time.process_time() - worked)
        return Found(box, score, milliseconds)

    def close(self) -> None:
        """Nothing to end."""


@lru_cache(maxsize=4)
def _as_rgb(file: Path) -> Picture:
    from pytest_visualdiff.images.codec import to_array

    return to_array(file)


@lru_cache(maxsize=4)
def _as_bgr(file: Path) -> Picture:
    import cv2

    return cv2.imread(str(file), cv2.IMREAD_COLOR)


def _ours(template: Picture, screen: Picture) -> tuple[Box | None, float]:
    import pytest_visualdiff as vd

    try:
        match = vd.locate(template, screen)
    except vd.TemplateNotFound as error:
        best = error.best
        return None, 0.0 if best is None else best.confidence
    except (vd.AmbiguousTemplate, vd.FlatTemplate):
        return None, 0.0
    return match.exact, match.confidence


def _pyscreeze(**options: Any) -> Search:
    def search(template: Picture, screen: Picture) -> tuple[Box | None, float]:
        import pyscreeze

        try:
            box = pyscreeze.locate(*map(_name_of, (template, screen)), **options)
        except pyscreeze.ImageNotFoundException:
            return None, 0.0
        except ValueError:  # the template is larger than the screen
            return None, 0.0
        return (None, 0.0) if box is None else (tuple(map(float, box)), CONFIDENCE)  # type: ignore[return-value]

    return search


def _name_of(picture: Picture) -> Picture:
    return str(picture) if isinstance(picture, Path) else picture


def _gray(picture: Picture) -> Any:
    import cv2

    image: Any = cv2.imread(str(picture), 1) if isinstance(picture, Path) else picture
    return cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)


def _match_template(template: Picture, screen: Picture) -> tuple[Box | None, float]:
    box, score = _best(_gray(template), _gray(screen))
    return (box if score >= CONFIDENCE else None), score


def _best(template: Any, screen: Any) -> tuple[Box | None, float]:
    import cv2

    height, width = template.shape
    if height > screen.shape[0] or width > screen.shape[1]:
        return None, 0.0
    scores = cv2.matchTemplate(screen, template, cv2.TM_CCOEFF_NORMED)
    _, score, _, (x, y) = cv2.minMaxLoc(scores)
    return (float(x), float(y), float(width), float(height)), score


SCALES = (1.0, 0.5, 0.667, 0.8, 0.9, 1.1, 1.25, 1.5, 2.0)


def _many_scales(template: Picture, screen: Picture) -> tuple[Box | None, float]:
    import cv2

    look, scene = _gray(template), _gray(screen)
    tries = []
    for scale in SCALES:
        size = max(4, round(look.shape[1] * scale)), max(4, round(look.shape[0] * scale))
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        tries.append(_best(cv2.resize(look, size, interpolation=way), scene))
    box, score = max(tries, key=lambda found: found[1])
    return (box if score >= CONFIDENCE else None), score


@dataclass
class Airtest:
    """Airtest's matching in a process of its own, which reads and writes JSON lines."""

    name: str
    label: str
    method: str
    cpu: float = 0.0
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)

    def locate(self, template: Path, screen: Path, *, loaded: bool = False) -> Found:
        """Ask the process."""
        process = self._running()
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - pipes
        job = {"template": str(template), "screen": str(screen), "method": self.method}
        job["loaded"] = "yes" if loaded else ""
        process.stdin.write(json.dumps(job) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            self.close()
            return Found(None, 0.0, 0.0)
        reply = json.loads(line)
        self.cpu = float(reply["cpu"])
        box = reply["box"] and tuple(map(float, reply["box"]))
        return Found(box, float(reply["score"]), float(reply["milliseconds"]))

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            pipe = subprocess.PIPE
            words = [str(airtest_python()), str(HERE / "workers" / "airtest_worker.py")]
            self._process = subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True)
        return self._process

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            with process:
                process.kill()


def airtest_python() -> Path:
    """The Python that has Airtest; its environment is made when it is missing."""
    home = CACHE / "venv-airtest"
    python = home / "bin" / "python"
    done = home / "installed"
    if not done.is_file():
        print(f"installing {AIRTEST}", file=sys.stderr, flush=True)
        venv.create(home, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "-q", AIRTEST]
        result = subprocess.run(pip, capture_output=True, text=True, check=False)
        if result.returncode:
            raise EngineError(f"cannot install {AIRTEST}: {result.stderr[-400:]}")
        done.write_text(AIRTEST, encoding="utf-8")
    return python


def finders() -> dict[str, Finder]:
    """Every finder by its name; ours first."""
    all_of_them: list[Finder] = [
        InProcess("ours", "pytest-visualdiff", _ours, _as_rgb),
        InProcess(
            "pyscreeze",
            f"pyscreeze {CONFIDENCE}, gray",
            _pyscreeze(grayscale=True, confidence=CONFIDENCE),
            _as_bgr,
        ),
        InProcess(
            "pyscreeze-colour",
            f"pyscreeze {CONFIDENCE}, colour",
            _pyscreeze(grayscale=False, confidence=CONFIDENCE),
            _as_bgr,
        ),
        InProcess("matchtemplate", f"matchTemplate {CONFIDENCE}, gray", _match_template, _as_bgr),
        InProcess("multiscale", f"matchTemplate {CONFIDENCE}, 9 scales", _many_scales, _as_bgr),
        Airtest("airtest", "Airtest template", "template"),
        Airtest("airtest-known", "Airtest, known resolution", "known"),
        Airtest("airtest-multiscale", "Airtest multi-scale", "multiscale"),
    ]
    return {finder.name: finder for finder in all_of_them}
