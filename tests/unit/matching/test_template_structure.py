"""Which pixels of a picture are lines, and which lines differ by a rounding only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from pytest_visualdiff.matching.template_structure import WithoutLines

if TYPE_CHECKING:
    from pytest_visualdiff.matching.planes import Floats

DARK, LIGHT = -100.0, 100.0


def picture(*rows: int, length: int = 60, ground: float = LIGHT, ink: float = DARK) -> Floats:
    """A flat ground with lines in these rows."""
    values = np.full((40, 80), ground, np.float32)
    for row in rows:
        values[row, 10 : 10 + length] = ink
    return values


@pytest.mark.parametrize(("ground", "ink"), [(LIGHT, DARK), (DARK, LIGHT)])
def test_a_line_is_taken_out_and_said(ground: float, ink: float) -> None:
    without = WithoutLines.of(picture(20, ground=ground, ink=ink), 1)
    assert np.all(without.rest == ground)
    assert np.flatnonzero(without.lines.any(axis=1)).tolist() == [20]


@pytest.mark.parametrize("rows", [range(10, 30), ()], ids=["a block", "nothing"])
def test_what_is_no_line_stays(rows: range) -> None:
    values = picture(*rows)
    without = WithoutLines.of(values, 1)
    assert np.array_equal(without.rest, values)
    assert not without.lines.any()


def test_the_bar_of_a_letter_is_no_line() -> None:
    assert not WithoutLines.of(picture(20, length=12), 1).lines.any()
    assert not WithoutLines.of(picture(20, length=30), 2).lines.any()


@pytest.mark.parametrize(
    ("there", "same"), [((20,), True), ((21, 22), True), ((26,), False), ((), False)]
)
def test_lines_are_the_same_when_each_is_near_one_of_the_other(
    there: tuple[int, ...], *, same: bool
) -> None:
    ours, theirs = WithoutLines.of(picture(20), 1), WithoutLines.of(picture(*there), 1)
    assert ours.differs_by_rounding_from(theirs, 2) is same
    assert theirs.differs_by_rounding_from(ours, 2) is same
