"""Whether the log of approvals is whole, and whether it accounts for every baseline.

What it cannot see, git can: whoever rewrites all lines, or takes out a decision that was never
committed together with its baseline, leaves a log that is whole. ``against`` compares with a
commit; whoever can rewrite git's history, too, needs signed commits to be found.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_visualdiff import clock
from pytest_visualdiff.baselines import ignored
from pytest_visualdiff.baselines.audit_log import FILE, Act, Entry, problems, roots
from pytest_visualdiff.baselines.content import ENDINGS
from pytest_visualdiff.errors import UsageError
from pytest_visualdiff.images.png import digest as file_digest
from pytest_visualdiff.review.actor import existing, git

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_visualdiff.baselines.audit_log import History
    from pytest_visualdiff.review.transaction import DecisionTransaction


DAY = 86_400
"""Seconds by which clocks may differ."""


@dataclass(frozen=True, slots=True)
class Unapproved:
    """A baseline whose bytes nobody approved, and what the log says of it."""

    key: str
    digest: str
    why: str


def broken(transaction: DecisionTransaction) -> Iterator[str]:
    """What is wrong with the log itself, and lines of git's last commit that are gone from it."""
    latest = clock.iso(clock.wall() + DAY)
    lines = transaction.log.lines()
    yield from problems(lines, latest)
    # Branches that both began a log have two first lines; both were committed before the merge.
    committed = {*_committed(transaction, "HEAD", FILE).splitlines()}
    for number, line in roots(lines):
        if line not in committed:
            yield f"line {number} follows no other line, as only the first one of a log may"
    gone = _lost_lines(transaction, "HEAD")
    if gone:
        yield f"{gone} lines of the last commit of git are no longer in {transaction.log.path}"


def unlogged(transaction: DecisionTransaction, history: History) -> Iterator[str]:
    """Differences that are ignored although no decision in the log says so, or not for so long."""
    for one in ignored.read(transaction.baselines):
        if history.ignored_until(one.fingerprint) < str(one.until):
            yield (
                f"{ignored.FILE} ignores {one.fingerprint} of {one.test} until {one.until}, and the"
                " log has no such decision"
            )


def unapproved(transaction: DecisionTransaction, history: History) -> Iterator[Unapproved]:
    """Baselines that are not what was approved last: changed, unknown, or gone."""
    keys = [key.path for key in [*transaction.store.keys()]]
    for key in keys:
        now = transaction.digest(key)
        newest = history.approved(key)
        if now not in {one.after for one in newest}:
            yield Unapproved(key, now, _why(now, newest, history.of(key)))
    for key in sorted({*history.keys()} - {*keys}):
        newest = history.approved(key)
        if newest and "" not in {one.after for one in newest}:
            last = max(newest, key=lambda one: one.when)
            yield Unapproved(key, "", f"is gone, although {_who(last)} approved it")


def against(transaction: DecisionTransaction, ref: str) -> Iterator[str]:
    """What changed since a commit of git without a decision in the log; raises ``UsageError``.

    It sees what the log alone cannot: lines that were removed with their baselines restored.
    """
    folder = existing(transaction.baselines)
    commit = git(
        folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"
    )
    sha = commit.decode("ascii", "replace").strip()
    if not sha:
        raise UsageError(f"git knows no commit {ref!r} in {folder}")
    gone = _lost_lines(transaction, sha)
    if gone:
        yield f"{gone} lines of {ref} are no longer in {transaction.log.path}"
    there = _entries(_committed(transaction, sha, FILE))
    new = [one for one in transaction.history().entries if one.hash not in there]
    yield from _unexplained(transaction, sha, ref, new)


def _unexplained(
    transaction: DecisionTransaction, sha: str, ref: str, new: Sequence[Entry]
) -> Iterator[str]:
    before = _baselines_at(transaction, sha)
    now = {key.path for key in [*transaction.store.keys()]}
    for key in sorted({*before} | now):
        is_now = transaction.digest(key)
        if key in before and is_now == file_digest(_committed(transaction, sha, key)):
            continue
        if not any(one.key == key and one.after == is_now for one in new):
            word = "is gone" if not is_now else "changed" if key in before else "is new"
            yield f"{key} {word} since {ref}, and no decision since then says so"


def _baselines_at(transaction: DecisionTransaction, sha: str) -> set[str]:
    """The keys of the baselines in a commit."""
    folder = existing(transaction.baselines)
    listed = git(folder, "ls-tree", "-r", "-z", "--name-only", sha, "--", _path(transaction, ""))
    below = _path(transaction, "").removeprefix("./").rstrip("/")
    names = listed.decode("utf-8", "surrogateescape").split("\0")
    keys = (name.removeprefix(f"{below}/") if below else name for name in names)
    return {key for key in keys if key.endswith(ENDINGS)}


def _lost_lines(transaction: DecisionTransaction, commit: str) -> int:
    """How many lines of the log in a commit are no longer in the file."""
    kept = {*transaction.log.lines()}
    return sum(line not in kept for line in _committed(transaction, commit, FILE).splitlines())


def _committed(transaction: DecisionTransaction, commit: str, name: str) -> bytes:
    """A file of the folder of baselines in a commit; empty where it is not there."""
    folder = existing(transaction.baselines)
    return git(folder, "cat-file", "--filters", f"{commit}:{_path(transaction, name)}")


def _path(transaction: DecisionTransaction, name: str) -> str:
    """A path below the baselines as seen from the closest folder that is there."""
    folder = existing(transaction.baselines)
    below = transaction.baselines.absolute().relative_to(folder.absolute())
    return f"./{(below / name).as_posix() if name else f'{below.as_posix()}/'.removeprefix('./')}"


def _entries(text: bytes) -> set[str]:
    """The hashes of the entries in lines of a log; what is none is left out."""
    found: set[str] = set()
    for line in text.splitlines():
        with suppress(ValueError, KeyError, TypeError, RecursionError):
            found.add(Entry.from_dict(json.loads(line)).hash)
    return found


def _who(entry: Entry) -> str:
    return entry.who or "somebody"


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
    """Log what nobody decided on, as it is: baselines, and differences that are ignored.

    The transaction must be locked. What is damaged, or gone, stays a finding.
    """
    history = transaction.history()
    found = [one for one in unapproved(transaction, history) if one.digest not in ("damaged", "")]
    entries = [
        transaction.stamped(Entry(Act.ADOPT, one.key, after=one.digest, why=why.strip()))
        for one in found
    ]
    with transaction.write_ahead(entries):
        pass
    unknown = [
        one
        for one in ignored.read(transaction.baselines)
        if history.ignored_until(one.fingerprint) < str(one.until)
    ]
    transaction.log_ignored(Act.IGNORE, unknown, why)
    return found
