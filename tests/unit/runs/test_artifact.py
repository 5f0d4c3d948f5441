"""A run from a folder or a zip; a hostile zip is refused, and writes nothing anywhere."""

from __future__ import annotations

import shutil
import stat
import struct
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.errors import ArtifactRefused, RunUnreadable
from pytest_visualdiff.runs import artifact
from pytest_visualdiff.runs.artifact import open_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runs import Review


def packed(review: Review, name: str = "artifact.zip", below: str = "") -> Path:
    """A zip of the output folder, as CI systems make one."""
    path = review.path / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(review.folder.output.rglob("*")):
            if file.is_file():
                archive.write(file, below + file.relative_to(review.folder.output).as_posix())
    return path


@pytest.mark.parametrize("below", ["", ".visualdiff/", "a/b/"])
def test_a_zip_of_the_output_folder_holds_its_run(review: Review, below: str) -> None:
    run = open_run(packed(review, below=below), review.path / "here")
    assert run.checks == review.run.checks
    assert run.folder.id == review.folder.id
    assert run.folder.load(run.checks[0].actual) == review.folder.load(run.checks[0].actual)
    assert (review.path / "here" / ".gitignore").exists()


def test_a_zip_is_unpacked_once_and_pages_stay_in_it(review: Review) -> None:
    (review.folder.path / "report.html").write_text("<script>")
    source, here = packed(review), review.path / "here"
    first = open_run(source, here)
    before = sorted(here.rglob("*"))
    assert not (first.folder.path / "report.html").exists()
    assert open_run(source, here) == first
    assert sorted(here.rglob("*")) == before


def test_only_the_newest_zips_stay_unpacked(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifact, "MOST_IMPORTED", 2)
    for number in range(4):
        review.folder.save("images/extra.png", bytes([number]))
        open_run(packed(review), review.path / "here")
    assert len(list((review.path / "here" / "imported").iterdir())) == 2


@pytest.mark.parametrize("where", ["run", "output", "above"])
def test_a_folder_is_its_run_or_holds_it(review: Review, where: str) -> None:
    folders = {
        "run": review.folder.path,
        "output": review.folder.output,
        "above": review.folder.output.parent,
    }
    assert open_run(folders[where], review.path / "here") == review.run
    assert not (review.path / "here").exists()


def test_of_several_runs_the_latest_is_meant_or_the_one_that_is_named(review: Review) -> None:
    other = review.folder.output / "20250101-000000-eeeeee"
    shutil.copytree(review.folder.path, other)
    assert open_run(review.folder.output, review.path) == review.run
    assert open_run(review.folder.output, review.path, other.name).folder.id == other.name
    (review.folder.output / "latest").unlink()
    with pytest.raises(RunUnreadable, match=r"must hold one run; it has 2.*choose with --run"):
        open_run(review.folder.output, review.path)


@pytest.mark.parametrize("what", ["nowhere.zip", "empty"])
def test_what_holds_no_run_is_told(review: Review, what: str) -> None:
    (review.path / "empty").mkdir()
    with pytest.raises(RunUnreadable, match=r"there is no folder or zip|must hold one run"):
        open_run(review.path / what, review.path / "here")


def entry(name: str, **changes: Any) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    for attribute, value in changes.items():
        setattr(made, attribute, value)
    return made


def mode(kind: int) -> dict[str, int]:
    return {"external_attr": (kind | 0o644) << 16, "create_system": 3}


def edited(*replacements: tuple[bytes, bytes]) -> Callable[[bytes], bytes]:
    def edit(data: bytes) -> bytes:
        for old, new in replacements:
            assert old in data
            data = data.replace(old, new)
        return data

    return edit


def flagged(data: bytes) -> bytes:
    """The first entry claims to be encrypted, in both of its headers."""
    for signature, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        start = data.index(signature)
        data = data[: start + at] + struct.pack("<H", 1) + data[start + at + 2 :]
    return data


def shared(data: bytes) -> bytes:
    """A second name in the directory for the bytes of the first entry."""
    start, end = data.index(b"PK\1\2"), data.index(b"PK\5\6")
    first = data[start:end]
    tail = bytearray(data[end:])
    struct.pack_into("<HHI", tail, 8, 2, 2, 2 * len(first))
    return data[:end] + first.replace(b"one.png", b"two.png") + bytes(tail)


