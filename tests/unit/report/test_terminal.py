"""The section at the end of pytest's output."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_visualdiff.model import Approval, Box, Difference, Kind, Status, Verdict
from pytest_visualdiff.report.terminal import MOST_APPROVALS, failed_steps, summary

if TYPE_CHECKING:
    from pathlib import Path

MATCH = Verdict(
    status=Status.MATCH,
    test="t.py::test_a",
    name="home",
    key="k",
    variant="image",
    message="'home' differs\n  baseline b\n  accept: visualdiff approve t.py::test_a",
    location="t.py:3",
)
MISMATCH = replace(MATCH, status=Status.MISMATCH)
CREATED = replace(MATCH, status=Status.CREATED)


@pytest.mark.parametrize(
    ("statuses", "line"),
    [
        ([Status.MATCH], ("1 check: 1 match", "green")),
        ([Status.MATCH] * 2 + [Status.CREATED], ("3 checks: 2 match, 1 created", "green")),
        ([Status.NEW, Status.MATCH], ("2 checks: 1 match, 1 new", "red")),
        ([Status.SKIPPED], ("1 check: 1 skipped", "green")),
        ([Status.STORE_ERROR], ("1 check: 1 store-error", "red")),
    ],
)
def test_the_first_line_counts_checks_by_their_outcome(
    statuses: list[Status], line: tuple[str, str]
) -> None:
    verdicts = [replace(MATCH, status=status) for status in statuses]
    assert summary(verdicts, [], [], [])[0] == line


def test_each_failed_check_is_told_with_its_place_and_message() -> None:
    """In red the line that says what it is, clickable; then what is known and what to do."""
    assert summary([MATCH, MISMATCH], [], [], [])[1:] == [
        ("t.py:3: 'home' differs", "red"),
        ("  baseline b", ""),
        ("  accept: visualdiff approve t.py::test_a", ""),
    ]


@pytest.mark.parametrize("status", [one for one in Status if one.passed or one is Status.SKIPPED])
def test_what_needs_no_look_is_only_counted(status: Status) -> None:
    assert len(summary([replace(MATCH, status=status)], [], [], [])) == 1


def test_what_is_ignored_is_told_of_a_check_that_passed() -> None:
    """So that nobody forgets it; notes of other checks that passed are for the report."""
    found = Difference(Kind.CHANGED, Box(0, 0, 1, 1), 0.5)
    note = "1 difference ignored until 2026-12-24: bug \x1b[2J"
    ignoring = replace(MATCH, notes=(note,), ignored=(found,))
    assert summary([ignoring, replace(MATCH, notes=("quiet",))], [], [], [])[1:] == [
        ("t.py:3: 'home': 1 difference ignored until 2026-12-24: bug ?[2J", "yellow")
    ]


@pytest.mark.parametrize(
    ("approval", "line"),
    [
        (Approval(CREATED, written=True), ("approved (created): 'home' [image] of ", "green")),
        (Approval(CREATED), ("already approved (created): 'home' [image] of ", "green")),
        (Approval(MISMATCH, written=True), ("approved (mismatch): 'home' [image] of ", "")),
        (Approval(CREATED, error="disk full"), ("not approved: 'home' [image] of ", "red")),
    ],
)
def test_each_approval_is_told(approval: Approval, line: tuple[str, str]) -> None:
    text, colour = line
    end = f": {approval.error}" if approval.error else ""
    assert summary([CREATED], [approval], [], [])[1:] == [(f"{text}t.py::test_a{end}", colour)]


def test_many_approvals_are_counted_and_refusals_still_told() -> None:
    many = [Approval(CREATED, written=True)] * MOST_APPROVALS
    assert len(summary([CREATED], many, [], [])) == 1 + MOST_APPROVALS
    lines = summary([CREATED], [*many, Approval(CREATED, error="disk full")], [], [])[1:]
    assert lines == [
        ("not approved: 'home' [image] of t.py::test_a: disk full", "red"),
        (f"{MOST_APPROVALS} pictures approved", "green"),
    ]


def test_flaky_checks_and_pages_come_last(tmp_path: Path) -> None:
    page = tmp_path / "a b.html"
    assert summary([MATCH], [], ["t.py::test_a::home"], [page])[1:] == [
        ("flaky: t.py::test_a::home changed its outcome between attempts", "yellow"),
        (f"look: {page.as_uri()}", ""),
    ]
    assert "%20" in page.as_uri()


def test_a_message_cannot_steer_the_terminal() -> None:
    hostile = replace(MISMATCH, message="'home' \x1b[2J differs\n  \x1b]0;owned\x07")
    lines = [line for line, _ in summary([hostile], [], [], [])]
    assert lines[1:] == ["t.py:3: 'home' ?[2J differs", "  ?]0;owned?"]


def test_a_step_that_failed_is_told_and_a_check_by_its_own_message() -> None:
    step = {"number": 2, "action": "click", "what": "pay", "status": "failed",
            "message": "no place\nlooks like it", "location": "test_shop.py:7"}  # fmt: skip
    steps = [{**step, "status": "done"}, step, {**step, "action": "check"}]
    assert failed_steps([{"steps": steps}]) == [
        ("test_shop.py:7: step 2, click pay, failed: no place", "red")
    ]
