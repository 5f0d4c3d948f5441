"""The HTML report: the viewer, read-only, drawn from run.json's data alone.

Readable from ``file://``; it loads nothing but the run's pictures, and a single file not even them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_visualdiff.files import write_atomically
from pytest_visualdiff.model import Verdict
from pytest_visualdiff.report.content import content, held, pictures
from pytest_visualdiff.report.document import document
from pytest_visualdiff.runs.folder import RunFolder
from pytest_visualdiff.runs.groups import groups

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "report.html"


def write(data: Mapping[str, Any], folder: Path) -> Path:
    """Write ``report.html`` into the run's folder; returns its path."""
    path = folder / NAME
    write_atomically(path, _bytes(data, folder))
    return path


def write_single(data: Mapping[str, Any], folder: Path, path: Path) -> Path:
    """Write the report as one file that holds the run's pictures, too; returns its path."""
    write_atomically(path, _bytes(data, folder, pictures=held(pictures(data), folder)))
    return path


def _bytes(data: Mapping[str, Any], folder: Path, **more: Any) -> bytes:
    # A page's title may hold half a character, which UTF-8 cannot.
    return render(data, folder, **more).encode("utf-8", "backslashreplace")


def render(data: Mapping[str, Any], folder: Path, **more: Any) -> str:
    """The page as text; ``more`` are further entries of its content."""
    counts = ", ".join(f"{number} {name}" for name, number in data.get("counts", {}).items())
    shown = content(data, folder, groups=same_changes(data, folder), **more)
    return document(shown, title=f"visualdiff: {counts or 'no checks'}")


def same_changes(data: Mapping[str, Any], folder: Path) -> list[dict[str, Any]]:
    """The groups of checks that show the same change; a check that is alone is in none."""
    checks = [Verdict.from_dict(check) for check in data["checks"]]
    found = groups(checks, RunFolder(folder.parent, folder.name))
    return [one.to_dict() for one in found if len(one.members) > 1]
