"""The audit log: ``approvals.jsonl`` in the folder of baselines, one line for each decision.

Lines are only ever added. Each carries the SHA-256 of itself and of its predecessors, so that a
line edited or taken out later is found; two branches are merged by keeping the lines of both
(``merge=union`` in ``.gitattributes``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from enum import Enum
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.errors import LogUnreadable, StoreError
from pytest_visualdiff.files import HIDDEN, append, inside, write_atomically

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

FILE = "approvals.jsonl"


class Act(str, Enum):
    """What a decision did."""

    APPROVE = "approve"
    ALTERNATIVE = "alternative"
    FLAG = "flag"
    """Approved by pytest itself, with ``--visualdiff-approve``."""
    ADOPT = "adopt"
    """A baseline from before there was a log, taken as approved."""
    DELETE = "delete"
    """A baseline that no test uses any more."""
    REJECT = "reject"
    UNDO = "undo"
    IGNORE = "ignore"
    """A difference that is tolerated until a date."""
    UNIGNORE = "unignore"

    __str__ = str.__str__

    @property
    def writes(self) -> bool:
        """Whether the baseline became another one by it."""
        return self not in (Act.REJECT, Act.UNDO, Act.IGNORE, Act.UNIGNORE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision. ``before`` and ``after`` are SHA-256 of the baseline file, empty for none.

    Of a rejection, ``after`` is the picture that was rejected, and no baseline changed.
    """

    act: Act
    key: str
    """The baseline's path below its folder."""
    before: str = ""
    after: str = ""
    test: str = ""
    """The node id."""
    check: str = ""
    """The name of the check."""
    who: str = ""
    """From git's configuration or the CI system; ``Name <mail>`` where both are known."""
    when: str = ""
    """ISO 8601, in UTC."""
    why: str = ""
    cause: str = ""
    """What changed on the page, in the words that the person saw; of several the first."""
    commit: str = ""
    """Git commit of the project at that time; with a ``+`` where files were changed on top."""
    run: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Where the picture was made: browser, browser_version, platform, viewport, pixel_ratio,
    fonts, as far as known."""
    tool: str = ""
    undoes: str = ""
    """Hash of the entry that this one takes back."""
    difference: str = ""
    """Fingerprint of the difference that is ignored, or no longer is."""
    until: str = ""
    """The last day on which it is ignored."""
    prev: tuple[str, ...] = ()
    """Hashes of the newest entries when this one was written."""
    hash: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON-able data, without what is empty."""
        data = {name: value for name, value in asdict(self).items() if value}
        return {**data, "act": self.act.value, "prev": list(self.prev)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Entry:
        """The value that ``to_dict`` wrote; entries of later versions may hold more.

        Raises ``ValueError``, ``KeyError`` or ``TypeError`` for what is no entry.
        """
        if not isinstance(data, Mapping):
            raise TypeError("an entry is an object")
        names = {one.name for one in fields(cls)}
        known = {name: value for name, value in data.items() if name in names}
        known |= {"act": Act(data["act"]), "prev": tuple(data["prev"])}
        for name in names - {"act", "prev", "environment"}:
            if not isinstance(known.get(name, ""), str):
                raise TypeError(f"{name} must be a text, not {known[name]!r}")
        if not isinstance(known.get("environment", {}), Mapping) or not data["key"]:
            raise TypeError("environment must be an object, and key a path")
        if not all(isinstance(one, str) for one in known["prev"]):
            raise TypeError("prev must be a list of texts")
        return cls(**known)


def digest(data: Mapping[str, Any]) -> str:
    """SHA-256 of a line's data, but for its own hash."""
    return hashlib.sha256(_line({**data, "hash": ""})).hexdigest()


@dataclass(frozen=True, slots=True)
class Log:
    """The log of one folder of baselines."""

    folder: Path

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / FILE

    def lines(self) -> list[bytes]:
        """The lines as they are; raises ``LogUnreadable`` where the file cannot be read.

        Half a line at the end, of a power failure, is left out: its decision is still pending.
        """
        data = self._read()
        lines = data.splitlines()
        torn = bool(data) and not data.endswith(b"\n") and not _is_json(lines[-1])
        return lines[:-1] if torn else lines

    def entries(self) -> tuple[Entry, ...]:
        """Each entry once, in the order of the file; raises ``LogUnreadable`` naming a bad line."""
        found: dict[str, Entry] = {}
        for number, line in enumerate(self.lines(), 1):
            try:
                entry = _entry(line)
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                raise LogUnreadable(_unreadable(self.path, number, line, error)) from error
            found.setdefault(entry.hash, entry)
        return tuple(found.values())

    def append(self, new: Sequence[Entry]) -> tuple[Entry, ...]:
        """Add entries, chained to the newest and to each other.

        What others add at the same moment is kept, for the file is only ever written at its end.
        Raises ``LogUnreadable``, or ``StoreError`` where the folder or disk refuses.
        """
        added = self.chained(new)
        try:
            self._write(as_text(added))
        except (OSError, ValueError) as error:
            raise StoreError(f"cannot write {self.path}: {error}") from error
        return added

    def chained(self, new: Sequence[Entry]) -> tuple[Entry, ...]:
        """The entries as they would be added, with their predecessors and hashes."""
        prev = heads({one.hash: one.prev for one in self.entries()})
        added: list[Entry] = []
        for one in new:
            entry = replace(one, prev=prev, hash="")
            entry = replace(entry, hash=digest(entry.to_dict()))
            added, prev = [*added, entry], (entry.hash,)
        return tuple(added)

    def _read(self) -> bytes:
        try:
            return inside(self.folder, FILE).read_bytes()
        except FileNotFoundError:
            return b""
        except (OSError, ValueError) as error:
            raise LogUnreadable(f"cannot read {self.path}: {error}") from error

    def _write(self, text: bytes) -> None:
        path, data = inside(self.folder, FILE), self._read()
        if not data or not data.endswith(b"\n"):  # nothing yet, or half a line to be replaced
            whole = b"".join(line + b"\n" for line in self.lines())
            write_atomically(path, whole + text, hidden=self.folder / HIDDEN)
        else:
            append(path, text)


def as_text(entries: Iterable[Entry]) -> bytes:
    """Entries as lines of the file."""
    return b"".join(_line(one.to_dict()) + b"\n" for one in entries)


@lru_cache(2**16)
def _entry(line: bytes) -> Entry:
    """A line's entry. A decision reads the log several times, and only new lines are parsed."""
    return Entry.from_dict(json.loads(line))


def heads(links: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The lines that no other one follows, sorted; ``links`` is that of ``Chain``."""
    followed = {before for some in links.values() for before in some}
    return tuple(sorted(one for one in links if one not in followed))


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def roots(lines: Sequence[bytes]) -> Iterator[tuple[int, bytes]]:
    """Lines after the first that follow no other one, with their numbers."""
    for number, line in enumerate(lines, 1):
        with suppress(ValueError, KeyError, TypeError, RecursionError):
            if number > 1 and not Entry.from_dict(json.loads(line)).prev:
                yield number, line


EARLIEST = "2024-01-01"
"""No decision was made before this tool was there."""


def problems(lines: Sequence[bytes], latest: str = "") -> Iterator[str]:
    """What is wrong with the lines of a log, in words; ``latest`` is the latest possible time.

    Edited, taken out, or no entry at all; not joined to the others; dated when it cannot have been
    written; taking back what is not there; about a baseline that nobody had approved.
    """
    entries: list[tuple[int, Entry]] = []
    for number, line in enumerate(lines, 1):
        try:
            data = json.loads(line)
            entry = Entry.from_dict(data)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            yield f"line {number} is no entry: {error}"
            continue
        if digest(data) != entry.hash:
            yield f"line {number} was edited: its hash is not that of its content"
        entries.append((number, entry))
    hashes = {entry.hash for _, entry in entries}
    for number, entry in entries:
        for before in entry.prev:
            if before not in hashes:
                yield f"line {number} follows one that was edited or taken out ({before[:12]}…)"
        if entry.undoes and entry.undoes not in hashes:
            yield f"line {number} takes back a decision that is not there ({entry.undoes[:12]}…)"
        yield from _strange(number, entry, latest)
    yield from _unknown_before(entries)


def _strange(number: int, entry: Entry, latest: str) -> Iterator[str]:
    """A line that is dated when it cannot have been written."""
    if entry.when and entry.when < EARLIEST:
        yield f"line {number} is dated {entry.when}, before this tool was there"
    if latest and entry.when > latest:
        yield f"line {number} is dated {entry.when}, in the future"


def _unknown_before(entries: Sequence[tuple[int, Entry]]) -> Iterator[str]:
    """Lines that say they replaced a picture which no other line made the baseline."""
    made: dict[str, set[str]] = {}
    for _, entry in entries:
        made.setdefault(entry.key, set()).add(entry.after)
    first: set[str] = set()
    for number, entry in entries:
        decided = entry.act.writes or entry.act is Act.UNDO
        if decided and entry.key in first and entry.before not in ("", *made[entry.key]):
            yield (
                f"line {number} replaced a picture of {entry.key} that nobody approved"
                f" ({entry.before[:12]}…)"
            )
        first |= {entry.key} if decided else set()


def _line(data: Mapping[str, Any]) -> bytes:
    """One line of JSON, the same for the same data."""
    kept = {name: value for name, value in data.items() if name != "hash" or value}
    text = json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")


def _unreadable(path: Path, number: int, line: bytes, error: Exception) -> str:
    if line.startswith((b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||")):
        return (
            f"line {number} of {path} is a merge conflict: keep the lines of both sides, in any"
            f" order, and see docs/approving.md for the .gitattributes line that does so"
        )
    return (
        f"line {number} of {path} is no entry ({error}): restore the file from version control;"
        " 'visualdiff log --verify' shows all that is wrong"
    )


class History:
    """What a log's entries say together: which decision is in force."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self._by_hash = {one.hash: one for one in self.entries}
        try:
            self.chain = Chain({one.hash: one.prev for one in self.entries})
        except ValueError as error:
            raise LogUnreadable(f"the log of approvals is damaged: {error}") from error
        self.undone = frozenset(one.undoes for one in self.entries if one.undoes)
        self._of_key: dict[str, list[Entry]] = {}
        for at in self.chain.order:
            self._of_key.setdefault(self._by_hash[at].key, []).append(self._by_hash[at])

    def of(self, key: str) -> Sequence[Entry]:
        """All entries of one baseline, an entry after those that it follows."""
        return self._of_key.get(key, ())

    def keys(self) -> Sequence[str]:
        """All baselines that were ever decided on."""
        return list(self._of_key)

    def ignored_until(self, fingerprint: str) -> str:
        """The last day on which a difference is ignored, as far as the log says; else empty."""
        about = [one for one in self.entries if one.difference == fingerprint]
        newest = self._newest(about)
        return max((one.until for one in newest if one.act is Act.IGNORE), default="")

    def approved(self, key: str) -> tuple[Entry, ...]:
        """The newest entries that say what the baseline is; several after a merge of branches."""
        return self._newest([one for one in self.of(key) if self._changes(one)])

    def decision(self, keys: Iterable[str], picture: str) -> Entry | None:
        """The newest decision on a picture (its SHA-256) that was not taken back."""
        standing = [
            one
            for key in keys
            for one in self.of(key)
            if one.after == picture and one.hash not in self.undone
            if one.act.writes or one.act is Act.REJECT
        ]
        return max(self._newest(standing), key=lambda one: one.when, default=None)

    def _changes(self, entry: Entry) -> bool:
        if entry.act is not Act.UNDO:
            return entry.act.writes
        undone = self._by_hash.get(entry.undoes)
        return undone is None or undone.act.writes

    def _newest(self, some: Sequence[Entry]) -> tuple[Entry, ...]:
        newest = self.chain.newest(one.hash for one in some)
        return tuple(one for one in some if one.hash in newest)


class Chain:
    """Happens-before order of log entries; ``links`` is hash -> hashes of the predecessors.

    Each line names its predecessors by hash, so the lines form a directed acyclic graph as the
    commits of git do: branches that were merged line by line have two newest lines, which the next
    one joins. Memory is linear in the number of lines. A walk back never passes a join, a line
    that follows all earlier ones and that all later ones follow.

    Predecessors that are not there are left out. Raises ``ValueError`` for lines in a circle.
    """

    def __init__(self, links: Mapping[str, Sequence[str]]) -> None:
        self._links = {one: [it for it in before if it in links] for one, before in links.items()}
        try:
            self.order = tuple(TopologicalSorter(self._links).static_order())
        except CycleError as error:
            raise ValueError("lines follow each other in a circle") from error
        self._place = {one: at for at, one in enumerate(self.order)}
        self._section = self._sections()

    @property
    def heads(self) -> tuple[str, ...]:
        """The lines that no other one follows, sorted."""
        return heads(self._links)

    def newest(self, some: Iterable[str]) -> set[str]:
        """Those of the lines that none of the others was written in knowledge of."""
        wanted = set(some)
        if len(wanted) > 1:
            last = max(self._section[self._place[one]] for one in wanted)
            wanted = {one for one in wanted if self._section[self._place[one]] == last}
        return wanted - self._followed(wanted) if len(wanted) > 1 else wanted

    def _followed(self, some: Collection[str]) -> set[str]:
        """The lines that one of ``some`` follows, back to the earliest of them."""
        first = min(map(self._place.__getitem__, some))
        found: set[str] = set()
        left = [*some]
        while left:
            for before in self._links[left.pop()]:
                if before not in found and self._place[before] >= first:
                    found.add(before)
                    left.append(before)
        return found

    def _sections(self) -> list[int]:
        """The number of each place's section; a join begins one."""
        earliest = [min((self._place[it] for it in self._links[one]), default=-1)
                    for one in self.order]  # fmt: skip
        # For each place: the earliest one that a later line follows directly, -1 for nothing.
        later = [*accumulate(reversed(earliest), min, initial=len(earliest))][-2::-1]
        unfollowed: set[str] = set()
        sections, section = [], 0
        for place, one in enumerate(self.order):
            unfollowed.difference_update(self._links[one])
            unfollowed.add(one)
            section += len(unfollowed) == 1 and later[place] >= place
            sections.append(section)
        return sections
