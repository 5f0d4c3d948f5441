"""The approved pictures of one check, and which of them the picture that was seen comes closest to.

A check may have alternatives: it matches when any of them does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_visualdiff import baselines as cellar
from pytest_visualdiff.images import png as png_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_visualdiff.baselines import BaselineStore
    from pytest_visualdiff.baselines.ignored import IgnoredSplit
    from pytest_visualdiff.comparison.result import Comparison
    from pytest_visualdiff.model import BaselineKey


@dataclass(frozen=True, slots=True)
class ApprovedPicture:
    """One approved picture, and where it is."""

    key: BaselineKey
    png: bytes


@dataclass(frozen=True, slots=True)
class Closest:
    """The approved picture that decides, what was found against it, and which of all it is."""

    baseline: ApprovedPicture
    found: IgnoredSplit
    number: int = 1
    count: int = 1

    def note(self, where: str) -> str:
        """Which alternative decided; empty without alternatives."""
        if self.count == 1:
            return ""
        which = f"approved picture {self.number} of {self.count}, {where}"
        if self.found.comparison.same:
            return f"matches {which}"
        return f"matches none of {self.count} approved pictures; this is about the closest: {which}"


def approved_pictures(store: BaselineStore, key: BaselineKey) -> tuple[ApprovedPicture, ...]:
    """The approved pictures of a check, its baseline first; raises ``BaselineUnreadable``."""
    found = ((one, store.read(one)) for one in cellar.approved(store, key))
    return tuple(ApprovedPicture(one, png) for one, png in found if png is not None)


def closest(
    approved: Sequence[ApprovedPicture],
    actual: bytes,
    compare: Callable[[bytes], Comparison],
    pardon: Callable[[Comparison], IgnoredSplit],
) -> Closest | None:
    """The first approved picture that the actual one matches, else the closest; None of none.

    Pictures of the same bytes come first, over all of them. What ``pardon`` ignores plays a part
    only where none matches without. Closest is what differs with the highest confidence, then
    with the fewest pixels.
    """
    results: list[tuple[ApprovedPicture, Comparison]] = []
    for one in _likely_first(approved, actual):
        comparison = compare(one.png)
        if comparison.same:
            results = [(one, comparison)]
            break
        results.append((one, comparison))
    if not results:
        return None
    candidates = [(one, pardon(comparison)) for one, comparison in results]
    one, found = max(candidates, key=lambda candidate: _closeness(candidate[1].comparison))
    return Closest(one, found, approved.index(one) + 1, len(approved))


def _likely_first(approved: Sequence[ApprovedPicture], actual: bytes) -> Sequence[ApprovedPicture]:
    if len(approved) == 1:
        return approved
    return sorted(approved, key=lambda one: not png_file.same_data(one.png, actual))


def _closeness(comparison: Comparison) -> tuple[bool, float, int]:
    pixels = sum(int(one.detail.get("pixels", 0)) for one in comparison.differences)
    return comparison.same, float(comparison.confidence), -pixels
