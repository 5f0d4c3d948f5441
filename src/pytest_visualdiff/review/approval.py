"""Approving: the picture that a check saw becomes the baseline, byte for byte."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_visualdiff.baselines import SupportsAlternatives, approved, content
from pytest_visualdiff.baselines.audit_log import Act, Entry
from pytest_visualdiff.baselines.naming import MOST_APPROVED, alternatives, main_key
from pytest_visualdiff.errors import BaselineChanged, ImageError, RunUnreadable, StoreError
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.images.codec import to_array
from pytest_visualdiff.model import Approval, BaselineKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_visualdiff.baselines import BaselineStore
    from pytest_visualdiff.model import Verdict
    from pytest_visualdiff.review.transaction import DecisionTransaction
    from pytest_visualdiff.runs.folder import RunFolder


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a check's picture is to be written."""

    verdict: Verdict
    key: BaselineKey | None = None
    """None where it is approved already, or must not be written."""
    before: str = ""
    """SHA-256 of the baseline that it replaces, empty for none."""
    error: str = ""
    """Why it must not be written."""


def approve(
    transaction: DecisionTransaction,
    verdicts: Sequence[Verdict],
    folder: RunFolder,
    act: Act,
    why: str = "",
) -> list[Approval]:
    """Approve pictures of a run and log it; the transaction must be locked.

    Each picture is approved or refused on its own, and every baseline is either the old or the new
    one. Repeating is safe, and so is interrupting.
    """
    placements = list(place(verdicts, transaction.store, act))
    entries = list(announce(placements, transaction, act, folder.id, why))
    with transaction.write_ahead(entries):
        return [write(one, folder, transaction.store) for one in placements]


def place(verdicts: Sequence[Verdict], store: BaselineStore, act: Act) -> Iterator[Placement]:
    """Where each picture goes.

    It replaces the approved picture that its check is about. As an alternative it becomes a further
    one, beside those that there are.
    """
    taken: dict[BaselineKey, str] = {}
    for verdict in verdicts:
        if act is not Act.ALTERNATIVE:
            yield Placement(verdict, BaselineKey(verdict.key), verdict.before)
            continue
        try:
            key = alternative_key(store, verdict, taken)
        except StoreError as error:
            yield Placement(verdict, error=str(error))
            continue
        taken |= {key: verdict.after} if key else {}
        yield Placement(verdict, key)


def announce(
    placements: Sequence[Placement],
    transaction: DecisionTransaction,
    act: Act,
    run: str,
    why: str,
) -> Iterator[Entry]:
    """The lines that the log gets where the pictures are written."""
    for one in placements:
        if one.key is not None and one.key.path:
            entry = transaction.entry(act, one.verdict, run=run, why=why)
            yield replace(entry, key=one.key.path, before=one.before)


def write(placement: Placement, folder: RunFolder, store: BaselineStore) -> Approval:
    """Copy the picture that was seen to its place. A refusal is a value."""
    verdict = placement.verdict
    if placement.error:
        return Approval(verdict, error=placement.error)
    try:
        png = actual_image(verdict, folder)
        new = placement.key is not None and store.write(placement.key, png, seen=placement.before)
    except StoreError as error:
        return Approval(verdict, error=str(error))
    return Approval(verdict, written=new)


def actual_image(verdict: Verdict, folder: RunFolder) -> bytes:
    """The picture that the verdict is about, as it was seen; else ``RunUnreadable``."""
    png = folder.load(verdict.actual)
    if png_file.digest(png) != verdict.after:
        raise RunUnreadable(
            f"the picture {verdict.actual} of run {folder.id} is no longer the one that was seen"
        )
    try:
        content.verify(verdict.key, png)
        if folder.foreign and verdict.key.endswith(content.PICTURE):
            to_array(png)  # our own pictures were decoded when they were compared
    except (ImageError, ValueError) as error:
        raise RunUnreadable(f"{verdict.actual} of run {folder.id}: {error}") from error
    return png


def alternative_key(
    store: BaselineStore, verdict: Verdict, taken: Mapping[BaselineKey, str]
) -> BaselineKey | None:
    """Where a further approved picture of the check goes; None where it is one already.

    ``taken`` are places that other pictures get, with their SHA-256. Raises ``StoreError`` where
    there is no room, or the baseline changed since.
    """
    key = BaselineKey(verdict.key)
    if not isinstance(store, SupportsAlternatives):
        raise StoreError(
            f"the store of {store.describe(key)} keeps one approved picture of each check"
        )
    places = (main_key(key), *alternatives(key))
    pictures = {one: _digest(store.read(one)) for one in approved(store, key)}
    pictures |= {one: taken[one] for one in places if one in taken}
    if verdict.after in pictures.values():
        return None
    if _digest(store.read(key)) != verdict.before:
        raise BaselineChanged(
            f"the baseline {store.describe(key)} has changed since this picture was compared with"
            " it: run the test again, look, and approve again"
        )
    free = next((one for one in places if not pictures.get(one)), None)
    if free is None:
        raise StoreError(
            f"{store.describe(main_key(key))} has {MOST_APPROVED} approved pictures, as many as"
            " there can be: replace the closest one (approve without --alternative), delete one, or"
            " leave out with mask= what is never the same"
        )
    return free


def is_baseline(verdict: Verdict, store: BaselineStore) -> bool:
    """Whether the picture is approved by now, as the baseline or as an alternative."""
    try:
        pictures = map(store.read, approved(store, BaselineKey(verdict.key)))
        return any(png is not None and png_file.digest(png) == verdict.after for png in pictures)
    except StoreError:
        return False


def _digest(png: bytes | None) -> str:
    return png_file.digest(png) if png else ""
