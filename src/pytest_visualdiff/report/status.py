"""``status.json``: what a commit status needs, as the APIs of GitHub and GitLab take it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.files import write_atomically
from pytest_visualdiff.model import Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONTEXT = "visualdiff"

_WAITS = ("mismatch", "new")

SETTLED = (*(status.value for status in Status if status.passed), Status.SKIPPED.value)
"""Statuses of checks that nobody has to look at."""


def write(data: Mapping[str, Any], folder: Path) -> Path:
    """Write ``status.json`` into the run's folder; returns its path."""
    path = folder / "status.json"
    write_atomically(path, json.dumps(status(data), indent=1).encode())
    return path


def status(data: Mapping[str, Any]) -> dict[str, Any]:
    """The request bodies for ``POST /repos/…/statuses/SHA`` (``github``) and
    ``POST /projects/…/statuses/SHA`` (``gitlab``), and the counts.
    """
    waits = sum(check["status"] in _WAITS for check in data["checks"])
    lost = sum(check["status"] not in (*_WAITS, *SETTLED) for check in data["checks"])
    broken = bool(lost or data.get("interrupted") or data.get("crashed") or not data["checks"])
    state = "error" if broken else "failure" if waits else "success"
    said = f"{waits} of {len(data['checks'])} checks wait for a decision"
    said += f", {lost} could not be made" if lost else ""
    said += "; the run was interrupted" if data.get("interrupted") else ""
    url = str(data.get("report_url", ""))
    link = {"target_url": f"{url.rstrip('/')}/report.html"} if url else {}
    gitlab = "success" if state == "success" else "failed"
    return {
        "schema": 1,
        "run": data["id"],
        "counts": data["counts"],
        "waiting": waits,
        "not_compared": lost,
        "github": {"state": state, "context": CONTEXT, "description": said, **link},
        "gitlab": {"state": gitlab, "name": CONTEXT, "description": said, **link},
    }
