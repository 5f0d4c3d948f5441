"""Make the pairs of a split: ``python -m research.sweep.corpus --split tuning``.

Each browser has a process of its own that goes through all scenes: first the page as it is, then
some faults. What was done is written down, so that ``--again`` does the same once more and reads
the pages with the engine of today.
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
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.pages import Server, fetch
from research.harness.corpus import Wants, mix, save
from research.harness.studio import Restless
from research.sweep import fonts
from research.sweep.pages import BROWSERS, ROOT, has_own_fonts, pages_of, scenes, seed_of
from research.sweep.reader import TALL
from research.sweep.studio import PIXELS, Fault, Studio
from selenium.common.exceptions import WebDriverException

from pytest_visualdiff.errors import CaptureError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from research.sweep.pages import Scene
    from research.sweep.studio import Picture

KINDS = (
    *("larger-10", "larger-25", "larger-50", "off-screen", "overlap", "wrap", "missing"),
    *("hidden-text", "misaligned", "clipped", "reordered", "recoloured", "border", "shadow"),
    *("font", "broken-image"),
)
EACH = 14
"""Faults of each kind that one browser makes."""
TRIES = 4


@dataclass
class Maker:
    """One browser's part of a split."""

    split: str
    browser: str
    limit: int | None = None
    again: bool = False
    done: list[dict[str, Any]] = field(default_factory=list)
    known: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where the split lies."""
        return ROOT / self.split

    @property
    def record(self) -> Path:
        """What this browser did."""
        return self.folder / f"{self.browser}.jsonl"

    def run(self) -> None:
        """Go through the scenes."""
        chosen = scenes(self.split)[: self.limit]
        order = sorted(chosen, key=lambda one: mix((one.name, seed_of(self.split))))
        wants = Wants(Counter({(kind, 0): EACH for kind in KINDS}))
        if self.again:
            for row in map(json.loads, self.record.read_text("utf-8").splitlines()):
                self.known.setdefault(row["scene"], []).append(row)
        with (
            nullcontext() if has_own_fonts(self.split) else fonts.alike(),
            Server(pages_of(self.split)) as server,
            Studio(self.browser, server) as studio,
        ):
            for index, scene in enumerate(order):
                self._scene(studio, scene, wants, len(order) - index)
                rows_ = "".join(json.dumps(row) + "\n" for row in self.done)
                save(self.record, rows_.encode())

    def _scene(self, studio: Studio, scene: Scene, wants: Wants, remaining: int) -> None:
        start, trouble, before = time.monotonic(), "", len(self.done)
        try:
            picture = studio.show(scene)
            self._keep(studio, scene, picture, None)
            if self.again:
                self._repeat(studio, scene, picture)
            elif studio.call("page")[1] <= TALL:
                self._spoil(studio, scene, picture, wants, wants.share(remaining))
        except (Restless, WebDriverException, CaptureError) as error:
            # Other scenes go on; a browser that died is replaced.
            trouble = f" {type(error).__name__}: {str(error)[:200]}"
        spent = f"{len(self.done) - before} states, {time.monotonic() - start:.1f} s{trouble}"
        print(f"  {self.browser}: {remaining} {scene.name}, {spent}", flush=True)

    def _spoil(
        self, studio: Studio, scene: Scene, picture: Picture, wants: Wants, share: int
    ) -> None:
        made = 0
        for kind, _ in wants.order():
            if made == share:
                return
            seed = mix((seed_of(self.split), scene.name, self.browser, kind))
            if self._one(studio, scene, picture, kind, seed):
                made += 1
                wants.left[kind, 0] -= 1
            else:
                wants.failed[kind, 0] += 1

    def _one(self, studio: Studio, scene: Scene, picture: Picture, kind: str, seed: int) -> bool:
        """Try this kind on a few elements, until one can be seen."""
        for path in studio.candidates(kind, seed, TRIES):
            if self._try(studio, scene, picture, Fault(kind, path, seed)):
                return True
        return False

    def _repeat(self, studio: Studio, scene: Scene, picture: Picture) -> None:
        for row in self.known.get(scene.name, []):
            if row["fault"]:
                fault = Fault(*(row["fault"][name] for name in ("kind", "path", "seed")))
                if not self._try(studio, scene, picture, fault):
                    print(f"  {scene.name} no longer takes {fault}", flush=True)

    def _try(self, studio: Studio, scene: Scene, picture: Picture, fault: Fault) -> bool:
        made = studio.inject(fault)
        if made is not None:
            spoilt = studio.picture()
            if spoilt.changed(picture) >= PIXELS:
                self._keep(studio, scene, spoilt, made)
            else:
                made = None
        if not studio.undo():
            studio.show(scene)
        return made is not None

    def _keep(self, studio: Studio, scene: Scene, picture: Picture, fault: Fault | None) -> None:
        state = studio.state()
        name = f"{scene.name}/{self.browser}-{fault.kind if fault else 'clean'}"
        state.save(self.folder / f"{name}.json.gz")
        save(self.folder / f"{name}.png", picture.png)
        self.done.append(
            {
                "scene": scene.name,
                "page": scene.page.name,
                "viewport": scene.viewport,
                "browser": self.browser,
                "state": name,
                "fault": asdict(fault) if fault else None,
            }
        )


def make(split: str, limit: int | None = None, *, again: bool = False) -> Path:
    """Make a split anew, or with ``again`` read its pages anew; its folder."""
    # Workers that outlive a stopped run would write into the next one's folder.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    fetch(pages_of(split))
    if not again:
        shutil.rmtree(ROOT / split, ignore_errors=True)
    jobs = [(split, browser, limit, again) for browser in BROWSERS]
    with multiprocessing.get_context("spawn").Pool(len(BROWSERS)) as pool:
        pool.starmap(_part, jobs, chunksize=1)
    return ROOT / split


def _part(split: str, browser: str, limit: int | None, again: bool) -> None:  # noqa: FBT001
    Maker(split, browser, limit, again).run()


def rows(split: str) -> Iterator[dict[str, Any]]:
    """Every state of a split, as the browsers wrote them down."""
    for browser in BROWSERS:
        lines = (ROOT / split / f"{browser}.jsonl").read_text("utf-8").splitlines()
        yield from map(json.loads, lines)


def main() -> None:
    """Make a split and count what it holds."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument(
        "--split",
        required=True,
        help="tuning, fonts, controls, templates, demos, untouched; also with -SEED, or -machine",
    )
    parser.add_argument("--limit", type=int, help="so many scenes")
    parser.add_argument("--again", action="store_true", help="the same faults, read anew")
    options = parser.parse_args()
    start = time.monotonic()
    folder = make(options.split, options.limit, again=options.again)
    counts = Counter(row["fault"]["kind"] for row in rows(options.split) if row["fault"])
    print(counts, counts.total(), f"{time.monotonic() - start:.0f} s, in {folder}")


if __name__ == "__main__":
    main()
