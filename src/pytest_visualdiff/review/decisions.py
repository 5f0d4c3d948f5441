"""Decisions on the checks of one run: the file work behind the command and the review page.

Each decision is made under a lock, on the picture and the baseline that were seen (their SHA-256),
and has a line in the log beside the baselines. A refusal is a value, so that one bad entry does
not keep the others from being decided.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.baselines import SupportsRemove, approved
from pytest_visualdiff.baselines.audit_log import Act, Entry, History
from pytest_visualdiff.errors import StoreError
from pytest_visualdiff.model import BaselineKey, Status, Verdict
from pytest_visualdiff.review.approval import approve, is_baseline
from pytest_visualdiff.review.transaction import UNDO, find_copy
from pytest_visualdiff.runs.groups import unique_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_visualdiff.review.transaction import DecisionTransaction
    from pytest_visualdiff.runs.run_files import Run


DECIDABLE = (Status.MISMATCH, Status.NEW, Status.CREATED, Status.UPDATED)
"""Outcomes of a check whose picture can become the baseline."""


class State(str, Enum):
    """What became of a check's picture."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    REFUSED = "refused"
    """What the run says of the check must not be believed, or cannot be read."""
    NOTHING = "nothing to decide"
    """The check matched, was skipped, or has no picture."""

    __str__ = str.__str__


@dataclass(frozen=True, slots=True)
class CheckState:
    """Where a check stands, and the decision that made it so, as far as the log tells."""

    state: State
    who: str = ""
    when: str = ""
    why: str = ""

    def to_dict(self) -> dict[str, str]:
        """The same as JSON-able data."""
        return {"state": str(self.state), "who": self.who, "when": self.when, "why": self.why}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of one decision request: the state after it, whether it changed, or why not."""

    id: str
    state: State
    changed: bool = False
    error: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON-able data."""
        return {
            "id": self.id,
            "state": str(self.state),
            "changed": self.changed,
            "error": self.error,
        }


class Decisions:
    """Decisions on the checks of one run. Raises ``StoreError`` where none can be made at all:
    the log is damaged, a folder refuses, or another reviewer holds the lock too long.
    """

    def __init__(self, run: Run, transaction: DecisionTransaction) -> None:
        self.run = run
        self.transaction = transaction
        self.checks: Mapping[str, Verdict] = unique_ids(run.checks)
        """Id -> check; the ids are those that all methods take and give."""
        self.refused: Mapping[str, str] = {one.id: one.why for one in run.record.refused}
        """Id -> why nothing can be decided on the check; also of what is no check at all."""

    def states(self, ids: Iterable[str] | None = None) -> dict[str, CheckState]:
        """Where each check stands now, or those of ``ids``, read from the files."""
        history = self.transaction.history()
        chosen = self.checks if ids is None else [id_ for id_ in ids if id_ in self.checks]
        return {id_: self._state_of(id_, history) for id_ in chosen}

    def waiting(self) -> dict[str, Verdict]:
        """The checks that nobody decided on, by id."""
        states = self.states()
        return {id_: one for id_, one in self.checks.items() if states[id_].state is State.WAITING}

    def approve(
        self, ids: Sequence[str], reason: str = "", *, alternative: bool = False
    ) -> list[Outcome]:
        """Make what was seen the baseline, also where it was rejected before."""
        act = Act.ALTERNATIVE if alternative else Act.APPROVE
        known = [id_ for id_ in dict.fromkeys(ids) if id_ in self.checks]
        chosen = [id_ for id_ in known if self._decidable(id_)]
        errors = {id_: self.refused.get(id_, _NOT_APPROVED) for id_ in known}
        with self.transaction.locked():
            checks = [self.checks[id_] for id_ in chosen]
            done = approve(self.transaction, checks, self.run.folder, act, reason)
            changed = {id_: one.written for id_, one in zip(chosen, done, strict=True)}
            errors |= {id_: one.error for id_, one in zip(chosen, done, strict=True)}
            return self._outcomes(ids, changed, errors)

    def reject(self, ids: Sequence[str], reason: str = "") -> list[Outcome]:
        """Say that what was seen is wrong; the baseline stays, and the test goes on failing."""
        with self.transaction.locked():
            before = self.states(ids)
            chosen = [id_ for id_ in dict.fromkeys(ids) if id_ in before]
            new = [id_ for id_ in chosen if before[id_].state is State.WAITING]
            entries = [self._entry(Act.REJECT, self.checks[id_], reason) for id_ in new]
            with self.transaction.write_ahead(entries):
                pass
            errors = {
                id_: self.refused.get(id_) or _NOT_REJECTED.get(before[id_].state, "")
                for id_ in chosen
            }
            return self._outcomes(ids, dict.fromkeys(new, True), errors)

    def undo(self, ids: Sequence[str], reason: str = "") -> list[Outcome]:
        """Take back the last decision on each picture; an approval gives back what was before."""
        with self.transaction.locked():
            history = self.transaction.history()
            chosen = {id_: self.checks[id_] for id_ in ids if id_ in self.checks}
            lasts = {
                id_: history.decision(self._keys(one), one.after) for id_, one in chosen.items()
            }
            errors = {id_: _NOTHING_TO_UNDO for id_, last in lasts.items() if last is None}
            wanted = {id_: last for id_, last in lasts.items() if last is not None}
            refused = undo(self.transaction, list(wanted.values()), reason)
            errors |= dict(zip(wanted, refused, strict=True))
            return self._outcomes(ids, {id_: not errors[id_] for id_ in wanted}, errors)

    def _entry(self, act: Act, verdict: Verdict, why: str) -> Entry:
        return self.transaction.entry(act, verdict, run=self.run.folder.id, why=why)

    def _decidable(self, id_: str) -> bool:
        return self.checks[id_].status in DECIDABLE and id_ not in self.refused

    def _state_of(self, id_: str, history: History) -> CheckState:
        if id_ in self.refused:
            return CheckState(State.REFUSED, why=self.refused[id_])
        verdict = self.checks[id_]
        if verdict.status not in DECIDABLE:
            return CheckState(State.NOTHING)
        decision = history.decision(self._keys(verdict), verdict.after)
        rejected = decision is not None and decision.act is Act.REJECT
        if is_baseline(verdict, self.transaction.store):
            state = State.APPROVED
        else:
            state = State.REJECTED if rejected else State.WAITING
        if decision is None or rejected != (state is State.REJECTED) or state is State.WAITING:
            return CheckState(state)
        return CheckState(state, decision.who, decision.when, decision.why)

    def _keys(self, verdict: Verdict) -> list[str]:
        key = BaselineKey(verdict.key)
        return [
            one.path for one in {key: 0, **dict.fromkeys(approved(self.transaction.store, key))}
        ]

    def _outcomes(
        self, ids: Sequence[str], changed: Mapping[str, bool], errors: Mapping[str, str]
    ) -> list[Outcome]:
        after = self.states(ids)
        return [
            Outcome(id_, after[id_].state, changed.get(id_, False), errors.get(id_, ""))
            if id_ in after
            else Outcome(id_, State.NOTHING, error=f"this run has no check {id_!r}")
            for id_ in ids
        ]


