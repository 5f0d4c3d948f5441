"""A run from elsewhere: a folder, or the zip that a CI system made of one.

A zip is hostile input. Only pictures and records are taken out of it, into a folder of the output
folder that is named by the zip's SHA-256; all of it is refused where one entry would lead
elsewhere, is no plain file, comes twice, is encrypted, or would fill the disk.
"""

from __future__ import annotations

import hashlib
import shutil
import stat
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from pytest_visualdiff.errors import ArtifactRefused, RunUnreadable
from pytest_visualdiff.files import inside
from pytest_visualdiff.runs import run_files
from pytest_visualdiff.runs.folder import LATEST, make_output
from pytest_visualdiff.runs.history import MARKER, UNFINISHED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_visualdiff.runs.run_files import Run

IMPORTED = "imported"
"""Below the output folder: one folder for each zip."""

MOST_IMPORTED = 10
"""Zips that are kept unpacked; the oldest make room."""

MOST_FILES = 100_000
MOST_BYTES = 8 * 2**30
"""Bytes of all unpacked files together."""

MOST_GROWTH = 20
"""Unpacked size of all files over the size of the zip. Pictures hardly shrink, and a record shrinks
to about a tenth."""

SMALL = 32 * 2**20
"""Bytes that any zip may unpack to, whatever its own size."""

_TAKEN = (".png", ".json", ".jsonl")
_CHUNK = 2**20

_HEADER = 30
"""Bytes of an entry's own header without its name (APPNOTE.TXT, 4.3.7)."""


def open_run(source: Path, output: Path, run_id: str = "") -> Run:
    """The run in a folder (its own, or the output folder that holds it) or in a zip.

    A zip is unpacked below ``output``, once. Raises ``ArtifactRefused`` for a hostile zip, and
    ``RunUnreadable`` for what holds no run, or several without ``latest`` to say which.
    """
    if source.is_dir():
        return _in_folder(source, run_id)
    try:
        name = _digest(source)[:16]
        folder = output / IMPORTED / name
        if not folder.exists():
            make_output(output)
            _unpack(source, folder)
    except FileNotFoundError as error:
        raise RunUnreadable(f"there is no folder or zip {source}") from error
    except OSError as error:
        raise RunUnreadable(f"cannot unpack {source}: {error}") from error
    return _in_folder(folder, run_id)


def _digest(source: Path) -> str:
    found = hashlib.sha256()
    with source.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def _in_folder(source: Path, run_id: str) -> Run:
    """The run of a folder that is one, or holds some, maybe deeper, as artifacts do."""
    there = sorted(
        {path.parent for name in ("run.json", UNFINISHED) for path in _found(source, name)}
    )
    chosen = [path for path in there if path.name == run_id] if run_id else there
    latest = [path for path in chosen if _names(path.parent / LATEST) == path.name]
    chosen = latest if len(chosen) > 1 and len(latest) == 1 else chosen
    if len(chosen) != 1:
        names = ", ".join(path.name for path in there) or "none"
        wanted = f"run {run_id!r}" if run_id else "one run"
        raise RunUnreadable(f"{source} must hold {wanted}; it has {names}: choose with --run")
    return run_files.load(chosen[0].parent, chosen[0].name)


def _found(source: Path, name: str) -> Iterator[Path]:
    depth = ("", "*/", "*/*/", "*/*/*/")
    return (path for some in depth for path in source.resolve().glob(f"{some}{name}"))


def _names(latest: Path) -> str:
    try:
        return latest.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""


def _unpack(source: Path, folder: Path) -> None:
    """All of it or nothing: into a folder beside, which then gets its name."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _make_room(folder.parent)
    beside = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=folder.parent))
    try:
        with zipfile.ZipFile(source) as archive:
            wanted = _checked(archive.infolist(), source)
            for entry in wanted:
                _extract(archive, entry, beside)
        beside.rename(folder)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        raise ArtifactRefused(f"{source} is no zip that can be used: {error}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _make_room(imported: Path) -> None:
    old = sorted((path for path in imported.iterdir() if path.is_dir()), key=_age)
    for path in old[: max(0, len(old) - MOST_IMPORTED + 1)]:
        shutil.rmtree(path, ignore_errors=True)


def _age(path: Path) -> float:
    return path.stat().st_mtime


def _checked(entries: Sequence[zipfile.ZipInfo], source: Path) -> list[zipfile.ZipInfo]:
    """The entries to take, after every entry was looked at."""
    if len(entries) > MOST_FILES:
        raise ArtifactRefused(f"{source} has {len(entries)} entries, allowed are {MOST_FILES}")
    _check_growth(entries, source)
    names: set[str] = set()
    for entry in entries:
        problem = _problem(entry)
        if entry.filename.casefold() in names:
            problem = "comes twice"
        if problem:
            raise ArtifactRefused(f"{source} was refused: its entry {entry.filename!r} {problem}")
        names.add(entry.filename.casefold())
    return [one for one in entries if not one.is_dir() and _is_ours(one.filename)]


def _check_growth(entries: Sequence[zipfile.ZipInfo], source: Path) -> None:
    """Refuse a bomb: files that share their packed bytes, or unpack to far more than the zip."""
    size, end = source.stat().st_size, 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < end:
            raise ArtifactRefused(f"{source} was refused: its entries overlap (a bomb)")
        end = entry.header_offset + _HEADER + len(entry.filename) + entry.compress_size
    total = sum(entry.file_size for entry in entries)
    most = min(MOST_BYTES, max(SMALL, MOST_GROWTH * size))
    if total > most or end > size:
        raise ArtifactRefused(
            f"{source} was refused: its {size:,} bytes unpack to {total:,}, at most {most:,} are"
            " allowed (a bomb)"
        )


def _is_ours(name: str) -> bool:
    return name.endswith(_TAKEN) or PurePosixPath(name).name in (MARKER, LATEST)


def _problem(entry: zipfile.ZipInfo) -> str:
    """Why an entry is refused; empty where it is not."""
    name, kind = entry.filename, stat.S_IFMT(entry.external_attr >> 16)
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or ":" in parts[0] or "\0" in entry.orig_filename:
        return "has no relative path"
    if ".." in parts:
        return "leads out of the folder"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is no plain file (a link or a device)"
    return _packing(entry)


def _packing(entry: zipfile.ZipInfo) -> str:
    if entry.flag_bits & 0x1:
        return "is encrypted"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in an unusual way"
    return ""


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    path = inside(folder, entry.filename)
    path.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(entry) as packed, path.open("xb") as file:
        shutil.copyfileobj(packed, file, _CHUNK)
