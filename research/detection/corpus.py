"""Make the labelled pairs of a split: ``python -m research.detection.corpus --split tuning``.

Each browser has a process of its own that goes through the scenes. What is made depends on the
split, the seed and the browsers alone; the order of the jobs never on the clock.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import shutil
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.pages import Server, fetch
from research.detection import benign, mutations, pages, setups
from research.detection.cases import ROOT
from research.harness.corpus import Wants, mix, save
from research.harness.studio import Restless, Shot, Studio
from selenium.common.exceptions import WebDriverException

from pytest_visualdiff.errors import CaptureError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from research.harness.pages import Scene

VERSION = 5
"""Raised when the same seed makes other cases: a corpus of another version is made anew."""
BROWSERS = ("chrome", "firefox")
SEEDS = {"tuning": 1, "templates": 20_261_124, "untouched": 20_261_129}
FOLDER = "comparison"


@dataclass(frozen=True)
class Plan:
    """How many cases of each kind one browser makes."""

    mutations: int
    """For each kind and strength."""
    benign: int
    """For each kind."""
    setups: int
    """Scenes photographed by each other configuration of the browser."""


PLANS = {"tuning": Plan(2, 6, 7), "templates": Plan(3, 7, 9), "untouched": Plan(3, 7, 9)}


@dataclass
class Maker:
    """One browser's part of a split."""

    split: str
    browser: str
    seed: int
    folder: Path
    limit: int | None
    cases: list[dict[str, Any]] = field(default_factory=list)

    def run(self) -> None:
        """Photograph, mutate and vary the scenes, then photograph some by other setups."""
        plan, scenes = PLANS[self.split], self._scenes()
        wants = Wants(Counter(dict.fromkeys(_mutants(), plan.mutations)))
        noise = Wants(Counter({(kind, 0): plan.benign for kind in benign.KINDS}))
        with Server(pages.SPLITS[self.split]) as server:
            with Studio(self.browser, server) as studio:
                for index, scene in enumerate(scenes):
                    if self.limit is None or len(self.cases) < self.limit:
                        self._scene(studio, scene, (wants, noise), len(scenes) - index)
            for setup in setups.of(self.browser):
                self._setup(server, setup, scenes, plan.setups)

    def _scenes(self) -> list[Scene]:
        """Half of the scenes: each browser has its own, which saves half of the time."""
        half = pages.scenes(self.split)[BROWSERS.index(self.browser) :: len(BROWSERS)]
        return sorted(half, key=lambda one: mix((one.name, self.seed)))

    def _scene(
        self, studio: Studio, scene: Scene, both: tuple[Wants, Wants], remaining: int
    ) -> None:
        start, (wants, noise), trouble = time.monotonic(), both, ""
        try:
            base = studio.open(scene)
            if not studio.open(scene).same(base):
                raise Restless("two loads do not look the same")  # noqa: TRY301 - reported below
            save(self._baseline(scene), base.png)
            self._mutate(studio, scene, base, wants, wants.share(remaining))
            if not studio.shoot().same(base):
                base = studio.open(scene)
            self._vary(studio, scene, base, noise, noise.share(remaining))
        except (Restless, WebDriverException, CaptureError) as error:
            # Other scenes go on; a browser that died is replaced.
            trouble = f" {type(error).__name__}: {str(error)[:200]}"
        spent = f"{len(self.cases)} cases, {time.monotonic() - start:.0f} s{trouble}"
        print(f"  {self.browser}: {remaining} {scene.name}, {spent}", flush=True)
        self.save()

    def _mutate(self, studio: Studio, scene: Scene, base: Shot, wants: Wants, share: int) -> None:
        made: set[str] = set()
        for kind, strength in wants.order():
            if len(made) >= share:
                return
            if kind in made:
                continue
            seed = self.seed ^ mix((scene.name, self.browser))
            found = mutations.mutate(studio, base, kind, strength, seed)
            if not _still(studio, base):
                found = None
                if not studio.open(scene).same(base):
                    return
            if found is None:
                wants.failed[kind, strength] += 1
                continue
            made.add(kind)
            wants.left[kind, strength] -= 1
            self._add(scene, found, strength)

    def _vary(self, studio: Studio, scene: Scene, base: Shot, noise: Wants, share: int) -> None:
        made = 0
        for kind, _ in noise.order():
            if made >= share:
                return
            seed = self.seed ^ mix((scene.name, self.browser))
            found = benign.vary(studio, scene, base, kind, seed)
            if not _still(studio, base):
                found = None
                if not studio.open(scene).same(base):
                    return
            if found is None:
                noise.failed[kind, 0] += 1
                continue
            made += 1
            noise.left[kind, 0] -= 1
            self._add(scene, found, 0)

    def _setup(self, server: Server, setup: setups.Setup, scenes: list[Scene], count: int) -> None:
        """Photograph scenes that already have a baseline by another setup of the browser."""
        with setup.environment(), Studio(self.browser, server, setup.customise) as studio:
            made, turn = 0, sorted(scenes, key=lambda one: mix((setup.kind, one.name, self.seed)))
            for scene in turn[: 3 * count]:
                path = self._baseline(scene)
                if made == count or not path.is_file():
                    continue
                try:
                    actual = studio.open(scene)
                except (Restless, WebDriverException, CaptureError):
                    continue
                texts = studio.call("texts")
                found = benign.paired(
                    setup.kind, Shot(path.read_bytes()), actual, setup.note, texts
                )
                if found is not None and (found.pixels or not setup.redraws):
                    made += 1
                    self._add(scene, found, 0)

    def save(self) -> None:
        """Write the cases made so far, so that others can start with them."""
        part = self.folder / FOLDER / f"{self.browser}.jsonl"
        save(part, "".join(json.dumps(case) + "\n" for case in self.cases).encode())
        _gather(self.folder)

    def _baseline(self, scene: Scene) -> Path:
        return self.folder / FOLDER / f"{scene.name}-{self.browser}.png"

    def _add(self, scene: Scene, found: mutations.Mutation | benign.Benign, strength: int) -> None:
        name = f"{found.kind}-{strength}" if strength else found.kind
        if any(case["id"] == f"{scene.name}-{self.browser}-{name}" for case in self.cases):
            name = f"{name}-{len(self.cases)}"
        case = f"{scene.name}-{self.browser}-{name}"
        actual = self.folder / FOLDER / f"{scene.name}-{self.browser}" / f"{name}.png"
        expected = self._baseline(scene)
        if not Shot(expected.read_bytes()).same(found.expected):
            expected = actual.with_name(f"{name}.expected.png")
            save(expected, found.expected.png)
        save(actual, found.actual.png)
        mutated = isinstance(found, mutations.Mutation)
        self.cases.append(
            {
                "id": case,
                "split": self.split,
                "sort": "mutation" if mutated else "benign",
                "kind": found.kind,
                "group": mutations.GROUP_OF[found.kind] if mutated else "noise",
                "strength": strength,
                "page": scene.page.name,
                "browser": self.browser,
                "expected": str(expected.relative_to(self.folder)),
                "actual": str(actual.relative_to(self.folder)),
                "truth": getattr(found, "truth", ()),
                "affected": getattr(found, "affected", ()),
                "pixels": found.pixels,
                "note": found.note,
            }
        )


