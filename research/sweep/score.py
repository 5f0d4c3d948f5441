"""The arithmetic of the sweep benchmark: pure functions of what was done and what was found.

Elements are known by their path in the untouched page, such as ``body:2>main:1>a:3``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import mean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Box = tuple[float, float, float, float]

MOVED = 1.0
"""CSS pixels that an edge must have moved by for its element to be affected by the fault."""
REPAINTED = 0.1
"""Share of an element's pixels that must have changed for it to be affected by the fault."""

RIGHT = ("target", "parent")
"""What names the right place."""
ROOTS = ("html", "body:2")


@dataclass(frozen=True)
class Named:
    """One finding: its kind, and the paths that its selector may mean (one, or none if unknown)."""

    kind: str
    paths: tuple[str, ...]
    text: str = ""


@dataclass(frozen=True)
class Truth:
    """What the fault of one pair did."""

    kind: str
    targets: tuple[str, ...]
    moved: frozenset[str] = frozenset()
    """Elements whose box is another one than without the fault, in the same browser."""
    resized: bool = False
    """Whether the page scrolls further, or less far."""
    repainted: frozenset[str] = frozenset()
    """Elements of which a tenth looks different than without the fault, of those that count."""


@dataclass(frozen=True)
class Outcome:
    """One pair and what an engine says of it."""

    id: str
    truth: Truth | None
    """None for a pair without a fault."""
    findings: tuple[Named, ...]
    standing: frozenset[tuple[str, str]] = frozenset()
    """Kind and path of what the engine finds on the same pair without the fault."""
    real: frozenset[tuple[str, str]] = frozenset()
    """Kind and path of what people agreed that the browsers really show differently."""
    milliseconds: float = 0.0
    failed: str = ""
    """Why there is no answer."""

    @property
    def counted(self) -> tuple[Named, ...]:
        """The findings but for real differences, which are neither right nor wrong."""
        return tuple(one for one in self.findings if not _any(one, self.real))

    @property
    def relations(self) -> tuple[str, ...]:
        """For each counted finding what it has to do with the fault."""
        return tuple(self._relation(one) for one in self.counted)

    def _relation(self, one: Named) -> str:
        if self.truth is None or _any(one, self.standing):
            return "other"
        return best(relation(path, self.truth) for path in one.paths)

    @property
    def true(self) -> tuple[str, ...]:
        """The relations of those that are due to the fault, in the engine's order."""
        return tuple(one for one in self.relations if one != "other")

    @property
    def found(self) -> bool:
        """Whether anything due to the fault was found."""
        return bool(self.true)

    @property
    def right(self) -> bool:
        """Whether the first of these names the element at fault or its parent."""
        return bool(self.true) and self.true[0] in RIGHT

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to look at."""
        return not self.counted and not self.failed


ORDER = ("target", "parent", "inside", "around", "moved", "repainted", "page", "other")


def best(relations: Iterable[str]) -> str:
    """The nearest of several relations; ``other`` for none."""
    return min(relations, key=ORDER.index, default="other")


def relation(path: str, truth: Truth) -> str:
    """What an element has to do with a fault.

    ``target``: it is at fault. ``parent``: of that. ``inside``: a part of it. ``around``: a further
    ancestor, but neither body nor root. ``moved``: it lies elsewhere or has another size because of
    it. ``repainted``: a tenth of it looks different. ``page``: the root of a page that scrolls
    further. ``other``: nothing.
    """
    near = _family(path, truth.targets)
    if near:
        return near
    if path in truth.moved:
        return "moved"
    if path in ROOTS:
        return "page" if truth.resized else "other"
    return "repainted" if path in truth.repainted else "other"


def _family(path: str, targets: Sequence[str]) -> str:
    if path in targets:
        return "target"
    if path and any(parent(target) == path for target in targets):
        return "parent"
    if any(path.startswith(f"{target}>") for target in targets):
        return "inside"
    above = path not in ROOTS and any(target.startswith(f"{path}>") for target in targets)
    return "around" if path and above else ""


def parent(path: str) -> str:
    """The path of the parent element."""
    return path.rpartition(">")[0]


def moved(before: Mapping[str, Box], after: Mapping[str, Box]) -> frozenset[str]:
    """The elements whose box is another one; also those that have come or gone."""
    return frozenset(
        path
        for path in before.keys() | after.keys()
        if path not in before or path not in after or _apart(before[path], after[path]) > MOVED
    )


def _apart(one: Box, other: Box) -> float:
    ours = one[0], one[1], one[0] + one[2], one[1] + one[3]
    theirs = other[0], other[1], other[0] + other[2], other[1] + other[3]
    return max(abs(a - b) for a, b in zip(ours, theirs, strict=True))


def _any(one: Named, known: frozenset[tuple[str, str]]) -> bool:
    return any((one.kind, path) in known for path in one.paths)


# --- shares -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Summary:
    """One engine over many pairs; shares in [0, 1], NaN where there is nothing to count."""

    faults: int
    clean: int
    recall: float
    """Share of the faults that were found, at the fault or by a consequence."""
    precision: float
    """Share of all findings that are due to a fault."""
    quiet: float
    """Share of the pairs without a fault that have no finding."""
    right: float
    """Share of the found faults whose first finding names the element at fault or its parent."""
    right_findings: float
    """Share of all findings due to a fault that name the element at fault or its parent."""
    per_fault: float
    """New findings for each fault."""
    per_clean: float
    """Findings for each pair without a fault."""
    real: int
    """Findings left out because the browsers do differ there."""
    failures: int


def summarise(outcomes: Sequence[Outcome]) -> Summary:
    """Count everything that the main table shows of one engine."""
    faulty = [one for one in outcomes if one.truth is not None]
    clean = [one for one in outcomes if one.truth is None]
    relations = [name for one in outcomes for name in one.relations]
    due = [name for name in relations if name != "other"]
    return Summary(
        faults=len(faulty),
        clean=len(clean),
        recall=_share(one.found for one in faulty),
        precision=_share(name != "other" for name in relations),
        quiet=_share(one.quiet for one in clean),
        right=_share(one.right for one in faulty if one.found),
        right_findings=_share(name in RIGHT for name in due),
        per_fault=_share(fresh(one) for one in faulty),
        per_clean=_share(len(one.counted) for one in clean),
        real=sum(len(one.findings) - len(one.counted) for one in outcomes),
        failures=sum(bool(one.failed) for one in outcomes),
    )


def fresh(one: Outcome) -> int:
    """How many findings a pair has that the same pair without the fault has not."""
    return sum(not _any(named, one.standing) for named in one.counted)


def distinct_precision(outcomes: Sequence[Outcome]) -> float:
    """Precision, with what a pair shows with and without its faults counted once, without."""
    clean = sum(len(one.counted) for one in outcomes if one.truth is None)
    faulty = [one for one in outcomes if one.truth is not None]
    found = sum(len(one.true) for one in faulty)
    every = clean + sum(map(fresh, faulty))
    return found / every if every else math.nan


def _share(values: Iterable[float]) -> float:
    every = list(values)
    return mean(every) if every else math.nan


def by_kind(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """The pairs with a fault, by its kind."""
    groups: dict[str, list[Outcome]] = {}
    for one in outcomes:
        if one.truth is not None:
            groups.setdefault(one.truth.kind, []).append(one)
    return dict(sorted(groups.items()))
