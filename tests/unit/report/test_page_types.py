"""The types that the page's scripts are checked with are what Python writes for the page."""

from __future__ import annotations

import re

import pytest

from pytest_visualdiff.model import Box, Difference, Kind, Status, Verdict
from pytest_visualdiff.report.html import ASSETS
from pytest_visualdiff.review.decisions import CheckState, State
from pytest_visualdiff.runs.groups import Group
from pytest_visualdiff.runs.record import CheckRecord
from pytest_visualdiff.sweep.findings import Finding

TYPES = (ASSETS / "types.d.ts").read_text(encoding="utf-8")

DIFFERENCE = Difference(Kind.CHANGED, Box(0, 0, 1, 1), 0.5)
VERDICT = Verdict(Status.MISMATCH, "t", "n", "k", "v", "m", differences=(DIFFERENCE,))
CHECK = CheckRecord("id", VERDICT).to_dict()

WRITTEN = {
    # The page's content gives a check the picture that stands for it.
    "Check": {"thumbnail", *CHECK},
    "Difference": set(CHECK["differences"][0]),
    "Group": set(Group("", "", ()).to_dict()),
    # The server adds why a wish was refused; the page notes what was decided on it just now.
    "Decision": {"error", "now", *CheckState(State.WAITING).to_dict()},
    # The sweep's verdict numbers the findings and says which are known, and until when.
    "Finding": {"number", "known", "until", *Finding("", "", "", Box(0, 0, 1, 1), "").to_dict()},
}


def members(interface: str) -> set[str]:
    """The names in an interface of types.d.ts."""
    match = re.search(rf"^interface {interface} \{{\n(.*?)^\}}", TYPES, re.MULTILINE | re.DOTALL)
    assert match, interface
    return set(re.findall(r"^  (\w+)\??:", match[1], re.MULTILINE))


@pytest.mark.parametrize("interface", WRITTEN)
def test_a_script_may_read_only_what_python_writes(interface: str) -> None:
    assert members(interface)
    assert members(interface) - WRITTEN[interface] == set()
