"""The approved pictures of one check, and which of them is closest to the actual picture.

A check may have alternatives: it matches if any of them matches.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_visualdiff import baselines
from pytest_visualdiff.images import png as png_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_visualdiff.baselines import BaselineStore
    from pytest_visualdiff.baselines.ignored import IgnoredSplit
    from pytest_visualdiff.checks.context import CheckContext
    from pytest_visualdiff.comparison.result import Comparison
    from pytest_visualdiff.model import BaselineKey, Environment


@dataclass(frozen=True, slots=True)
class ApprovedPicture:
    """One approved picture, and the key it is stored under."""

    key: BaselineKey
    png: bytes


@dataclass(slots=True)
class CheckBaselines:
    """The approved pictures of one check, each read from the store once, on first need."""

    store: BaselineStore
    context: CheckContext
    _read: dict[BaselineKey, tuple[ApprovedPicture, ...]] = field(default_factory=dict)

    def pictures(self, environment: Environment) -> tuple[ApprovedPicture, ...]:
        """The approved pictures for an environment, the baseline first.

        Raises ``BaselineUnreadable``.
        """
        key = self.context.key(environment)
        if key not in self._read:
            self._read[key] = approved_pictures(self.store, key)
        return self._read[key]

    def first_png(self, environment: Environment) -> bytes | None:
        """The baseline's bytes for a picture from that environment; None without a baseline."""
        return next((picture.png for picture in self.pictures(environment)), None)


@dataclass(frozen=True, slots=True)
class Closest:
    """The approved picture that decides, the comparison with it, and its number among all."""

    baseline: ApprovedPicture
    split: IgnoredSplit
    number: int = 1
    count: int = 1

    @property
    def comparison(self) -> Comparison:
        """The comparison with the baseline, without what is ignored."""
        return self.split.comparison

    def note(self, place: str) -> str:
        """Which alternative decided, stored at ``place``; empty without alternatives."""
        if self.count == 1:
            return ""
        which = f"approved picture {self.number} of {self.count}, {place}"
        if self.comparison.same:
            return f"matches {which}"
        return f"matches none of {self.count} approved pictures; this is about the closest: {which}"


def approved_pictures(store: BaselineStore, key: BaselineKey) -> tuple[ApprovedPicture, ...]:
    """The approved pictures of a check, its baseline first; raises ``BaselineUnreadable``."""
    stored = ((name, store.read(name)) for name in baselines.approved(store, key))
    return tuple(ApprovedPicture(name, png) for name, png in stored if png is not None)


def closest(
    approved: Sequence[ApprovedPicture],
    actual: bytes,
    compare: Callable[[bytes], Comparison],
    split: Callable[[Comparison], IgnoredSplit],
) -> Closest | None:
    """The first baseline that matches, else the closest; None if there is no baseline.

    Pictures of the same bytes come first. Differences are ignored by ``split`` only if no picture
    matches without it. The closest picture has the highest confidence, then the fewest differing
    pixels.
    """
    candidates = [
        (picture, split(comparison)) for picture, comparison in _compared(approved, actual, compare)
    ]
    if not candidates:
        return None
    picture, best = max(candidates, key=lambda candidate: _closeness(candidate[1].comparison))
    return Closest(picture, best, approved.index(picture) + 1, len(approved))


def _compared(
    approved: Sequence[ApprovedPicture], actual: bytes, compare: Callable[[bytes], Comparison]
) -> Sequence[tuple[ApprovedPicture, Comparison]]:
    """The comparison with each picture; if one matches, only that one."""
    results = []
    for picture in _equal_bytes_first(approved, actual):
        comparison = compare(picture.png)
        if comparison.same:
            return [(picture, comparison)]
        results.append((picture, comparison))
    return results


def _equal_bytes_first(
    approved: Sequence[ApprovedPicture], actual: bytes
) -> Sequence[ApprovedPicture]:
    if len(approved) == 1:
        return approved
    return sorted(approved, key=lambda picture: not png_file.same_data(picture.png, actual))


def _closeness(comparison: Comparison) -> tuple[bool, float, int]:
    counts = (difference.detail.get("pixels", 0) for difference in comparison.differences)
    pixels = sum(map(int, counts))
    return comparison.same, float(comparison.confidence), -pixels
