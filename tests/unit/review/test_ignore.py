"""Ignoring what was seen: for a while, with a name and a reason, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from pytest_visualdiff.baselines.directory import DirectoryStore
from pytest_visualdiff.baselines.ignored import FILE, Ignored, fingerprint, read
from pytest_visualdiff.errors import StoreError, UsageError
from pytest_visualdiff.model import BaselineKey, Box, Difference, Kind, Status, Verdict
from pytest_visualdiff.review import ignore, verify
from pytest_visualdiff.review.transaction import DecisionTransaction

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 24)
CHANGED = Difference(Kind.CHANGED, Box(8, 8, 16, 16), 0.5, {"shape": "ffff"})
GONE = Difference(Kind.MISSING, Box(80, 8, 16, 16), 0.5, {"shape": "ffff"})
VERDICT = Verdict(
    Status.MISMATCH, "t.py::test_a", "home", "t/home.image~2.png", "image", "",
    differences=(CHANGED, GONE),
)  # fmt: skip
MATCH = replace(VERDICT, status=Status.MATCH, name="foot", differences=())


def entries(*verdicts: Verdict, last: date = TODAY, reason: str = "bug 12") -> list[Ignored]:
    return list(ignore.entries(verdicts, last=last, today=TODAY, who="ada", reason=reason))


def test_each_difference_of_a_check_is_recorded_for_its_baseline() -> None:
    """Whichever alternative the verdict is about; with who, when and why."""
    key = BaselineKey("t/home.image.png")
    assert [one.fingerprint for one in entries(VERDICT, MATCH)] == [
        fingerprint(key, CHANGED),
        fingerprint(key, GONE),
    ]
    first = entries(VERDICT)[0]
    assert first == Ignored(
        first.fingerprint, TODAY, key.path, "t.py::test_a", "home", "changed at (8, 8) 16x16",
        TODAY, "ada", "bug 12",
    )  # fmt: skip


def test_where_nothing_differs_there_is_nothing_to_ignore() -> None:
    with pytest.raises(UsageError, match=r"t.py::test_a::foot \(match\)"):
        entries(MATCH)


def test_too_many_differences_cannot_be_ignored_one_by_one() -> None:
    """The rest that was merged could hide anything."""
    merged = Difference(Kind.CHANGED, Box(0, 0, 90, 90), 0.1, {"regions": 7}, "7 more regions")
    crowded = replace(VERDICT, differences=(CHANGED, merged))
    with pytest.raises(UsageError, match=r"too many differences.*7 more regions.*mask"):
        entries(crowded)


@pytest.mark.parametrize(
    ("wanted", "last"),
    [
        (None, TODAY + timedelta(30)),
        (TODAY, TODAY),
        (TODAY + timedelta(366), TODAY + timedelta(366)),
    ],
)
def test_the_last_day_is_today_or_within_a_year(wanted: date | None, last: date) -> None:
    assert ignore.until(wanted, TODAY) == last


@pytest.mark.parametrize("days", [-1, 367])
def test_another_day_is_refused_with_the_range(days: int) -> None:
    with pytest.raises(UsageError, match=r"from today \(2026-11-24\) until 2027-11-25"):
        ignore.until(TODAY + timedelta(days), TODAY)


def deciding(folder: Path) -> DecisionTransaction:
    return DecisionTransaction(DirectoryStore(folder), folder, folder / "out")


def test_ignoring_has_a_line_in_the_log(tmp_path: Path) -> None:
    """So that a file that somebody wrote by hand is told from a decision."""
    transaction = deciding(tmp_path)
    ignore.add(transaction, entries(VERDICT), "bug 12")
    assert list(verify.unlogged(transaction, transaction.history())) == []
    (tmp_path / FILE).write_text((tmp_path / FILE).read_text().replace("2026-11-24", "2027-11-24"))
    assert len(list(verify.unlogged(transaction, transaction.history()))) == 2
    ignore.remove(transaction, lambda _: True)
    assert [str(one.act) for one in transaction.log.entries()] == ["ignore"] * 2 + ["unignore"] * 2


def test_adding_keeps_the_others_and_renews_the_same(tmp_path: Path) -> None:
    ignore.add(deciding(tmp_path), entries(VERDICT), "why")
    later = TODAY + timedelta(9)
    only = replace(VERDICT, differences=(CHANGED,))
    ignore.add(deciding(tmp_path), entries(only, last=later, reason="still"), "why")
    found = {one.difference.split()[0]: (one.until, one.reason) for one in read(tmp_path)}
    assert found == {"changed": (later, "still"), "missing": (TODAY, "bug 12")}


def test_removing_takes_out_what_fits(tmp_path: Path) -> None:
    ignore.add(deciding(tmp_path), entries(VERDICT), "why")
    gone = ignore.remove(deciding(tmp_path), lambda one: "missing" in one.difference)
    assert [one.difference for one in gone] == ["missing at (80, 8) 16x16"]
    assert len(read(tmp_path)) == 1
    assert ignore.remove(deciding(tmp_path), lambda _: False) == ()


def test_a_damaged_file_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match=FILE):
        ignore.add(deciding(tmp_path), entries(VERDICT), "why")
    with pytest.raises(StoreError, match=FILE):
        ignore.remove(deciding(tmp_path), lambda _: True)
    assert (tmp_path / FILE).read_text(encoding="utf-8") == "{"
