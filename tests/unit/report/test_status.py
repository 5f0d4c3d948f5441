"""A commit status is green only where every check was made and nothing waits."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_visualdiff.report.status import status


def run(*statuses: str, **changes: Any) -> dict[str, Any]:
    named = {"test": "t", "key": "", "variant": "", "message": ""}
    checks = [{"status": one, "name": f"n{at}", **named} for at, one in enumerate(statuses)]
    return {"id": "r", "counts": {}, "checks": checks, **changes}


@pytest.mark.parametrize(
    ("data", "github", "gitlab", "said"),
    [
        (run("match", "created"), "success", "success", "0 of 2 checks wait for a decision"),
        (run("match", "mismatch", "new"), "failure", "failed", "2 of 3 checks wait"),
        (run("capture-error", "mismatch"), "error", "failed", "1 could not be made"),
        (run("match", interrupted=True), "error", "failed", "the run was interrupted"),
        (run(), "error", "failed", "0 of 0"),
    ],
)  # fmt: skip
def test_the_state_is_what_the_run_says(
    data: dict[str, Any], github: str, gitlab: str, said: str
) -> None:
    found = status(data)
    assert found["github"]["state"] == github
    assert found["gitlab"]["state"] == gitlab
    assert said in found["github"]["description"]
    assert len(found["github"]["description"]) <= 140


def test_the_link_leads_to_the_published_page() -> None:
    found = status(run("match", report_url="https://example.org/r"))
    assert found["github"]["target_url"] == "https://example.org/r/report.html"
    assert "target_url" not in status(run("match"))["gitlab"]
