"""Which of several approved pictures decides."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from pytest_visualdiff.baselines import approved as approved_keys
from pytest_visualdiff.baselines.ignored import IgnoredSplit
from pytest_visualdiff.baselines.memory import MemoryStore
from pytest_visualdiff.checks import closest as approved
from pytest_visualdiff.checks.closest import ApprovedPicture, Closest, closest
from pytest_visualdiff.comparison.result import Comparison
from pytest_visualdiff.images import codec
from pytest_visualdiff.model import BaselineKey, Box, Difference, Kind

KEY, SECOND, THIRD = (BaselineKey(f"t/a.image{end}.png") for end in ("", "~2", "~3"))


def picture(shade: int) -> bytes:
    return codec.encode(np.full((4, 4, 3), shade, np.uint8))


PICTURES = tuple(
    ApprovedPicture(key, picture(shade)) for shade, key in enumerate((KEY, SECOND, THIRD), 100)
)


def differing(confidence: float, pixels: int = 1) -> Comparison:
    found = Difference(Kind.CHANGED, Box(0, 0, 1, 1), confidence, {"pixels": pixels})
    return Comparison(confidence, (found,))


@dataclass
class Scale:
    """Answers for the pictures in order, and notes which ones were weighed."""

    answers: list[Comparison]
    weighed: list[int] = field(default_factory=list)

    def compare(self, png: bytes) -> Comparison:
        at = [one.png for one in PICTURES].index(png)
        self.weighed.append(at + 1)
        return self.answers[at]


def decide(scale: Scale, actual: bytes = b"") -> Closest:
    actual = actual or picture(0)
    found = closest(PICTURES, actual, scale.compare, IgnoredSplit)
    assert found is not None
    return found


SAME, FAR, NEAR = Comparison(1.0), differing(0.1), differing(0.5)


@pytest.mark.parametrize(
    ("answers", "number", "weighed"),
    [
        ([SAME, FAR, FAR], 1, [1]),
        ([FAR, SAME, FAR], 2, [1, 2]),
        ([FAR, FAR, SAME], 3, [1, 2, 3]),
        ([NEAR, SAME, SAME], 2, [1, 2]),
        ([FAR, NEAR, FAR], 2, [1, 2, 3]),
        ([FAR, FAR, FAR], 1, [1, 2, 3]),
        ([differing(0, 90), differing(0, 20), differing(0, 50)], 2, [1, 2, 3]),
    ],
)
def test_the_first_that_matches_decides_else_the_closest(
    answers: list[Comparison], number: int, weighed: list[int]
) -> None:
    """Where confidence tells nothing, that with the fewest pixels; of equals the first."""
    scale = Scale(answers)
    found = decide(scale)
    assert (found.number, found.count) == (number, 3)
    assert found.baseline is PICTURES[number - 1]
    assert scale.weighed == weighed


def test_equal_data_is_asked_first_wherever_it_is() -> None:
    """The usual case costs one comparison."""
    scale = Scale([FAR, FAR, SAME])
    assert decide(scale, PICTURES[2].png).number == 3
    assert scale.weighed == [3]


def test_what_is_ignored_decides_only_where_nothing_matches() -> None:
    """A difference known of the first picture does not hide that the last one matches."""

    def pardon(comparison: Comparison) -> IgnoredSplit:
        return (
            IgnoredSplit(SAME, comparison.differences, ("ignored",))
            if comparison is NEAR
            else (IgnoredSplit(comparison))
        )

    for answers, number in ([NEAR, FAR, SAME], 3), ([FAR, NEAR, differing(0.9)], 2):
        found = closest(PICTURES, picture(0), Scale(answers).compare, pardon)
        assert found is not None
        assert found.number == number
        assert found.split.comparison.same


def test_without_any_approved_picture_nothing_is_compared() -> None:
    assert closest((), picture(0), Scale([]).compare, IgnoredSplit) is None


@pytest.mark.parametrize(
    ("comparison", "count", "note"),
    [
        (SAME, 1, ""),
        (FAR, 1, ""),
        (SAME, 3, "matches approved picture 2 of 3, b~2.png"),
        (
            FAR,
            3,
            (
                "matches none of 3 approved pictures; this is about the closest: approved picture"
                " 2 of 3, b~2.png"
            ),
        ),
    ],
)
def test_a_note_names_which_one_decided(comparison: Comparison, count: int, note: str) -> None:
    found = Closest(PICTURES[1], IgnoredSplit(comparison), 2, count)
    assert found.note("b~2.png") == note


class Plain:
    """A store of others, without alternatives."""

    def __init__(self) -> None:
        self.inner = MemoryStore()

    def read(self, key: BaselineKey) -> bytes | None:
        return self.inner.read(key)


def test_approved_pictures_are_read_with_gaps_and_only_where_they_are() -> None:
    store = MemoryStore()
    assert approved.approved_pictures(store, KEY) == ()
    for one in (PICTURES[2], PICTURES[0]):
        store.write(one.key, one.png, seen="")
    assert approved.approved_pictures(store, KEY) == (PICTURES[0], PICTURES[2])
    assert approved.approved_pictures(store, THIRD) == (PICTURES[0], PICTURES[2])


def test_a_store_without_alternatives_keeps_working() -> None:
    store = Plain()
    assert approved_keys(store, KEY) == (KEY,)  # type: ignore[arg-type]
    assert approved.approved_pictures(store, KEY) == ()  # type: ignore[arg-type]
    store.inner.write(KEY, PICTURES[0].png, seen="")
    store.inner.write(SECOND, PICTURES[1].png, seen="")
    assert approved.approved_pictures(store, KEY) == (PICTURES[0],)  # type: ignore[arg-type]