_NOT_APPROVED = "there is nothing to approve: the check matched, or has no picture"
_NOT_REJECTED = {
    State.APPROVED: "its picture is the baseline by now: undo that first",
    State.NOTHING: "there is nothing to reject: the check has no picture of its own",
}
_NOTHING_TO_UNDO = "nothing to undo: the log has no decision on this picture"


def undo(transaction: DecisionTransaction, lasts: Sequence[Entry], why: str = "") -> list[str]:
    """Take back decisions and log it; the transaction must be locked.

    Returns for each decision why it was not taken back, an empty text where it was.
    Refuses where a baseline is no longer what was approved, and where the earlier picture is gone.
    """
    found: list[bytes | str] = [_earlier(transaction, last) for last in lasts]
    backs = [_back(transaction, last, why) for last in lasts]
    possible = [back for back, data in zip(backs, found, strict=True) if isinstance(data, bytes)]
    with transaction.write_ahead(possible):
        return [
            _restore(transaction, last, data) if isinstance(data, bytes) else data
            for last, data in zip(lasts, found, strict=True)
        ]


def _back(transaction: DecisionTransaction, last: Entry, why: str) -> Entry:
    rejected = last.act is Act.REJECT  # no baseline changes with it
    before, after = ("", "") if rejected else (last.after, last.before)
    back = replace(last, act=Act.UNDO, before=before, after=after, why=why.strip())
    return transaction.stamped(replace(back, undoes=last.hash))


def _earlier(transaction: DecisionTransaction, last: Entry) -> bytes | str:
    """The picture before the decision, empty for none; else, as a text, why there is none."""
    if not last.before or last.act is Act.REJECT:
        return b""
    data = find_copy(transaction.output, transaction.baselines, last.key, last.before)
    return data or (
        f"the picture that {transaction.store.describe(BaselineKey(last.key))} was before"
        f" ({last.before[:12]}…) is neither in {transaction.output / UNDO} nor in git's history:"
        " restore it by hand"
    )


def _restore(transaction: DecisionTransaction, last: Entry, data: bytes) -> str:
    if last.act is Act.REJECT:
        return ""
    key = BaselineKey(last.key)
    try:
        if data:
            transaction.store.write(key, data, seen=last.after)
        elif isinstance(transaction.store, SupportsRemove):
            transaction.store.remove(key, seen=last.after)
        else:
            return f"the store of {transaction.store.describe(key)} cannot take a baseline out"
    except StoreError as error:
        return str(error)
    return ""
