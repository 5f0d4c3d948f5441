"""Decisions on the checks of one run: the file work behind the command and the review page.

Each decision is made under a lock, on the picture and the baseline that were seen (their SHA-256),
and has a line in the log beside the baselines. A refusal is a value, so that one bad entry does
not keep the others from being decided.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.baselines import SupportsAlternatives, SupportsRemove, approved, content
from pytest_visualdiff.baselines.audit_log import Act, Entry, History
from pytest_visualdiff.baselines.naming import MOST_APPROVED, alternatives, main_key
from pytest_visualdiff.errors import BaselineChanged, ImageError, RunUnreadable, StoreError
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.images.codec import to_array
from pytest_visualdiff.model import Approval, BaselineKey, Status, Verdict
from pytest_visualdiff.review.transaction import UNDO, find_copy
from pytest_visualdiff.runs.groups import unique_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_visualdiff.baselines import BaselineStore
    from pytest_visualdiff.review.transaction import DecisionTransaction
    from pytest_visualdiff.runs.folder import RunFolder
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
        errors = {id_: self.refused.get(id_, _NOT_APPROVED) for id_ in known}
        seen = [id_ for id_ in known if self._decidable(id_)]
        with self.transaction.locked():
            checks = [self.checks[id_] for id_ in seen]
            done = approve(self.transaction, checks, self.run.folder, act, reason)
            changed = {id_: one.written for id_, one in zip(seen, done, strict=True)}
            errors |= {id_: one.error for id_, one in zip(seen, done, strict=True)}
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


def approve(
    transaction: DecisionTransaction,
    verdicts: Sequence[Verdict],
    folder: RunFolder,
    act: Act,
    why: str = "",
) -> list[Approval]:
    """Approve pictures of a run and log it; the transaction must be locked.

    Each picture is approved or refused on its own, as ``copy_actual_images`` does.
    """
    alternative = act is Act.ALTERNATIVE
    entries: list[Entry] = []
    for verdict in verdicts:
        entry = transaction.entry(act, verdict, run=folder.id, why=why)
        if alternative:
            try:
                key = alternative_place(transaction.store, verdict)
            except StoreError:
                continue  # is told by the approval itself
            if key is None:
                continue
            entry = replace(entry, key=key.path, before="")
        if verdict.key:
            entries.append(entry)
    with transaction.write_ahead(entries):
        return list(
            copy_actual_images(verdicts, folder, transaction.store, alternative=alternative)
        )


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


def copy_actual_images(
    verdicts: Sequence[Verdict],
    folder: RunFolder,
    store: BaselineStore,
    *,
    alternative: bool = False,
) -> Iterator[Approval]:
    """Make each verdict's actual image the baseline, one after the other.

    It replaces the approved picture that the verdict is about; as an ``alternative`` it becomes a
    further one, beside those that there are.

    Safe to repeat and to interrupt: every baseline is either the old or the new one. A refusal is
    a value, so that one bad entry does not keep the others from being approved.
    """
    for verdict in verdicts:
        try:
            png = actual_image(verdict, folder)
            if alternative:
                written = _add(store, verdict, png)
            else:
                written = store.write(BaselineKey(verdict.key), png, seen=verdict.before)
            yield Approval(verdict, written=written)
        except StoreError as error:
            yield Approval(verdict, error=str(error))


def actual_image(verdict: Verdict, folder: RunFolder) -> bytes:
    """The picture that the verdict is about, as it was seen; else ``RunUnreadable``."""
    png = folder.load(verdict.actual)
    if png_file.digest(png) != verdict.after:
        raise RunUnreadable(
            f"the picture {verdict.actual} of run {folder.id} is no longer the one that was seen"
        )
    try:
        content.verify(verdict.key, png)
        if folder.foreign and verdict.key.endswith(content.PICTURE):
            to_array(png)  # our own pictures were decoded when they were compared
    except (ImageError, ValueError) as error:
        raise RunUnreadable(f"{verdict.actual} of run {folder.id}: {error}") from error
    return png


def alternative_place(store: BaselineStore, verdict: Verdict) -> BaselineKey | None:
    """Where a further approved picture of the check goes; None where it is one already.

    Raises ``StoreError`` where there is no room, or the baseline changed since.
    """
    key = BaselineKey(verdict.key)
    if not isinstance(store, SupportsAlternatives):
        raise StoreError(
            f"the store of {store.describe(key)} keeps one approved picture of each check"
        )
    pictures = {one: _digest(store.read(one)) for one in approved(store, key)}
    if verdict.after in pictures.values():
        return None
    if _digest(store.read(key)) != verdict.before:
        raise BaselineChanged(
            f"the baseline {store.describe(key)} has changed since this picture was compared with"
            " it: run the test again, look, and approve again"
        )
    places = (main_key(key), *alternatives(key))
    free = next((one for one in places if not pictures.get(one)), None)
    if free is None:
        raise StoreError(
            f"{store.describe(main_key(key))} has {MOST_APPROVED} approved pictures, as many as"
            " there can be: replace the closest one (approve without --alternative), delete one, or"
            " leave out with mask= what is never the same"
        )
    return free


def _add(store: BaselineStore, verdict: Verdict, png: bytes) -> bool:
    free = alternative_place(store, verdict)
    return free is not None and store.write(free, png, seen="")


def _digest(png: bytes | None) -> str:
    return png_file.digest(png) if png else ""


def is_baseline(verdict: Verdict, store: BaselineStore) -> bool:
    """Whether the picture is approved by now, as the baseline or as an alternative."""
    try:
        pictures = map(store.read, approved(store, BaselineKey(verdict.key)))
        return any(png is not None and png_file.digest(png) == verdict.after for png in pictures)
    except StoreError:
        return False
