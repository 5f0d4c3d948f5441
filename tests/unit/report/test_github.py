"""What GitHub shows of a run: nothing of a test can break out of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.report import github
from pytest_visualdiff.runs.groups import Group
from pytest_visualdiff.runs.record import RunRecord

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

HOSTILE = "a%,:\r\n::error::x | <script>alert(1)</script> `b` [x](javascript:1) ```; rm -rf ~"


def check(**changes: Any) -> dict[str, Any]:
    return {
        "status": "mismatch",
        "test": "tests/test_home.py::test_home[chrome]",
        "name": "home",
        "key": "k.png",
        "variant": "chrome-linux-1280x800@1x",
        "message": "'home' differs\n  'moved' at (1, 2)",
        "location": "tests/test_home.py:7",
        "actual": "images/home.actual.png",
        "expected": "images/home.expected.png",
        "diff": "images/ho me.diff.png",
        **changes,
    }


def data(*checks: dict[str, Any], **changes: Any) -> dict[str, Any]:
    known = {"id": "r", "counts": {"mismatch": len(checks)}, "flaky": [], "checks": [*checks]}
    return {**known, **changes}


def record(*checks: dict[str, Any], **changes: Any) -> RunRecord:
    return RunRecord.from_dict(data(*checks, **changes))


def test_an_error_is_shown_on_the_line_of_the_test() -> None:
    (line,) = github.commands(record(check()), "web/")
    assert line == (
        "::error file=web/tests/test_home.py,line=7,"
        "title=home [chrome-linux-1280x800@1x]%3A mismatch"
        "::'home' differs%0A  'moved' at (1, 2)"
    )


def test_only_what_failed_is_told_and_no_more_than_github_shows() -> None:
    statuses = ("match", "created", "updated", "skipped")
    fine = [check(status=status, variant=status) for status in statuses]
    assert list(github.commands(record(*fine))) == []
    lines = list(
        github.commands(record(*[check(location=f"t.py:{at}", test=f"t.py::test_{at}")
                                 for at in range(13)], flaky=["t::x"]))
    )  # fmt: skip
    assert [line.split()[0] for line in lines] == ["::error"] * 10 + ["::warning", "::notice"]
    assert "3 more lines of tests failed" in lines[-1]


def test_nothing_of_a_test_breaks_out_of_a_command() -> None:
    hostile = check(name=HOSTILE, message=HOSTILE, location=HOSTILE, variant=HOSTILE)
    (line,) = github.commands(record(hostile, flaky=[]))
    assert "\n" not in line
    assert "\r" not in line
    properties, _, _ = line.removeprefix("::error ").partition("::")
    assert [one.split("=")[0] for one in properties.split(",")] == ["file", "line", "title"]


def test_nothing_of_a_test_breaks_out_of_the_summary() -> None:
    hostile = check(name=HOSTILE, message=f"{HOSTILE}\n</pre>\n# x", test=HOSTILE, variant=HOSTILE)
    text = github.summary(record(hostile, report_url="https://example.org/r"))
    assert "<script" not in text.partition("```")[0]
    assert "rm -rf" in text.partition("```sh")[2].partition("'")[2].partition("'")[0]
    assert text.count("</pre>") == 1
    outside = re.sub("<pre>.*?</pre>", "", text)  # which Markdown takes as it is
    assert "](javascript" not in outside.partition("```")[0]
    assert outside.count("```") == 2
    assert "\n# x" not in text


def test_pictures_are_linked_where_they_are_published() -> None:
    text = github.summary(record(check(), report_url="https://example.org/run/"))
    assert '<img src="https://example.org/run/images/ho%20me.diff.png" width="260"' in text
    assert "<img" not in github.summary(record(check()))


def test_the_summary_says_how_to_accept_and_stays_below_the_limit() -> None:
    text = github.summary(record(check()))
    assert "visualdiff approve 'tests/test_home.py::test_home[chrome]' --from artifact.zip" in text
    huge = github.summary(
        record(*[check(message="x" * 100_000, variant=f"v{at}") for at in range(40)])
    )
    assert len(huge.encode()) < 2**20
    assert "… and 32 more" in huge


def test_it_is_added_to_the_file_that_github_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "project" / ".visualdiff" / "r"
    folder.mkdir(parents=True)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.setenv("GITHUB_ACTIONS", "")
    assert github.write(data(check()), folder) == folder / "summary.md"
    assert capsys.readouterr().out == ""
    target = tmp_path / "summary.md"
    target.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(target))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    assert github.write(data(check()), folder) is None
    assert target.read_text().startswith("before\n## Visual checks: 1 mismatch")
    assert capsys.readouterr().out.startswith("\n::error file=project/tests/test_home.py,line=7,")


def test_a_line_of_a_test_has_one_annotation_whatever_many_windows_it_ran_in() -> None:
    (line,) = github.commands(record(*[check(variant=f"v{at}") for at in range(48)]))
    assert "title=home [v0] and 47 more%3A mismatch" in line


def test_the_same_change_in_many_checks_is_told_once_with_its_command() -> None:
    run = record(*[check(variant=f"v{at}") for at in range(48)], check(test="t.py::test_other"))
    alike = Group("a1b2c3d4e5f60718", "`#buy` <b> moved", tuple(one.id for one in run.checks[:48]))
    text = github.summary(run, [alike])
    assert text.count("###") == 2
    assert "&#96;&#35;buy&#96; &#60;b&#62; moved" in text
    assert "in 48 checks:" in text
    assert "… and 38 more" in text
    assert "visualdiff approve --group a1b2c3d4 --from artifact.zip" in text
    assert "visualdiff approve t.py::test_other --from artifact.zip" in text
