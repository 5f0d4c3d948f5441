"""One check without pytest: which approved picture decides, and what a clock changes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from pictures import page
from pytest_visualdiff.baselines.identity import TestIdentity
from pytest_visualdiff.baselines.memory import MemoryStore
from pytest_visualdiff.checks.checker import Checker
from pytest_visualdiff.checks.registry import Registry
from pytest_visualdiff.checks.services import CheckServices
from pytest_visualdiff.comparison import compare_arrays
from pytest_visualdiff.errors import StoreError, VisualDifference
from pytest_visualdiff.model import BaselineKey, Status, Verdict
from pytest_visualdiff.options.table import Layer, Settings
from pytest_visualdiff.review import ignore
from pytest_visualdiff.runs.folder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pytest_visualdiff.baselines.ignored import Ignored

TODAY = date(2026, 11, 24)
TEST = TestIdentity("t.py::test_a", "t.py", "test_a")
KEY = BaselineKey("t/test_a/home.image.png")
SECOND = BaselineKey("t/test_a/home.image~2.png")
RED = page(colour="#d93025")


@dataclass
class Desk:
    """Services in memory, a clock to turn, and what is ignored."""

    folder: Path
    store: MemoryStore = field(default_factory=MemoryStore)
    ignored: Sequence[Ignored] = ()
    now: date = TODAY

    def check(self, png: bytes, **options: object) -> Verdict:
        services = CheckServices(
            store=self.store,
            folder=RunFolder(self.folder, "run"),
            registry=Registry(comparators={"diagnosis": compare_arrays}),
            shown_from=self.folder,
            ignored=lambda: self.ignored,
            today=lambda: self.now,
        )
        settings = Settings().over(Layer.CALL, options)
        verdicts: list[Verdict] = []
        with suppress(VisualDifference):
            Checker(TEST, settings, services, verdicts.append).check(png, "home")
        return verdicts[-1]

    def ignore(self, verdict: Verdict, last: date) -> None:
        self.ignored = list(
            ignore.entries([verdict], last=last, today=TODAY, who="ada", reason="bug 12")
        )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.store.write(KEY, page(), seen="")
    return made


@pytest.mark.parametrize(
    ("days", "status", "note"),
    [
        (0, Status.MATCH, "1 difference ignored until 2026-12-24: bug 12"),
        (30, Status.MATCH, "1 difference ignored until 2026-12-24: bug 12"),
        (31, Status.MISMATCH, "1 difference was ignored until 2026-12-24: bug 12 (expired)"),
    ],
)
def test_a_known_difference_is_ignored_up_to_and_including_its_last_day(
    desk: Desk, days: int, status: Status, note: str
) -> None:
    desk.ignore(desk.check(RED), TODAY + timedelta(30))
    desk.now = TODAY + timedelta(days)
    verdict = desk.check(RED)
    assert (verdict.status, verdict.notes) == (status, (note,))
    assert f"note: {note}" in verdict.message
    assert len(verdict.ignored) == (status is Status.MATCH)


def test_a_broken_list_of_the_ignored_stops_the_check(desk: Desk) -> None:
    """But only one that differs has to ask for it."""

    def broken() -> Sequence[Ignored]:
        raise StoreError("cannot use ignored.json")

    services = CheckServices(
        desk.store, RunFolder(desk.folder, "run"),
        Registry(comparators={"diagnosis": compare_arrays}), desk.folder, broken,
    )  # fmt: skip
    seen: list[Verdict] = []
    assert Checker(TEST, Settings(), services, seen.append).check(page(), "home").passed
    with pytest.raises(StoreError, match="ignored"):
        Checker(TEST, Settings(), services, seen.append).check(RED, "home")
    assert seen[-1].status is Status.STORE_ERROR


def test_an_alternative_that_matches_is_the_one_the_verdict_is_about(desk: Desk) -> None:
    desk.store.write(SECOND, RED, seen="")
    verdict = desk.check(RED)
    assert (verdict.status, verdict.key) == (Status.MATCH, SECOND.path)
    assert verdict.notes == (f"matches approved picture 2 of 2, memory:{SECOND}",)
    assert desk.check(page()).key == KEY.path


def test_without_a_match_the_verdict_is_about_the_closest(desk: Desk) -> None:
    """With its digest, so that approval replaces that one and no other."""
    desk.store.write(SECOND, RED, seen="")
    verdict = desk.check(page(colour="#d93025", label="Bye"))
    assert (verdict.status, verdict.key) == (Status.MISMATCH, SECOND.path)
    assert desk.store.write(SECOND, page(label="x"), seen=verdict.before)


def test_a_check_whose_baseline_is_gone_lives_by_its_alternatives(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.store.write(SECOND, RED, seen="")
    assert desk.check(RED).status is Status.MATCH
    assert desk.check(page()).status is Status.MISMATCH


def test_a_tolerated_move_is_noted_with_its_limit(desk: Desk) -> None:
    verdict = desk.check(page(button=(60, 92)), max_move=12)
    assert verdict.status is Status.MATCH
    (note,) = verdict.notes
    assert note.startswith("tolerated: 'moved' at ")
    assert note.endswith("allowed 12 (max_move, from call)")
