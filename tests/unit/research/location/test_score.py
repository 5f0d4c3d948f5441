"""The score of a finder says what it did: right place, wrong place, missed, or invented."""

from __future__ import annotations

from typing import Any

import pytest

# research/ is importable from the project's folder (python -m pytest), not from an sdist.
score = pytest.importorskip("research.location.score", exc_type=ModuleNotFoundError)
cases = pytest.importorskip("research.location.cases", exc_type=ModuleNotFoundError)
engine = pytest.importorskip("research.harness.engine", exc_type=ModuleNotFoundError)

TRUTH = (100.0, 50.0, 40.0, 20.0)


def outcome(truth: tuple[float, ...] | None, box: tuple[float, ...] | None) -> Any:
    case = cases.Case(
        *("id", "tuning", "same", "page", "chrome", "a.png", "b.png"),
        *(truth, 1.0, "", "button", 0, (0, 0, 40, 20), 1.0),
    )
    return score.Outcome(case, engine.Found(box, 0.9, 5.0))


@pytest.mark.parametrize(
    ("box", "right"),
    [
        (TRUTH, True),
        ((101.3, 50.6, 40, 20), True),
        ((100, 50, 56, 28), True),
        ((110, 55, 20, 10), False),
        ((115, 50, 40, 20), False),
        ((300, 50, 40, 20), False),
    ],
)
def test_a_right_place_has_its_centre_inside_and_half_in_common(
    box: tuple[float, float, float, float], right: bool
) -> None:
    """A box is right when its centre is inside the truth and they overlap by half."""
    assert score.hits(box, TRUTH) is right


@pytest.mark.parametrize(
    ("other", "expected"),
    [(TRUTH, 1.0), ((120, 50, 40, 20), 1 / 3), ((140, 50, 40, 20), 0.0), ((0, 0, 9, 9), 0.0)],
)
def test_overlap_is_intersection_over_union(
    other: tuple[float, float, float, float], expected: float
) -> None:
    """The overlap is 1 for equal boxes and 0 for boxes without a common pixel."""
    assert score.overlap(TRUTH, other) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("truth", "box", "verdict"),
    [
        (TRUTH, TRUTH, "right"),
        (TRUTH, (0, 0, 40, 20), "wrong"),
        (TRUTH, None, "missed"),
        (None, TRUTH, "invented"),
        (None, None, "silent"),
    ],
)
def test_every_answer_has_its_verdict(
    truth: tuple[float, ...] | None, box: tuple[float, ...] | None, verdict: str
) -> None:
    """Present and absent templates have verdicts of their own."""
    assert outcome(truth, box).verdict == verdict


def test_shares_are_of_the_templates_that_can_have_them() -> None:
    """Right, wrong and missed are shares of the present ones, invented of the absent ones."""
    line = score.Line.of(
        [
            outcome(TRUTH, TRUTH),
            outcome(TRUTH, None),
            outcome(None, None),
            outcome(None, TRUTH),
            outcome(None, None),
        ]
    )
    assert (line.cases, line.right, line.wrong, line.missed) == (5, 0.5, 0.0, 0.5)
    assert line.invented == pytest.approx(1 / 3)


def test_a_kind_without_absent_templates_has_an_empty_cell() -> None:
    """A share that no case can have is left empty, not called zero."""
    rows = score.kinds_table([outcome(TRUTH, TRUTH)])
    assert rows[2] == "| same | 1 | 1.000 | 0.000 | 0.000 |  | 5.0 |"
