"""The error tree: as it is drawn, with three families that never mix."""

from __future__ import annotations

import inspect
import re

import pytest

import pytest_visualdiff as vd
from pytest_visualdiff import errors
from pytest_visualdiff.model import Status, Verdict

CLASSES = dict(inspect.getmembers(errors, inspect.isclass))
DRAWN = re.compile(
    r"^ {4}(?P<indent>[│ ├└─]*)(?P<name>[A-Z]\w+)(?: \((?P<also>\w+)\))?(?= |$)", re.MULTILINE
)


def drawn() -> dict[str, list[str]]:
    """Each error of the docstring's tree with its bases."""
    found, line = {}, ["Exception"]
    for match in DRAWN.finditer(errors.__doc__ or ""):
        depth = len(match["indent"]) // 4
        line[depth + 1 :] = [match["name"]]
        also = match["also"]
        above = [line[depth]] if depth or not also else []
        found[match["name"]] = [*above, *([also] if also else [])]
    return found


def test_the_tree_is_drawn_as_it_is() -> None:
    bases = {name: [base.__name__ for base in one.__bases__] for name, one in CLASSES.items()}
    assert drawn() == bases


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_every_error_belongs_to_one_family_and_is_explained(name: str) -> None:
    families = (vd.UsageError, vd.CaptureError, vd.ImageError, vd.StoreError, vd.VisualDifference)
    assert sum(issubclass(CLASSES[name], family) for family in families) <= 1
    assert CLASSES[name].__doc__
    assert getattr(vd, name) is CLASSES[name]


def test_a_visual_difference_is_a_failed_assertion_and_no_trouble() -> None:
    assert issubclass(vd.VisualDifference, AssertionError)
    assert not issubclass(vd.VisualDifference, vd.VisualDiffError)


def test_a_visual_difference_says_what_each_of_its_verdicts_says() -> None:
    verdicts = [
        Verdict(Status.MISMATCH, "t", name, "k", "v", message) for name, message in ("aA", "bB")
    ]
    error = vd.VisualDifference(verdicts)
    assert str(error) == "A\n\nB"
    assert error.verdicts == tuple(verdicts)


def test_an_unstable_target_carries_its_frames_and_culprits() -> None:
    error = vd.UnstableTarget("never settled", culprits=["#clock"], frames=[b"1", b"2"])
    assert (str(error), error.culprits) == ("never settled", ("#clock",))
    assert error.frames == (b"1", b"2")
    assert vd.UnstableTarget("x").frames == ()
