"""A write-ahead log for decisions: one reviewer at a time, and no decision is lost.

What is about to be decided is written down first (``pending/`` in the output folder). Then the
baselines are changed, and then the log gets its lines. The next decision finishes what Ctrl-C or a
crash left there: an entry whose baseline was written is logged, another is dropped.

Each baseline that is about to be replaced is first copied to ``undo/`` in the output folder, under
its SHA-256. Where that copy is gone (another machine, a fresh clone), git's history has what was
committed, also through Git LFS.
"""

from __future__ import annotations

import json
import secrets
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pytest_visualdiff import clock
from pytest_visualdiff._version import __version__
from pytest_visualdiff.baselines.audit_log import Act, Entry, History, Log
from pytest_visualdiff.baselines.directory import DirectoryStore
from pytest_visualdiff.errors import StoreError
from pytest_visualdiff.files import HIDDEN, TEMPORARY, acquire, make_hidden, write_atomically
from pytest_visualdiff.images.png import digest as file_digest
from pytest_visualdiff.model import BaselineKey
from pytest_visualdiff.review.actor import Actor, existing, find, git
from pytest_visualdiff.runs.folder import make_output
from pytest_visualdiff.runs.run_files import relative_to

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pytest_visualdiff.baselines import BaselineStore
    from pytest_visualdiff.baselines.ignored import Ignored
    from pytest_visualdiff.model import Verdict

PENDING = "pending"
LOCK = "lock"
"""Beside the baselines, so that it holds whatever the output folder is."""

WAIT = 30.0
"""Seconds to wait for another reviewer's decision to be written."""

UNDO = "undo"
"""Below the output folder."""


UNDO_DAYS = 90
"""How long a copy is kept; git's history keeps what was committed for ever."""


MOST_COMMITS = 500
"""Commits of a baseline that are searched, newest first."""

_ENVIRONMENT = ("browser", "browser_version", "platform", "viewport", "pixel_ratio", "fonts")


