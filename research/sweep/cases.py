"""The pairs that the corpus wrote: one page in two browsers, with a fault in one or in none."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from research.harness.studio import decode
from research.sweep.corpus import rows
from research.sweep.pages import BROWSERS, ROOT, scenes
from research.sweep.score import REPAINTED, Truth, moved, relation
from research.sweep.studio import SEEN, Fault, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

VANISHING = ("missing", "hidden-text", "broken-image")
"""Faults after which an element may have no box."""
LABELS = Path(__file__).with_name("labels.json")


@dataclass(frozen=True)
class Case:
    """One pair; ``states`` are the names of its two states, by browser."""

    split: str
    scene: str
    states: tuple[tuple[str, str], ...]
    browser: str = ""
    """The one with the fault."""
    fault: Fault | None = None

    @property
    def id(self) -> str:
        """Unique among the pairs of a split."""
        return f"{self.scene}/{self.browser}-{self.fault.kind}" if self.fault else self.scene

    def state(self, browser: str) -> State:
        """What this browser showed."""
        return _state(ROOT / self.split / f"{dict(self.states)[browser]}.json.gz")

    def picture(self, browser: str) -> Path:
        """What it looked like."""
        return ROOT / self.split / f"{dict(self.states)[browser]}.png"

    @property
    def clean(self) -> Case:
        """The same pair without the fault."""
        return plain(self.split, self.scene)

    def truth(self, named: Iterable[str] = ()) -> Truth | None:
        """What the fault did; None without one. Pictures are looked at for the named paths."""
        if self.fault is None:
            return None
        before, after = self.clean.state(self.browser), self.state(self.browser)
        shift, resized = moved(before.boxes, after.boxes), before.page != after.page
        truth = Truth(self.fault.kind, self.fault.targets, shift, resized)
        unclear = [path for path in named if relation(path, truth) == "other"]
        look = Repainted(self)
        fresh = frozenset(path for path in unclear if look.share(path) >= REPAINTED)
        return replace(truth, repainted=fresh)


@dataclass(frozen=True)
class Repainted:
    """Where a fault changed the picture of the browser that has it."""

    case: Case

    @cached_property
    def pixels(self) -> npt.NDArray[np.bool_]:
        """Which pixels changed; those that only one of both pictures has are left out."""
        one, two = (
            decode(case.picture(self.case.browser).read_bytes()).astype(np.int16)
            for case in (self.case.clean, self.case)
        )
        height, width = min(len(one), len(two)), min(one.shape[1], two.shape[1])
        delta = np.abs(one[:height, :width] - two[:height, :width]).max(axis=2)
        return np.asarray(delta > SEEN)

    def share(self, path: str) -> float:
        """The share of an element's pixels that changed."""
        box = self.case.state(self.case.browser).boxes.get(path)
        if box is None:
            return 0.0
        left, top, right, bottom = box[0], box[1], box[0] + box[2], box[1] + box[3]
        part = self.pixels[max(0, int(top)) : int(bottom) + 1, max(0, int(left)) : int(right) + 1]
        return float(part.mean()) if part.size else 0.0


@lru_cache(maxsize=8)
def _state(path: Path) -> State:
    return State.load(path)


def load(split: str) -> list[Case]:
    """The pairs of a split: first those without a fault, then those with one."""
    wanted = {scene.name for scene in scenes(split)}
    every = [row for row in rows(split) if row["scene"] in wanted]
    made = {row["state"] for row in every}
    clean = [plain(split, scene) for scene in dict.fromkeys(row["scene"] for row in every)]
    clean = [case for case in clean if all(name in made for _, name in case.states)]
    known = {case.scene: case for case in clean}
    faulty = [
        spoilt(known[row["scene"]], row) for row in every if row["fault"] and row["scene"] in known
    ]
    return [*clean, *filter(_fair, faulty)]


def plain(split: str, scene: str) -> Case:
    """The pair of a scene without any fault."""
    return Case(split, scene, tuple((one, f"{scene}/{one}-clean") for one in BROWSERS))


def spoilt(clean: Case, row: Mapping[str, Any]) -> Case:
    """The pair with the fault that a browser wrote down."""
    told = row["fault"] | {"targets": tuple(row["fault"]["targets"])}
    states = dict(clean.states) | {row["browser"]: row["state"]}
    return Case(clean.split, clean.scene, tuple(states.items()), row["browser"], Fault(**told))


def _fair(case: Case) -> bool:
    """Whether the elements at fault are there: in the other browser, and still in this one.

    Some pages put new elements in the place of those that were changed.
    """
    if case.fault is None:
        return False
    (other,) = set(BROWSERS) - {case.browser}
    places = [case.state(other).boxes]
    places += [] if case.fault.kind in VANISHING else [case.state(case.browser).boxes]
    return all(path in there for path in case.fault.targets for there in places)


def labels(split: str) -> dict[str, frozenset[tuple[str, str]]]:
    """By scene: kind and path of what the browsers really show differently; see the README."""
    found: dict[str, set[tuple[str, str]]] = {}
    for row in json.loads(LABELS.read_text("utf-8")):
        if row["split"] == split:
            found.setdefault(row["scene"], set()).add((row["kind"], row["path"]))
    return {scene: frozenset(rows_) for scene, rows_ in found.items()}
