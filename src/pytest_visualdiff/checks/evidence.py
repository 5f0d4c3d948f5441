"""Stores the pictures of a check in the run folder, for the person who decides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_visualdiff.baselines import provenance
from pytest_visualdiff.checks.decision import notes_on_environment
from pytest_visualdiff.errors import StoreError
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.images.change_signature import with_signature
from pytest_visualdiff.model import BaselineKey, Status, Verdict

if TYPE_CHECKING:
    from pytest_visualdiff.checks.closest import Closest
    from pytest_visualdiff.checks.services import CheckServices
    from pytest_visualdiff.comparison.result import Comparison
    from pytest_visualdiff.model import Screenshot
    from pytest_visualdiff.runs.folder import RunFolder


def save(
    verdict: Verdict, shot: Screenshot, best: Closest | None, folder: RunFolder, suffix: str
) -> Verdict:
    """Store the pictures of a check unless it matches; returns the verdict with their paths.

    ``suffix`` distinguishes further attempts of the test (``TestIdentity.file_suffix``). The actual
    image gets its provenance here, so that approving it is a copy of bytes.
    """
    if verdict.status is Status.MATCH:
        return verdict
    from pytest_visualdiff.images.codec import compact

    made = provenance.texts(shot, verdict.limits)
    actual = png_file.vouch(compact(shot.png), shot.png, made)
    if shot.layout is not None:
        from pytest_visualdiff.layouts.storage import with_layout

        actual = with_layout(actual, shot.layout)
    baseline = best.baseline.png if best else b""
    expected_made = png_file.texts(baseline) if baseline else {}
    stem = f"images/{verdict.key.removesuffix('.png')}{suffix}"
    recorded = replace(
        with_signature(verdict, baseline, shot.png),
        after=png_file.digest(actual),
        environment=made,
        baseline_environment=expected_made,
        notes=(*verdict.notes, *notes_on_environment(expected_made, made)),
    )
    try:
        return replace(
            recorded,
            actual=folder.save(f"{stem}.actual.png", actual),
            expected=folder.save(f"{stem}.expected.png", baseline) if baseline else "",
            diff=_save_diff(f"{stem}.diff.png", best.comparison, folder) if best else "",
        )
    except StoreError as error:
        return not_kept(recorded, error)


def not_kept(verdict: Verdict, error: StoreError) -> Verdict:
    """The verdict, with a note that its pictures could not be stored.

    The difference is reported, and not the error. The error is raised if there is no difference,
    only a picture that was to be approved.
    """
    if verdict.status.writes and not (verdict.differences or verdict.sweep):
        raise error
    status = Status.MISMATCH if verdict.status.writes else verdict.status
    note = f"nothing of it is kept, so it cannot be approved: {error}"
    return replace(verdict, status=status, notes=(*verdict.notes, note))


def _save_diff(relative: str, comparison: Comparison, folder: RunFolder) -> str:
    if comparison.same or comparison.diff_source is None:
        return ""
    from pytest_visualdiff.images.codec import encode

    return folder.save_in_background(relative, lambda: encode(comparison.diff_image()))


def places(verdict: Verdict, services: CheckServices) -> dict[str, str]:
    """Where the baseline, the actual and the diff image are, as messages show it."""

    def shown(relative: str) -> str:
        return services.display_path(services.folder.path / relative) if relative else ""

    return {
        "baseline": services.store.describe(BaselineKey(verdict.key)),
        "actual": shown(verdict.actual),
        "diff": shown(verdict.diff),
    }
