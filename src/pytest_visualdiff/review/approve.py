"""Approval is a copy: the stored actual image becomes the baseline, byte for byte.

Nothing is captured again, and a baseline that changed since the run is not overwritten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_visualdiff import png as png_file
from pytest_visualdiff.errors import ImageError, RunUnreadable, StoreError
from pytest_visualdiff.model import BaselineKey, Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_visualdiff.run import RunFolder
    from pytest_visualdiff.store import BaselineStore


@dataclass(frozen=True, slots=True)
class Approval:
    """What became of one approval: ``written``, or why not in ``error``."""

    verdict: Verdict
    written: bool = False
    error: str = ""


def approve(
    verdicts: Sequence[Verdict], folder: RunFolder, store: BaselineStore
) -> Iterator[Approval]:
    """Make each verdict's actual image the baseline, one after the other.

    Safe to repeat and to interrupt: every baseline is either the old or the new one. A refusal is
    a value, so that one bad entry does not keep the others from being approved.
    """
    for verdict in verdicts:
        try:
            yield Approval(verdict, written=_copy(verdict, folder, store))
        except StoreError as error:
            yield Approval(verdict, error=str(error))


def open_checks(verdicts: Sequence[Verdict], store: BaselineStore) -> list[Verdict]:
    """Those checks whose picture is not the baseline yet and waits for a decision."""
    waiting = (Status.MISMATCH, Status.MISSING, Status.CREATED, Status.UPDATED)
    return [one for one in verdicts if one.status in waiting and not _is_baseline(one, store)]


def _copy(verdict: Verdict, folder: RunFolder, store: BaselineStore) -> bool:
    png = folder.load(verdict.actual)
    if png_file.digest(png) != verdict.after:
        raise RunUnreadable(
            f"the picture {verdict.actual} of run {folder.id} is no longer the one that was seen"
        )
    try:
        png_file.verify(png)
    except ImageError as error:
        raise RunUnreadable(f"{verdict.actual} of run {folder.id}: {error}") from error
    return store.write(BaselineKey(verdict.key), png, seen=verdict.before)


def _is_baseline(verdict: Verdict, store: BaselineStore) -> bool:
    try:
        baseline = store.read(BaselineKey(verdict.key))
    except StoreError:
        return False
    return baseline is not None and png_file.digest(baseline) == verdict.after
