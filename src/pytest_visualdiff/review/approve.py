"""Approval is a copy: the stored actual image becomes the baseline, byte for byte.

Nothing is captured again, and a baseline that changed since the run is not overwritten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_visualdiff.baselines import KeepsAlternatives, approved, content
from pytest_visualdiff.baselines.naming import MOST_APPROVED, alternatives, main_key
from pytest_visualdiff.errors import BaselineChanged, ImageError, RunUnreadable, StoreError
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.model import BaselineKey, Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_visualdiff.baselines import BaselineStore
    from pytest_visualdiff.runs.folder import RunFolder

SEEN = (Status.MISMATCH, Status.MISSING, Status.CREATED, Status.UPDATED)
"""Outcomes of a check whose picture can become the baseline."""


@dataclass(frozen=True, slots=True)
class Approval:
    """What became of one approval: ``written``, or why not in ``error``."""

    verdict: Verdict
    written: bool = False
    error: str = ""


def approve(
    verdicts: Sequence[Verdict],
    folder: RunFolder,
    store: BaselineStore,
    *,
    alternative: bool = False,
) -> Iterator[Approval]:
    """Make each verdict's actual image the baseline, one after the other.

    It replaces the approved picture that the verdict is about; as an ``alternative`` it becomes a
    further one, beside those that there are.

    Safe to repeat and to interrupt: every baseline is either the old or the new one. A refusal is
    a value, so that one bad entry does not keep the others from being approved.
    """
    for verdict in verdicts:
        try:
            png = seen(verdict, folder)
            if alternative:
                written = _add(store, verdict, png)
            else:
                written = store.write(BaselineKey(verdict.key), png, seen=verdict.before)
            yield Approval(verdict, written=written)
        except StoreError as error:
            yield Approval(verdict, error=str(error))


def open_checks(verdicts: Sequence[Verdict], store: BaselineStore) -> list[Verdict]:
    """Those checks whose picture is not the baseline yet and waits for a decision."""
    return [one for one in verdicts if one.status in SEEN and not is_baseline(one, store)]


def seen(verdict: Verdict, folder: RunFolder) -> bytes:
    """The picture that the verdict is about, as it was seen; else ``RunUnreadable``."""
    png = folder.load(verdict.actual)
    if png_file.digest(png) != verdict.after:
        raise RunUnreadable(
            f"the picture {verdict.actual} of run {folder.id} is no longer the one that was seen"
        )
    try:
        content.verify(verdict.key, png)
    except (ImageError, ValueError) as error:
        raise RunUnreadable(f"{verdict.actual} of run {folder.id}: {error}") from error
    return png


def place(store: BaselineStore, verdict: Verdict) -> BaselineKey | None:
    """Where a further approved picture of the check goes; None where it is one already.

    Raises ``StoreError`` where there is no room, or the baseline changed since.
    """
    key = BaselineKey(verdict.key)
    if not isinstance(store, KeepsAlternatives):
        raise StoreError(
            f"the store of {store.where(key)} keeps one approved picture of each check"
        )
    pictures = {one: _digest(store.read(one)) for one in approved(store, key)}
    if verdict.after in pictures.values():
        return None
    if _digest(store.read(key)) != verdict.before:
        raise BaselineChanged(
            f"the baseline {store.where(key)} has changed since this picture was compared with it:"
            " run the test again, look, and approve again"
        )
    places = (main_key(key), *alternatives(key))
    free = next((one for one in places if not pictures.get(one)), None)
    if free is None:
        raise StoreError(
            f"{store.where(main_key(key))} has {MOST_APPROVED} approved pictures, as many as there"
            " can be: replace the closest one (approve without --alternative), delete one, or leave"
            " out with mask= what is never the same"
        )
    return free


def _add(store: BaselineStore, verdict: Verdict, png: bytes) -> bool:
    free = place(store, verdict)
    return free is not None and store.write(free, png, seen="")


def _digest(png: bytes | None) -> str:
    return png_file.digest(png) if png else ""


def is_baseline(verdict: Verdict, store: BaselineStore) -> bool:
    """Whether the picture is approved by now, as the baseline or as an alternative."""
    try:
        pictures = map(store.read, approved(store, BaselineKey(verdict.key)))
        return any(png is not None and png_file.digest(png) == verdict.after for png in pictures)
    except StoreError:
        return False