def _still(studio: Studio, base: Shot) -> bool:
    """Whether the page looks as before; if not, who knows what else changed by itself."""
    if studio.touched and not studio.shoot().same(base):
        return False
    studio.touched = False
    return True


def _mutants() -> Iterator[tuple[str, int]]:
    return ((kind, one) for kind in mutations.GROUP_OF for one in mutations.STRENGTHS)


def make(split: str, seed: int | None = None, limit: int | None = None) -> Path:
    """Make a split, or find it made by the same version, seed and limit; its folder."""
    seed = SEEDS[split] if seed is None else seed
    folder = ROOT / split
    stamp = {"version": VERSION, "seed": seed, "limit": limit}
    mark = folder / "comparison.json"
    if mark.is_file() and json.loads(mark.read_text("utf-8")) == stamp:
        return folder
    # Workers that outlive a stopped run would write into the next one's folder.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    fetch(pages.SPLITS[split])
    shutil.rmtree(folder / FOLDER, ignore_errors=True)
    mark.unlink(missing_ok=True)
    share = None if limit is None else -(-limit // len(BROWSERS))
    with multiprocessing.get_context("spawn").Pool(len(BROWSERS)) as pool:
        jobs = [(split, browser, seed, share) for browser in BROWSERS]
        pool.starmap(_part, jobs, chunksize=1)
    _gather(folder)
    mark.write_text(json.dumps(stamp), "utf-8")
    return folder


def _gather(folder: Path) -> None:
    """Put together what the browsers have made so far; readers see a whole file at any time."""
    lines = [
        line
        for part in sorted((folder / FOLDER).glob("*.jsonl"))
        for line in part.read_text("utf-8").splitlines(keepends=True)
    ]
    save(folder / "cases.jsonl", "".join(sorted(lines)).encode())


def _part(split: str, browser: str, seed: int, limit: int | None) -> None:
    maker = Maker(split, browser, seed, ROOT / split, limit)
    maker.run()
    maker.save()


def summary(folder: Path) -> str:
    """How many cases there are of each kind, as a Markdown table."""
    cases = [json.loads(line) for line in (folder / "cases.jsonl").read_text("utf-8").splitlines()]
    counts = Counter(
        (case["sort"], case["group"], case["kind"], case["strength"]) for case in cases
    )
    kinds = dict.fromkeys((case["sort"], case["group"], case["kind"]) for case in cases)
    lines = ["| group | kind | weak | medium | strong |", "|---|---|---:|---:|---:|"]
    for sort, group, kind in sorted(kinds, reverse=True):
        if sort == "mutation":
            numbers = " | ".join(str(counts[sort, group, kind, one]) for one in (1, 2, 3))
            lines.append(f"| {group} | {kind} | {numbers} |")
    lines += ["", "| benign kind | pairs | with differing pixels |", "|---|---:|---:|"]
    quiet = [case for case in cases if case["sort"] == "benign"]
    for kind in sorted({case["kind"] for case in quiet}):
        same = [case for case in quiet if case["kind"] == kind]
        lines.append(f"| {kind} | {len(same)} | {sum(case['pixels'] > 0 for case in same)} |")
    browsers = Counter(case["browser"] for case in cases)
    differing = sum(case["pixels"] > 0 for case in quiet)
    lines += ["", f"{len(cases) - len(quiet)} mutations, {len(quiet)} benign pairs, {differing} of"]
    lines[-1] += f" them with differing pixels; {len({case['page'] for case in cases})} pages;"
    lines[-1] += f" {dict(browsers)}"
    return "\n".join(lines)


def main() -> None:
    """Make a split where it is not there yet, and print what it holds."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--split", choices=tuple(PLANS), required=True)
    parser.add_argument("--limit", type=int, help="stop after about so many cases")
    parser.add_argument("--seed", type=int, help="another seed than the split's own")
    options = parser.parse_args()
    start = time.monotonic()
    folder = make(options.split, options.seed, options.limit)
    print(summary(folder))
    print(f"{time.monotonic() - start:.0f} s, in {folder}")


if __name__ == "__main__":
    main()
