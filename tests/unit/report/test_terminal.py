"""The section at the end of pytest's output: each change once, and never more than 15 lines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.model import Approval, Box, Cause, Difference, Kind, Status, Verdict
from pytest_visualdiff.report.terminal import MOST_LINES, SessionFacts, section, short_message
from pytest_visualdiff.runs.groups import Group, unique_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = Path("/runs/a b/report.html")
MATCH = Verdict(
    status=Status.MATCH,
    test="t.py::test_a",
    name="home",
    key="k",
    variant="image",
    message="'home' differs\n  'moved' by (0, 4)\n  baseline b\n"
    "  accept:  visualdiff approve t.py::test_a",
    location="t.py:3",
)
MISMATCH = replace(MATCH, status=Status.MISMATCH)
CREATED = replace(MATCH, status=Status.CREATED)
NEW = replace(MATCH, status=Status.NEW)
BROKEN = replace(
    MATCH,
    status=Status.CAPTURE_ERROR,
    message="'home' was not compared: UnstableTarget: it never settled\n  wait for it",
)


def seen(*verdicts: Verdict, groups: Sequence[Sequence[int]] = (), **more: Any) -> SessionFacts:
    """The facts of a session with these checks; ``groups`` are their numbers."""
    named = [
        replace(one, test=f"t.py::test_{at}") if verdicts[1:] else one
        for at, one in enumerate(verdicts)
    ]
    ids = unique_ids(named)
    found = [
        Group(f"{at:016x}", f"`#e{at}`: changed", tuple([*ids][one] for one in members))
        for at, members in enumerate(groups)
    ]
    return SessionFacts(named, found, ids, pages=more.pop("pages", [PAGE]), **more)


def lines(facts: SessionFacts, verbosity: int = 0, width: int = 120) -> list[str]:
    return [line for line, _ in section(facts, verbosity, width)[1]]


@pytest.mark.parametrize(
    ("statuses", "line"),
    [
        ([Status.MATCH], ("visualdiff: 1 check: 1 match", "green")),
        ([Status.MATCH, Status.UPDATED], ("visualdiff: 2 checks: 1 match, 1 updated", "green")),
        ([Status.SKIPPED], ("visualdiff: 1 check: 1 skipped", "green")),
    ],
)  # fmt: skip
def test_where_nothing_needs_a_look_there_is_one_line_and_no_title(
    statuses: list[Status], line: tuple[str, str]
) -> None:
    verdicts = [replace(MATCH, status=status) for status in statuses]
    assert section(seen(*verdicts)) == (False, [line])


def test_a_session_without_checks_says_nothing() -> None:
    assert section(SessionFacts()) == (False, [])


def test_a_check_alone_is_told_with_its_place_its_message_and_its_command() -> None:
    titled, told = section(seen(MATCH, MISMATCH, groups=[[1]]))
    assert titled
    assert told == [
        ("2 checks: 1 match, 1 mismatch", "red"),
        ("t.py:3: 'home' differs", "red"),
        ("  'moved' by (0, 4)", ""),
        ("  baseline b", ""),
        ("  accept:  visualdiff approve t.py::test_a", ""),
        ("look: file:///runs/a%20b/report.html", ""),
    ]


def test_the_same_change_in_many_checks_is_told_once() -> None:
    checks = [replace(MISMATCH, name="home" if at % 2 else "shop") for at in range(8)]
    assert lines(seen(*checks, groups=[range(8)], output="out")) == [
        "8 checks: 8 mismatch",
        "`#e0`: changed",
        "  t.py:3",
        "  8 checks: shop (4), home (4)",
        "  accept:  visualdiff approve --group 00000000 --output-dir=out",
        "look: file:///runs/a%20b/report.html",
    ]


def test_other_causes_of_some_members_are_told() -> None:
    """Whoever accepts the group knows that there is more in it."""
    causes = tuple(Cause("a", "style", message=f"`#e{at}`: changed") for at in (0, 7))
    more = Difference(Kind.CHANGED, Box(0, 0, 1, 1), 0.5, causes=causes)
    told = lines(seen(MISMATCH, replace(MISMATCH, differences=(more,)), groups=[[0, 1]]))
    assert "  in 1 check: `#e7`: changed" in told


@pytest.mark.parametrize("count", [1, 3, 4, 5, 48, 1000])
@pytest.mark.parametrize("width", [40, 120])
def test_no_run_is_told_in_more_than_fifteen_lines(count: int, width: int) -> None:
    """Neither with one change in all checks, nor with as many changes and errors as checks."""
    broken = [replace(BROKEN, message=f"{BROKEN.message} {at}") for at in range(count)]
    refused = [Approval(CREATED, error=f"disk {at}") for at in range(count)]
    flaky = [f"t.py::{at}" for at in range(count)]
    step = {"number": 2, "action": "click", "what": "pay", "status": "failed",
            "message": "no place", "location": "t.py:7"}  # fmt: skip
    apart = [[at] for at in range(count)]
    for groups in ([range(count)], apart):
        facts = seen(*[MISMATCH] * count, *broken, NEW, groups=groups, flaky=flaky,
                     approvals=refused, journeys=[{"steps": [step] * count}])  # fmt: skip
        assert len(lines(facts, width=width)) <= MOST_LINES
    assert MOST_LINES < 15  # the title is a line, too


def test_what_finds_no_room_is_counted() -> None:
    told = lines(seen(*[MISMATCH] * 48, groups=[[at] for at in range(48)]))
    shown = [line for line in told if line.startswith("t.py:3: ")]
    assert f"and {48 - len(shown)} more: visualdiff status --groups" in told


def test_a_first_run_is_one_line() -> None:
    titled, told = section(seen(*[NEW] * 48, groups=[[at] for at in range(48)]), width=40)
    line = (
        "visualdiff: 48 pictures have no baseline yet. Look: file:///runs/a%20b/report.html"
        " Take them all: pytest --visualdiff-approve=new"
    )
    assert (titled, told) == (False, [(line, "red")])


def test_new_findings_of_a_cross_browser_check_are_no_first_run() -> None:
    swept = replace(NEW, sweep={"findings": [{"message": "`#buy` is narrower"}]})
    told = lines(seen(swept, groups=[[0]]))
    assert told[1:3] == ["t.py:3: 'home' differs", "  'moved' by (0, 4)"]
    assert short_message([swept]) == "VisualDifference: home: 'moved' by (0, 4)"


def test_quiet_is_one_line_and_twice_quiet_is_none() -> None:
    facts = seen(MISMATCH, MISMATCH, BROKEN, groups=[[0, 1]])
    (line,) = lines(facts, -1)
    assert line.startswith("visualdiff: 3 checks: 2 mismatch, 1 capture-error; `#e0`: changed")
    assert line.endswith("(and 1 more); look: visualdiff review")
    assert lines(facts, -2) == []


def test_verbose_tells_each_check_with_confidence_and_time() -> None:
    check = replace(MISMATCH, confidence=0.09449, duration=1.234)
    told = lines(seen(*[check] * 30, groups=[range(30)]), 1, width=30)
    assert told.count("  mismatch  'home' [image]  confidence 0.094  1.23 s") == 30


def test_a_narrow_window_cuts_words_and_no_command() -> None:
    told = lines(seen(*[replace(MISMATCH, name="n" * 90)] * 2, groups=[[0, 1]]), width=40)
    assert f"  2 checks: {'n' * 27}…" in told
    assert "  accept:  visualdiff approve --group 00000000" in told
    assert "look: file:///runs/a%20b/report.html" in told


def test_the_same_error_of_many_checks_is_told_once() -> None:
    told = lines(seen(*[BROKEN] * 20))
    assert "20 checks not compared: UnstableTarget: it never settled" in told
    assert "  home (20)" in told


def test_what_is_ignored_is_told_of_a_check_that_passed() -> None:
    """So that nobody forgets it; notes of other checks that passed are for the report."""
    found = Difference(Kind.CHANGED, Box(0, 0, 1, 1), 0.5)
    note = "1 difference ignored until 2026-12-24: bug \x1b[2J"
    ignoring = replace(MATCH, notes=(note,), ignored=(found,))
    _, told = section(seen(ignoring, replace(MATCH, notes=("quiet",))))
    assert told[1:-1] == [
        ("t.py:3: 'home': 1 difference ignored until 2026-12-24: bug ?[2J", "yellow")
    ]
    assert "2 checks: 1 difference ignored" in lines(seen(ignoring, ignoring))[1]


@pytest.mark.parametrize(
    ("approval", "line"),
    [
        (Approval(CREATED, written=True), ("approved (created): 'home' [image] of ", "green")),
        (Approval(CREATED), ("already approved (created): 'home' [image] of ", "green")),
        (Approval(CREATED, error="disk full"), ("not approved: 'home' [image] of ", "red")),
    ],
)
def test_an_approval_alone_is_told_whole(approval: Approval, line: tuple[str, str]) -> None:
    words, colour = line
    end = f": {approval.error}" if approval.error else ""
    _, told = section(seen(CREATED, approvals=[approval]))
    assert told[1] == (f"{words}t.py::test_a{end}", colour)


def test_many_approvals_are_counted_and_refusals_still_told() -> None:
    many = [Approval(CREATED, written=True)] * 9
    refused = [Approval(CREATED, error="disk full")] * 2
    _, told = section(seen(CREATED, approvals=[*many, *refused]))
    assert ("9 pictures approved: home (9)", "green") in told
    assert ("not approved: 2 pictures: disk full", "red") in told


def test_flaky_checks_are_told() -> None:
    told = lines(seen(MATCH, flaky=["t.py::a", "t.py::b"]))
    assert told[1] == "flaky: t.py::a and 1 more changed its outcome between attempts"


def test_records_that_could_not_be_written_are_told() -> None:
    told = lines(seen(MATCH, trouble=[("the run could not be recorded: disk full", "red")]))
    assert "the run could not be recorded: disk full" in told


def test_a_message_cannot_steer_the_terminal_or_forge_a_line() -> None:
    hostile = replace(MISMATCH, message="'home' \x1b[2J differs\n\x1b]0;owned\x07")
    assert lines(seen(hostile, groups=[[0]]))[1:3] == [
        "t.py:3: 'home' ?[2J differs",
        "  ?]0;owned?",
    ]


def test_a_step_that_failed_is_told_and_a_check_by_its_own_message() -> None:
    step = {"number": 2, "action": "click", "what": "pay", "status": "failed",
            "message": "no place\nlooks like it", "location": "test_shop.py:7"}  # fmt: skip
    steps = [{**step, "status": "done"}, step, {**step, "action": "check"}]
    told = lines(SessionFacts(journeys=[{"steps": steps}]))
    assert told == ["test_shop.py:7: step 2, click pay, failed: no place"]


CAUSE = Cause("#buy", "style", message="`#buy` moved by (0, +12)")


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (
            replace(MISMATCH, differences=(
                Difference(Kind.MOVED, Box(1, 2, 3, 4), 0.0, causes=(CAUSE,)),
            )),
            "VisualDifference: home: `#buy` moved by (0, +12)",
        ),
        (
            replace(MISMATCH, differences=(
                Difference(Kind.CHANGED, Box(1, 2, 3, 4), 0.9),
                Difference(Kind.MISSING, Box(5, 6, 7, 8), 0.1),
            )),
            "VisualDifference: home: missing at (5, 6) 7x8, and 1 more",
        ),
        (NEW, "VisualDifference: home: no baseline yet"),
        (replace(MISMATCH, name="\x1b[2J"), "VisualDifference: ?[2J: 'moved' by (0, 4)"),
    ],
)  # fmt: skip
def test_the_short_summary_says_what_differs(verdict: Verdict, words: str) -> None:
    assert short_message([verdict]) == words
