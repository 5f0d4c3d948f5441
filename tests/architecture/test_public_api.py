"""The public names, and that the options are documented by their own table."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import pytest_visualdiff as vd
from imports import ROOT, SOURCE
from pytest_visualdiff.options import strictness, table


def test_public_names_are_these_and_each_can_be_had() -> None:
    contract = {"compare", "Comparison", "Difference", "Box", "Verdict", "Status", "Checker"}
    contract |= {"locate", "locate_all", "Match", "TemplateNotFound", "AmbiguousTemplate"}
    contract |= {"FlatTemplate", "PageLayout", "Finding", "compare_layouts", "SweepResult"}
    assert contract <= set(vd.__all__)
    for name in vd.__all__:
        assert getattr(vd, name) is not None
    assert callable(vd.compare)


def test_compare_stays_the_function_whatever_is_imported() -> None:
    """No module has the name of a public function: importing it would hide the function."""
    modules = {path.name for path in SOURCE.iterdir()} | {path.stem for path in SOURCE.glob("*.py")}
    assert not modules & {"compare", "locate", "locate_all", "compare_layouts"}


@pytest.mark.parametrize("name", [name for name in vd.__all__ if not name.startswith("__")])
def test_public_names_have_docstrings(name: str) -> None:
    assert inspect.getdoc(getattr(vd, name))


def test_every_option_is_documented_by_the_table_itself() -> None:
    written = (ROOT / "docs" / "options.md").read_text(encoding="utf-8")
    printed = f"{table.markdown()}\n{strictness.markdown()}"
    assert printed in written, "run: visualdiff options, and paste into docs/options.md"


def test_somebody_approved_each_baseline_of_this_project() -> None:
    """The log beside our own baselines is whole, and leaves none of them out."""
    command = [sys.executable, "-m", "pytest_visualdiff", "log", "--verify"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
