"""Varying tuning values: they exist and come back, and the right pairs are asked again."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import pytest

from pytest_visualdiff.comparison import tuning

# research/ is importable from the project's folder (python -m pytest), not from an sdist.
sensitivity = pytest.importorskip("research.sensitivity", exc_type=ModuleNotFoundError)


@pytest.mark.parametrize("values", sensitivity.MECHANISMS.values(), ids=sensitivity.MECHANISMS)
def test_a_mechanism_is_switched_off_by_values_that_exist(values: dict[str, object]) -> None:
    """While it is off its values are the other ones, and afterwards they are as before."""
    before = {name: value for name, value, _ in sensitivity.names()}
    with sensitivity.changed(values):
        for name, value in values.items():
            stage, row = name.split(".")
            assert getattr(getattr(tuning, stage), row) == value
    assert {name: value for name, value, _ in sensitivity.names()} == before


@dataclass(frozen=True)
class Pair:
    """As much of a case as the choice looks at."""

    id: str
    mutated: bool
    pixels: int


def test_benign_pairs_that_differ_are_asked_again_where_that_is_wanted() -> None:
    """Switching off what explains noise turns pairs far from the limit."""
    pairs = [Pair("quiet", mutated=False, pixels=9), Pair("equal", mutated=False, pixels=0)]
    found = sensitivity.Answers({}, {"quiet": 1.0, "equal": 1.0})
    for benign, names in ((True, ["quiet"]), (False, [])):
        options = argparse.Namespace(near=4.0, control=99, benign=benign)
        chosen, close = sensitivity.chosen(pairs, found, options)
        assert [pair.id for pair in chosen[:close]] == names
