"""Approval as a patch for ``git apply``: nothing is written but one file, the log line included.

Pictures are written as git's binary literals: zlib, then base 85 in lines of 52 bytes (git's
documentation of ``git-apply`` and its ``base85.c``; Python's ``b85encode`` has the same alphabet).
"""

from __future__ import annotations

import base64
import difflib
import hashlib
import os
import string
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_visualdiff.baselines.audit_log import FILE, Act, Entry, as_text
from pytest_visualdiff.errors import BaselineChanged, StoreError
from pytest_visualdiff.files import write_atomically
from pytest_visualdiff.images.png import digest
from pytest_visualdiff.model import BaselineKey
from pytest_visualdiff.review.actor import existing, git
from pytest_visualdiff.review.approval import actual_image
from pytest_visualdiff.review.decisions import Outcome, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_visualdiff.review.decisions import Decisions

_LINE = 52
_LENGTHS = string.ascii_uppercase + string.ascii_lowercase
_NONE = "0" * 40
_ESCAPES = {ord('"'): '\\"', ord("\\"): "\\\\"}


def patch(made: Decisions, ids: Sequence[str], reason: str = "") -> tuple[bytes, list[Outcome]]:
    """The patch that approves the checks, and those that were refused."""
    transaction, root = made.transaction, _root(made.transaction.baselines)
    parts: list[bytes] = []
    entries: list[Entry] = []
    refused: list[Outcome] = []
    for id_ in ids:
        verdict = made.checks[id_]
        if id_ in made.refused:
            refused.append(Outcome(id_, State.REFUSED, error=made.refused[id_]))
            continue
        key = BaselineKey(verdict.key)
        try:
            new, old = (
                actual_image(verdict, made.run.folder),
                transaction.store.read(key) or b"",
            )
            if (digest(old) if old else "") != verdict.before:
                raise BaselineChanged(
                    f"the baseline {transaction.store.describe(key)} has changed since this picture"
                    " was compared with it: run the test again, look, and approve again"
                )
        except StoreError as error:
            refused.append(Outcome(id_, State.WAITING, error=str(error)))
            continue
        parts.append(_binary(_shown(transaction.baselines / verdict.key, root), old, new))
        entries.append(transaction.entry(Act.APPROVE, verdict, run=made.run.folder.id, why=reason))
    if entries:
        before = b"".join(line + b"\n" for line in transaction.log.lines())
        after = before + as_text(transaction.log.chained(entries))
        parts.append(_text(_shown(transaction.baselines / FILE, root), before, after))
    return b"".join(parts), refused


def write(target: str, text: bytes) -> None:
    """Write the patch to a file, or print it for ``-``; raises ``StoreError``."""
    if target == "-":
        sys.stdout.buffer.write(text)
        return
    try:
        write_atomically(Path(target), text)
    except OSError as error:
        raise StoreError(f"cannot write {target}: {error}") from error


def _root(baselines: Path) -> Path:
    """Where ``git apply`` takes paths from: the top of the work tree, else this folder."""
    top = git(existing(baselines), "rev-parse", "--show-toplevel").decode("utf-8").strip()
    return Path(top) if top else Path.cwd()


def _shown(path: Path, root: Path) -> str:
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError as error:
        raise StoreError(f"{path} lies outside of {root}: no patch can name it") from error


def _binary(name: str, old: bytes, new: bytes) -> bytes:
    mode = b"" if old else b"new file mode 100644\n"
    ids = f"index {_blob(old)}..{_blob(new)}{' 100644' if old else ''}\n".encode()
    head = f"diff --git {_named(f'a/{name}')} {_named(f'b/{name}')}\n".encode()
    return head + mode + ids + b"GIT binary patch\n" + _literal(new) + _literal(old)


def _blob(data: bytes) -> str:
    """The id that git gives the file; all zeros for none."""
    if not data:
        return _NONE
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _literal(data: bytes) -> bytes:
    lines = b"".join(_encoded(zlib.compress(data)))
    return b"literal %d\n" % len(data) + lines + b"\n"


def _encoded(packed: bytes) -> Iterator[bytes]:
    for at in range(0, len(packed), _LINE):
        part = packed[at : at + _LINE]
        padded = part + b"\0" * (-len(part) % 4)
        yield _LENGTHS[len(part) - 1].encode() + base64.b85encode(padded) + b"\n"


def _named(name: str) -> str:
    """A path as git writes it in a patch: in quotes where a sign would be misread."""
    raw = os.fsencode(name)
    if all(0x20 <= one < 0x7F and one not in b'"\\' for one in raw):
        return name
    signs = (
        _ESCAPES.get(one) or (chr(one) if 0x20 <= one < 0x7F else f"\\{one:03o}") for one in raw
    )
    return f'"{"".join(signs)}"'


def _text(name: str, old: bytes, new: bytes) -> bytes:
    before, after = _named(f"a/{name}"), _named(f"b/{name}")
    source = before if old else "/dev/null"
    hunks = "".join(difflib.unified_diff(_lines(old), _lines(new), source, after))
    mode = "" if old else "new file mode 100644\n"
    return f"diff --git {before} {after}\n{mode}{hunks}".encode("utf-8", "surrogateescape")


def _lines(text: bytes) -> list[str]:
    return [f"{line}\n" for line in text.decode("utf-8", "surrogateescape").split("\n")[:-1]]
