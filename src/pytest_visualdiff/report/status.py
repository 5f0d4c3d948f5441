"""``status.json``: what a commit status needs, as the APIs of GitHub and GitLab take it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.files import write_atomically
from pytest_visualdiff.runs.record import RunRecord, good, waits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONTEXT = "visualdiff"


def write(data: Mapping[str, Any], folder: Path) -> Path:
    """Write ``status.json`` into the run's folder; returns its path."""
    path = folder / "status.json"
    write_atomically(path, json.dumps(status(data), indent=1).encode())
    return path


def status(data: Mapping[str, Any]) -> dict[str, Any]:
    """The request bodies for ``POST /repos/…/statuses/SHA`` (``github``) and
    ``POST /projects/…/statuses/SHA`` (``gitlab``), and the counts.
    """
    run = RunRecord.from_dict(data)
    waiting = sum(map(waits, run.verdicts))
    lost = sum(not (waits(one) or good(one)) for one in run.verdicts) + len(run.refused)
    broken = bool(lost or run.interrupted or run.crashed or not run.checks)
    state = "error" if broken else "failure" if waiting else "success"
    said = f"{waiting} of {len(run.checks)} checks wait for a decision"
    said += f", {lost} could not be made" if lost else ""
    said += "; the run was interrupted" if run.interrupted else ""
    url = run.report_url
    link = {"target_url": f"{url.rstrip('/')}/report.html"} if url else {}
    gitlab = "success" if state == "success" else "failed"
    return {
        "schema": 1,
        "run": run.id,
        "counts": dict(run.counts),
        "waiting": waiting,
        "not_compared": lost,
        "github": {"state": state, "context": CONTEXT, "description": said, **link},
        "gitlab": {"state": gitlab, "name": CONTEXT, "description": said, **link},
    }
