"""How long it takes to find a button on a 1920×1080 screen: this locator and its peers in turns.

The template is a button of 196×38 pixels of a real page full of its like, and the screens are
screenshots of that page: as it was, moved by half a pixel, zoomed to 1.25, in the other browser,
and without the button. Every finder gets decoded pictures, as a screen grab is one already, or with
``--files`` the files. The rounds go through all finders in turn, so that a busy machine slows all
of them alike; processor time tells more than the clock where it is very busy. Quote the ratios.
"""

from __future__ import annotations

import argparse
import json
import statistics
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.pages import CACHE
from research.location.finders import finders
from research.location.pixels import cut, save
from research.location.score import hits
from research.location.shots import Shot, State, shot, step, take

if TYPE_CHECKING:
    from collections.abc import Sequence

    from research.harness.engine import Found
    from research.location.finders import Finder

FOLDER = CACHE / "locate_speed"
PAGE, LABEL = "sb-admin-2-buttons", "Split Button Info"
VIEWPORT = (1920, 1080)
SLOW = {"airtest-multiscale", "multiscale"}
"""Asked in every third round only."""

TARGETS = {
    "unmoved": {"pyscreeze": 15.0},
    "half a pixel": {"pyscreeze": 3.0, "airtest-multiscale": 10.0},
    "scaled 1.25": {"pyscreeze": 3.0, "airtest-multiscale": 10.0},
    "other browser": {"pyscreeze": 3.0, "airtest-multiscale": 10.0},
}
"""How many times faster than these this locator is meant to be."""


@dataclass(frozen=True)
class Scene:
    """A screen, and where the template is on it."""

    name: str
    screen: Path
    truth: tuple[float, float, float, float] | None


@dataclass(frozen=True)
class Row:
    """What one finder did with one scene."""

    scene: str
    finder: str
    found: str
    milliseconds: float
    cpu: float
    """Milliseconds of processor time, all threads together."""
    times: int


def scenes() -> tuple[Path, list[Scene]]:
    """Take the screenshots that are missing; return the template and the screens."""
    usual = State(PAGE, "chrome", VIEWPORT)
    take(FOLDER, [usual])
    path = next(p.path for p in _shot(usual).places if p.key == LABEL and p.kind == "button")
    half = step("translate", paths=(path,), x=0.5, y=0.5)
    states = {
        "unmoved": replace(usual, take=1),
        "half a pixel": usual.then(half),
        "scaled 1.25": State(PAGE, "chrome", (1536, 864), 1.25),
        "other browser": State(PAGE, "firefox", VIEWPORT),
        "absent": usual.then(step("remove", paths=(path,), mode="gap")),
    }
    take(FOLDER, states.values())
    box = _box(_shot(usual), path)
    x, y, width, height = (round(value) for value in box)
    template = FOLDER / "template.png"
    save(template, cut(_shot(usual).picture, (x, y, width, height)))
    return template, [
        Scene(name, _shot(state).picture, None if name == "absent" else _box(_shot(state), path))
        for name, state in states.items()
    ]


def _shot(state: State) -> Shot:
    found = shot(FOLDER, state)
    if found is None:
        raise SystemExit(f"no screenshot of {state}")
    return found


def _box(screen: Shot, path: str) -> tuple[float, float, float, float]:
    x, y, width, height = (value * screen.ratio for value in screen.by_path[path].box)
    return x, y, width, height


def measure(
    template: Path, scene: Scene, wanted: Sequence[Finder], rounds: int, *, loaded: bool
) -> list[Row]:
    """Ask all finders in turn, so many times; the first round is not counted."""
    answers: dict[str, list[tuple[Found, float]]] = {finder.name: [] for finder in wanted}
    for number in range(rounds + 1):
        for finder in wanted:
            if finder.name not in SLOW or number % 3 == 0:
                found = finder.locate(template, scene.screen, loaded=loaded)
                answers[finder.name].append((found, finder.cpu))
    return [_row(scene, finder, answers[finder.name][1:]) for finder in wanted]


def _row(scene: Scene, finder: Finder, answers: Sequence[tuple[Found, float]]) -> Row:
    box = answers[0][0].box
    if box is None:
        told = "no"
    elif scene.truth is not None and hits(box, scene.truth):
        told = "yes"
    else:
        told = "WRONG"
    middle = statistics.median(found.milliseconds for found, _ in answers)
    worked = statistics.median(cpu for _, cpu in answers)
    return Row(scene.name, finder.name, told, middle, worked, len(answers))


def told(rows: Sequence[Row], labels: dict[str, str]) -> list[str]:
    """The table of one scene as Markdown; ratios are a finder's time over that of the first."""
    first = rows[0]
    names = "finder | found | ms | × ours | CPU ms | × ours | target | times"
    lines = [f"\n{first.scene}\n", f"| {names} |", "|---|---|" + "---:|" * 6]
    for row in rows:
        target = TARGETS.get(row.scene, {}).get(row.finder)
        ratio, work = row.milliseconds / first.milliseconds, row.cpu / first.cpu
        aim = "" if target is None else f"{target:g} {'met' if ratio >= target else 'MISSED'}"
        times = f"{row.milliseconds:.2f} | {ratio:.1f} | {row.cpu:.2f} | {work:.1f}"
        lines.append(f"| {labels[row.finder]} | {row.found} | {times} | {aim} | {row.times} |")
    return lines


def main() -> None:
    """Measure every scene, and print a table for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30, metavar="N")
    parser.add_argument("--finders", metavar="A,B", help=f"of {', '.join(finders())}")
    parser.add_argument("--files", action="store_true", help="decode within the measured time")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    known = finders()
    wanted = [known[name] for name in (options.finders or ",".join(known)).split(",")]
    template, screens = scenes()
    rows: list[Row] = []
    try:
        for scene in screens:
            rows += measure(template, scene, wanted, options.rounds, loaded=not options.files)
            labels = {finder.name: finder.label for finder in wanted}
            print("\n".join(told(rows[-len(wanted) :], labels)), flush=True)
    finally:
        for finder in wanted:
            finder.close()
    if options.json:
        text = json.dumps([asdict(row) for row in rows], indent=2)
        options.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