@dataclass(frozen=True)
class DecisionTransaction:
    """The baselines, their log, and the output folder that keeps what is in between."""

    store: BaselineStore
    baselines: Path
    output: Path
    actor: Actor = field(default_factory=Actor)
    notes: list[str] = field(default_factory=list, compare=False)
    """What a person should know of earlier decisions that were finished now."""

    @classmethod
    def of_project(
        cls, baselines: Path, output: Path, who: str = "", *, store: BaselineStore | None = None
    ) -> DecisionTransaction:
        """Decisions on a folder of baselines, by the person or pipeline that runs this."""
        actor = find(existing(baselines), who)
        return cls(store or DirectoryStore(baselines), baselines, output, actor)

    @property
    def log(self) -> Log:
        """The log beside the baselines."""
        return Log(self.baselines)

    def history(self) -> History:
        """What was decided so far; raises ``LogUnreadable``."""
        return History(self.log.entries())

    def entry(self, act: Act, verdict: Verdict, *, run: str, why: str = "") -> Entry:
        """An entry about a check, without its place in the chain."""
        source = verdict.environment
        new = Entry(
            act=act,
            key=verdict.key,
            before=verdict.before,
            after=verdict.after,
            test=verdict.test,
            check=verdict.name,
            why=why.strip(),
            cause=verdict.main_cause.message if verdict.main_cause else "",
            run=run,
            environment={name: str(source[name]) for name in _ENVIRONMENT if source.get(name)},
        )
        return self.stamped(new)

    def stamped(self, entry: Entry) -> Entry:
        """The entry with who, when, at which commit, and with which version."""
        return replace(
            entry,
            who=self.actor.who,
            when=clock.iso(),
            commit=self.actor.commit,
            tool=f"pytest-visualdiff {__version__}",
        )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock, after finishing what others left; raises ``StoreError``."""
        from filelock import FileLock

        place = self.baselines / HIDDEN / LOCK
        try:
            make_output(self.output)
            make_hidden(place.parent)
            lock = FileLock(place)
            acquire(lock, WAIT)
        except TimeoutError as error:
            raise StoreError(
                f"somebody else is deciding (for {WAIT:g} seconds the lock {place} was not free):"
                " try again once that is done"
            ) from error
        except OSError as error:
            raise StoreError(
                f"cannot write to {self.output} and {place.parent}: {error.strerror or error};"
                " decisions need a folder for what may be undone: set another with --output-dir"
            ) from error
        try:
            remove_leftovers(self.baselines)
            self._recover()
            yield
        finally:
            lock.release()

    @contextmanager
    def write_ahead(self, entries: Sequence[Entry]) -> Iterator[None]:
        """Change baselines inside; those that did change are logged, also after Ctrl-C."""
        if not entries:
            yield
            return
        self.history()  # a damaged log refuses before any baseline changes
        try:
            for one in entries:
                self._keep(one)
            path = self.output / PENDING / f"{secrets.token_hex(8)}.json"
            write_atomically(path, self._note(entries))
            forget_old_copies(self.output)
        except OSError as error:
            raise StoreError(f"cannot write to {self.output}: {error}") from error
        try:
            yield
        finally:
            self._recover()

    def log_ignored(self, act: Act, differences: Sequence[Ignored], why: str) -> None:
        """Log that differences are ignored, or no longer; the transaction must be locked."""
        entries = [
            Entry(
                act, one.key, test=one.test, check=one.name, why=why.strip(),
                difference=one.fingerprint, until=str(one.until) if act is Act.IGNORE else "",
            )
            for one in differences
        ]  # fmt: skip
        if entries:
            self.log.append([self.stamped(one) for one in entries])

    def digest(self, key: str) -> str:
        """SHA-256 of the baseline that is there, empty for none, ``damaged`` where it is."""
        try:
            data = self.store.read(BaselineKey(key))
        except StoreError:
            return "damaged"
        return file_digest(data) if data else ""

    def _keep(self, entry: Entry) -> None:
        with suppress(StoreError):  # what is damaged cannot come back
            data = self.store.read(BaselineKey(entry.key))
            if data and file_digest(data) != entry.after:
                keep_copy(self.output, data)

    def _note(self, entries: Sequence[Entry]) -> bytes:
        data = {
            # As seen from the output folder: both are found again where the project was moved.
            "baselines": relative_to(self.baselines, self.output),
            "entries": [one.to_dict() for one in entries],
        }
        return json.dumps(data).encode()

    def _recover(self) -> None:
        """Log what was decided and not logged; a note that cannot be read is set aside."""
        for path in sorted((self.output / PENDING).glob("*.json")):
            try:
                folder, entries = _read_note(path)
            except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
                self._set_aside(path, error)
                continue
            if folder not in (
                relative_to(self.baselines, self.output),
                str(self.baselines.absolute()),
            ):
                continue
            history = self.history()
            done = [one for one in entries if self._happened(one) and not _known(one, history)]
            if done:
                self.log.append(done)
            path.unlink()

    def _set_aside(self, path: Path, error: Exception) -> None:
        """Keep a damaged note, so that a person can look at it, out of the way of decisions."""
        aside = path.with_suffix(".unreadable")
        try:
            path.replace(aside)
        except OSError as trouble:
            raise StoreError(f"cannot move the damaged note {path}: {trouble}") from trouble
        self.notes.append(
            f"a note of decisions could not be read and was set aside, {aside}: {error}; compare"
            " 'visualdiff log --verify'"
        )

    def _happened(self, entry: Entry) -> bool:
        changes = entry.act.writes or entry.before != entry.after
        return entry.act is Act.REJECT or not changes or self.digest(entry.key) == entry.after


def _read_note(path: Path) -> tuple[str, list[Entry]]:
    data = json.loads(path.read_bytes())
    if not isinstance(data["baselines"], str):
        raise TypeError("baselines must be a path")
    return data["baselines"], [Entry.from_dict(one) for one in data["entries"]]


def remove_leftovers(baselines: Path) -> None:
    """Delete temporary files of processes that were killed; the lock must be held."""
    for folder in (baselines / HIDDEN, baselines):
        for path in folder.rglob(f"{TEMPORARY}*"):
            with suppress(OSError):
                path.unlink()


def _known(entry: Entry, history: History) -> bool:
    if entry.undoes:
        return entry.undoes in history.undone
    if entry.act is Act.REJECT:
        standing = history.decision([entry.key], entry.after)
        return standing is not None and standing.act is Act.REJECT
    if all(one.after != entry.after for one in history.of(entry.key)):
        return False  # without asking for the newest of a long log
    return any(one.after == entry.after for one in history.approved(entry.key))


def keep_copy(output: Path, data: bytes) -> None:
    """Copy an earlier baseline; raises ``OSError`` where the folder or disk refuses."""
    path = output / UNDO / file_digest(data)
    if not path.exists():
        write_atomically(path, data)


def find_copy(output: Path, baselines: Path, key: str, wanted: str) -> bytes | None:
    """The earlier baseline of that SHA-256, None where it is nowhere."""
    with suppress(OSError):
        data = (output / UNDO / wanted).read_bytes()
        if file_digest(data) == wanted:
            return data
    return _from_git(baselines, key, wanted)


def forget_old_copies(output: Path) -> None:
    """Delete copies that are older than ``UNDO_DAYS``."""
    last = clock.wall() - UNDO_DAYS * 86_400
    for path in (output / UNDO).glob("*"):
        with suppress(OSError):
            if path.stat().st_mtime < last:
                path.unlink()


def _from_git(baselines: Path, key: str, wanted: str) -> bytes | None:
    folder = existing(baselines)
    path = (baselines.absolute() / key).relative_to(folder.absolute()).as_posix()
    listed = git(folder, "log", "--all", f"-{MOST_COMMITS}", "--format=%H", "--", path)
    for commit in listed.decode("ascii").split():
        data = git(folder, "cat-file", "--filters", f"{commit}:./{path}")
        if file_digest(data) == wanted:
            return data
    return None
