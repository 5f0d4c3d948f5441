"""Ignoring differences that were seen, until a date. Pictures and baselines stay as they are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pytest_visualdiff.baselines import ignored as file
from pytest_visualdiff.baselines.audit_log import Act
from pytest_visualdiff.baselines.ignored import Ignored, fingerprint, sweep_fingerprint
from pytest_visualdiff.baselines.naming import main_key
from pytest_visualdiff.errors import UsageError
from pytest_visualdiff.model import BaselineKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from pytest_visualdiff.model import Verdict
    from pytest_visualdiff.review.transaction import DecisionTransaction

DAYS = 30
"""How long a difference is ignored where no date is given."""

MOST_DAYS = 366
"""How long one can be ignored at most; what is to stay belongs into a mask or the baseline."""


def until(wanted: date | None, today: date) -> date:
    """The last day; raises ``UsageError`` for one that is over, or too far off."""
    last = today + timedelta(days=MOST_DAYS)
    chosen = today + timedelta(days=DAYS) if wanted is None else wanted
    if not today <= chosen <= last:
        raise UsageError(
            f"a difference can be ignored from today ({today}) until {last} ({MOST_DAYS} days),"
            f" not until {chosen}: a mask, or a new baseline, lasts longer"
        )
    return chosen


def entries(
    verdicts: Sequence[Verdict], *, last: date, today: date, who: str, reason: str
) -> Iterator[Ignored]:
    """One entry for each difference of the verdicts.

    Raises ``UsageError`` where there is none, and for a check with more than can be told apart.
    """
    differing = [one for one in verdicts if one.differences or _findings(one)]
    if not differing:
        checks = ", ".join(f"{one.id} ({one.status})" for one in verdicts) or "no check"
        raise UsageError(f"no difference to ignore was seen in this run: {checks}")
    for verdict in differing:
        key = main_key(BaselineKey(verdict.key))
        for name, place in (*_differences(verdict, key), *_findings(verdict)):
            yield Ignored(
                name, last, key.path, verdict.test, verdict.name, place, today, who, reason
            )


def _differences(verdict: Verdict, key: BaselineKey) -> Iterator[tuple[str, str]]:
    """Fingerprint and place of each difference of a picture."""
    for one in verdict.differences:
        name = fingerprint(key, one)
        if not name:
            raise UsageError(
                f"{verdict.name!r} [{verdict.variant}] of {verdict.test} has too many differences"
                f" to know them one by one: {one.message}. Use a mask, a wider limit, or approve"
                " the picture"
            )
        yield name, f"{one.kind} at {one.box}"


def _findings(verdict: Verdict) -> list[tuple[str, str]]:
    """Fingerprint and words of each finding of a sweep that is not known yet."""
    return [
        (sweep_fingerprint(BaselineKey(verdict.key), str(one["fingerprint"])), str(one["message"]))
        for one in verdict.sweep.get("findings", ())
        if not one.get("known")
    ]


def add(transaction: DecisionTransaction, new: Sequence[Ignored], why: str) -> None:
    """Add the entries to those of the folder; a difference known already gets the new date.

    The transaction must be locked. The log is written first: an entry that nobody decided on is
    what ``log --verify`` finds.
    """
    folder = transaction.baselines
    known = {one.fingerprint: one for one in (*file.read(folder), *new)}
    transaction.log_ignored(Act.IGNORE, new, why)
    file.write(folder, known.values())


def remove(
    transaction: DecisionTransaction, fits: Callable[[Ignored], bool]
) -> tuple[Ignored, ...]:
    """Take out the entries that fit; returns them. The transaction must be locked."""
    there = file.read(transaction.baselines)
    gone = tuple(one for one in there if fits(one))
    if gone:
        transaction.log_ignored(Act.UNIGNORE, gone, "")
        file.write(transaction.baselines, [one for one in there if one not in gone])
    return gone
