"""Whether the log of approvals is whole, and whether it accounts for every baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_visualdiff.baselines.audit_log import FILE, Act, Entry, problems
from pytest_visualdiff.review.actor import existing, git

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_visualdiff.baselines.audit_log import History
    from pytest_visualdiff.review.transaction import Desk


@dataclass(frozen=True, slots=True)
class Unapproved:
    """A baseline whose bytes nobody approved, and what the log says of it."""

    key: str
    digest: str
    why: str


def broken(desk: Desk) -> Iterator[str]:
    """Lines that were edited or taken out, found by their hashes and by git's last commit.

    Whoever can rewrite all lines and git's history, too, can do so unseen: sign commits for that.
    """
    lines = desk.log.lines()
    yield from problems(lines)
    folder = existing(desk.baselines)
    committed = git(folder, "show", f"HEAD:./{FILE}") if folder == desk.baselines else b""
    kept = {*lines}
    gone = [line for line in committed.splitlines() if line not in kept]
    if gone:
        yield f"{len(gone)} lines of the last commit of git are no longer in {desk.log.path}"


def unapproved(desk: Desk, history: History) -> Iterator[Unapproved]:
    """Baselines that are there and are not what was approved last."""
    for key in [*desk.store.keys()]:
        now = desk.digest(key.path)
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


def adopt(desk: Desk, why: str) -> list[Unapproved]:
    """Log all baselines that nobody approved as they are; the desk must be taken."""
    found = [one for one in unapproved(desk, desk.history()) if one.digest != "damaged"]
    entries = [
        desk.stamped(Entry(Act.ADOPT, one.key, after=one.digest, why=why.strip())) for one in found
    ]
    with desk.intending(entries):
        pass
    return found
