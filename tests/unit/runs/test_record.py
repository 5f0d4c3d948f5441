"""The ledger: verdicts over attempts, one folder for a run, and its record."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff import clock
from pytest_visualdiff.errors import RunUnreadable, StoreError
from pytest_visualdiff.model import Status, Verdict
from pytest_visualdiff.runs import run_files as run
from pytest_visualdiff.runs.collector import RunCollector
from pytest_visualdiff.runs.folder import LATEST, RunFolder, new_id
from pytest_visualdiff.runs.history import MARKER, prune

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_visualdiff.runs.record import RunRecord

TEST = "t.py::test_a"
MATCH, MISMATCH, CREATED = Status.MATCH, Status.MISMATCH, Status.CREATED


def seen(
    status: Status, picture: str = "one", *, name: str = "home", attempt: int = 1, test: str = TEST
) -> Verdict:
    return Verdict(
        status=status,
        test=test,
        name=name,
        key=f"t/test_a/{name}.image.png",
        variant="image",
        message=f"{name!r} …",
        after=picture,
        attempt=attempt,
    )


# A test as it is reported: phases of one attempt or of more, each with its outcome and verdicts.
GOOD, BAD = ("passed", "failed")
Phase = tuple[str, str, list[Verdict]]


def attempt(
    *verdicts: Verdict, setup: str = GOOD, call: str = GOOD, end: str = GOOD
) -> list[Phase]:
    return [("setup", setup, []), ("call", call, list(verdicts)), ("teardown", end, [])]


def ledger(*phases: Phase) -> RunCollector:
    book = RunCollector()
    for when, outcome, verdicts in phases:
        book.report(TEST, when, failed=outcome == BAD, verdicts=verdicts)
    return book


SECOND = seen(CREATED, attempt=2)
DUPLICATE = seen(Status.USAGE_ERROR, "")
OTHER = seen(CREATED, name="other")
STORIES: dict[str, tuple[list[Phase], Verdict, str, bool]] = {
    "one attempt, all well": (attempt(seen(CREATED)), seen(CREATED), "", False),
    "checked in a fixture": (
        [("setup", GOOD, [seen(CREATED)]), ("call", GOOD, [])], seen(CREATED), "", False),
    "call failed": (attempt(seen(CREATED), call=BAD), seen(CREATED), "failed for another", False),
    "setup failed": (
        [("setup", BAD, [seen(CREATED)]), ("teardown", GOOD, [])], seen(CREATED), "failed", False),
    "teardown failed": (attempt(seen(CREATED), end=BAD), seen(CREATED), "another reason", False),
    "worker crashed": (
        [*attempt(seen(CREATED))[:2], ("???", BAD, [])], seen(CREATED), "another reason", False),
    "a rerun saw the same": (
        [*attempt(seen(CREATED), call=BAD), *attempt(SECOND)], SECOND, "", False),
    "a rerun saw another picture": (
        [*attempt(seen(CREATED), call=BAD), *attempt(replace(SECOND, after="two"))],
        replace(SECOND, after="two"), r"2 attempts saw different pictures \(flaky\)", False),
    "a rerun differed in its outcome": (
        [*attempt(seen(MISMATCH), call=BAD), *attempt(seen(MATCH, "", attempt=2))],
        seen(MATCH, "", attempt=2), "different pictures", True),
    "a rerun failed": (
        [*attempt(seen(CREATED), call=BAD), *attempt(SECOND, call=BAD)], SECOND, "failed", False),
    "a rerun failed in its setup": (
        [*attempt(seen(CREATED), call=BAD), *attempt(setup=BAD)[::2]], seen(CREATED), "failed",
        False),
    "a rerun never came to the check": (
        [*attempt(seen(CREATED), call=BAD), *attempt()], seen(CREATED), "last attempt", False),
    "the first setup came before the ledger": (
        attempt(seen(CREATED))[1:], seen(CREATED), "", False),
    "the same name twice in one attempt": (
        attempt(seen(CREATED), DUPLICATE, call=BAD), DUPLICATE, "failed", False),
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_what_becomes_of_a_test_over_its_attempts(story: str) -> None:
    """The last verdict counts, and a retry never launders a failure into a new baseline."""
    phases, final, refusal, flaky = STORIES[story]
    book = ledger(*phases)
    assert book.final()[-1] == final
    assert re.search(refusal, book.refusal(final)) if refusal else book.refusal(final) == ""
    assert book.flaky() == ((final.id,) if flaky else ())


def test_checks_and_tests_are_kept_apart() -> None:
    book = ledger(*attempt(seen(CREATED), OTHER))
    elsewhere = seen(CREATED, test="t.py::test_b")
    book.report("t.py::test_b", "call", failed=True, verdicts=[elsewhere])
    assert book.final() == (seen(CREATED), OTHER, elsewhere)
    assert [bool(book.refusal(one)) for one in book.final()] == [False, False, True]


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "out", "20260101-000000-aaaaaa")


def test_the_first_file_makes_the_folder_with_its_marker(folder: RunFolder) -> None:
    assert not folder.output.exists()
    assert folder.save("images/a.png", b"picture") == "images/a.png"
    assert folder.load("images/a.png") == b"picture"
    assert (folder.path / MARKER).is_file()
    assert (folder.output / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_a_folder_that_was_there_keeps_its_own_gitignore(folder: RunFolder) -> None:
    """Also ``--visualdiff-output-dir=.`` must not hide a project from git."""
    folder.output.mkdir()
    (folder.output / ".gitignore").write_text("*.log\n", encoding="utf-8")
    folder.save("a", b"x")
    assert (folder.output / ".gitignore").read_text(encoding="utf-8") == "*.log\n"


def test_baselines_on_another_drive_are_recorded_by_their_whole_path(
    folder: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_way(*_: object) -> str:
        raise ValueError("path is on mount 'C:', start on mount 'D:'")

    monkeypatch.setattr("os.path.relpath", no_way)
    run.record(folder, [], baseline_dir=tmp_path / "baselines", facts={})
    assert run.load(folder.output).baseline_dir == tmp_path / "baselines"


@pytest.mark.parametrize("relative", ["../evil", "a/../../../evil", "/evil", "a\0b", "", "."])
def test_nothing_is_saved_or_loaded_outside_the_folder(folder: RunFolder, relative: str) -> None:
    folder.save("a", b"x")
    before = sorted(folder.output.rglob("*"))
    with pytest.raises(StoreError, match="--visualdiff-output-dir"):
        folder.save(relative, b"x")
    with pytest.raises(RunUnreadable):
        folder.load(relative)
    assert sorted(folder.output.rglob("*")) == before


def test_an_output_folder_that_cannot_be_made_is_told_with_the_flag(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="--visualdiff-output-dir"):
        RunFolder(tmp_path / "file" / "out", "id").save("a", b"x")


def test_names_of_runs_are_unique_and_sort_by_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the clock of the whole world: no run sorts before an older one when clocks go back."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    monkeypatch.setattr(clock, "wall", lambda: 1_792_888_200.0)
    first, second = new_id(), new_id()
    assert first != second
    assert re.fullmatch(r"20261025-003000-[0-9a-f]{6}", first)


def record(folder: RunFolder, *verdicts: Verdict, **facts: Any) -> RunRecord:
    baselines = folder.output.parent / "baselines"
    return run.record(folder, verdicts, baseline_dir=baselines, facts=facts)


def test_a_recorded_run_is_the_latest_and_loads_as_it_was(folder: RunFolder) -> None:
    strange = replace(seen(MATCH), name="\ud800 <b>\n", title="\udfff é 😀")
    written_record = record(folder, seen(MISMATCH), strange, exit_status=1)
    loaded = run.load(folder.output)
    assert loaded.data == json.loads(json.dumps(written_record.to_dict()))
    written = replace(strange, name="\\ud800 <b>\n", title="\\udfff é 😀")
    assert loaded.checks == (seen(MISMATCH), written)
    assert loaded.folder == folder
    assert loaded.record.exit_status == 1
    assert loaded.baseline_dir.resolve() == folder.output.parent / "baselines"


def test_a_record_can_be_moved_with_its_project(folder: RunFolder) -> None:
    record(folder, seen(MISMATCH))
    text = (folder.path / "run.json").read_text(encoding="utf-8")
    assert str(folder.output.parent) not in text
    assert json.loads(text)["baseline_dir"] == "../baselines"
    assert json.loads(text)["schema"] == run.SCHEMA


def test_an_older_run_can_be_named(folder: RunFolder) -> None:
    newer = replace(folder, id="20260102-000000-bbbbbb")
    record(folder, seen(MATCH))
    record(newer)
    assert run.load(folder.output).folder == newer
    assert run.load(folder.output, folder.id).checks == (seen(MATCH),)


def test_where_no_run_is_the_user_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RunUnreadable, match="run pytest first"):
        run.load(tmp_path / "nowhere")


GOOD_CHECK = seen(MATCH).to_dict()
DAMAGED: list[tuple[Any, str]] = [
    (b"", "damaged"),
    (b"{", "damaged"),
    (b"\xff\xfe", "damaged"),
    ([], "damaged"),
    (None, "damaged"),
    ({}, "damaged"),
    ({"schema": 1, "baseline_dir": "b"}, "damaged"),
    ({"schema": 1, "checks": []}, "damaged"),
    ({"schema": 1, "baseline_dir": "b", "checks": 5}, "damaged"),
    ({"schema": 1, "baseline_dir": "b", "checks": [], "flaky": 5}, "flaky must be a list"),
    (b'{"schema": 1, "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deep"),
    ({"schema": 2, "tool": "pytest-visualdiff 9"}, "schema 2, this version reads 1.*visualdiff 9"),
    ({"schema": "1"}, "schema '1'"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "words"), DAMAGED)
def test_a_damaged_or_foreign_record_is_a_typed_error(
    folder: RunFolder, content: Any, words: str
) -> None:
    record(folder)
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    folder.save("run.json", data)
    with pytest.raises(RunUnreadable, match=words):
        run.load(folder.output)


@pytest.mark.parametrize(
    ("check", "why"),
    [
        ("x", "must be an object"),
        ({}, "status is missing"),
        ({**GOOD_CHECK, "status": "odd"}, "must be one of match"),
        ({**GOOD_CHECK, "differences": [1]}, "must be an object"),
        ({**GOOD_CHECK, "test": 5}, "test must be a text, not 5"),
        ({**GOOD_CHECK, "after": None}, "after must be a text, not None"),
        ({**GOOD_CHECK, "confidence": float("nan")}, "must be a number"),
        ({**GOOD_CHECK, "size": [1]}, "size must be a list of 2"),
        ({**GOOD_CHECK, "actual": "a\0b"}, "NUL"),
        ({**GOOD_CHECK, "name": ""}, "has no name"),
    ],
)
def test_a_check_that_cannot_be_read_is_refused_alone(
    folder: RunFolder, check: Any, why: str
) -> None:
    record(folder, seen(MATCH))
    data = json.loads((folder.path / "run.json").read_bytes())
    data["checks"].append(check)
    folder.save("run.json", json.dumps(data).encode())
    loaded = run.load(folder.output)
    assert loaded.checks == (seen(MATCH),)
    (refused,) = loaded.record.refused
    assert why in refused.why


def test_what_a_later_version_adds_to_a_check_is_left_out(folder: RunFolder) -> None:
    record(folder, seen(MATCH))
    data = json.loads((folder.path / "run.json").read_bytes())
    data["checks"][0]["new"] = 1
    folder.save("run.json", json.dumps(data).encode())
    assert run.load(folder.output).checks == (seen(MATCH),)


@pytest.mark.parametrize("pointer", [b"", b"gone", b"\xff", b"../..", b"a\0b"])
def test_a_damaged_pointer_to_the_latest_run_is_a_typed_error(
    folder: RunFolder, pointer: bytes
) -> None:
    record(folder)
    (folder.output / LATEST).write_bytes(pointer)
    with pytest.raises(RunUnreadable):
        run.load(folder.output)


def test_pruning_keeps_the_newest_and_whatever_is_not_ours(tmp_path: Path) -> None:
    """Only a folder that carries our marker is deleted, and never what a link points to."""
    output, precious = tmp_path / "out", tmp_path / "precious"
    runs = [RunFolder(output, f"2026010{day}-000000-aaaaaa") for day in range(1, 6)]
    for one in runs:
        one.save("images/a.png", b"x")
        one.save("run.json", b"{}")
    (precious / "photos").mkdir(parents=True)
    (precious / MARKER).write_text("", encoding="utf-8")
    (output / "00-linked").symlink_to(precious)
    (output / "00-foreign" / MARKER).mkdir(parents=True)
    (output / "00-file").write_text("", encoding="utf-8")

    assert prune(output, 2) == [one.id for one in runs[:3]]
    left = {path.name for path in output.iterdir()}
    assert left == {".gitignore", "00-linked", "00-foreign", "00-file", runs[3].id, runs[4].id}
    assert (precious / "photos").is_dir()
    assert prune(output, 2) == []
    assert prune(output, 0) == [runs[3].id, runs[4].id]


def test_a_record_of_an_earlier_version_is_read_with_the_present_words(tmp_path: Path) -> None:
    """A check without a baseline was called missing, as a kind of difference is."""
    folder = RunFolder(tmp_path, "20260101-000000-aaaaaa")
    verdict = Verdict(Status.NEW, "t.py::test", "page", "k", "v", "")
    facts = {"counts": {"new": 1, "match": 2}}
    data = run.record(folder, [verdict], baseline_dir=tmp_path / "baselines", facts=facts).to_dict()
    data["checks"][0]["status"] = "missing"
    data["counts"] = {"missing": 1, "match": 2}
    folder.save("run.json", json.dumps(data).encode())
    found = run.load(tmp_path)
    assert found.checks == (verdict,)
    assert found.data["counts"] == {"new": 1, "match": 2}
    assert found.data["checks"][0]["status"] == "new"


def test_a_verdict_does_not_vanish_where_its_name_is_used_again() -> None:
    """A soft difference, then a second check of the same name, which is refused."""
    soft = Verdict(Status.MISMATCH, "t.py::test", "page", "k", "v", "differs")
    refused = Verdict(Status.USAGE_ERROR, "t.py::test", "page", "", "", "twice")
    collector = RunCollector()
    for attempt in (1, 2):
        both = [replace(one, attempt=attempt) for one in (soft, refused)]
        collector.report("t.py::test", "call", failed=True, verdicts=both)
    assert [one.status for one in collector.final()] == [Status.MISMATCH, Status.USAGE_ERROR]
    assert collector.flaky() == ()
