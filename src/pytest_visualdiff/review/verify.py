"""Whether the log of approvals is whole, and whether it accounts for every baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_visualdiff.baselines.audit_log import FILE, Act, Entry, problems
from pytest_visualdiff.review.actor import existing, git

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_visualdiff.baselines.audit_log import History
    from pytest_visualdiff.review.transaction import DecisionTransaction


@dataclass(frozen=True, slots=True)
class Unapproved:
    """A baseline whose bytes nobody approved, and what the log says of it."""

    key: str
    digest: str
    why: str


def broken(transaction: DecisionTransaction) -> Iterator[str]:
    """Lines that were edited or taken out, found by their hashes and by git's last commit.

    Whoever can rewrite all lines and git's history, too, can do so unseen: sign commits for that.
    """
    lines = transaction.log.lines()
    yield from problems(lines)
    folder = existing(transaction.baselines)
    committed = git(folder, "show", f"HEAD:./{FILE}") if folder == transaction.baselines else b""
    kept = {*lines}
    gone = [line for line in committed.splitlines() if line not in kept]
    if gone:
        yield f"{len(gone)} lines of the last commit of git are no longer in {transaction.log.path}"


def unapproved(transaction: DecisionTransaction, history: History) -> Iterator[Unapproved]:
    """Baselines that are there and are not what was approved last."""
    for key in [*transaction.store.keys()]:
        now = transaction.digest(key.path)
        newest = history.approved(key.path)
        if now not in {one.after for one in newest}:
            yield Unapproved(key.path, now, _why(now, newest, history.of(key.path)))


def _why(now: str, newest: tuple[Entry, ...], entries: Sequence[Entry]) -> str:
    if now == "damaged":
        return "is damaged"
    if not newest:
        return "was never approved"
    last = max(newest, key=lambda one: one.when)
    if any(one.after == now for one in entries if one.act is not Act.REJECT):
        return f"is an earlier picture; {last.who or 'somebody'} approved another one since"
    if not last.after:
        return f"is there again, although {last.who or 'somebody'} took it out"
    return f"was changed after {last.who or 'somebody'} approved it on {last.when[:10]}"


def adopt(transaction: DecisionTransaction, why: str) -> list[Unapproved]:
    """Log all baselines that nobody approved as they are; the transaction must be locked."""
    found = [
        one for one in unapproved(transaction, transaction.history()) if one.digest != "damaged"
    ]
    entries = [
        transaction.stamped(Entry(Act.ADOPT, one.key, after=one.digest, why=why.strip()))
        for one in found
    ]
    with transaction.write_ahead(entries):
        pass
    return found