def quoted(data: bytes) -> bytes:
    """The second entry begins inside of the packed bytes of the first, which it shares."""
    first = data.index(b"PK\3\4")
    inner = data.index(b"PK\3\4", first + 4)  # a stored copy of a header, in the first's bytes
    at = data.index(b"PK\1\2", data.index(b"PK\1\2") + 4)  # the second one's directory entry
    return data[: at + 42] + struct.pack("<I", inner) + data[at + 46 :]


ATTACKS: dict[str, tuple[list[tuple[zipfile.ZipInfo, bytes]], Callable[[bytes], bytes], str]] = {
    "climbs": ([(entry("../evil.png"), b"x")], edited(), "leads out"),
    "climbs inside": ([(entry("a/../../evil.png"), b"x")], edited(), "leads out"),
    "absolute": ([(entry("/evil.png"), b"x")], edited(), "no relative path"),
    "drive": ([(entry("C:/evil.png"), b"x")], edited(), "no relative path"),
    "backslash": ([(entry("..\\evil.png"), b"x")], edited(), "no relative path"),
    "null": ([(entry("evilX.png"), b"x")], edited((b"evilX", b"evil\0")), "no relative path"),
    "link": ([(entry("evil.png", **mode(stat.S_IFLNK)), b"/etc/passwd")], edited(), "a link"),
    "device": ([(entry("evil.png", **mode(stat.S_IFCHR)), b"")], edited(), "a link or a device"),
    "twice": ([(entry("x.png"), b"1"), (entry("X.png"), b"2")], edited(), "comes twice"),
    "encrypted": ([(entry("x.png"), b"1")], flagged, "is encrypted"),
    "bzip2": ([(entry("x.png", compress_type=zipfile.ZIP_BZIP2), b"1")], edited(), "unusual way"),
    "bomb": (
        [(entry("x.png", compress_type=zipfile.ZIP_DEFLATED), bytes(40_000_000))],
        edited(),
        "a bomb",
    ),
    "shared bytes": ([(entry("one.png"), bytes(500))], shared, "overlap"),
    "an entry inside another": (
        [(entry("x.png"), b"PK\3\4" + bytes(26) + b"y.png" + bytes(500)), (entry("y.png"), b"1")],
        quoted,
        "overlap",
    ),
    "file as folder": ([(entry("x.png"), b"1"), (entry("x.png/y.png"), b"2")], edited(), "unpack"),
    "damaged": ([(entry("x.png"), b"right")], edited((b"right", b"wrong")), "Bad CRC"),
    "no zip": ([], lambda _: b"GIF89a", "is no zip"),
    "cut": ([(entry("x.png"), b"1")], lambda data: data[:-30], "is no zip"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_hostile_zip_is_refused_and_nothing_of_it_stays(tmp_path: Path, attack: str) -> None:
    entries, edit, words = ATTACKS[attack]
    source = tmp_path / "a" / "b" / "artifact.zip"
    source.parent.mkdir(parents=True)
    with zipfile.ZipFile(source, "w") as archive:
        for info, data in entries:
            archive.writestr(info, data)
    source.write_bytes(edit(source.read_bytes()))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(RunUnreadable, match=words):
        open_run(source, tmp_path / "a" / "b" / "here")
    left = {*tmp_path.rglob("*")} - {*before, *(tmp_path / "a" / "b" / "here").rglob("*")}
    assert left <= {tmp_path / "a" / "b" / "here"}
    assert not list((tmp_path / "a" / "b" / "here" / "imported").glob("*"))


@pytest.mark.parametrize(("limit", "most"), [("MOST_FILES", 3), ("MOST_BYTES", 100)])
def test_too_many_files_or_bytes_are_refused_before_one_is_written(
    review: Review, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    monkeypatch.setattr(artifact, limit, most)
    words = f"allowed are {most}|at most {most} are allowed"
    with pytest.raises(ArtifactRefused, match=words):
        open_run(packed(review), review.path / "here")
    assert not list((review.path / "here" / "imported").glob("*"))
